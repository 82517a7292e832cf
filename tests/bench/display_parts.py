"""Processes of their own for the measurement of buyers' screens: the shop's server, and the browsers that look.

    python -m tests.bench.display_parts serve FOLDER THREADS
    python -m tests.bench.display_parts look HOST:PORT poll|stream KEY…

Both print a line when they are ready. The stream is here alone: the product asks (`pos/till/display_views.py`).
"""

import http.client
import random
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from flask import Flask, Response
from sqlalchemy import event
from sqlalchemy.orm import Session

from pos.config import Config, Station
from pos.kernel.database import open_reading
from pos.lan.door import PlainDoor
from pos.station.customer_display import find_station_of_key
from pos.till.buyer_screen import read_fingerprint
from pos.web.context import current_time
from pos.web.rights import open_to_strangers

from .shop import app_over

STATIONS = tuple(f"Quầy {n}" for n in range(1, 31))
ASKED_EVERY_S = 1.0  # as display.js
HEARTBEAT_S = 2.0


def serve(folder: Path, threads: int) -> None:
    """The application behind the till's own door, with stations enough for all screens."""
    app = app_over(folder)
    printer = Config().stations[0].printer
    more = tuple(Station(name=name, printer=printer) for name in STATIONS)
    known = app.extensions["ocop_config"]
    first = known.stations[0]
    app.extensions["ocop_config"] = Config(
        data=known.data, stations=(first, *(each for each in more if each.name != first.name))
    )
    _add_stream(app)
    door = PlainDoor(app, "127.0.0.1", 0, threads=threads).open()
    print(f"127.0.0.1:{door.port}", flush=True)
    sys.stdin.read()
    door.close()


def _add_stream(app: Flask) -> None:
    """What server-sent events would be: each stream holds a thread, and is woken by every commit."""
    changed = threading.Condition()

    @event.listens_for(Session, "after_commit")
    def wake(_session: Session) -> None:
        with changed:
            changed.notify_all()

    @app.get("/stream/<key>")
    @open_to_strangers
    def stream(key: str) -> Response:
        with open_reading() as session:
            station = find_station_of_key(session, key) or ""

        def tell() -> Iterator[str]:
            known, told_at = "", time.monotonic()
            client = app.test_client()
            while True:
                with app.app_context(), open_reading() as session:
                    now = read_fingerprint(session, station, current_time(), shows_code=True)
                if now != known:
                    body = client.get(f"/display/{key}/now").text
                    yield "".join(f"data: {line}\n" for line in body.splitlines()) + "\n"
                    known, told_at = now, time.monotonic()
                elif time.monotonic() - told_at > HEARTBEAT_S:  # or a browser that has gone keeps its thread
                    yield ":\n\n"
                    told_at = time.monotonic()
                with changed:
                    changed.wait(HEARTBEAT_S)

        return Response(tell(), mimetype="text/event-stream")


def look(address: str, way: str, keys: list[str]) -> None:
    """So many screens, each with a connection of its own, until the process is ended."""
    begun = threading.Barrier(len(keys) + 1)
    act = _ask_again_and_again if way == "poll" else _listen
    for key in keys:
        threading.Thread(target=act, args=(address, key, begun), daemon=True).start()
    begun.wait(30)
    print("ready", flush=True)
    sys.stdin.read()


def _ask_again_and_again(address: str, key: str, begun: threading.Barrier) -> None:
    connection = http.client.HTTPConnection(address, timeout=30)
    known, is_first = "", True
    time.sleep(random.random() * ASKED_EVERY_S)
    while True:
        connection.request("GET", f"/display/{key}/now?seen={known}")
        answer = connection.getresponse()
        answer.read()
        if answer.status not in {200, 204}:
            raise RuntimeError(f"a screen was answered with {answer.status}")
        known = answer.headers.get("X-Fingerprint", known)
        if is_first:
            begun.wait(30)
            is_first = False
        time.sleep(ASKED_EVERY_S * random.uniform(0.9, 1.1))


def _listen(address: str, key: str, begun: threading.Barrier) -> None:
    connection = http.client.HTTPConnection(address, timeout=60)
    connection.request("GET", f"/stream/{key}")
    answer = connection.getresponse()
    answer.readline()
    begun.wait(30)
    while answer.readline():
        pass


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        serve(Path(sys.argv[2]), int(sys.argv[3]))
    else:
        look(sys.argv[2], sys.argv[3], sys.argv[4:])
