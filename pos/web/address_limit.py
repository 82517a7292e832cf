"""web/address_limit.py — how often an address of the network may do something in a minute: call a webhook, be wrong about a key."""

import threading
from collections import deque

from ..kernel.clock import Clock

MOST_ADDRESSES = 5_000
A_MINUTE = 60.0  # seconds


class AddressLimit:
    """The newest times of each address, in this process's memory. `most`: so many in a minute, and no more."""

    def __init__(self, clock: Clock, most: int) -> None:
        self._clock, self._most, self._lock = clock, most, threading.Lock()
        self._times: dict[str, deque[float]] = {}

    def is_reached(self, address: str) -> bool:
        with self._lock:
            return self._is_reached(address, self._clock.monotonic())

    def note(self, address: str) -> None:
        with self._lock:
            self._note(address, self._clock.monotonic())

    def take_turn(self, address: str) -> bool:
        """May this address once more? Then that is noted."""
        now = self._clock.monotonic()
        with self._lock:
            if self._is_reached(address, now):
                return False
            self._note(address, now)
            return True

    def _is_reached(self, address: str, now: float) -> bool:
        times = self._times.get(address)
        return times is not None and len(times) == self._most and now - times[0] < A_MINUTE

    def _note(self, address: str, now: float) -> None:
        self._times.setdefault(address, deque(maxlen=self._most)).append(now)
        if len(self._times) > MOST_ADDRESSES:
            self._times = {name: times for name, times in self._times.items() if now - times[-1] < A_MINUTE}
