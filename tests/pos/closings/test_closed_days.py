"""A closed day takes no row: what is sold under a clock that was set back is of the next day that is open."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from pos.catalog.models import Product
from pos.closings.close import close_due_periods
from pos.closings.models import PeriodClosing
from pos.identity.accept_clock import accept_clock
from pos.kernel.database import db, open_reading, unit_of_work
from pos.kernel.quantity import ONE
from pos.logbooks.complaints import write_complaint
from pos.maintenance.verify import verify_books
from pos.reports.sold import read_sold
from pos.reports.sold_lines import SoldBy, SoldFilter
from pos.sales.models import Sale
from tests.builders import a_sale, a_stocked_shop
from tests.conftest import MANAGER, MORNING, TODAY, Shop
from tests.pos.sales.test_refund import give_back

from .test_forgeries import forge

A_DAY = timedelta(days=1)
EARLY = (
    date(2026, 11, 24) == TODAY
)  # days of one month: its closing is not made by the clock that stood ahead


def close_until(session: Session, days: int) -> None:
    """An act of a later day is in the books, and what ended before it is closed."""
    at = MORNING + days * A_DAY
    write_complaint(session, "Mật ong", "đặc", "", by=MANAGER, at=at)
    close_due_periods(session, at=at, seal=None)


@pytest.fixture
def set_back(any_shop: Shop) -> Product:
    """The clock stood ahead: today and tomorrow are closed. Then a manager set it back to today."""
    with unit_of_work() as session:
        product = a_stocked_shop(session, 100 * ONE)
        a_sale(session, product, ONE)
        close_until(session, 1)
        a_sale(session, product, ONE, at=MORNING + A_DAY)
        close_until(session, 2)
        accept_clock(session, by=MANAGER, at=MORNING + timedelta(hours=1), approval=None)
        return product


def list_days(session: Session) -> list[date]:
    return list(session.scalars(select(Sale.business_day).order_by(Sale.number)))


def test_a_sale_and_its_refund_are_of_the_next_day_that_is_open(set_back: Product) -> None:
    with unit_of_work() as session:
        sale = a_sale(session, set_back, 2 * ONE, at=MORNING + timedelta(hours=2))
        give_back(session, sale, {1: ONE}, "r", at=MORNING + timedelta(hours=3))
        assert list_days(session)[2:] == [TODAY + 2 * A_DAY] * 2
        assert verify_books(session) == []
        close_until(session, 3)
        closed = [c.period for c in session.scalars(select(PeriodClosing).order_by(PeriodClosing.number))]
        assert closed == [str(TODAY + n * A_DAY) for n in range(3)]
        assert verify_books(session) == []
        whole = read_sold(session, SoldFilter(TODAY, TODAY + 3 * A_DAY), SoldBy.DAY).whole
        assert whole.paid_vnd == session.scalar(text("SELECT sum(paid_vnd) FROM sale_line"))


def test_a_day_far_ahead_that_was_closed_by_mistake_stops_no_other(any_shop: Shop) -> None:
    with unit_of_work() as session:
        product = a_stocked_shop(session, 100 * ONE)
        a_sale(session, product, ONE)
        close_until(session, 4)
        a_sale(session, product, ONE, at=MORNING + 4 * A_DAY)
        close_until(session, 5)
        accept_clock(session, by=MANAGER, at=MORNING + A_DAY, approval=None)
        a_sale(session, product, ONE, at=MORNING + A_DAY + timedelta(hours=1))
        assert list_days(session) == [TODAY, TODAY + 4 * A_DAY, TODAY + A_DAY]
        close_until(session, 2)
        closed = [c.period for c in session.scalars(select(PeriodClosing).order_by(PeriodClosing.number))]
        assert closed == [str(TODAY + n * A_DAY) for n in (0, 4, 1)]
        assert verify_books(session) == []
        for by in (SoldBy.DAY, SoldBy.PRODUCT):
            assert read_sold(session, SoldFilter(TODAY, TODAY + 4 * A_DAY), by).whole.receipts == 3


def test_verify_names_a_sale_that_is_dated_into_a_day_closed_before(any_shop: Shop) -> None:
    if db.engine.dialect.name != "sqlite":
        pytest.skip("the triggers are lifted by SQLite's own words")
    with unit_of_work() as session:
        product = a_stocked_shop(session, 100 * ONE)
        a_sale(session, product, ONE)
        close_until(session, 1)
        a_sale(session, product, ONE, at=MORNING + A_DAY)
    forge(f"UPDATE sale SET business_day = '{TODAY}' WHERE number = 2")  # noqa: S608  our own words
    with open_reading() as session:
        told = [finding.said for finding in verify_books(session) if finding.row == "sale:2"]
        assert f"it is dated {TODAY}, which was closed before it was written" in told
