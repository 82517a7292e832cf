"""A pole display of two lines, twenty letters each, on a serial line.

Source of the commands: Partner Tech's CD5220 User's Manual, the set that most makers' displays follow or can be
switched to; ESC @ and CLR are the same in Epson's ESC/POS for displays.
"""

import threading
from pathlib import Path
from typing import TYPE_CHECKING

from ..drawing.letters import transliterate
from ..line import SerialLine
from ..ports import DeviceError

if TYPE_CHECKING:
    from serial import Serial

COLUMNS = 20
INITIALISE = (
    b"\x1b@"  # it then overwrites, and goes on to the lower line after the upper one's twentieth letter
)
CLEAR = b"\x0c"


class PoleDisplay:
    """A DisplayPort. `address`: serial:///dev/ttyUSB2?baud=9600.

    Raises DeviceError (`device_misconfigured`) for an address it can't read.
    """

    def __init__(self, address: str) -> None:
        self.line = SerialLine(address)
        self._opened: Serial | None = None
        self._turn = threading.Lock()

    @property
    def connected(self) -> bool:
        """Its line is there; whether the display at its end is switched on, no line can tell."""
        return Path(self.line.path).exists()

    def show(self, upper: str, lower: str) -> None:
        """Both lines, from the top each time: one that was switched off meanwhile shows them, too.

        Raises DeviceError (`display_unreachable`).
        """
        data = INITIALISE + CLEAR + b"".join(map(_twenty, (upper, lower)))
        with self._turn:
            try:
                self._write(data)
            except OSError as failure:
                raise DeviceError("display_unreachable", str(failure)) from failure

    def _write(self, data: bytes) -> None:
        """The line stays open, because some displays go dark when it closes. Raises OSError.

        That a plug was pulled and put back shows only when writing fails: then it is opened anew, once.
        """
        if self._opened is not None:
            try:
                self._opened.write(data)
            except OSError:
                self._opened.close()
                self._opened = None
            else:
                return
        self._opened = self.line.open_serial()
        self._opened.write(data)


def _twenty(text: str) -> bytes:
    return transliterate(text)[:COLUMNS].ljust(COLUMNS).encode("ascii")
