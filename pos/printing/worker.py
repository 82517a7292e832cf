"""printing/worker.py — one thread a printer, which takes jobs from the queue one by one.

A dead printer stops nothing but itself: sales go on, the queue grows, the till shows a badge.
"""

import logging
import threading
import time
from collections.abc import Sequence

from sqlalchemy import Engine

from hardware.ports import DeviceError, PrinterPort

from ..kernel.clock import Clock
from ..kernel.database import reading, unit_of_work
from . import queue

log = logging.getLogger(__name__)
IDLE_SECONDS = 0.25
LOOKED_AT_EVERY = 2.0  # seconds: a printer with nothing to do is asked how it is


class PrintWorker:
    """Feeds the printers until `stop()`.

    `errors` holds what keeps each printer from printing ("" when it is well), `warnings` what should be seen to.
    """

    def __init__(self, engine: Engine, printers: Sequence[PrinterPort], clock: Clock) -> None:
        self._engine = engine
        self._clock = clock
        self._stopping = threading.Event()
        self._wake = {printer.name: threading.Event() for printer in printers}
        self.errors = {printer.name: "" for printer in printers}
        self.warnings = {printer.name: "" for printer in printers}
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
        wake, looked = self._wake[printer.name], 0.0
        while not self._stopping.is_set():
            try:
                busy = self.print_one(printer)
            except Exception:  # the thread must outlive a full disk
                log.exception("printer %s", printer.name)
                busy = False
            if not busy:
                if time.monotonic() - looked > LOOKED_AT_EVERY:
                    self._look(printer)
                    looked = time.monotonic()
                wake.wait(IDLE_SECONDS)
                wake.clear()

    def _look(self, printer: PrinterPort) -> None:
        """How is it? So that an empty roll shows before the next buyer pays."""
        try:
            self.warnings[printer.name] = printer.check()
            self.errors[printer.name] = ""
        except DeviceError as failure:
            self.errors[printer.name] = failure.code

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
