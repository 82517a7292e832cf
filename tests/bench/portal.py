"""The producer's first page at a shop with a long history, and what it asks for every second."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pos.kernel.database import db, open_reading
from pos.portal.first_page import read_fingerprint, read_first_page
from pos.portal.own_goods import list_stopped
from pos.portal.own_papers import count_ending_papers
from pos.portal.queries import list_own_lots
from pos.sales.models import Sale, SaleLine

from .figures import Figure, milliseconds, p95
from .shop import app_over
from .sizes import Sizes

MOST_MS = 100
ASKED_MS = 5


def measure(folder: Path, sizes: Sizes) -> list[Figure]:
    """All that the server reads for the first page of the producer who sold most, of one in the middle, and an unchanged answer."""
    with app_over(folder).app_context():
        with open_reading() as session:
            on = session.scalars(select(func.max(Sale.business_day))).one()
            by_lines = session.execute(
                select(SaleLine.producer_id).group_by(SaleLine.producer_id).order_by(func.count().desc())
            ).scalars().all()  # fmt: skip
        busiest, median = by_lines[0], by_lines[len(by_lines) // 2]
        figures = []
        for name, own in (("busiest", busiest), ("median", median)):
            taken = [
                milliseconds(partial(_read, partial(_read_all, own=own, on=on))) for _ in range(sizes.views)
            ]
            figures.append(
                Figure(
                    f"first page of the {name} producer, {sizes.past_lines:,} lines, p95",
                    p95(taken),
                    "ms",
                    MOST_MS,
                )
            )
        asked = [
            milliseconds(partial(_read, partial(read_fingerprint, producer_id=busiest, on=on)))
            for _ in range(sizes.views)
        ]
        db.engine.dispose()
    return [*figures, Figure("asked every second, nothing new, p95", p95(asked), "ms", ASKED_MS)]


def _read(what: Callable[[Session], object]) -> None:
    with open_reading() as session:
        what(session)


def _read_all(session: Session, own: int, on: object) -> None:
    read_first_page(session, own, on)  # type: ignore[arg-type]
    list_stopped(session, own, on)  # type: ignore[arg-type]
    list_own_lots(session, own, on)  # type: ignore[arg-type]
    count_ending_papers(session, own, on)  # type: ignore[arg-type]
