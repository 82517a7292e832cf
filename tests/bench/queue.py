"""Receipts that waited while the printer was off: the running server prints them all; what memory that takes."""

import socket
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import func, select

from hardware.printers.escpos import EscposPrinter
from pos.kernel.clock import Clock
from pos.kernel.database import db, open_reading, unit_of_work
from pos.printing.models import JobState, PrintJob
from pos.printing.queue import queue_print
from pos.printing.worker import PrintWorker

from .figures import Figure, p50, timed
from .paper import LINES, receipt
from .server import resident_mb, running
from .shop import app_over
from .sizes import Sizes

PRINTER = "Máy in quầy"
MOST_MEMORY_MB = 200
PATIENCE_SECONDS = 1800
MOST_FIRST_STRIP_MS = 20
RASTER = b"\x1dv0"
CUT = b"\x1dV"
QUESTION, READY = b"\x10\x04", b"\x12"


def measure(folder: Path, sizes: Sizes) -> list[Figure]:
    """Raises RuntimeError if a receipt was lost."""
    with app_over(folder).app_context():
        with unit_of_work() as session:
            for n in range(sizes.queued):
                slip = receipt(first=1 + n * LINES)
                queue_print(session, PRINTER, f"{n:06}", f"sale:{n}", slip, at=datetime.now(UTC))
        db.engine.dispose()
    with Roll() as roll:
        settings = folder / "config.toml"
        settings.write_text(f'[[printers]]\nname = "{PRINTER}"\naddress = "{roll.address}"\n', "utf-8")
        with running(folder, settings) as server:
            taken, all_came = timed(lambda: roll.wait_for(sizes.queued))
            memory = resident_mb(server.process.pid)
    with app_over(folder).app_context():
        with open_reading() as session:
            printed = session.scalar(select(func.count()).where(PrintJob.state == JobState.PRINTED))
        db.engine.dispose()
    if not all_came or not roll.slips == printed == sizes.queued:
        raise RuntimeError(
            f"{roll.slips} of {sizes.queued} receipts came out, {printed} are noted as printed"
        )
    return [
        Figure(f"server's memory after {sizes.queued:,} queued receipts", memory, "MB", MOST_MEMORY_MB),
        Figure(f"a queued receipt of {LINES} lines printed", taken / sizes.queued, "ms"),
    ]


def measure_first_strip(folder: Path, sizes: Sizes) -> list[Figure]:
    """From the sale's commit to the first dots on the wire, by the worker that the till wakes."""
    app, waits = app_over(folder), []
    with app.app_context(), Roll() as roll:
        worker = PrintWorker(db.engine, [EscposPrinter(PRINTER, roll.address)], Clock())
        worker.start()
        for n in range(sizes.receipts):
            slip = receipt(first=1 + n * LINES)
            with unit_of_work() as session:
                queue_print(session, PRINTER, f"{n:06}", f"sale:{n}", slip, at=datetime.now(UTC))
            committed = time.perf_counter()
            worker.wake()
            roll.wait_for(n + 1)
            waits.append((roll.first_dots_at - committed) * 1000)
        worker.stop()
        db.engine.dispose()
    return [Figure("first strip on the wire after the commit, p50", p50(waits), "ms", MOST_FIRST_STRIP_MS)]


class Roll:
    """A printer that keeps nothing of its paper but how many slips were cut: pictures would fill the memory."""

    def __enter__(self) -> Self:
        self.slips, self.first_dots_at = 0, 0.0
        self._changed = threading.Condition()
        self._door = socket.create_server(("127.0.0.1", 0))
        self.address = f"tcp://127.0.0.1:{self._door.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._door.close()

    def wait_for(self, slips: int) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: self.slips >= slips, PATIENCE_SECONDS)

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._door.accept()
            except OSError:
                return
            with connection:
                self._print(connection)

    def _print(self, connection: socket.socket) -> None:
        """A slip has come out when its connection ends after a cut: dots may look like one on the way."""
        end, self._has_dots = b"", False
        while piece := connection.recv(65_536):
            connection.sendall(READY * piece.count(QUESTION))
            if not self._has_dots and RASTER in end + piece:
                self.first_dots_at, self._has_dots = time.perf_counter(), True
            end = (end + piece)[-64:]
        if CUT in end:
            with self._changed:
                self.slips += 1
                self._changed.notify_all()
