"""A PostgreSQL server of the tests' own: Debian's binaries, a fresh cluster, a free port, gone at the end."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def binaries() -> Path:
    """The newest installed version's folder. A missing server fails the tests, it doesn't skip them."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    assert found, "PostgreSQL's server is missing: apt-get install postgresql"
    return found[-1].parent


@contextmanager
def server() -> Iterator[str]:
    """The address of a running server, without the database's name."""
    bin_, folder = binaries(), Path(tempfile.mkdtemp(prefix="ocop-pg-"))
    as_user = {"user": "postgres"} if os.geteuid() == 0 else {}  # PostgreSQL won't run as root
    if as_user:
        shutil.chown(folder, "postgres")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    run = lambda *words: subprocess.run(words, check=True, capture_output=True, cwd=folder, **as_user)  # noqa: E731
    run(
        str(bin_ / "initdb"),
        "-D",
        str(folder / "data"),
        "-U",
        "ocop",
        "--auth=trust",
        "-E",
        "UTF8",
        "--locale=C",
        "--no-sync",
    )
    options = f"-p {port} -k {folder} -h 127.0.0.1 -c fsync=off -c full_page_writes=off"
    subprocess.run([str(bin_ / "pg_ctl"), "-D", str(folder / "data"), "-o", options, "-w", "-l", str(folder / "log"), "start"],
                   check=True, stdout=subprocess.DEVNULL, cwd=folder, **as_user)  # fmt: skip
    try:
        yield f"postgresql+psycopg://ocop@127.0.0.1:{port}"
    finally:
        run(str(bin_ / "pg_ctl"), "-D", str(folder / "data"), "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)
