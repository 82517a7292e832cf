"""The devices of a station, made from what its configuration says.

Each raises DeviceError (`device_misconfigured`, permanent) for an address it can't read, and none is opened yet.
"""

from .displays.vfd import PoleDisplay
from .ports import DeviceError, DisplayPort, PrinterPort, ScalePort, ScannerPort
from .printers.card_printer import CardPrinter
from .printers.escpos import EscposPrinter
from .printers.label_port import LabelPrinterPort
from .printers.label_printer import LabelPrinter, Mode
from .printers.preview import PreviewPrinter
from .printers.tspl import TsplPrinter
from .printers.zpl import ZplPrinter
from .scales.serial_line import SerialScale
from .scanners.evdev import EvdevScanner
from .scanners.serial_line import SerialScanner

SCHEMES = ("tcp", "serial", "usb", "file")
LABEL_LANGUAGES: dict[str, type[LabelPrinter]] = {"zpl": ZplPrinter, "tspl": TsplPrinter}


def make_printer(
    name: str,
    address: str,
    *,
    paper_mm: int,
    drawer_pin: int | None,
    profile: str = "generic",
    mode: str = "auto",
    charset: str = "",
    dpi: int = 203,
) -> PrinterPort:
    """tcp://192.0.2.7:9100, serial:///dev/ttyUSB0?baud=9600, usb://04b8:0e15, file:///dev/usb/lp0, or none.

    `profile` zpl or tspl: a printer of labels, `dpi` dots to the inch, whose slips are cards.
    """
    if address == "none":
        return PreviewPrinter(name)
    if profile in LABEL_LANGUAGES:
        return CardPrinter(make_label_printer(name, address, language=profile, dpi=dpi))
    if address.partition(":")[0] not in SCHEMES:
        raise DeviceError("device_misconfigured", address, permanent=True)
    return EscposPrinter(
        name, address, paper_mm=paper_mm, drawer_pin=drawer_pin, profile=profile, mode=mode, charset=charset
    )


def make_label_printer(
    name: str, address: str, *, language: str, dpi: int = 203, mode: Mode = "raster"
) -> LabelPrinterPort:
    """An address as for `make_printer`, but none; `language`: zpl or tspl."""
    if address.partition(":")[0] not in SCHEMES or language not in LABEL_LANGUAGES:
        raise DeviceError("device_misconfigured", f"{language} {address}", permanent=True)
    return LABEL_LANGUAGES[language](name, address, dpi=dpi, mode=mode)


def make_scanner(address: str) -> ScannerPort:
    """serial:///dev/ttyACM0?baud=9600, evdev:///dev/input/by-id/usb-…-event-kbd."""
    return EvdevScanner(address) if address.startswith("evdev:") else SerialScanner(address)


def make_scale(address: str) -> ScalePort:
    """serial:///dev/ttyUSB1?baud=9600&protocol=continuous, or toledo."""
    return SerialScale(address)


def make_display(address: str) -> DisplayPort:
    """serial:///dev/ttyUSB2?baud=9600."""
    return PoleDisplay(address)
