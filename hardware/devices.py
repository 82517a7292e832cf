"""The devices of a station, made from what its configuration says.

Each raises DeviceError (`device_misconfigured`, permanent) for an address it can't read, and none is opened yet.
"""

from .displays.vfd import PoleDisplay
from .ports import DeviceError, DisplayPort, PrinterPort, ScalePort, ScannerPort
from .printers.escpos import EscposPrinter
from .printers.preview import PreviewPrinter
from .scales.serial_line import SerialScale
from .scanners.evdev import EvdevScanner
from .scanners.serial_line import SerialScanner

SCHEMES = ("tcp", "serial", "usb", "file")


def printer(
    name: str,
    address: str,
    *,
    paper_mm: int,
    drawer_pin: int | None,
    profile: str = "generic",
    mode: str = "auto",
    charset: str = "",
) -> PrinterPort:
    """tcp://192.0.2.7:9100, serial:///dev/ttyUSB0?baud=9600, usb://04b8:0e15, file:///dev/usb/lp0, or none."""
    if address == "none":
        return PreviewPrinter(name)
    if address.partition(":")[0] not in SCHEMES:
        raise DeviceError("device_misconfigured", address, permanent=True)
    return EscposPrinter(
        name, address, paper_mm=paper_mm, drawer_pin=drawer_pin, profile=profile, mode=mode, charset=charset
    )


def scanner(address: str) -> ScannerPort:
    """serial:///dev/ttyACM0?baud=9600, evdev:///dev/input/by-id/usb-…-event-kbd."""
    return EvdevScanner(address) if address.startswith("evdev:") else SerialScanner(address)


def scale(address: str) -> ScalePort:
    """serial:///dev/ttyUSB1?baud=9600&protocol=continuous, or toledo."""
    return SerialScale(address)


def display(address: str) -> DisplayPort:
    """serial:///dev/ttyUSB2?baud=9600."""
    return PoleDisplay(address)
