"""The devices of a station, made from what its configuration says."""

from urllib.parse import urlsplit

from .ports import DeviceError, PrinterPort
from .printers.escpos import EscposPrinter
from .printers.preview import PreviewPrinter

SCHEMES = ("tcp", "serial", "usb", "file")


def printer(name: str, address: str, *, paper_mm: int, drawer_pin: int | None) -> PrinterPort:
    """The driver for an address. Raises DeviceError (`device_misconfigured`) for one it can't read."""
    if address == "none":
        return PreviewPrinter(name)
    if urlsplit(address).scheme not in SCHEMES:
        raise DeviceError("device_misconfigured", address, permanent=True)
    return EscposPrinter(name, address, paper_mm=paper_mm, drawer_pin=drawer_pin)
