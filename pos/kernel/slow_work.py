"""kernel/slow_work.py — what is slow is done outside a unit of work: every till waits while one writes.

`unit_of_work()` marks its thread; whatever decodes, draws, starts a process or talks to a network calls
`refuse_inside_unit_of_work()` first.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

_thread = threading.local()


class InsideUnitOfWork(RuntimeError):
    """A fault of the program: slow work while the database's one writer is this thread."""


@contextmanager
def mark_unit_of_work() -> Iterator[None]:
    """The calling thread writes until the block ends."""
    _thread.depth = getattr(_thread, "depth", 0) + 1
    try:
        yield
    finally:
        _thread.depth -= 1


def is_inside_unit_of_work() -> bool:
    return bool(getattr(_thread, "depth", 0))


def refuse_inside_unit_of_work(what: str) -> None:
    """Raises InsideUnitOfWork where this thread holds the database's writing lock."""
    if is_inside_unit_of_work():
        raise InsideUnitOfWork(f"{what}: not inside a unit of work, every till would wait for it")
