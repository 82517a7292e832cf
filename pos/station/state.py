"""station/state.py — how a station's devices are just now, as codes of DEVICE_STATES."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import current_app

from hardware.ports import Weight

from ..config import Config, Printer
from ..printing.worker import PrinterStatus
from .hub import Device, DeviceHub


@dataclass(frozen=True, slots=True)
class PrinterState:
    """`code`: what keeps it from printing, or what should be seen to (`is_warning`); "" when it is well."""

    printer: Printer
    code: str
    is_warning: bool
    drawer_open: bool = False

    @property
    def is_preview(self) -> bool:
        return self.printer.address == "none"


@dataclass(frozen=True, slots=True)
class DeviceState:
    """A scanner, scale or pole display. `code` is "" when it is well; `weight` what lies on the scale."""

    kind: Device
    address: str
    code: str
    weight: Weight | None = None


def current_hub() -> DeviceHub:
    found: DeviceHub = current_app.extensions["ocop_hub"]
    return found


def list_printer_states(config: Config) -> Sequence[PrinterState]:
    return [_printer_state(printer) for printer in config.printers]


def get_station_state(config: Config, station: str) -> PrinterState:
    """How the printer of its receipts is."""
    return _printer_state(config.printer(config.printer_of(station)) or config.printers[0])


def _printer_state(printer: Printer) -> PrinterState:
    if printer.at and current_hub().is_away(printer.at):
        return PrinterState(printer, "station_away", is_warning=False)
    says = current_hub().printers.get(printer.name, PrinterStatus())
    return PrinterState(
        printer, says.error or says.warning, not says.error and bool(says.warning), bool(says.drawer_open)
    )


def list_device_states(config: Config, station: str) -> Sequence[DeviceState]:
    """A station's scanner, scale and pole display, where it has them."""
    known = config.station(station)
    if known is None:
        return ()
    addresses: dict[Device, str] = {"scanner": known.scanner, "scale": known.scale, "display": known.display}
    states, weight = current_hub().states(station), current_hub().weight(station)
    away = known.apart and current_hub().is_away(station)
    return [
        DeviceState(
            kind,
            address,
            "station_away" if away else states.get(kind, ""),
            weight if kind == "scale" else None,
        )
        for kind, address in addresses.items()
        if address
    ]
