"""demo/devices.py — devices that nobody has at home: they speak their own languages on real sockets and ptys."""

import tempfile
from pathlib import Path

import msgspec

from hardware.fakes.players import FakePoleDisplay, ScalePlayer
from hardware.fakes.printer import FakePrinter

from ..config import Config

ON_THE_SCALE_MILLI = 512


def with_pretended_devices(config: Config) -> Config:
    """The configuration with a printer for each, and on its first station a scale with goods on it and a pole display."""
    folder = Path(tempfile.mkdtemp(prefix="ocop-devices-"))
    paper, scale, pole = (
        FakePrinter().start(),
        ScalePlayer(folder / "scale"),
        FakePoleDisplay(folder / "pole"),
    )
    for device in (scale, pole):
        device.plug()
    scale.lay(ON_THE_SCALE_MILLI)
    printers = tuple(msgspec.structs.replace(printer, address=paper.address) for printer in config.printers)
    first, *others = config.stations
    first = msgspec.structs.replace(first, scale=scale.address, display=pole.address)
    return msgspec.structs.replace(config, printers=printers, stations=(first, *others))
