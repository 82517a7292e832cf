"""identity/pins.py — PINs: hashed with argon2id, slowed down after wrong ones."""

import itertools
import secrets
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from ..kernel.errors import Refused
from .models import Person

FREE_TRIES = 4
LONGEST_LOCK = timedelta(minutes=15)

hasher = PasswordHasher()  # argon2id, 64 MiB, 3 passes


def hashed(pin: str) -> str:
    return hasher.hash(pin)


def make_pin() -> str:
    """Six figures by chance, without the ones that people would guess first."""
    while True:
        pin = f"{secrets.randbelow(10**6):06}"
        if not easily_guessed(pin):
            return pin


def easily_guessed(pin: str) -> bool:
    steps = {(int(b) - int(a)) % 10 for a, b in itertools.pairwise(pin)}
    return len(set(pin)) < 3 or steps in ({1}, {9})


def refuse_weak(pin: str) -> None:
    """Raises Refused (`pin_weak`): a PIN is 6 to 12 figures, not one repeated or counted."""
    if not (pin.isascii() and pin.isdigit() and 6 <= len(pin) <= 12) or easily_guessed(pin):
        raise Refused.because("pin_weak")


def is_right(person: Person, pin: str) -> bool:
    try:
        return hasher.verify(person.pin_hash, pin)
    except VerifyMismatchError:
        return False


def count_failure(person: Person, at: datetime) -> None:
    """After four wrong PINs each further one locks the person out twice as long, to a quarter of an hour."""
    person.failed += 1
    beyond = person.failed - FREE_TRIES
    if beyond > 0:
        person.locked_until = at + min(timedelta(seconds=15) * 2 ** min(beyond, 10), LONGEST_LOCK)


def count_success(person: Person) -> None:
    person.failed = 0
    person.locked_until = None
