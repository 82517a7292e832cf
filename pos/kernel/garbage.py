"""kernel/garbage.py — a process that only reckons looks for garbage in cycles less often."""

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
