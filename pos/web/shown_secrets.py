"""web/shown_secrets.py — secrets on their way to the page that shows them: in memory, for whoever made them, until they say
that they are written down.

Never in a cookie: the session's is signed, but anybody who holds the browser reads it, days later.
"""

import threading
from typing import Generic, TypeVar

from ..kernel.clock import Clock

SHOWN_WITHIN = 12 * 3600.0  # seconds: one that nobody has written down by the evening is made anew


Secret = TypeVar("Secret")


class ShownSecrets(Generic[Secret]):
    """What waits to be written down, by sign-in and name."""

    def __init__(self, clock: Clock) -> None:
        self._clock, self._lock = clock, threading.Lock()
        self._waiting: dict[str, dict[str, tuple[float, Secret]]] = {}

    def keep(self, sign_in: str, name: str, secret: Secret) -> None:
        with self._lock:
            self._forget_old()
            waiting = self._waiting.setdefault(sign_in, {})
            waiting.pop(name, None)  # the newest is shown last
            waiting[name] = (self._clock.monotonic(), secret)

    def list_waiting(self, sign_in: str) -> list[Secret]:
        """Those that this sign-in made and has not acknowledged, the newest last."""
        with self._lock:
            self._forget_old()
            return [secret for _since, secret in self._waiting.get(sign_in, {}).values()]

    def acknowledge_secret(self, sign_in: str, name: str) -> None:
        """It is written down: nobody is shown it any more."""
        with self._lock:
            self._waiting.get(sign_in, {}).pop(name, None)

    def move_secrets(self, old_sign_in: str, new_sign_in: str) -> None:
        """The same person goes on under another sign-in."""
        with self._lock:
            if (waiting := self._waiting.pop(old_sign_in, None)) is not None:
                self._waiting[new_sign_in] = waiting

    def _forget_old(self) -> None:
        now = self._clock.monotonic()
        for waiting in self._waiting.values():
            for name in [key for key, (since, _secret) in waiting.items() if now - since > SHOWN_WITHIN]:
                del waiting[name]
        self._waiting = {sign_in: waiting for sign_in, waiting in self._waiting.items() if waiting}
