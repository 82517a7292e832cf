"""identity/pins.py — PINs: made by chance, hashed with argon2id. How many tries there are: guesses.py."""

import itertools
import secrets
import threading
import time
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from ..kernel.errors import Refused
from .models import Person

hasher = PasswordHasher()  # argon2id, 64 MiB, 3 passes, on four cores at once
_one_at_a_time = threading.Lock()  # many together would take every core from the tills, and their memory
PAUSE_S = 0.1  # between two hashes the cores are the tills': a flood of wrong PINs takes half of them at most


def hash_pin(pin: str) -> str:
    with _one_at_a_time:
        return hasher.hash(pin)


def make_pin() -> str:
    """Six figures by chance, without the ones that people would guess first."""
    while True:
        pin = f"{secrets.randbelow(10**6):06}"
        if not is_easily_guessed(pin):
            return pin


def is_easily_guessed(pin: str) -> bool:
    steps = {(int(b) - int(a)) % 10 for a, b in itertools.pairwise(pin)}
    return len(set(pin)) < 3 or steps in ({1}, {9})


def refuse_weak_pin(pin: str) -> None:
    """Raises Refused (`pin_weak`): a PIN is 6 to 12 figures, not one repeated or counted."""
    if not (pin.isascii() and pin.isdigit() and 6 <= len(pin) <= 12) or is_easily_guessed(pin):
        raise Refused.because("pin_weak")


def is_right_pin(person: Person | None, pin: str) -> bool:
    """Is it this person's PIN? For nobody it takes as long, and is False."""
    return matches_pin(person.pin_hash if person else None, pin)


def matches_pin(pin_hash: str | None, pin: str) -> bool:
    """Is it the PIN of this hash? For none it takes as long, and is False."""
    with _one_at_a_time:
        try:
            return hasher.verify(pin_hash or _dummy_hash(hasher), pin) and pin_hash is not None
        except VerifyMismatchError:
            return False
        finally:
            time.sleep(PAUSE_S)


@cache
def _dummy_hash(by: PasswordHasher) -> str:
    return by.hash(secrets.token_urlsafe(16))
