"""demo/speed.py — what a process that only builds a village may leave out."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from argon2 import PasswordHasher

from ..identity import pins

SELDOM = (200_000, 20, 100)


@contextmanager
def hash_quickly() -> Iterator[None]:
    """The demo tells everybody its PINs: there is nothing to guess, and sixteen are hashed in a moment, not in two seconds."""
    slow, pins.hasher = pins.hasher, PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1)
    try:
        yield
    finally:
        pins.hasher = slow


@contextmanager
def collect_seldom() -> Iterator[None]:
    """Python looks for garbage in cycles less often: a tenth of the time that a village takes. It needs some megabytes more."""
    often = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(*SELDOM)
    try:
        yield
    finally:
        gc.set_threshold(*often)
        gc.unfreeze()
