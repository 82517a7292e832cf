"""maintenance/postgresql.py — dump a PostgreSQL shop, load a dump, and a scratch database to prove one in."""

import os
import secrets
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL, Engine, create_engine, inspect, text
from sqlalchemy.exc import DBAPIError

from ..kernel.database import engine_options


class ScratchRefused(Exception):
    """The role may not create a database to prove a backup in; the message says so."""


def dump_database(url: URL, target: Path, snapshot: str) -> None:
    """Write the whole database as SQL, as of an exported snapshot. Raises CalledProcessError."""
    _run_program("pg_dump", "--no-owner", f"--snapshot={snapshot}", "--file", str(target), url=url)


def load_dump(url: URL, source: Path) -> None:
    """Run a dump in an empty database, all of it or nothing. Raises CalledProcessError."""
    _run_program(
        "psql",
        "--no-psqlrc",
        "--quiet",
        "--set=ON_ERROR_STOP=1",
        "--single-transaction",
        "--file",
        str(source),
        url=url,
    )


def is_empty(engine: Engine) -> bool:
    return not inspect(engine).get_table_names()


@contextmanager
def scratch_database(engine: Engine, source: Path) -> Iterator[Engine]:
    """A new database on the same server with the dump loaded; gone at the end. Raises ScratchRefused."""
    name = f"ocop_proof_{secrets.token_hex(6)}"
    admin = create_engine(engine.url, isolation_level="AUTOCOMMIT")
    try:
        with admin.connect() as connection:
            try:
                connection.execute(text(f"CREATE DATABASE {name}"))
            except DBAPIError as no:
                message = str(no.orig).splitlines()[0]
                raise ScratchRefused(f"no scratch database could be made to prove it in ({message})") from no
        url = engine.url.set(database=name)
        copy = create_engine(url, **engine_options(url.render_as_string(hide_password=False)))
        try:
            load_dump(url, source)
            yield copy
        finally:
            copy.dispose()
            with admin.connect() as connection:
                connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
    finally:
        admin.dispose()


def _run_program(program: str, *words: str, url: URL) -> None:
    """The password goes by the environment: other users see a program's arguments."""
    address = url.set(drivername="postgresql", password=None).render_as_string(hide_password=False)
    environment = dict(os.environ) | ({"PGPASSWORD": str(url.password)} if url.password else {})
    subprocess.run([program, *words, f"--dbname={address}"], check=True, capture_output=True, env=environment)
