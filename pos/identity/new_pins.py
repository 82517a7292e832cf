"""identity/new_pins.py — a new PIN on its way to the one page that shows it: in memory, for whoever made it, once.

Never in a cookie: the session's is signed, but anybody who holds the browser reads it, days later.
"""

import threading
from dataclasses import dataclass, field

from flask import current_app, session

from ..kernel.clock import Clock
from .sign_in import COOKIE_KEY, hash_token

SHOWN_WITHIN = 600.0  # seconds


@dataclass(frozen=True, slots=True)
class NewPin:
    name: str
    login: str
    pin: str = field(repr=False)


class NewPins:
    """What waits to be shown, by sign-in."""

    def __init__(self, clock: Clock) -> None:
        self._clock, self._lock = clock, threading.Lock()
        self._waiting: dict[str, tuple[float, NewPin]] = {}

    def keep(self, sign_in: str, new_pin: NewPin) -> None:
        with self._lock:
            self._forget_old()
            self._waiting[sign_in] = (self._clock.monotonic(), new_pin)

    def take(self, sign_in: str) -> NewPin | None:
        """What waits for this sign-in; after that nobody is told any more."""
        with self._lock:
            self._forget_old()
            _since, new_pin = self._waiting.pop(sign_in, (0.0, None))
            return new_pin

    def _forget_old(self) -> None:
        now = self._clock.monotonic()
        for sign_in in [key for key, (at, _told) in self._waiting.items() if now - at > SHOWN_WITHIN]:
            del self._waiting[sign_in]


def keep_new_pin(name: str, login: str, pin: str) -> None:
    """Show it on the next page of this sign-in that shows such. Call it after the commit."""
    _current_new_pins().keep(hash_token(session[COOKIE_KEY]), NewPin(name, login, pin))


def take_new_pin() -> NewPin | None:
    """What this sign-in is to be shown now, once."""
    return _current_new_pins().take(hash_token(session[COOKIE_KEY]))


def _current_new_pins() -> NewPins:
    found: NewPins = current_app.extensions["ocop_told_pins"]
    return found
