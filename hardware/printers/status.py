"""How a printer tells how it is: asked by DLE EOT, or by itself after GS a ("automatic status back").

Bits from Epson's "ESC/POS Command Reference". Noise counts as an answer without complaints: a printer that
talks nonsense is alive, and no sale waits for it. The drawer's switch hangs on pin 3, which is pulled high:
low is taken for an open drawer (so Epson's A794 has it), and a printer without a drawer says "closed".
"""

import time
from dataclasses import dataclass
from typing import Protocol

from ..ports import Condition, DeviceError
from .commands import ASK_ERROR, ASK_OFFLINE, ASK_PAPER, ASK_PRINTER, TELL_ALWAYS
from .connection import Connection
from .profiles import Status

ANSWER_SECONDS = 1.0
NOISE = 0
FIXED, AS_FIXED = 0b1001_0011, 0b0001_0010  # bits that every answer to DLE EOT has alike
COVER_OPEN, CUTTER, BEYOND_HELP, PAPER_OUT, PAPER_LOW, PIN_HIGH = 0x04, 0x08, 0x20, 0x60, 0x0C, 0x04


class StatusProtocol(Protocol):
    def __init__(self, drawer: bool) -> None:
        """`drawer`: one hangs on the printer, so that its pin means something."""

    def ready(self, line: Connection, seconds: float) -> Condition | None:
        """Raise DeviceError if it could not print now; None from one that says nothing for so long."""

    def overhear(self, line: Connection) -> None:
        """Raise DeviceError if it has told meanwhile that it can't go on. Takes no time."""


def make_status_protocol(status: Status, *, drawer: bool) -> StatusProtocol:
    """The way of listening that suits a profile."""
    kinds: dict[Status, type[StatusProtocol]] = {
        "dle_eot": AskedStatus,
        "asb": AutomaticStatus,
        "none": NoStatus,
    }
    return kinds[status](drawer)


@dataclass
class NoStatus:
    """For a printer that mustn't be asked."""

    drawer: bool

    def ready(self, line: Connection, seconds: float) -> Condition | None:
        return None

    def overhear(self, line: Connection) -> None:
        """It never tells."""


@dataclass
class AskedStatus:
    """By DLE EOT. Paper first: who is silent on that would be silent about the rest, a second each."""

    drawer: bool

    def ready(self, line: Connection, seconds: float) -> Condition | None:
        paper = _answer(line, ASK_PAPER, seconds)
        if paper is None:
            return None
        offline, error = (_answer(line, question) or NOISE for question in (ASK_OFFLINE, ASK_ERROR))
        _refuse(
            paper_out=paper & PAPER_OUT, cover_open=offline & COVER_OPEN,
            cutter_jammed=error & CUTTER, printer_failed=error & BEYOND_HELP,
        )  # fmt: skip
        pin = _answer(line, ASK_PRINTER) if self.drawer else NOISE
        return Condition("paper_low" if paper & PAPER_LOW else "", not pin & PIN_HIGH if pin else None)

    def overhear(self, line: Connection) -> None:
        """It tells nothing by itself."""


def _answer(line: Connection, question: bytes, seconds: float = ANSWER_SECONDS) -> int | None:
    line.write(question)
    data = line.read(seconds)
    if not data:
        return None
    return data[-1] if data[-1] & FIXED == AS_FIXED else NOISE


@dataclass
class AutomaticStatus:
    """By GS a: four bytes at once, and whenever something changes. The order stands in the printer's buffer,
    so its answer after a slip comes when the slip is printed.
    """

    drawer: bool
    _said: bytes = b""

    def ready(self, line: Connection, seconds: float) -> Condition | None:
        self.overhear(line)
        line.write(TELL_ALWAYS)
        deadline, anything = time.monotonic() + seconds, False
        while (left := deadline - time.monotonic()) > 0:
            if not (data := line.read(left)):
                break
            anything = True
            self._said += data
            if (condition := self._judged()) is not None:
                return condition
        return Condition() if anything else None

    def overhear(self, line: Connection) -> None:
        self._said += line.read(0)
        self._judged()

    def _judged(self) -> Condition | None:
        """The last four bytes that are a report; what comes before one is noise."""
        last = None
        while len(self._said) >= 4:
            first, *rest = report = self._said[:4]
            if first & 0b1001_0011 == 0b0001_0000 and not any(byte & 0b1001_0000 for byte in rest):
                last, self._said = report, self._said[4:]
            else:
                self._said = self._said[1:]
        return None if last is None else self._condition(*last)

    def _condition(self, printer: int, error: int, paper: int, _reserved: int) -> Condition:
        _refuse(
            paper_out=paper & 0x0C, cover_open=printer & 0x20,
            cutter_jammed=error & 0x08, printer_failed=error & 0x20,
        )  # fmt: skip
        return Condition("paper_low" if paper & 0x03 else "", not printer & PIN_HIGH if self.drawer else None)


def _refuse(**complaints: int) -> None:
    """Raise the first that is so."""
    for code, is_so in complaints.items():
        if is_so:
            raise DeviceError(code)
