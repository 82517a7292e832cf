"""What fake printers have alike, however they are reached: their paper, their faults, and how they answer."""

import os
import select
import threading
import time
from dataclasses import dataclass, field

from PIL import Image

from .interpreter import Interpreter

BUFFER_BYTES = 4096
TICK_SECONDS = 0.02
READY = 0x12  # an answer to DLE EOT with its fixed bits alone
PIN_HIGH = 0x04  # the drawer is shut
COMPLAINTS = {  # what is wrong: which answer to DLE EOT has which bits, and which byte of a report (GS a) has which
    "paper_out": (4, 0x60, 2, 0x0C), "paper_low": (4, 0x0C, 2, 0x03), "cover_open": (2, 0x04, 0, 0x20),
    "cutter_jammed": (3, 0x08, 1, 0x08), "failed": (3, 0x20, 1, 0x20),
}  # fmt: skip


@dataclass
class Faults:
    """What is wrong with it just now."""

    paper_out: bool = False
    paper_low: bool = False
    cover_open: bool = False
    cutter_jammed: bool = False
    failed: bool = False
    drawer_open: bool = False
    silent: bool = False
    garbled: bool = False  # it answers, but noise
    late_seconds: float = 0  # how long it takes to answer
    cut_off_after: int | None = None  # bytes after which the connection drops, once
    stall_after: int | None = None  # bytes after which it reads no more, until this is None again
    paper_ends_after: int | None = None  # dots after which the roll ends, once

    def answer(self, question: int) -> int:
        """To DLE EOT."""
        bits = PIN_HIGH if question == 1 and not self.drawer_open else 0
        for name, (about, complaint, _, _) in COMPLAINTS.items():
            if about == question and getattr(self, name):
                bits |= complaint
        return READY | bits

    def report(self) -> bytes:
        """The four bytes of GS a."""
        status_bytes = [0x10 | (0 if self.drawer_open else PIN_HIGH), 0, 0, 0]
        for name, (_, _, byte, complaint) in COMPLAINTS.items():
            if getattr(self, name):
                status_bytes[byte] |= complaint
        return bytes(status_bytes)


@dataclass(kw_only=True)
class Tray:
    """Its sheets in their order, and how often the drawer was kicked. `width`: dots that text has room for."""

    width: int = 576
    sheets: list[Image.Image] = field(default_factory=list)
    kicks: int = 0
    faults: Faults = field(default_factory=Faults)
    received: bytearray = field(default_factory=bytearray)
    halves: list[Image.Image] = field(default_factory=list)
    overflowed: bool = False
    _changed: threading.Condition = field(default_factory=threading.Condition, repr=False)

    def wait_for_sheets(self, count: int, seconds: float = 10) -> list[Image.Image]:
        """The sheets, once there are so many. Raises TimeoutError."""
        with self._changed:
            if not self._changed.wait_for(lambda: len(self.sheets) >= count, seconds):
                raise TimeoutError(f"{len(self.sheets)} of {count} sheets were printed")
            return list(self.sheets)

    def _keep(self, reader: Interpreter) -> None:
        with self._changed:
            self.sheets += reader.paper.sheets
            self.kicks += reader.paper.kicks
            self.overflowed |= reader.paper.longest_block > BUFFER_BYTES
            reader.paper.sheets, reader.paper.kicks = [], 0
            self._changed.notify_all()


@dataclass
class Session:
    """A talk over one open line: hears, prints and answers until hung up, cut off or `stopping`."""

    tray: Tray
    line: int  # a file descriptor, of a socket or a pty
    stopping: threading.Event
    bytes_a_second: float | None = None  # how fast its line is; None: as fast as it comes
    cut_off: bool = False
    _ended: bool = False  # it has said so: out of paper

    def __post_init__(self) -> None:
        self._faults = self.tray.faults
        self._reader = Interpreter(width=self.tray.width)
        self._limit, self._faults.cut_off_after = self._faults.cut_off_after, None
        self._taken = 0
        self._told: bytes | None = None  # the last report; None while it needn't tell by itself
        self._late: list[tuple[float, bytes]] = []

    def run(self) -> None:
        while not self.stopping.is_set() and not self.cut_off:
            self._follow_the_paper()
            try:
                self._tell()
                if (data := self._heard()) == b"":
                    break
            except OSError:
                break
            if data:
                self._take(data)
        self._keep_half()

    def _heard(self) -> bytes | None:
        """What came, None if nothing did, b"" when the other side has hung up."""
        limits = [limit for limit in (self._faults.stall_after, self._limit) if limit is not None]
        room = min([self._at_once(), *(limit - self._taken for limit in limits)])
        if room <= 0:
            self.stopping.wait(TICK_SECONDS)
            return None
        readable, _, _ = select.select([self.line], [], [], TICK_SECONDS)
        return self._paced(os.read(self.line, room)) if readable else None

    def _at_once(self) -> int:
        """As much as a slow line brings in a tick."""
        return (
            BUFFER_BYTES if self.bytes_a_second is None else max(1, int(self.bytes_a_second * TICK_SECONDS))
        )

    def _paced(self, data: bytes) -> bytes:
        """`data`, after the time that its line takes for it."""
        if self.bytes_a_second is not None:
            self.stopping.wait(len(data) / self.bytes_a_second)
        return data

    def _take(self, data: bytes) -> None:
        self._taken += len(data)
        self.tray.received += data
        asked = self._reader.feed(data)
        self._follow_the_paper()  # what it answers is true after what it has printed
        for command in asked:
            self._answer(command)
        self.tray._keep(self._reader)  # noqa: SLF001  its own tray
        self.cut_off = self._limit is not None and self._taken >= self._limit

    def _follow_the_paper(self) -> None:
        """A roll that ends, is said to have ended, or was changed: then what stood there unfinished is torn off."""
        paper = self._reader.paper
        if paper.left is None and self._faults.paper_ends_after is not None:
            paper.left, self._faults.paper_ends_after = self._faults.paper_ends_after, None
        elif paper.ended and not self._faults.paper_out and not self._ended:
            self._faults.paper_out = self._ended = True
        elif paper.ended and not self._faults.paper_out:
            paper.left, self._ended = None, False
            self._keep_half()

    def _keep_half(self) -> None:
        if (half := self._reader.unfinished()) is not None:
            self.tray.halves.append(half)
            self._reader.page.strips = []

    def _answer(self, command: bytes) -> None:
        if command[:2] == b"\x10\x04":
            self._say(bytes((self._faults.answer(command[2]),)))
        elif command[:2] == b"\x1da":
            self._told = self._faults.report() if command[2] else None
            self._say(self._told or b"")

    def _say(self, answer: bytes) -> None:
        if not self._faults.silent:
            noise = b"\xff" * len(answer)
            due = time.monotonic() + self._faults.late_seconds
            self._late.append((due, noise if self._faults.garbled else answer))

    def _tell(self) -> None:
        """What is due by now, and what has changed since the last report."""
        if self._told is not None and self._told != (report := self._faults.report()):
            self._told = report
            self._say(report)
        while self._late and self._late[0][0] <= time.monotonic():
            os.write(self.line, self._late.pop(0)[1])
