"""station/protocol.py — what a station apart and the shop's computer say to each other, as JSON."""

import hashlib
from typing import Annotated

import msgspec

from hardware.ports import Weight
from hardware.slips.slip import Slip

from ..config import Config, Printer
from ..printing.queue import PrintOutcome
from ..printing.worker import PrinterStatus
from .hub import Device, Shown


class Settings(msgspec.Struct, frozen=True):
    """The devices that a station's computer is to drive, with addresses as that computer knows them."""

    station: str
    printers: tuple[Printer, ...]
    scanner: str
    scale: str
    display: str

    def fingerprint(self) -> str:
        return hashlib.sha256(msgspec.json.encode(self)).hexdigest()[:16]


class Job(msgspec.Struct, frozen=True):
    """A slip to be printed. `job` is its number in the shop's queue."""

    job: int
    printer: str
    slip: Slip


Number = Annotated[int, msgspec.Meta(ge=0, lt=10**18)]  # a row's key, or a count: both fit the database
ScannedText = Annotated[str, msgspec.Meta(max_length=8192)]


class Ended(msgspec.Struct, frozen=True):
    job: Number
    outcome: PrintOutcome


class Ask(msgspec.Struct, frozen=True):
    """Said by the station a few times a second. `run` and `n` name it: said twice, it is answered, not done, twice.

    `free`: printers with nothing to do.
    """

    run: Annotated[str, msgspec.Meta(max_length=200)]
    n: Number
    free: tuple[str, ...] = ()
    printers: dict[str, PrinterStatus] = {}
    states: dict[Device, str] = {}
    weight: Weight | None = None
    scans: tuple[ScannedText, ...] = ()
    ended: tuple[Ended, ...] = ()


class Answer(msgspec.Struct, frozen=True):
    """`settings`: the fingerprint of what the station should be driving now."""

    jobs: tuple[Job, ...]
    shown: Shown | None
    settings: str


def make_settings(config: Config, station: str, printers: tuple[Printer, ...]) -> Settings:
    """What a station apart drives: its own devices, and the printers that hang on its computer."""
    known = config.station(station)
    if known is None or not known.apart:
        return Settings(station, (), "", "", "")
    return Settings(station, printers, known.scanner, known.scale, known.display)
