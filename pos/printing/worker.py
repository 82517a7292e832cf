"""printing/worker.py — one thread a printer, which takes jobs from the queue one by one.

A dead printer stops nothing but itself: sales go on, the queue grows, the till shows a badge.
"""

import logging
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Engine

from hardware.ports import DeviceError, PrinterPort
from hardware.slips.slip import Slip

from ..kernel.clock import Clock
from ..kernel.database import open_reading, unit_of_work
from ..kernel.slow_work import refuse_inside_unit_of_work
from . import queue

log = logging.getLogger(__name__)
IDLE_SECONDS = 0.25
LOOKED_AT_EVERY = (
    1.0  # seconds: a printer with nothing to do is asked how it is; one may take a second to answer
)


@dataclass(frozen=True, slots=True)
class PrinterStatus:
    """How a printer was when it was last looked at. `error` keeps it from printing; `warning` should be seen to.

    `drawer_open` is None where the printer can't tell.
    """

    error: str = ""
    warning: str = ""
    drawer_open: bool | None = None


def check_printer(printer: PrinterPort) -> PrinterStatus:
    """How is it? So that an empty roll shows before the next buyer pays."""
    refuse_inside_unit_of_work("asking a printer")
    try:
        condition = printer.check()
    except DeviceError as failure:
        return PrinterStatus(failure.code)
    return PrinterStatus("", condition.warning, condition.drawer_open)


def print_slip(printer: PrinterPort, slip: Slip) -> queue.PrintOutcome:
    """Print it, and say what came of it."""
    refuse_inside_unit_of_work("printing")
    try:
        printer.print(slip)
    except DeviceError as failure:
        return queue.PrintOutcome(failure.code, permanent=failure.permanent, begun=failure.begun)
    return queue.PrintOutcome()


class PrintWorker:
    """Feeds the printers of this computer until `stop()`; `says` is told how each of them is."""

    def __init__(
        self,
        engine: Engine,
        printers: Sequence[PrinterPort],
        clock: Clock,
        says: dict[str, PrinterStatus] | None = None,
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._stopping = threading.Event()
        self._printers = {printer.name: printer for printer in printers}
        self._wake = {name: threading.Event() for name in self._printers}
        self.says = {} if says is None else says
        self.says.update({name: PrinterStatus() for name in self._printers})
        self._threads = [
            threading.Thread(target=self._feed, args=(name,), name=f"printer {name}", daemon=True)
            for name in self._printers
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def replace(self, printer: PrinterPort) -> None:
        """The printer of this name is spoken to otherwise from the next slip on."""
        if printer.name in self._printers:
            self._printers[printer.name] = printer

    def wake(self) -> None:
        """There may be something to print: don't wait for the next look."""
        for event in self._wake.values():
            event.set()

    def stop(self) -> None:
        self._stopping.set()
        self.wake()
        for thread in self._threads:
            thread.join(timeout=15)

    def _feed(self, name: str) -> None:
        wake, looked = self._wake[name], 0.0
        while not self._stopping.is_set():
            printer = self._printers[name]
            try:
                busy = self.print_one(printer)
                if not busy and time.monotonic() - looked > LOOKED_AT_EVERY:
                    self._look(printer)
                    looked = time.monotonic()
            except Exception:  # the thread must outlive a full disk
                log.exception("printer %s", name)
                busy = False
            if not busy:
                wake.wait(IDLE_SECONDS)
                wake.clear()

    def _look(self, printer: PrinterPort) -> None:
        """How is it? Where it is well again, its slips don't wait for the end of their pause."""
        before, now = self.says.get(printer.name, PrinterStatus()), check_printer(printer)
        if before.error and not now.error:
            with unit_of_work(self._engine) as session:
                queue.hurry_jobs(session, printer.name, at=self._clock.now())
        self.says[printer.name] = now

    def print_one(self, printer: PrinterPort) -> bool:
        """Print the next job of this printer, if one is due. True if one was tried."""
        with open_reading(self._engine) as session:  # a look that takes no writer's turn
            if queue.find_next_job(session, printer.name, at=self._clock.now()) is None:
                return False
        with unit_of_work(self._engine) as session:
            job = queue.find_next_job(session, printer.name, at=self._clock.now())
            if job is None:
                return False
            slip, job_id = queue.begin_job(job, at=self._clock.now()), job.id
        outcome = print_slip(printer, slip)
        self.says[printer.name] = replace(self.says.get(printer.name, PrinterStatus()), error=outcome.error)
        with unit_of_work(self._engine) as session:
            queue.finish_or_retry(queue.get_job(session, job_id), outcome, at=self._clock.now())
        return True
