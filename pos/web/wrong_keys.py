"""web/wrong_keys.py — addresses that can't be guessed: how often an address of the network may be wrong about one."""

import threading
from collections import deque

from ..kernel.clock import Clock

MOST_WRONG = 60  # a minute: a screen whose address was changed asks no longer after the first
MOST_ADDRESSES = 5_000
A_MINUTE = 60.0


class WrongKeys:
    """The wrong keys of the last minute, by the address that tried them; in this process's memory."""

    def __init__(self, clock: Clock) -> None:
        self._clock, self._lock = clock, threading.Lock()
        self._times: dict[str, deque[float]] = {}

    def is_shut(self, address: str) -> bool:
        """Has it been wrong so often that nothing it asks for is looked at?"""
        with self._lock:
            times = self._times.get(address)
            return (
                times is not None
                and len(times) == MOST_WRONG
                and self._clock.monotonic() - times[0] < A_MINUTE
            )

    def note_wrong(self, address: str) -> None:
        now = self._clock.monotonic()
        with self._lock:
            self._times.setdefault(address, deque(maxlen=MOST_WRONG)).append(now)
            if len(self._times) > MOST_ADDRESSES:
                self._times = {
                    name: times for name, times in self._times.items() if now - times[-1] < A_MINUTE
                }
