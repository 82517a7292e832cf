"""The village: the same for the same seed and day, another for another, and its books add up."""

from datetime import date, timedelta
from pathlib import Path

from flask_migrate import upgrade
from sqlalchemy import select

from pos.catalog.models import Product
from pos.demo.build import build_village
from pos.demo.tags import hang_tags
from pos.kernel.clock import FixedClock, day_start
from pos.kernel.database import db, open_reading, unit_of_work
from pos.maintenance.verify import verify_books
from pos.onboarding.open_shop import open_shop
from pos.pricing.models import ShelfPrice
from pos.pricing.prices import list_shelf_prices
from pos.producers.models import Producer
from pos.sales.models import Sale, SaleLine
from pos.stock.models import Lot
from pos.tags.truth import find_truth
from tests.conftest import MORNING, STATION, TODAY, Shop, app_over

DAY = date(2026, 2, 28)


def trade(folder: Path, seed: int) -> list[tuple[object, ...]]:
    """Everything sold in a two-day village."""
    app = app_over(folder, FixedClock(day_start(DAY)))
    with app.app_context():
        upgrade()
        with unit_of_work() as session:
            open_shop(session, "Điểm thử", at=day_start(DAY - timedelta(days=2)), manager=None)
        build_village(db.engine, DAY, seed=seed, station=STATION, days=2)
        with open_reading() as session:
            rows = session.execute(
                select(Sale.number, Sale.at, SaleLine.name, SaleLine.quantity_milli, SaleLine.amount_vnd, Lot.number)
                .join(SaleLine, SaleLine.sale_number == Sale.number).join(Lot, Lot.id == SaleLine.lot_id, isouter=True)
                .order_by(Sale.number, SaleLine.n)
            ).all()  # fmt: skip
        db.engine.dispose()
    return [tuple(row) for row in rows]


def test_one_seed_and_day_make_the_same_village(tmp_path: Path) -> None:
    first, again, other = trade(tmp_path / "a", 7), trade(tmp_path / "b", 7), trade(tmp_path / "c", 8)
    assert first
    assert first == again
    assert first != other


def test_the_cast_is_as_large_as_promised(village: Shop) -> None:
    with open_reading() as session:
        assert len(session.scalars(select(Product)).all()) >= 60
        assert len(session.scalars(select(Producer)).all()) >= 12


def test_a_tag_that_shows_less_hangs_where_the_till_says_so(village: Shop) -> None:
    with unit_of_work() as session:
        cheaper = session.scalars(select(ShelfPrice.product_id)).one()
        hang_tags(session, at=MORNING)
    with open_reading() as session:
        (tag,) = [item for item in find_truth(session, TODAY).hanging if item.tag.product_id == cheaper]
        assert tag.why == ("price",)
        (shown,) = list_shelf_prices(session, [cheaper]).values()
        assert tag.tag.price_vnd == shown
        assert verify_books(session) == []
