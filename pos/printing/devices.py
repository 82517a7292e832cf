"""printing/devices.py — how the printers are just now, in words and with what to do."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import current_app

from ..config import Config, Printer
from .worker import PrintWorker


@dataclass(frozen=True, slots=True)
class PrinterState:
    """`code`: what keeps it from printing, or what should be seen to (`is_warning`); "" when it is well."""

    printer: Printer
    code: str
    is_warning: bool

    @property
    def is_preview(self) -> bool:
        return self.printer.address == "none"


def printer_states(config: Config) -> Sequence[PrinterState]:
    worker: PrintWorker | None = current_app.extensions.get("ocop_printing")
    found = []
    for printer in config.printers:
        error = worker.errors.get(printer.name, "") if worker else ""
        warning = worker.warnings.get(printer.name, "") if worker else ""
        found.append(PrinterState(printer, error or warning, not error and bool(warning)))
    return found


def state_of_station(config: Config, station: str) -> PrinterState:
    name, states = config.printer_of(station), printer_states(config)
    return next((state for state in states if state.printer.name == name), states[0])
