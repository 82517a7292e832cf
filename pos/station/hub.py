"""station/hub.py — what the devices of each station say just now. In memory: what was not taken is scanned again."""

import secrets
import threading
import time
from dataclasses import dataclass, field
from typing import Literal

from hardware.ports import Weight

from ..printing.worker import PrinterStatus
from .screen_changes import note_change_of

Device = Literal["scanner", "scale", "display"]
Shown = tuple[str, str]
HEARD_FOR_SECONDS = 10.0  # a scan that no till's page took by then is old: the buyer has gone on
WEIGHED_FOR_SECONDS = 1.0
AWAY_AFTER_SECONDS = 2.5  # a station apart that was silent for so long is not there


@dataclass(frozen=True, slots=True)
class NumberedScan:
    """A scan, numbered within its station."""

    n: int
    text: str
    at: float


@dataclass(slots=True)
class StationState:
    """One station, just now. `page` is the till's page that gets the scans: the one opened last."""

    scans: list[NumberedScan] = field(default_factory=list)
    add_scan: int = 0
    page: str = ""
    states: dict[Device, str] = field(default_factory=dict)
    weight: Weight | None = None
    weighed_at: float = 0.0
    shown: Shown | None = None
    shows_code: bool | None = None
    called_at: float = float("-inf")


class DeviceHub:
    """Where devices and pages meet. Times are of the monotonic clock, in seconds.

    `printers` holds how each printer of the shop was when it was last looked at; `run` names this hub among those
    before and after it, whose scans have the same numbers.
    """

    def __init__(self) -> None:
        self.run = secrets.token_hex(8)
        self.printers: dict[str, PrinterStatus] = {}
        self._stations: dict[str, StationState] = {}
        self._changed = threading.Condition()
        self.closed = False

    def _live(self, station: str) -> StationState:
        return self._stations.setdefault(station, StationState())

    def add_scan(self, station: str, text: str) -> None:
        """A scanner said something."""
        with self._changed:
            live = self._live(station)
            live.add_scan += 1
            live.scans.append(NumberedScan(live.add_scan, text, time.monotonic()))
            self._changed.notify_all()

    def take(
        self, station: str, page: str, last_seen: int, *, claim: bool = False, wait: float = 0.0
    ) -> list[NumberedScan] | None:
        """The scans after number `seen`, as soon as there are any; [] after `wait` seconds without.

        Each stays until the page says that it has seen it, so that a lost answer loses no scan. A page that was
        just opened claims the station's scanner; None tells a page that another one did.
        """
        with self._changed:
            live = self._live(station)
            if claim or not live.page:
                live.page = page
                self._changed.notify_all()  # the page before hears of it now, not at its next question
            if live.page == page:
                live.scans = [scan for scan in live.scans if scan.n > last_seen]
            state = dict(live.states)
            self._changed.wait_for(lambda: self._has_news(live, page, last_seen, state), wait)
            if live.page != page:
                return None
            young = time.monotonic() - HEARD_FOR_SECONDS
            live.scans = [scan for scan in live.scans if scan.at > young]
            return list(live.scans)

    def forget(self, station: str) -> None:
        """What was scanned and not taken yet is nobody's."""
        with self._changed:
            self._live(station).scans.clear()

    def _has_news(self, live: StationState, page: str, last_seen: int, state: dict[Device, str]) -> bool:
        waits = any(scan.n > last_seen for scan in live.scans)
        return self.closed or waits or live.page != page or live.states != state

    def set_device_state(self, station: str, device: Device, code: str) -> None:
        """How a device is: "" when it is well, else a code of DEVICE_STATES."""
        with self._changed:
            states = self._live(station).states
            if states.get(device) != code:
                states[device] = code
                self._changed.notify_all()

    def states(self, station: str) -> dict[Device, str]:
        with self._changed:
            return dict(self._live(station).states)

    def weighed(self, station: str, weight: Weight) -> None:
        with self._changed:
            live = self._live(station)
            live.weight, live.weighed_at = weight, time.monotonic()

    def weight(self, station: str) -> Weight | None:
        """What lies on the scale; None where it hasn't spoken for a while."""
        with self._changed:
            live = self._live(station)
            return live.weight if time.monotonic() - live.weighed_at < WEIGHED_FOR_SECONDS else None

    def show(self, station: str, upper: str, lower: str) -> None:
        """What the pole display is to say from now on."""
        with self._changed:
            self._live(station).shown = (upper, lower)
            self._changed.notify_all()

    def shown(self, station: str, last: Shown | None = None, wait: float = 0.0) -> Shown | None:
        """What the pole display is to say, as soon as it differs from `last`; after `wait` seconds as it is."""
        with self._changed:
            live = self._live(station)
            self._changed.wait_for(lambda: self.closed or live.shown != last, wait)
            return live.shown

    def note_code_shown(self, station: str, is_shown: bool) -> None:
        """Is a transfer's code on the till's screen? The buyer's screen shows it just as long."""
        with self._changed:
            live = self._live(station)
            if live.shows_code is not is_shown:
                live.shows_code = is_shown
                note_change_of(station)

    def shows_code(self, station: str) -> bool:
        """Also where the till has said nothing since this process began: whoever was about to pay goes on."""
        with self._changed:
            return self._live(station).shows_code is not False

    def called(self, station: str) -> None:
        """The computer of a station apart has just spoken."""
        with self._changed:
            self._live(station).called_at = time.monotonic()

    def is_away(self, station: str) -> bool:
        with self._changed:
            return time.monotonic() - self._live(station).called_at > AWAY_AFTER_SECONDS

    def close(self) -> None:
        """Nobody waits any longer."""
        with self._changed:
            self.closed = True
            self._changed.notify_all()
