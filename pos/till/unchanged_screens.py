"""till/unchanged_screens.py — a buyers' screen that asks again, and nothing was written at its station: answered before anything is read.

Thirty screens that ask every second are so no burden for a till. What is kept here holds for a few seconds at the most.
"""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from ..kernel.clock import Clock
from ..lan.door import DOOR, PUBLIC_DOOR
from ..station.screen_changes import count_changes

Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]
BEFORE, AFTER = "/display/", "/now"
TRUSTED_S = 4.0
MOST_KEPT = 1_000


@dataclass(frozen=True, slots=True)
class KnownScreen:
    """What a key showed, and after how many changes of its station."""

    station: str
    changes: int
    fingerprint: str
    read_at: float


class UnchangedScreens:
    """In front of the application. Keys are kept as their hashes: how long one is looked for tells nothing of it."""

    def __init__(self, app: Wsgi, clock: Clock) -> None:
        self._app, self._clock = app, clock
        self._known: dict[bytes, KnownScreen] = {}

    def keep(self, key: str, screen: KnownScreen) -> None:
        if len(self._known) >= MOST_KEPT:
            self._known.clear()
        self._known[_hash_key(key)] = screen

    def __call__(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path.startswith(BEFORE) and path.endswith(AFTER) and self._is_unchanged(path, environ):
            start("204 No Content", [("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff")])
            return ()
        return self._app(environ, start)

    def _is_unchanged(self, path: str, environ: dict[str, Any]) -> bool:
        if environ.get("REQUEST_METHOD") != "GET" or environ.get(DOOR) == PUBLIC_DOOR:
            return False
        screen = self._known.get(_hash_key(path[len(BEFORE) : -len(AFTER)]))
        return (
            screen is not None
            and screen.changes == count_changes(screen.station)
            and 0 <= self._clock.monotonic() - screen.read_at < TRUSTED_S
            and dict(parse_qsl(environ.get("QUERY_STRING", ""))).get("seen") == screen.fingerprint
        )


def _hash_key(key: str) -> bytes:
    return hashlib.sha256(key.encode("utf-8", "surrogateescape")).digest()
