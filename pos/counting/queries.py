"""counting/queries.py — readings of the counts."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from .models import CountEnd, StockCount


def list_newest_counts(session: Session, limit: int = 100) -> Sequence[tuple[StockCount, CountEnd | None]]:
    """Counts with their ends (None: it goes on), those that go on first."""
    return session.execute(
        select(StockCount, CountEnd)
        .outerjoin(CountEnd, CountEnd.count_number == StockCount.number)
        .order_by(CountEnd.at.is_not(None), StockCount.number.desc())
        .limit(limit)
    ).all()
