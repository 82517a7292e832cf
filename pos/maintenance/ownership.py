"""maintenance/ownership.py — one process drives a shop's printers, devices and queue: who holds its lock."""

import fcntl
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, text

LOCK_FILE = "server.lock"
OWNER_LOCK = 0x0C0C  # PostgreSQL: held by the session of the process that drives the shop's devices


class ShopOwned(Exception):
    """Another process drives this shop; the message says which and what to do."""


@contextmanager
def own_folder(folder: Path) -> Iterator[None]:
    """Hold the data folder for the length of the block. The system lets go of it however the process ends.

    Raises ShopOwned.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / LOCK_FILE
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as held:
            owner = os.pread(descriptor, 200, 0).decode("utf-8", "replace").strip() or "another process"
            raise ShopOwned(
                f"{folder} is in use by {owner}: stop that one first, or name another folder with --data"
            ) from held
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"process {os.getpid()} on {socket.gethostname()}".encode(), 0)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def own_database(engine: Engine) -> Iterator[None]:
    """Hold the shop's PostgreSQL database, too: another computer has a data folder of its own. Raises ShopOwned."""
    if engine.dialect.name != "postgresql":
        yield
        return
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if not connection.scalar(text(f"SELECT pg_try_advisory_lock({OWNER_LOCK})")):
            raise ShopOwned(
                f"another computer or folder runs the shop in {engine.url.render_as_string()}: stop that one first"
            )
        try:
            yield
        finally:
            connection.scalar(text(f"SELECT pg_advisory_unlock({OWNER_LOCK})"))
