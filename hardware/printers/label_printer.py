"""What label printers have alike, whatever language they speak: ask, send, ask again."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from ..labels.label import Label
from ..ports import Condition, DeviceError
from . import connection
from .connection import Connection, mark_begun, open_conversation

ANSWER_SECONDS = 1.0
BLOCK_BYTES = 4096  # what a printer's buffer takes at once; a longer write would seem stalled
Mode = Literal["raster", "text"]


class LabelPrinter:
    """A LabelPrinterPort for one address, as EscposPrinter has them; each language says how it is asked and told.

    `mode`: "raster" sends the label as dots; "text" lets the printer draw barcodes by itself, which is less to send.
    """

    QUESTION = b""

    def __init__(self, name: str, address: str, *, dpi: int = 203, mode: Mode = "raster") -> None:
        """Raises DeviceError (`device_misconfigured`)."""
        if mode not in {"raster", "text"}:
            raise DeviceError("device_misconfigured", f"mode {mode}", permanent=True)
        self.name, self.address, self.dpi, self.mode = name, address, dpi, mode
        connection.find_baud(address)
        self._unfinished = 0  # bytes of a label that broke off: the printer may still wait for its end

    def print_label(self, label: Label, copies: int = 1) -> None:
        job = self._job(label, copies)
        with self._open_line() as line:
            answers = self._ask(line, ANSWER_SECONDS)
            try:
                self._unfinished = len(job)
                _write(line, job)
                line.drain()
                if answers:
                    self._refuse_unfinished(line)
                self._unfinished = 0
            except Exception as failure:  # each connection raises its own kinds
                raise mark_begun(failure) from failure

    def _refuse_unfinished(self, line: Connection) -> None:
        """Asked once more: paper may have ended meanwhile, and who answered before and is silent now has stalled."""
        if not self._ask(line, connection.TIMEOUT_SECONDS):
            raise DeviceError("printer_broke_off", "it answered before the label and not after")

    def check(self) -> Condition:
        with self._open_line() as line:
            self._ask(line, ANSWER_SECONDS)
        return Condition()

    def _job(self, label: Label, copies: int) -> bytes:
        raise NotImplementedError

    def _mending(self, job_bytes: int) -> bytes:
        """What makes a printer forget a label of so many bytes whose end never came."""
        raise NotImplementedError

    def _complaint(self, answer: bytes) -> tuple[str, str] | None:
        """A code of DeviceError and a detail, ("", "") from one that is ready; None while the answer isn't whole."""
        raise NotImplementedError

    def _ask(self, line: Connection, seconds: float) -> bool:
        """Whether it answers; raises DeviceError when it says that it can't print."""
        if self.address.startswith("file:"):  # it can't be read from: no question, no second's wait
            return False
        line.write(self.QUESTION)
        answer, deadline = b"", time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            if not (more := line.read(left)):
                continue
            answer += more
            if (complaint := self._complaint(answer)) is not None:
                code, detail = complaint
                if code:
                    raise DeviceError(code, detail)
                return True
        return bool(answer)

    @contextmanager
    def _open_line(self) -> Iterator[Connection]:
        """An open line to a printer that waits for no end of a label before."""
        with open_conversation(self.address) as line:
            if self._unfinished:
                _write(line, self._mending(self._unfinished))
                self._unfinished = 0
            yield line


def _write(line: Connection, data: bytes) -> None:
    for at in range(0, len(data), BLOCK_BYTES):
        line.write(data[at : at + BLOCK_BYTES])
