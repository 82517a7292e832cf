"""Every day that a pack's own code names is judged: whatever the books say of its lot, past is past."""

from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from hardware.symbology import read_code
from pos.catalog.models import Barcode, Product
from pos.journal.models import JournalRow
from pos.kernel.database import open_reading, unit_of_work
from pos.kernel.quantity import ONE
from pos.sales.basket import find_open_basket
from pos.sales.models import BasketLine
from pos.stock.models import Lot
from pos.tags.models import Tag
from tests.builders import a_delivery, a_maker, a_product
from tests.conftest import STATION, TODAY, Shop

GTIN = "09520000000011"
SOON, LATER = TODAY + timedelta(days=20), TODAY + timedelta(days=50)
PAST = TODAY - timedelta(days=1)


@pytest.fixture
def till(village: Shop) -> FlaskClient:
    """A cashier at an open till; on the shelf a product with two lots, L1 that ends soon and L2 that ends later."""
    with unit_of_work() as session:
        maker = a_maker(session, "Hộ ngày tháng")
        for n, unit in ((901, "piece"), (902, "kg")):
            product = a_product(session, maker, n, unit=unit, name=f"Bánh {unit}", price_vnd=40_000)
            a_delivery(session, maker, product, 20 * ONE, lot="L1", ends=SOON)
            a_delivery(session, maker, product, 20 * ONE, lot="L2", ends=LATER)
    client = village.client("cashier")
    client.post("/till/shift/open", data={"float": "500000"})
    return client


def product(unit: str = "piece") -> Product:
    with open_reading() as session:
        return session.scalars(select(Product).where(Product.name_vi == f"Bánh {unit}")).one()


def gtin(unit: str = "piece") -> str:
    with open_reading() as session:
        return (
            session.scalars(select(Barcode.gtin).where(Barcode.product_id == product(unit).id)).first() or ""
        )


def code(*elements: tuple[str, str], unit: str = "piece") -> str:
    return f"(01){gtin(unit)}" + "".join(f"({ai}){value}" for ai, value in elements)


def days(day: date) -> str:
    return f"{day:%y%m%d}"


def lines() -> list[BasketLine]:
    with open_reading() as session:
        basket = find_open_basket(session, STATION)
        return list(basket.lines) if basket else []


def numbers() -> list[str]:
    with open_reading() as session:
        return [session.get_one(Lot, line.lot_id).number for line in lines()]


PAST_ENDS = [
    (("10", "L2"), ("17", days(PAST))),
    (("17", days(PAST)), ("10", "L2")),
    (("10", "L2"), ("15", days(PAST)), ("17", days(LATER))),
    (("10", "L2"), ("17", days(LATER)), ("16", days(PAST))),
    (("10", "L2"), ("7003", f"{days(TODAY)}0800")),
    (("10", "L1"), ("17", days(TODAY - timedelta(days=400)))),
]


@pytest.mark.parametrize("elements", PAST_ENDS)
def test_a_pack_whose_own_code_says_expired_is_not_sold(
    till: FlaskClient, elements: tuple[tuple[str, str], ...]
) -> None:
    answer = till.post("/till/scan", data={"code": code(*elements)})
    assert answer.status_code == 422
    assert 'data-panel="refused"' in answer.text
    assert lines() == []
    with open_reading() as session:
        newest = session.scalars(
            select(JournalRow.payload).where(JournalRow.kind == "refused").order_by(JournalRow.seq.desc())
        ).first()
    assert '"code":"expired"' in (newest or "")
    for more in (
        {"dates": "confirmed"},
        {"at_shelf_price": "yes"},
        {"age": "yes"},
    ):  # no answer opens that door
        assert till.post("/till/scan", data={"code": code(*elements)} | more).status_code == 422
    assert lines() == []


def test_an_end_without_a_lot_means_the_lot_of_that_end(till: FlaskClient) -> None:
    till.post("/till/scan", data={"code": code(("17", days(LATER)))})
    assert numbers() == ["L2"], "the first to end would be L1"
    unknown = till.post("/till/scan", data={"code": code(("17", days(SOON + timedelta(days=1))))})
    assert (unknown.status_code, numbers()) == (422, ["L2"])
    assert f"{SOON + timedelta(days=1):%d/%m/%Y}" in unknown.text


@pytest.mark.parametrize("elements", [
    (("10", "L2"), ("17", days(SOON))), (("10", "L2"), ("17", days(LATER)), ("11", days(TODAY - timedelta(days=9)))),
    (("10", "L1"), ("15", days(LATER))),
])  # fmt: skip
def test_days_that_differ_from_the_books_are_asked(
    village: Shop, till: FlaskClient, elements: tuple[tuple[str, str], ...]
) -> None:
    asked = till.post("/till/scan", data={"code": code(*elements), "quantity": "2"})
    assert 'data-panel="which_dates"' in asked.text
    assert lines() == []
    told = till.post("/till/set-aside", data={"product": "Bánh piece", "lot": "L2"}).text
    assert lines() == []
    assert "danh sách của quản lý" in told
    assert "Bánh piece" in village.client("manager").get("/refused?days=1").text, "and it is there"
    till.post("/till/scan", data={"code": code(*elements), "quantity": "2", "dates": "confirmed"})
    (line,) = lines()
    assert (line.quantity_milli, numbers()) == (2 * ONE, [dict(elements)["10"]])
    with open_reading() as session:
        kinds = session.scalars(select(JournalRow.kind).order_by(JournalRow.seq)).all()
    assert {"pack_set_aside", "dates_differ"} <= set(kinds)


def test_the_earlier_end_counts_until_it_is_paid(village: Shop, till: FlaskClient) -> None:
    """Confirmed today with an end of today; tomorrow the basket is still there, and the pack is over."""
    till.post("/till/scan", data={"code": code(("10", "L2"), ("17", days(TODAY))), "dates": "confirmed"})
    (line,) = lines()
    assert line.printed_ends_on == TODAY
    till.post("/till/line/1/quantity", data={"step": "1"})
    assert [(item.quantity_milli, item.printed_ends_on) for item in lines()] == [(2 * ONE, TODAY)]
    village.clock.advance(hours=10)
    page = till.post("/till/pay", data={"basket_id": line.basket_id, "version": 99, "given": "80000"}).text
    assert 'data-panel="done"' not in page
    village.clock.advance(hours=14)
    till = village.client("cashier")
    with open_reading() as session:
        basket = find_open_basket(session, STATION)
        assert basket is not None
        form = {"basket_id": basket.id, "version": basket.version, "given": "80000"}
    late = till.post("/till/pay", data=form)
    assert late.status_code == 422
    assert 'data-panel="refused"' in late.text


def test_panels_in_between_drop_no_day(till: FlaskClient) -> None:
    """A lot to be chosen, a look at the price: the pack's end goes along. (A weight: tests/pos/till/test_questions.py.)"""
    chosen = f"/till/choose/{product().id}/{lot_id('L2', 'piece')}"
    assert till.post(chosen, data={"quantity_milli": "1000", "ends": f"{PAST:%d/%m/%Y}"}).status_code == 422
    checked = till.post(
        "/till/scan", data={"code": code(("10", "L2"), ("17", days(PAST))), "mode": "check"}
    ).text
    assert 'data-panel="check"' in checked
    assert "không được bán" in checked or "Không được bán" in checked


def lot_id(number: str, unit: str) -> int:
    with open_reading() as session:
        return session.scalars(
            select(Lot.id).where(Lot.number == number, Lot.product_id == product(unit).id)
        ).one()


def test_a_tag_is_not_asked_with_an_expired_pack(village: Shop, till: FlaskClient) -> None:
    boss = village.client("manager")
    asked = {"of": "codes", "design": "shelf", "output": "sheet:x"}
    for line in (code(("17", days(PAST))), code(("10", "L2"), ("15", days(PAST)))):
        assert boss.post("/tags/print", data=asked | {"codes": line}).status_code == 422
    with open_reading() as session:
        tags = session.scalars(select(Tag).where(Tag.product_id == product().id)).all()
    assert tags == []
    assert boss.post("/tags/print", data=asked | {"codes": code(("17", days(LATER)))}).status_code == 302


@pytest.mark.parametrize(("elements", "ends"), [
    ("15260101", date(2026, 1, 1)), ("17260101", date(2026, 1, 1)), ("16260101", date(2026, 1, 1)), ("1726050115260401", date(2026, 4, 1)),
    ("1526050117260401", date(2026, 4, 1)), ("70032604011200", date(2026, 3, 31)), ("70032604012359", date(2026, 4, 1)),
    ("17260200", date(2026, 2, 28)),
])  # fmt: skip
def test_the_earliest_end_in_a_code_counts(elements: str, ends: date) -> None:
    assert read_code(f"]C101{GTIN}{elements}").expires_on == ends
