"""printing/devices.py — how the printers are just now, in words and with what to do."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import current_app
from sqlalchemy.orm import Session

from ..config import Config, Printer
from .queue import waiting
from .worker import PrintWorker


@dataclass(frozen=True, slots=True)
class PrinterState:
    """`code`: what keeps it from printing, or what should be seen to (`is_warning`); "" when it is well."""

    printer: Printer
    code: str
    is_warning: bool
    waiting: int

    @property
    def is_preview(self) -> bool:
        return self.printer.address == "none"


def printer_states(session: Session, config: Config) -> Sequence[PrinterState]:
    worker: PrintWorker | None = current_app.extensions.get("ocop_printing")
    jobs = waiting(session)
    found = []
    for printer in config.printers:
        error = worker.errors.get(printer.name, "") if worker else ""
        warning = worker.warnings.get(printer.name, "") if worker else ""
        mine = [job for job in jobs if job.printer == printer.name]
        found.append(PrinterState(printer, error or warning, not error and bool(warning), len(mine)))
    return found


def state_of_station(session: Session, config: Config, station: str) -> PrinterState:
    """The printer of this station (the first one, where the station has none)."""
    known = config.station(station)
    states = printer_states(session, config)
    return next((state for state in states if known and state.printer.name == known.printer), states[0])
