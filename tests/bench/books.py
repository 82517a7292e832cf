"""What a manager and a proof read of long books: a year's sales by product, a Z, the chain of a million acts."""

import hashlib
import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from sqlalchemy import delete, func, select

from pos.closings.close import close_with_z
from pos.kernel.actor import SYSTEM
from pos.kernel.database import db, open_reading, sqlite_module, unit_of_work
from pos.maintenance.verify import check_chain
from pos.reports.models import SoldSum
from pos.reports.sold import read_sold
from pos.reports.sold_lines import SoldBy, SoldFilter
from pos.reports.sold_sums import add_day_sums, add_month_sums
from pos.sales.models import Sale
from pos.shifts.drawer import get_open_shift

from .figures import Figure, milliseconds, p50
from .shop import STATION, app_over
from .sizes import Sizes

A_YEAR = timedelta(days=365)
MOST_OF_A_YEAR_MS, MOST_OF_A_Z_MS, MOST_OF_BARE = 500, 1000, 2
ROUNDS = 5


def measure_sold(shop: Path, sizes: Sizes) -> list[Figure]:
    """A year's sales by product in a shop with a long past, from the lines and from the sums of closed days."""
    with app_over(shop).app_context():
        with open_reading() as session:
            days = list(session.scalars(select(Sale.business_day).distinct().order_by(Sale.business_day)))
        without = p50([milliseconds(lambda: _read_year(days[-1])) for _ in range(ROUNDS)])
        closing = []
        for day in days[:-1]:
            with unit_of_work() as session:
                closing.append(milliseconds(lambda: add_day_sums(session, day)))  # noqa: B023  done at once
        with unit_of_work() as session:
            add_month_sums(session)
        with_sums = p50([milliseconds(lambda: _read_year(days[-1])) for _ in range(ROUNDS)])
        with unit_of_work() as session:
            session.execute(delete(SoldSum))
        db.engine.dispose()
    lines = f"{sizes.past_lines:,} past lines"
    return [
        Figure(f"a year's sales by product, {lines}", with_sums, "ms", MOST_OF_A_YEAR_MS),
        Figure("the same against reading its lines", with_sums, "ms", 1, without),
        Figure("a day's sums at its closing, p50", p50(closing), "ms"),
    ]


def _read_year(last: date) -> None:
    with open_reading() as session:
        read_sold(session, SoldFilter(last - A_YEAR, last), SoldBy.PRODUCT)


def measure_z(shop: Path, sizes: Sizes) -> list[Figure]:
    """The close of a shift with many sales, which the shop has open."""
    with app_over(shop).app_context():
        with unit_of_work() as session:
            shift = get_open_shift(session, STATION)
            count = session.scalar(select(func.count()).where(Sale.shift_number == shift.number))
            taken = milliseconds(
                lambda: close_with_z(session, shift, 1_000_000, by=SYSTEM, at=datetime.now(UTC), seal=None)
            )
        db.engine.dispose()
    return [Figure(f"Z over {count:,} sales", taken, "ms", MOST_OF_A_Z_MS)]


def measure_chain(shop: Path, sizes: Sizes) -> list[Figure]:
    """`verify`'s check of the chain, against the least that any check of it must do."""
    with app_over(shop).app_context():
        with open_reading() as session:
            ours = milliseconds(lambda: _prove_chain(session))
        db.engine.dispose()
    bare = milliseconds(lambda: _hash_all(shop / "shop.db"))
    return [
        Figure(
            f"check of the chain, {sizes.acts:,} acts, against a bare loop", ours, "ms", MOST_OF_BARE, bare
        )
    ]


def _prove_chain(session) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    found = list(check_chain(session))
    if found:
        raise RuntimeError(f"the bench's own chain is broken: {found}")


def _hash_all(file: Path) -> None:
    """sqlite3, canonical JSON, SHA-256."""
    connection = sqlite_module().connect(file)
    rows = connection.execute(
        "SELECT seq, at, kind, actor_id, actor, role, station, subject, payload, previous_hash FROM journal ORDER BY seq"
    )
    names = [column[0] for column in rows.description][:-1]
    for *values, previous in rows:
        body = dict(zip(names, values, strict=True))
        text = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        hashlib.sha256((previous + text).encode()).hexdigest()
    connection.close()
