"""sales/sale_day.py — the business day that a sale or refund is written into: a closed day takes no row.

The clock stands in a closed day where it stood ahead, and a manager set it back. Asked by the table of closings alone:
that room stands above this one.
"""

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ScalarSelect, bindparam, column, func, select, table
from sqlalchemy.orm import Session

from ..kernel.clock import business_day

_CLOSED = table("period_closing", column("kind"), column("period"))
_DAYS = select(_CLOSED.c.period).where(_CLOSED.c.kind == "day", _CLOSED.c.period >= bindparam("closed_from"))
# The newest closed day from the day `closed_from` on, as a part of another statement; null on all but odd days.
CLOSED_FROM: ScalarSelect[Any] = (
    select(func.max(_CLOSED.c.period))
    .where(_CLOSED.c.kind == "day", _CLOSED.c.period >= bindparam("closed_from"))
    .scalar_subquery()
)


def find_sale_day(session: Session, at: datetime) -> date:
    """The day of this moment, or the next that is not closed."""
    return find_open_day(session, business_day(at))


def find_open_day(session: Session, day: date) -> date:
    """The day itself, or the next that is not closed."""
    closed = set(session.scalars(_DAYS, {"closed_from": day.isoformat()}))
    while day.isoformat() in closed:
        day += timedelta(days=1)
    return day
