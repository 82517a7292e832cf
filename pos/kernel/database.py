"""Where rows live: the engine, its pragmas, and the two ways to talk to it.

`unit_of_work()` writes: one transaction, committed at its end or not at all, one writer at a time on
SQLite (BEGIN IMMEDIATE) and on PostgreSQL (one advisory lock), so that numbers have no gaps and no
race can slip between a check and its act. `open_reading()` shows one consistent moment.
"""

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from time import monotonic, sleep
from types import ModuleType
from typing import Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Connection, Engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session
from sqlalchemy.pool import QueuePool

from .slow_work import mark_unit_of_work
from .tables import Base

db = SQLAlchemy(metadata=Base.metadata, disable_autonaming=True)

# SQLite 3.7.0 to 3.51.2 can lose commits when two connections write and checkpoint (its WAL-reset bug).
SAFE_SQLITE = (3, 51, 3)
NETWORK_FILESYSTEMS = {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs", "afs"}
BUSY_MILLISECONDS = 10_000  # that a writer waits for its turn
POLL_SECONDS = 0.0005
PRAGMAS = {  # name: (value to set, value to read back)
    "journal_mode": ("WAL", "wal"),
    "synchronous": ("FULL", 2),
    "foreign_keys": ("ON", 1),
    "busy_timeout": (str(BUSY_MILLISECONDS), BUSY_MILLISECONDS),
    "recursive_triggers": ("ON", 1),  # or INSERT OR REPLACE slips past the ledger's DELETE triggers
}
WRITER_LOCK = 0x0C0B  # PostgreSQL: whoever holds it is the single writer


class DatabaseUnfit(Exception):
    """The database can't be trusted with a shop's books; the message says what to do."""


def sqlite_module() -> ModuleType:
    """The safest SQLite at hand: pysqlite3's own library where there is one, else Python's."""
    try:
        from pysqlite3 import dbapi2
    except ImportError:
        return sqlite3
    module: ModuleType = dbapi2
    return module


def require_safe_sqlite(version: tuple[int, ...]) -> None:
    """Raises DatabaseUnfit for a library with the WAL-reset bug."""
    if version < SAFE_SQLITE:
        found = ".".join(map(str, version))
        raise DatabaseUnfit(
            f"SQLite {found} can lose sales (WAL-reset bug, mended in 3.51.3). "
            "Install the package pysqlite3, which brings a safe library: pip install pysqlite3"
        )


def engine_options(url: str, *, synchronous: str = "FULL", psow: int = 0) -> dict[str, Any]:
    """What `create_engine` needs for this address, besides the address.

    `synchronous` and `psow` differ from the safe values only in the power-cut test's control arms
    and while the demo village is being built.
    """
    if make_url(url).get_backend_name() != "sqlite":
        return {"pool_pre_ping": True, "pool_size": 16}
    module = sqlite_module()
    require_safe_sqlite(module.sqlite_version_info)
    path = Path(make_url(url).database or "").resolve()
    refuse_network_share(path)

    def connect() -> Any:
        connection = module.connect(
            f"file:{_uri_quoted(path)}?psow={psow}", uri=True, isolation_level=None, check_same_thread=False
        )
        set_pragmas(connection, PRAGMAS | {"synchronous": _SYNC[synchronous]})
        return connection

    return {
        "module": module,
        "creator": connect,
        "poolclass": QueuePool,
        "pool_size": 16,
        "pool_use_lifo": True,
    }


_SYNC = {"FULL": ("FULL", 2), "NORMAL": ("NORMAL", 1), "OFF": ("OFF", 0)}


def _uri_quoted(path: Path) -> str:
    return str(path).replace("%", "%25").replace("?", "%3f").replace("#", "%23")


def set_pragmas(connection: Any, pragmas: dict[str, tuple[str, Any]]) -> None:
    """Set each pragma, read it back, and raise DatabaseUnfit where SQLite did not take it."""
    for name, (value, expected) in pragmas.items():
        connection.execute(f"PRAGMA {name}={value}").fetchall()
        (found,) = connection.execute(f"PRAGMA {name}").fetchone()
        if found != expected:
            raise DatabaseUnfit(f"SQLite did not take PRAGMA {name}={value}: it says {found!r}.")


def refuse_network_share(path: Path) -> None:
    """Raises DatabaseUnfit where the file lies on a network share: WAL needs a local disk."""
    if not sys.platform.startswith("linux"):
        return
    kind = filesystem_of(path)
    if kind in NETWORK_FILESYSTEMS:
        raise DatabaseUnfit(f"{path} lies on a network share ({kind}). Keep the shop's data on a local disk.")


def filesystem_of(path: Path) -> str:
    """The type of the file system that holds `path`, from the kernel's own list of mounts."""
    mounts = [line.split()[1:3] for line in Path("/proc/mounts").read_text(encoding="utf-8").splitlines()]
    holding = [(len(at), kind) for at, kind in mounts if path.is_relative_to(at.replace("\\040", " "))]
    return max(holding, default=(0, "unknown"))[1]


@event.listens_for(Engine, "begin")
def _begin(connection: Connection) -> None:
    writing = connection.get_execution_options().get("writing", False)
    if connection.dialect.name == "sqlite":
        if writing:
            _take_writing_turn(connection)
        else:
            connection.exec_driver_sql("BEGIN")
    elif writing:
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITER_LOCK})")


def _take_writing_turn(connection: Connection) -> None:
    """BEGIN IMMEDIATE as soon as the lock is free. SQLite's own waiting sleeps ever longer, up to a tenth of a second.

    Raises OperationalError after ten seconds, as SQLite's does.
    """
    raw: Any = connection.connection.dbapi_connection
    ends = monotonic() + BUSY_MILLISECONDS / 1000
    raw.execute("PRAGMA busy_timeout=0")
    try:
        while monotonic() < ends:
            try:
                raw.execute("BEGIN IMMEDIATE")
            except connection.dialect.loaded_dbapi.OperationalError as busy:
                if "locked" not in str(busy):
                    raise
                sleep(POLL_SECONDS)
            else:
                return
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    finally:
        raw.execute(f"PRAGMA busy_timeout={BUSY_MILLISECONDS}")


class WaitingWriters:
    """How many units of work of this process wait for their turn: whoever writes much lets them go first."""

    def __init__(self) -> None:
        self._lock = Lock()
        self.count = 0

    @contextmanager
    def wait_turn(self) -> Iterator[None]:
        with self._lock:
            self.count += 1
        try:
            yield
        finally:
            with self._lock:
                self.count -= 1


waiting_writers = WaitingWriters()


@contextmanager
def unit_of_work(engine: Engine | None = None) -> Iterator[Session]:
    """One transaction that writes. Commits at the end of the block; any exception rolls it back whole."""
    engine = engine or db.engine
    with (
        Session(engine.execution_options(writing=True), expire_on_commit=False) as session,
        mark_unit_of_work(),
        session.begin(),
    ):
        with waiting_writers.wait_turn():
            session.connection()  # begins now: what the block reads can't be changed by another till
        yield session


@contextmanager
def open_reading(engine: Engine | None = None) -> Iterator[Session]:
    """One consistent moment, for readers. Nothing written in it is kept."""
    engine = engine or db.engine
    if engine.dialect.name == "postgresql":
        engine = engine.execution_options(isolation_level="REPEATABLE READ")
    with Session(engine, expire_on_commit=False, autoflush=False) as session:
        yield session


def library_version(session: Session) -> str:
    """The database's own name and version, for `doctor`."""
    if session.get_bind().dialect.name == "sqlite":
        return f"SQLite {session.scalar(text('SELECT sqlite_version()'))}"
    return f"PostgreSQL {session.scalar(text('SHOW server_version'))}"
