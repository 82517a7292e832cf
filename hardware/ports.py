"""What a till asks of its devices, and what they raise when they can't."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, Protocol

from .slips.slip import Slip


class DeviceError(Exception):
    """A device did not do as asked. `permanent`: trying again can't help until a person mends something.

    `begun`: a part of the slip may be on paper already. `code` names what a person should do:
    `printer_unreachable`, `paper_out`, `cover_open`, `cutter_jammed`, `printer_failed`, `printer_broke_off`,
    `display_unreachable`, `device_misconfigured`, `labels_only` (a slip for a printer of labels).
    """

    def __init__(self, code: str, detail: str = "", *, permanent: bool = False, begun: bool = False) -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail
        self.permanent = permanent
        self.begun = begun


@dataclass(frozen=True, slots=True)
class Condition:
    """How a printer is that could print. `warning`: what should be seen to soon (`paper_low`), or "".

    `drawer_open` is None where the printer can't tell.
    """

    warning: str = ""
    drawer_open: bool | None = None


class PrinterPort(Protocol):
    """A printer of slips. `name` is what people call it."""

    name: str

    def print(self, slip: Slip) -> None:
        """Put the whole slip on paper, or raise DeviceError; a part may then be on paper."""

    def check(self) -> Condition:
        """Raise DeviceError if it could not print now. A printer that can't answer is taken for ready."""

    def seconds(self, slip: Slip, *, mode: str = "") -> float | None:
        """How long a slip takes on its line, as "picture", "text", or as it prints by itself; None where paper is slower."""


class ScannerPort(Protocol):
    """A scanner that isn't a keyboard. `connected` tells whether it is there just now."""

    connected: bool

    def texts(self, stopping: threading.Event) -> Iterator[str]:
        """What it scans until `stopping`, however often it is pulled out. Never raises."""


@dataclass(frozen=True, slots=True)
class Weight:
    """What a scale says. `net_milli`: thousandths of a kilogram without the tare; only a `stable` one is for sale."""

    state: Literal["stable", "moving", "overload", "negative"]
    net_milli: int = 0
    tare_milli: int = 0


class ScalePort(Protocol):
    """A scale. `connected` tells whether it is there just now."""

    connected: bool

    def weights(self, stopping: threading.Event) -> Iterator[Weight]:
        """Every reading until `stopping`, however often it is pulled out. Never raises."""


class DisplayPort(Protocol):
    """A pole display of two lines, twenty letters each. `connected` tells whether its line is there just now."""

    @property
    def connected(self) -> bool: ...

    def show(self, upper: str, lower: str) -> None:
        """Both lines, transliterated and cut to what it can show. Raises DeviceError (`display_unreachable`)."""
