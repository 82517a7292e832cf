"""A serial line, or USB's likeness of one, whose plug may be pulled: what scanners, scales and displays hang on."""

import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import parse_qsl, urlsplit

from .ports import DeviceError

if TYPE_CHECKING:
    from serial import Serial

T = TypeVar("T")

QUIET_SECONDS = 0.2  # who says nothing for so long has said all
RECONNECT_SECONDS = 0.5
WRITE_SECONDS = 2  # a line that takes nothing for so long is as good as pulled out
LONGEST_BYTES = 4096  # more without an end is noise

BAUD = {str(rate): rate for rate in (
    300, 600, 1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200, 230400, 460800, 921600,
)}  # fmt: skip
BITS = {"7": 7, "8": 8}
PARITY = {"none": "N", "even": "E", "odd": "O"}


def parse_address(address: str, scheme: str) -> tuple[str, dict[str, str]]:
    """The path of `scheme:///path?key=value` and its keys. Raises DeviceError (`device_misconfigured`)."""
    try:
        parts = urlsplit(address)
    except ValueError as failure:
        raise DeviceError("device_misconfigured", address, permanent=True) from failure
    if parts.scheme != scheme or parts.netloc or not parts.path.strip("/") or "\0" in parts.path:
        raise DeviceError("device_misconfigured", address, permanent=True)
    return parts.path, dict(parse_qsl(parts.query, keep_blank_values=True))


class SerialLine:
    """`serial:///dev/ttyUSB0?baud=9600&bits=8&parity=none`; where it says nothing, `usual` holds, then 9600 8N1.

    Raises DeviceError (`device_misconfigured`) for an address it can't read.
    """

    def __init__(self, address: str, **usual: str) -> None:
        self.path, settings = parse_address(address, "serial")
        settings = {"baud": "9600", "bits": "8", "parity": "none"} | usual | settings
        try:
            self.baud, self.bits, self.parity = (
                BAUD[settings["baud"]],
                BITS[settings["bits"]],
                PARITY[settings["parity"]],
            )
        except KeyError as failure:
            raise DeviceError("device_misconfigured", address, permanent=True) from failure

    def open_serial(self) -> "Serial":
        """Raises OSError while nothing is plugged in; pyserial's own errors are such, too."""
        from serial import Serial

        try:
            return Serial(
                self.path, self.baud, self.bits, self.parity,
                timeout=QUIET_SECONDS, write_timeout=WRITE_SECONDS,
            )  # fmt: skip
        except OSError:
            raise
        except (
            Exception
        ) as failure:  # termios.error of a plug pulled meanwhile, ValueError of an impossible rate
            raise OSError(str(failure)) from failure


def repeat_sessions(session: Callable[[], Iterator[T]], stopping: threading.Event) -> Iterator[T]:
    """What a device says in one session after the other, until `stopping`. OSError ends one: the plug was pulled."""
    while not stopping.is_set():
        try:
            yield from session()
        except OSError:
            stopping.wait(RECONNECT_SECONDS)


def read_lines(opened: "Serial", stopping: threading.Event) -> Iterator[bytes]:
    """What stands between carriage returns, line feeds or silence, cut to LONGEST_BYTES.

    Each silence yields a line, b"" if nothing was said: so who listens sees time pass. Raises OSError.
    """
    waiting = b""
    while not stopping.is_set():
        more = opened.read(max(1, opened.in_waiting))
        *ended, waiting = (waiting + more).replace(b"\r", b"\n").split(b"\n")
        if not more or len(waiting) > LONGEST_BYTES:
            ended, waiting = [*ended, waiting], b""
        yield from (line[:LONGEST_BYTES] for line in ended)
