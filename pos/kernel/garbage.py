"""kernel/garbage.py — how often, and where, a process looks for garbage in cycles."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

SELDOM = (200_000, 20, 100)


@contextmanager
def collect_seldom() -> Iterator[None]:
    """Python looks for garbage in cycles less often: a tenth of the time that a long reckoning takes. It needs some megabytes more."""
    often = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(*SELDOM)
    try:
        yield
    finally:
        gc.set_threshold(*often)
        gc.unfreeze()


def leave_loaded_alone() -> None:
    """What a server has loaded stays until it ends: looking through it for garbage made a request wait a quarter of a second now and then."""
    gc.collect()
    gc.freeze()
