"""identity/idle.py — a till left alone: when each sign-in did something last, and when that is too long ago.

Kept in memory, so that no sale waits for it; written to the sign-in once a minute, after an answer has gone out, for
a process that begins anew. Between two acts the clock's `monotonic()` counts, which setting the date doesn't change.
"""

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine, update

from ..kernel.clock import Clock
from ..kernel.database import unit_of_work
from .models import SignIn

WRITTEN_EVERY = 60.0  # seconds
BACKGROUND = frozenset({  # what pages ask for by themselves: nobody need stand before them
    "till.watch_lines", "till.hear_scans", "till.devices_now", "till.weight", "till.display", "static",
    "till.watch_transfer", "till.list_transfers",
    "portal.follow_sales", "portal.show_offline",
    "customer_display.show_display", "customer_display.follow_basket", "customer_display.show_picture",
})  # fmt: skip
BACKGROUND_FRAGMENTS = frozenset(
    {"station.list_devices", "importing.show", "settlement.show_all", "settlement.show_order"}
)  # a page when opened, and then again and again


@dataclass(slots=True)
class _LastActivity:
    last: float
    written: float | None = None


class ActivityTimes:
    """The sign-ins of one running application, by their hash."""

    def __init__(self, clock: Clock) -> None:
        self._clock, self._lock = clock, threading.Lock()
        self._seen: dict[str, _LastActivity] = {}

    def is_idle(self, sign_in: SignIn, lock_after: timedelta) -> bool:
        """Was nothing done for so long? After a restart the sign-in's own row says it; a row ahead of now is too old."""
        with self._lock:
            activity = self._seen.get(sign_in.token_hash)
            if activity is not None:
                return self._clock.monotonic() - activity.last > lock_after.total_seconds()
        since = self._clock.now() - (sign_in.seen_at or sign_in.started_at)
        return not -lock_after <= since <= lock_after

    def note(self, token_hash: str, *, is_written: bool = False) -> None:
        """Something was done now; `is_written`: and the row says so already."""
        now = self._clock.monotonic()
        with self._lock:
            activity = self._seen.setdefault(token_hash, _LastActivity(now))
            activity.last = now
            if is_written:
                activity.written = now
            if len(self._seen) > 10_000:
                del self._seen[min(self._seen, key=lambda key: self._seen[key].last)]

    def forget(self, token_hash: str) -> None:
        with self._lock:
            self._seen.pop(token_hash, None)

    def write(self, engine: Engine, token_hash: str, at: datetime) -> bool:
        """Keep it in the sign-in's row, if that was not done this minute."""
        now = self._clock.monotonic()
        with self._lock:
            activity = self._seen.get(token_hash)
            if activity is None or (activity.written is not None and now - activity.written < WRITTEN_EVERY):
                return False
            activity.written = now
        with unit_of_work(engine) as session:
            session.execute(update(SignIn).where(SignIn.token_hash == token_hash).values(seen_at=at))
        return True
