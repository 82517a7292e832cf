"""The shop's real server in a process of its own: `python -m tests.faults.server '{"folder": …}'`.

It imports everything, then waits for a word before it touches the database: so one can stand by while its
forerunner is being killed. When its standard input closes, whoever started it is gone, and it goes too.
"""

import json
import os
import sys
import threading
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path

import waitress.server
from sqlalchemy import Engine, event

from pos.app import create_app, start_printing
from pos.kernel.clock import ShiftedClock
from pos.kernel.database import db

from .shop import config_for


@dataclass(frozen=True)
class Settings:
    """How the server is to run. The defaults are the product's own."""

    folder: str
    clock_ahead: float
    synchronous: str = "FULL"
    psow: int = 0
    autocheckpoint: int = 0  # pages; 0: SQLite's own
    printing: bool = True

    def as_json(self) -> str:
        return json.dumps(asdict(self))


def serve(settings: Settings) -> None:
    """Open the shop, say on which port, and serve until killed."""
    app = create_app(
        config_for(Path(settings.folder)), ShiftedClock(timedelta(seconds=settings.clock_ahead)),
        synchronous=settings.synchronous, psow=settings.psow,
    )  # fmt: skip
    app.config["WTF_CSRF_ENABLED"] = False  # the tills of this test are no browsers
    if settings.autocheckpoint:
        with app.app_context():
            checkpoint_every(db.engine, settings.autocheckpoint)
    if settings.printing:
        start_printing(app)
    server = waitress.server.create_server(app, host="127.0.0.1", port=0, threads=8)
    print(server.effective_port, flush=True)
    server.run()


def checkpoint_every(engine: Engine, pages: int) -> None:
    """Checkpoint so often that a short recording holds some."""

    @event.listens_for(engine, "connect")
    def set_it(connection: object, _record: object) -> None:
        connection.execute(f"PRAGMA wal_autocheckpoint={pages}").fetchall()  # type: ignore[attr-defined]


def leave_with_parent() -> None:
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    if sys.stdin.readline():
        threading.Thread(target=leave_with_parent, daemon=True).start()
        serve(Settings(**json.loads(sys.argv[1])))
