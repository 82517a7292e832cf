"""The producer's first page at a shop with a long history, and what it asks for every second."""

from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import func, select

from pos.kernel.actor import Actor, Role
from pos.kernel.database import db, open_reading, unit_of_work
from pos.kernel.garbage import leave_loaded_alone
from pos.portal.fingerprint import read_fingerprint
from pos.portal.first_page import read_first_page
from pos.portal.own_goods import list_stopped
from pos.portal.own_papers import count_ending_papers
from pos.portal.queries import list_own_lots
from pos.producers.terms import get_producer
from pos.sales.models import Sale, SaleLine
from pos.settlement.statements import approve_statement, prepare_statement

from .figures import Figure, milliseconds, p95
from .shop import app_over
from .sizes import Sizes

MOST_MS = 100
ASKED_MS = 5
BOSS = Actor(None, "Quản lý", Role.MANAGER)


def measure(folder: Path, sizes: Sizes) -> list[Figure]:
    """All that the server reads for the first page of a producer who is settled with each month, of one who never was, and an unchanged answer."""
    with app_over(folder).app_context():
        on, settled, never = _choose_producers()
        _settle(settled, on.replace(day=1) - timedelta(days=1))
        leave_loaded_alone()  # as a server does
        since_ever = [milliseconds(partial(_read_all, never, on)) for _ in range(sizes.views)]
        since_last_month = [milliseconds(partial(_read_all, settled, on)) for _ in range(sizes.views)]
        asked = [milliseconds(partial(_ask, settled, on)) for _ in range(sizes.views)]
        db.engine.dispose()
    of = f"{sizes.past_lines:,} lines, p95"
    return [
        Figure(f"producer's first page, settled to last month, {of}", p95(since_last_month), "ms", MOST_MS),
        Figure(f"producer's first page, never settled, {of}", p95(since_ever), "ms", MOST_MS),
        Figure(f"producer's page asks, nothing new, {of}", p95(asked), "ms", ASKED_MS),
    ]


def _choose_producers() -> tuple[date, int, int]:
    """The last day of the books, and the two producers with the most lines."""
    with open_reading() as session:
        on = session.scalars(select(func.max(Sale.business_day))).one()
        by_lines = (
            select(SaleLine.producer_id)
            .where(SaleLine.producer_id.is_not(None))
            .group_by(SaleLine.producer_id)
        )
        first, second = session.scalars(by_lines.order_by(func.count().desc()).limit(2)).all()
    return on, first or 0, second or 0


def _settle(producer_id: int, ends: date) -> None:
    at = datetime.now(UTC)
    with unit_of_work() as session:
        prepared = prepare_statement(session, producer_id, ends, at)
        approve_statement(session, get_producer(session, producer_id), prepared, by=BOSS, at=at)


def _ask(own: int, on: date) -> None:
    with open_reading() as session:
        read_fingerprint(session, own, on)


def _read_all(own: int, on: date) -> None:
    with open_reading() as session:
        read_first_page(session, own, on)
        list_stopped(session, own, on)
        list_own_lots(session, own, on)
        count_ending_papers(session, own, on)
