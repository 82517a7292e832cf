"""station/choice.py — how a printer is spoken to: its profile, picture or text, and its letters."""

from datetime import datetime

import msgspec
from sqlalchemy.orm import Session

from hardware.devices import make_printer as driver_of
from hardware.ports import DeviceError, PrinterPort
from hardware.printers.unfit import UnfitPrinter

from ..config import Printer
from ..journal.record import record
from ..kernel.actor import Actor
from ..kernel.errors import Refused
from .models import PrinterChoice


def apply_choice(session: Session, printer: Printer) -> Printer:
    """The printer as configured, or as the manager chose since."""
    choice = session.get(PrinterChoice, printer.name)
    if choice is None:
        return printer
    return _replace_settings(printer, choice.profile, choice.mode, choice.charset)


def _replace_settings(printer: Printer, profile: str, mode: str, charset: str) -> Printer:
    """Raises msgspec.ValidationError for what no configuration could say."""
    settings = msgspec.structs.asdict(printer) | {"profile": profile, "mode": mode, "charset": charset}
    return msgspec.convert(settings, Printer)


def save_choice(
    session: Session, printer: Printer, *, profile: str, mode: str, charset: str, by: Actor, at: datetime
) -> Printer:
    """Speak to this printer so from its next slip on. Raises Refused (`printer_choice_odd`)."""
    try:
        new = _replace_settings(printer, profile, mode, charset)
        make_driver(new)
    except (msgspec.ValidationError, DeviceError) as odd:
        raise Refused.because("printer_choice_odd") from odd
    session.merge(
        PrinterChoice(
            printer=printer.name, profile=profile, mode=mode, charset=charset, at=at, by_name=by.name
        )
    )
    record(session, "printer_chosen", by=by, at=at, printer=printer.name, profile=profile, mode=mode, charset=charset)  # fmt: skip
    return new


def forget_choice(session: Session, printer: Printer, *, by: Actor, at: datetime) -> None:
    """Speak to it as the configuration says again."""
    choice = session.get(PrinterChoice, printer.name)
    if choice is not None:
        session.delete(choice)
        record(session, "printer_choice_ended", by=by, at=at, printer=printer.name)


def make_driver_or_fault(printer: Printer) -> PrinterPort:
    """Its driver; for settings that can't be used one that says so at every slip."""
    try:
        return make_driver(printer)
    except DeviceError as failure:
        return UnfitPrinter(printer.name, failure)


def make_driver(printer: Printer) -> PrinterPort:
    """Its driver. Raises DeviceError (`device_misconfigured`)."""
    return driver_of(
        printer.name, printer.address, paper_mm=printer.paper_mm, drawer_pin=printer.drawer_pin or None,
        profile=printer.profile, mode=printer.mode, charset=printer.charset, dpi=printer.dpi,
    )  # fmt: skip
