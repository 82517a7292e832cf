"""A scanner on a serial line or USB's likeness of one: its texts, however often it is pulled out."""

import threading
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from ..ports import DeviceError

if TYPE_CHECKING:
    from serial import Serial

REPEAT_SECONDS = 0.4  # the same symbol within this time is one scan
QUIET_SECONDS = 0.2  # a scanner without suffix has said all after this
RECONNECT_SECONDS = 0.5
LONGEST_BYTES = 4096  # more without an end is noise, not a code


class SerialScanner:
    """`address`: serial:///dev/ttyACM0?baud=9600. `connected` tells whether it is there just now.

    Raises DeviceError (`device_misconfigured`) for an address it can't read; after that, never.
    """

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        baud = parse_qs(parts.query).get("baud", ["9600"])[0]
        if (
            parts.scheme != "serial"
            or not parts.path
            or not (baud.isascii() and baud.isdigit() and int(baud))
        ):
            raise DeviceError("device_misconfigured", address, permanent=True)
        self.path, self.baud = parts.path, int(baud)
        self.connected = False

    def texts(self, stopping: threading.Event) -> Iterator[str]:
        """What it scans until `stopping`; GS1's separators as they came, bytes that are no text as U+FFFD."""
        last, last_at = "", float("-inf")
        for said in self._said(stopping):
            text, now = said.decode("utf-8", "replace"), time.monotonic()
            if text != last or now - last_at >= REPEAT_SECONDS:
                yield text
            last, last_at = text, now

    def _said(self, stopping: threading.Event) -> Iterator[bytes]:
        from serial import Serial

        while not stopping.is_set():
            try:
                with Serial(self.path, self.baud, timeout=QUIET_SECONDS) as line:
                    self.connected = True
                    yield from _codes(line, stopping)
            except OSError:  # pyserial's own errors are such, too
                stopping.wait(RECONNECT_SECONDS)
            finally:
                self.connected = False


def _codes(line: "Serial", stopping: threading.Event) -> Iterator[bytes]:
    """Between carriage returns, line feeds or silence."""
    said = b""
    while not stopping.is_set():
        more = line.read(max(1, line.in_waiting))
        *ended, said = (said + more).replace(b"\r", b"\n").split(b"\n")
        if not more or len(said) > LONGEST_BYTES:
            ended, said = [*ended, said[:LONGEST_BYTES]], b""
        yield from filter(None, (code.strip(b" \t\x00") for code in ended))
