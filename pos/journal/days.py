"""journal/days.py — where in the journal the acts of a day are, found by halving: the newest million rows aren't read for it.

The moments of rows go on with their numbers, but for two kinds of rows: those that a wrong clock doesn't stop
(`IN_ANY_TIME`), and those after a confirmed date, when the clock had stood ahead before. So each stretch between two
confirmed dates is halved by the rows that a wrong clock would have stopped.
"""

from collections.abc import Iterator
from datetime import date, datetime
from itertools import pairwise

from sqlalchemy import ColumnElement, Row, and_, false, func, or_, select
from sqlalchemy.orm import Session

from ..kernel.clock import day_end, day_start
from .models import JournalRow
from .record import CLOCK_CONFIRMED, IN_ANY_TIME, TOLERATED_SKEW

_SKEW = 2 * TOLERATED_SKEW  # by which a row may stand before its time, or after


def is_of_day(session: Session, day: date) -> ColumnElement[bool]:
    """The condition for the acts of a day.

    An act that no date stops (a sign-in under a wrong clock) counts to the day it says only where the acts around it
    are of that day, too.
    """
    start, end = day_start(day), day_end(day)
    spans = [
        and_(JournalRow.seq >= first, JournalRow.seq < after)
        for first, after in _list_spans(session, start, end)
    ]
    return and_(or_(false(), *spans), JournalRow.at >= start, JournalRow.at < end)


def _list_spans(session: Session, start: datetime, end: datetime) -> Iterator[tuple[int, int]]:
    """From which row on, and up to before which, acts between the moments may be; one span a stretch."""
    newest = session.scalar(select(func.max(JournalRow.seq))) or 0
    confirmed = select(JournalRow.seq).where(JournalRow.kind == CLOCK_CONFIRMED).order_by(JournalRow.seq)
    bounds = sorted({1, *session.scalars(confirmed), newest + 1})
    for first, after in pairwise(bounds):
        reached = _find_reached(session, first, after, start - _SKEW)
        before = _find_timely(session, first, reached - 1)
        passed = _find_reached(session, reached, after, end + _SKEW)
        span = (before.seq + 1 if before else first, passed)
        if span[0] < span[1]:
            yield span


def _find_reached(session: Session, first: int, after: int, moment: datetime) -> int:
    """The first row in [first, after) by which the books have reached the moment; `after` where they haven't."""
    low, high = first, after
    while low < high:
        middle = (low + high) // 2
        timely = _find_timely(session, first, middle)
        if timely is not None and timely.at >= moment:
            high = middle
        else:
            low = middle + 1
    return low


def _find_timely(session: Session, first: int, last: int) -> Row[int, datetime] | None:
    """The newest row in [first, last] that a wrong clock would have stopped."""
    query = select(JournalRow.seq, JournalRow.at).where(
        JournalRow.seq >= first, JournalRow.seq <= last, JournalRow.kind.not_in(IN_ANY_TIME)
    )
    return session.execute(query.order_by(JournalRow.seq.desc()).limit(1)).first()
