"""printing/worker.py — one thread a printer, which takes jobs from the queue one by one.

A dead printer stops nothing but itself: sales go on, the queue grows, the till shows a badge.
"""

import logging
import threading
from collections.abc import Sequence

from sqlalchemy import Engine

from hardware.ports import DeviceError, PrinterPort

from ..kernel.clock import Clock
from ..kernel.database import reading, unit_of_work
from . import queue

log = logging.getLogger(__name__)
IDLE_SECONDS = 0.25


class PrintWorker:
    """Feeds the printers until `stop()`. `errors` holds what each printer said last ("" when it is well)."""

    def __init__(self, engine: Engine, printers: Sequence[PrinterPort], clock: Clock) -> None:
        self._engine = engine
        self._clock = clock
        self._stopping = threading.Event()
        self._wake = {printer.name: threading.Event() for printer in printers}
        self.errors = {printer.name: "" for printer in printers}
        self._threads = [
            threading.Thread(target=self._feed, args=(printer,), name=f"printer {printer.name}", daemon=True)
            for printer in printers
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def wake(self) -> None:
        """There may be something to print: don't wait for the next look."""
        for event in self._wake.values():
            event.set()

    def stop(self) -> None:
        self._stopping.set()
        self.wake()
        for thread in self._threads:
            thread.join(timeout=15)

    def _feed(self, printer: PrinterPort) -> None:
        wake = self._wake[printer.name]
        while not self._stopping.is_set():
            try:
                busy = self.print_one(printer)
            except Exception:  # the thread must outlive a full disk
                log.exception("printer %s", printer.name)
                busy = False
            if not busy:
                wake.wait(IDLE_SECONDS)
                wake.clear()

    def print_one(self, printer: PrinterPort) -> bool:
        """Print the next job of this printer, if one is due. True if one was tried."""
        with reading(self._engine) as session:  # a look that takes no writer's turn
            if queue.next_job(session, printer.name, at=self._clock.now()) is None:
                return False
        with unit_of_work(self._engine) as session:
            job = queue.next_job(session, printer.name, at=self._clock.now())
            if job is None:
                return False
            slip, job_id = queue.begin(job, at=self._clock.now()), job.id
        error, permanent = "", False
        try:
            printer.print(slip)
        except DeviceError as failure:
            error, permanent = failure.code, failure.permanent
        self.errors[printer.name] = error
        with unit_of_work(self._engine) as session:
            job = queue.get_job(session, job_id)
            if error:
                queue.failed(job, error, permanent=permanent, reached=error == "printer_broke_off",
                             at=self._clock.now())  # fmt: skip
            else:
                queue.succeeded(job, at=self._clock.now())
        return True
