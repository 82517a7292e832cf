"""trace/scans.py — how often a lot's page was opened: a number a day, nothing of who it was.

Counted in memory and written now and then, so that a crowd of buyers never keeps the till from writing; a crash
loses the newest few.
"""

import threading
from collections import Counter
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..kernel.database import unit_of_work
from .models import LotView

WRITTEN_EVERY = timedelta(minutes=1)


class ScanCounter:
    """One for an application."""

    def __init__(self) -> None:
        self._seen: Counter[tuple[int, date]] = Counter()
        self._written_at: datetime | None = None
        self._lock = threading.Lock()

    def count(self, lot_id: int, day: date, at: datetime) -> None:
        """One more. Writes what has gathered, at most once a minute."""
        with self._lock:
            self._seen[lot_id, day] += 1
            self._written_at = self._written_at or at
            if at - self._written_at < WRITTEN_EVERY:
                return
            gathered, self._seen, self._written_at = self._seen, Counter(), at
        with unit_of_work() as session:
            for (lot, on), times in gathered.items():
                row = session.get(LotView, (lot, on))
                if row is None:
                    session.add(LotView(lot_id=lot, day=on, times=times))
                else:
                    row.times += times


def count_openings(session: Session, lot_id: int) -> int:
    return int(session.scalar(select(func.sum(LotView.times)).where(LotView.lot_id == lot_id)) or 0)
