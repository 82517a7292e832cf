"""The kept sums of closed days say what their lines say, whatever was sold and whenever they were made; `verify` proves it."""

from contextlib import suppress
from datetime import date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from pos.catalog.models import Product
from pos.catalog.products import list_groups
from pos.closings.close import close_due_periods
from pos.kernel.clock import business_day, day_start
from pos.kernel.database import db, open_reading, unit_of_work
from pos.kernel.quantity import ONE
from pos.logbooks.complaints import write_complaint
from pos.maintenance.care import sum_past_day
from pos.maintenance.verify import verify_books
from pos.maintenance.verify_sums import check_sold_sums
from pos.reports.models import SoldSum
from pos.reports.sold import SoldTable, read_sold
from pos.reports.sold_lines import SoldBy, SoldFilter
from pos.reports.sold_sums import find_summed_days, find_summed_months
from pos.sales.basket import add_extra, add_goods
from pos.sales.extras import save_extra
from pos.sales.models import Extra, Sale, SaleLine, TenderKind
from pos.sales.pay import pay_basket
from pos.sales.priced_basket import price_basket
from pos.sales.tenders.part import TenderPart
from tests.builders import a_delivery, a_maker, a_product, an_open_shift
from tests.conftest import CASHIER, MANAGER, MORNING, STATION, TODAY, Shop
from tests.pos.sales.test_refund import give_back

TOLD = [by for by in SoldBy if by is not SoldBy.HOUR]
SPANS = [(0, 0), (0, 40), (3, 20), (-10, 5), (7, 90)]  # in days from the first
LONG = timedelta(days=400)


class Undone(Exception):
    """Takes back what an example wrote."""


def stock(session: Session) -> list[Product]:
    an_open_shift(session)
    maker, products = a_maker(session), []
    for n in range(1, 4):
        product = a_product(session, maker, n, price_vnd=45_000 + 1_250 * n, name=f"Kẹo {n}")
        a_delivery(session, maker, product, 1000 * ONE, lot=f"L{n}", ends=TODAY + LONG)
        products.append(product)
    return products


def sell(session: Session, goods: list[int], at: datetime, *, by_card: bool = False) -> Sale:
    """One of each of these products; a part by card."""
    for product_id in goods:
        basket = add_goods(session, STATION, product_id, ONE, at=at)
    due = price_basket(session, basket, business_day(at)).due_vnd
    card = [TenderPart(TenderKind.CARD, 20_000, "X1")] if by_card else []
    return pay_basket(session, basket.id, basket.version, due, station=STATION, by=CASHIER, at=at, parts=card)


def trade(session: Session, days: list[list[tuple[list[int], bool, bool]]]) -> None:
    """Each day's sales: the goods, whether a card paid a part, whether a piece came back; each day is closed on the next."""
    products = stock(session)
    for n, sales in enumerate(days):
        at = MORNING + timedelta(days=9 * n)
        close_due_periods(session, at=at, seal=None)
        for goods, by_card, comes_back in sales:
            sale = sell(session, [products[i].id for i in goods], at, by_card=by_card)
            if comes_back:
                give_back(session, sale, {1: ONE}, f"r{sale.number}", at=at)
        close_due_periods(session, at=at + timedelta(minutes=6), seal=None)


def read_all(session: Session) -> list[SoldTable]:
    return [
        read_sold(session, SoldFilter(TODAY + timedelta(days=first), TODAY + timedelta(days=last)), by)
        for by in TOLD
        for first, last in SPANS
    ]


def read_from_lines(session: Session) -> list[SoldTable]:
    """The same without kept sums."""
    with session.begin_nested() as held:
        session.execute(delete(SoldSum))
        tables = read_all(session)
        held.rollback()
    return tables


SALES = st.tuples(st.lists(st.integers(0, 2), min_size=1, max_size=3), st.booleans(), st.booleans())


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(days=st.lists(st.lists(SALES, max_size=3), min_size=2, max_size=7))
def test_tables_are_the_same_with_and_without_kept_sums(
    any_shop: Shop, days: list[list[tuple[list[int], bool, bool]]]
) -> None:
    with suppress(Undone), unit_of_work() as session:
        trade(session, days)
        assert read_all(session) == read_from_lines(session)
        assert list(check_sold_sums(session)) == []
        raise Undone


@pytest.fixture
def traded(any_shop: Shop) -> list[Product]:
    """Six days in two months, of which the last is open."""
    with unit_of_work() as session:
        trade(
            session,
            [[([0, 1, 0], False, True), ([2], True, False)], [([1], True, True)], [([0, 2], False, False)]]
            * 2,
        )
        return list(session.scalars(select(Product).order_by(Product.id)))


def test_a_closed_day_has_sums_and_so_has_a_closed_month(traded: list[Product]) -> None:
    with open_reading() as session:
        days, months = find_summed_days(session), find_summed_months(session)
        assert days is not None
        assert (days.first, days.last) == (TODAY, TODAY + timedelta(days=36))
        assert months is not None
        assert (months.first, months.last) == (date(2026, 11, 1), date(2026, 12, 1))
        assert verify_books(session) == []


def test_a_receipt_counts_once_however_many_of_its_lines_there_are(traded: list[Product]) -> None:
    with open_reading() as session:
        first = SoldFilter(TODAY, TODAY)
        by_product = {row.name: row.sums.receipts for row in read_sold(session, first, SoldBy.PRODUCT).rows}
        assert by_product == {"Kẹo 1 1": 1, "Kẹo 2 2": 1, "Kẹo 3 3": 1}
        assert [row.sums.receipts for row in read_sold(session, first, SoldBy.GROUP).rows] == [2]
        assert read_sold(session, first, SoldBy.PRODUCER).whole.receipts == 2


def test_a_product_that_moves_to_another_group_takes_its_past_along(traded: list[Product]) -> None:
    with unit_of_work() as session:
        other = next(group.code for group in list_groups(session) if group.code != "food")
        session.execute(update(Product).where(Product.id == traded[0].id).values(group_code=other))
        assert read_all(session) == read_from_lines(session)
        groups = {
            row.filter_fields["group"]
            for row in read_sold(session, SoldFilter(TODAY, TODAY), SoldBy.GROUP).rows
        }
        assert groups == {"food", other}
        assert list(check_sold_sums(session)) == []


def test_care_makes_the_sums_of_a_shops_past_one_day_after_the_other(traded: list[Product]) -> None:
    with unit_of_work() as session:
        told = read_all(session)
        rows = {(r.by, r.span, r.starts, r.key): r.paid_vnd for r in session.scalars(select(SoldSum))}
        session.execute(delete(SoldSum))
    made = 0
    while sum_past_day(db.engine):
        made += 1
        with open_reading() as session:
            assert read_all(session) == told
            assert list(check_sold_sums(session)) == []
    assert made == 5
    with unit_of_work() as session:
        kept = {(r.by, r.span, r.starts, r.key): r.paid_vnd for r in session.scalars(select(SoldSum))}
        assert kept.items() <= rows.items()
        close_on(session, MORNING + timedelta(days=80))
        assert read_all(session) == read_from_lines(session)
        assert list(check_sold_sums(session)) == []


def close_on(session: Session, at: datetime) -> None:
    write_complaint(session, "Mật ong", "đặc", "", by=MANAGER, at=at)
    close_due_periods(session, at=at, seal=None)


def test_verify_names_the_day_and_the_month_whose_sums_are_not_their_lines(traded: list[Product]) -> None:
    with unit_of_work() as session:
        session.execute(
            update(SoldSum).where(SoldSum.starts == TODAY, SoldSum.by == SoldBy.CASHIER).values(receipts=9)
        )
    with open_reading() as session:
        found = {(finding.check, finding.row) for finding in verify_books(session)}
        assert found == {("sold sums", f"sold_sum:{TODAY}"), ("sold sums", "sold_sum:2026-11")}


def test_extras_without_goods_are_in_the_sums(any_shop: Shop) -> None:
    with unit_of_work() as session:
        products = stock(session)
        save_extra(session, Extra(name_vi="Túi", price_vnd=1_000), by=MANAGER, at=MORNING)
        basket = add_goods(session, STATION, products[0].id, ONE, at=MORNING)
        add_extra(session, STATION, session.scalars(select(Extra)).one(), 1_000, at=MORNING)
        due = price_basket(session, basket, TODAY).due_vnd
        pay_basket(session, basket.id, basket.version, due, station=STATION, by=CASHIER, at=MORNING)
        close_on(session, day_start(TODAY) + timedelta(days=1, hours=1))
        assert session.scalar(select(func.count()).where(SoldSum.key.startswith("extra:"))) == 1
        assert session.scalar(select(func.count()).where(SaleLine.extra_id.is_not(None))) == 1
        assert read_all(session) == read_from_lines(session)
