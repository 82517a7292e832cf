"""identity/new_pins.py — new PINs on their way to the pages that show them: in memory, for whoever made them, until they say
that they are written down.

Never in a cookie: the session's is signed, but anybody who holds the browser reads it, days later.
"""

import threading
from dataclasses import dataclass, field

from flask import current_app, session

from ..kernel.clock import Clock
from ..kernel.errors import NotFound
from .sign_in import COOKIE_KEY, hash_token

SHOWN_WITHIN = 12 * 3600.0  # seconds: a PIN that nobody has written down by the evening is made anew


@dataclass(frozen=True, slots=True)
class NewPin:
    name: str
    login: str
    pin: str = field(repr=False)


class NewPins:
    """What waits to be written down, by sign-in."""

    def __init__(self, clock: Clock) -> None:
        self._clock, self._lock = clock, threading.Lock()
        self._waiting: dict[str, dict[str, tuple[float, NewPin]]] = {}

    def keep(self, sign_in: str, new_pin: NewPin) -> None:
        with self._lock:
            self._forget_old()
            waiting = self._waiting.setdefault(sign_in, {})
            waiting.pop(new_pin.login, None)  # the newest is shown last
            waiting[new_pin.login] = (self._clock.monotonic(), new_pin)

    def list_waiting(self, sign_in: str) -> list[NewPin]:
        """Those that this sign-in made and has not acknowledged, the newest last."""
        with self._lock:
            self._forget_old()
            return [new_pin for _since, new_pin in self._waiting.get(sign_in, {}).values()]

    def acknowledge_pin(self, sign_in: str, login: str) -> None:
        """It is written down: nobody is shown it any more."""
        with self._lock:
            self._waiting.get(sign_in, {}).pop(login, None)

    def move_pins(self, old_sign_in: str, new_sign_in: str) -> None:
        """The same person goes on under another sign-in."""
        with self._lock:
            if (waiting := self._waiting.pop(old_sign_in, None)) is not None:
                self._waiting[new_sign_in] = waiting

    def _forget_old(self) -> None:
        now = self._clock.monotonic()
        for waiting in self._waiting.values():
            for login in [key for key, (since, _pin) in waiting.items() if now - since > SHOWN_WITHIN]:
                del waiting[login]
        self._waiting = {sign_in: waiting for sign_in, waiting in self._waiting.items() if waiting}


def keep_new_pin(name: str, login: str, pin: str) -> None:
    """Show it on the pages of this sign-in that show such. Call it after the commit."""
    _current_new_pins().keep(_current_sign_in(), NewPin(name, login, pin))


def list_new_pins() -> list[NewPin]:
    """What this sign-in is to be shown, until it is acknowledged."""
    return _current_new_pins().list_waiting(_current_sign_in())


def get_new_pin(login: str) -> NewPin:
    """Raises NotFound (`pin_gone`) for one that was acknowledged, is too old or was made by another sign-in."""
    found = next((new_pin for new_pin in list_new_pins() if new_pin.login == login), None)
    if found is None:
        raise NotFound.because("pin_gone")
    return found


def acknowledge_new_pin(login: str) -> None:
    """Whoever made it says that it is written down."""
    _current_new_pins().acknowledge_pin(_current_sign_in(), login)


def move_new_pins(old_token: str) -> None:
    """What waited for the sign-in of that token waits for the current one, which took its place."""
    _current_new_pins().move_pins(hash_token(old_token), _current_sign_in())


def _current_sign_in() -> str:
    return hash_token(session[COOKIE_KEY])


def _current_new_pins() -> NewPins:
    found: NewPins = current_app.extensions["ocop_told_pins"]
    return found
