"""demo/speed.py — what a process that only builds a village may leave out."""

from collections.abc import Iterator
from contextlib import contextmanager

from argon2 import PasswordHasher

from ..identity import pins


@contextmanager
def hash_quickly() -> Iterator[None]:
    """The demo tells everybody its PINs: there is nothing to guess, and sixteen are hashed in a moment, not in two seconds."""
    slow, pins.hasher = pins.hasher, PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1)
    try:
        yield
    finally:
        pins.hasher = slow
