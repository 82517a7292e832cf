"""ESC/POS printers over TCP, serial, USB or a device file: a slip sent as pictures or as text, and its fate."""

from collections.abc import Iterator

from ..ports import Condition, DeviceError
from ..slips.picture import WIDTH_DOTS
from ..slips.slip import Letters, Slip
from . import connection, text_mode
from .commands import BUFFER_BYTES
from .connection import Connection, mark_begun, open_conversation
from .picture_mode import encode_slip
from .profiles import get_profile as profile_named
from .status import ANSWER_SECONDS, StatusProtocol, make_status_protocol

SLOW_BAUD = 115_200  # below it a picture takes longer than a buyer waits
RASTER = b"\x1dv0"  # how a strip begins; letters hold no such bytes
BYTES_A_SECOND = 20_000  # how fast the slowest head burns a picture; the wait for its last answer grows by it


class EscposPrinter:
    """A PrinterPort for one address: `tcp://host:9100`, `serial:///dev/ttyUSB0?baud=115200`,
    `usb://04b8:0e15`, `file:///dev/usb/lp0`.

    `mode`: "picture", "text", or "auto", which is text on serial lines below 115,200 baud. `charset` is one of
    the profile's, "" the first of them. Raises DeviceError (`device_misconfigured`) for what it doesn't know.
    """

    def __init__(
        self,
        name: str,
        address: str,
        *,
        paper_mm: int = 80,
        drawer_pin: int | None = 2,
        profile: str = "generic",
        mode: str = "auto",
        charset: str = "",
    ) -> None:
        self.name = name
        self.address = address
        self.width = WIDTH_DOTS[paper_mm]
        self.profile = profile_named(profile)
        self.charset = self.profile.charset(charset)
        self.drawer_pin = drawer_pin if self.profile.drawer else None
        self._baud = connection.find_baud(address)
        slow = self._baud is not None and self._baud < SLOW_BAUD
        try:
            self.mode = {"auto": "text" if slow else "picture", "text": "text", "picture": "picture"}[mode]
        except KeyError as odd:
            raise DeviceError("device_misconfigured", f"mode {mode}", permanent=True) from odd
        self._strip_open = False

    def print(self, slip: Slip) -> None:
        self._send(self._pieces(slip, self.mode))

    def check(self) -> Condition:
        with open_conversation(self.address) as line:
            return self._ear().ready(line, ANSWER_SECONDS) or Condition()

    def seconds(self, slip: Slip, *, mode: str = "") -> float | None:
        """How long its bytes take on a serial line, ten bits each; None where the line is no bottleneck."""
        if self._baud is None:
            return None
        return sum(map(len, self._pieces(slip, mode or self.mode))) * 10 / self._baud

    def _pieces(self, slip: Slip, mode: str) -> Iterator[bytes]:
        """Letters of a code page can't be shown by a picture."""
        if mode == "text" or any(isinstance(row, Letters) for row in slip.rows):
            return text_mode.encode_slip(slip, self.width, self.profile, self.charset, self.drawer_pin)
        return encode_slip(slip, self.width, self.drawer_pin, cutter=self.profile.cutter)

    def _send(self, pieces: Iterator[bytes]) -> None:
        with open_conversation(self.address) as line:
            listener = self._ear()
            patience = ANSWER_SECONDS + self._fill_open_strip(line)
            answers = listener.ready(line, patience) is not None
            try:
                sent = 0
                for piece in pieces:
                    self._strip_open |= RASTER in piece
                    line.write(piece)
                    sent += len(piece)
                    listener.overhear(line)
                line.drain()
                if answers:
                    self._refuse_unfinished(line, listener, sent)
                self._strip_open = False
            except Exception as failure:  # each connection raises its own kinds
                raise mark_begun(failure) from failure

    def _refuse_unfinished(self, line: Connection, listener: StatusProtocol, sent: int) -> None:
        """Asked once more: paper may have ended in mid-slip, and who answered before and is silent now has stalled."""
        if listener.ready(line, connection.TIMEOUT_SECONDS + sent / BYTES_A_SECOND) is None:
            raise DeviceError("printer_broke_off", "it answered before the slip and not after")

    def _fill_open_strip(self, line: Connection) -> float:
        """A slip that broke off may have left it in the middle of a strip, which would swallow the next slip's
        beginning: zeros fill it with white, and to one that waits for commands they mean nothing.

        Returns for how many seconds a question may wait behind them and the strip's rest: an adapter still holds
        what the system calls sent or thrown away.
        """
        if not self._strip_open:
            return 0
        line.write(bytes(BUFFER_BYTES))
        line.drain()
        return 2 * BUFFER_BYTES * 10 / self._baud if self._baud else 0

    def _ear(self) -> StatusProtocol:
        mute = self.address.startswith("file:")  # it can't be read from: no question, no second's wait
        return make_status_protocol(
            "none" if mute else self.profile.status, drawer=self.drawer_pin is not None
        )
