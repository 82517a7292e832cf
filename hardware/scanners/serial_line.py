"""A scanner on a serial line or USB's likeness of one: its texts, however often it is pulled out."""

import threading
from collections.abc import Iterator

from ..line import SerialLine, read_lines, repeat_sessions
from .repeats import drop_repeats


class SerialScanner:
    """A ScannerPort. `address`: serial:///dev/ttyACM0?baud=9600. `connected`: its line is open just now.

    Raises DeviceError (`device_misconfigured`) for an address it can't read; after that, never.
    """

    def __init__(self, address: str) -> None:
        self.line = SerialLine(address)
        self.connected = False

    def texts(self, stopping: threading.Event) -> Iterator[str]:
        """What it scans until `stopping`; GS1's separators as they came, bytes that are no text as U+FFFD."""
        codes = repeat_sessions(lambda: self._session(stopping), stopping)
        return drop_repeats(code.decode("utf-8", "replace") for code in codes)

    def _session(self, stopping: threading.Event) -> Iterator[bytes]:
        with self.line.open_serial() as opened:
            self.connected = True
            try:
                yield from filter(None, (code.strip(b" \t\x00") for code in read_lines(opened, stopping)))
            finally:
                self.connected = False
