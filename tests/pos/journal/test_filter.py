"""The journal is asked by day, person, goods and kind of act, together and page by page."""

import re
from datetime import timedelta
from html import unescape

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from pos.catalog.models import Product
from pos.journal.models import JournalRow
from pos.journal.payload import names_amount, read_payload
from pos.journal.queries import (
    JournalFilter,
    find_subjects_of_goods,
    find_subjects_of_receipt,
    list_newest,
)
from pos.journal.record import CLOCK_CONFIRMED, record
from pos.kernel.clock import business_day, day_start
from pos.kernel.database import open_reading, unit_of_work
from pos.kernel.quantity import ONE
from pos.sales.basket import add_goods, set_quantity
from pos.sales.models import Sale
from pos.sales.pay import pay_basket
from pos.sales.priced_basket import price_basket
from pos.sales.refund import refund_sale
from pos.shop.models import Shop as ShopRow
from pos.stock.models import Lot
from tests.builders import an_open_shift
from tests.conftest import CASHIER, MANAGER, MORNING, STATION, TODAY, Shop

ALL = 100_000


def test_each_question_gives_just_its_rows(village: Shop) -> None:
    with open_reading() as session:
        rows = session.scalars(select(JournalRow).order_by(JournalRow.seq.desc())).all()
        kinds, actors = {row.kind for row in rows}, {row.actor for row in rows}
        for kind in kinds:
            found = list_newest(session, JournalFilter(kind=kind), limit=ALL)
            assert [row.seq for row in found] == [row.seq for row in rows if row.kind == kind]
        for actor in actors:
            found = list_newest(session, JournalFilter(actor=actor.upper()), limit=ALL)
            assert [row.seq for row in found] == [
                row.seq for row in rows if actor.lower() in row.actor.lower()
            ]
        for days in range(4):
            day = TODAY - timedelta(days=days)
            found = list_newest(session, JournalFilter(day=day), limit=ALL)
            assert [row.seq for row in found] == [row.seq for row in rows if business_day(row.at) == day]


def test_goods_are_asked_with_their_lots_and_papers(village: Shop) -> None:
    with open_reading() as session:
        product = session.scalars(select(Product).where(~Product.archived).order_by(Product.id)).first()
        assert product is not None
        lots = session.scalars(select(Lot.id).where(Lot.product_id == product.id)).all()
        subjects = find_subjects_of_goods(session, product.name_vi.upper())
        assert {f"product:{product.id}", *(f"lot:{id_}" for id_ in lots)} <= set(subjects)
        assert any(subject.startswith("paper:") for subject in subjects)
        found = list_newest(session, JournalFilter(subjects=subjects), limit=ALL)
        assert found
        assert {row.subject for row in found} <= set(subjects)
        assert list_newest(session, JournalFilter(subjects=[]), limit=ALL) == []


def test_the_page_keeps_the_questions_from_page_to_page(village: Shop) -> None:
    boss = village.client("manager")
    page = boss.get("/journal?who=h&day=24/11&goods=&kind=").text
    assert 'value="24/11"' in page
    odd = boss.get("/journal?day=31/02").text
    assert 'id="day-no"' in odd
    assert 'class="told"' not in odd
    page = boss.get("/journal").text
    assert "before=" in page


@pytest.mark.parametrize(
    "asked",
    [
        "who=%25",
        "goods=%00",
        "kind=zzz",
        "day=" + "9" * 300,
        "before=zzz",
        "goods=" + "a%20" * 300,
        "receipt=%00&amount=%00",
        "receipt=999999999999",
        "day=24/11&amount=" + "9" * 300,
        "day=24/11&amount=0&before=5",
    ],
)
def test_odd_questions_are_no_error(village: Shop, asked: str) -> None:
    assert village.client("manager").get(f"/journal?{asked}").status_code == 200


# ── a receipt


def sell_and_take_back(session: Session) -> tuple[Sale, Sale]:
    """A sale of two, one of them lessened away before, and the refund of the other."""
    product = session.scalars(
        select(Product).where(Product.unit == "piece", ~Product.archived).order_by(Product.id)
    ).first()
    assert product is not None
    an_open_shift(session)
    basket = add_goods(session, STATION, product.id, 2 * ONE, at=MORNING)
    set_quantity(session, basket, 1, ONE, by=CASHIER, at=MORNING)
    due = price_basket(session, basket, TODAY).due_vnd
    sale = pay_basket(session, basket.id, basket.version, due, station=STATION, by=CASHIER, at=MORNING)
    more = {"reason": "móp", "station": STATION, "by": MANAGER, "at": MORNING}
    return sale, refund_sale(session, sale, {1: ONE}, request="r1", **more)


@pytest.mark.parametrize("typed", ["{0}", "{0:06}", "PT-{0:06}", "MP-{0:06}", "mp{0}", " {0} "])
def test_a_receipt_is_asked_with_its_basket_and_refunds(village: Shop, typed: str) -> None:
    with unit_of_work() as session:
        session.scalars(select(ShopRow)).one().code = "MP"
        sale, refund = sell_and_take_back(session)
        number = sale.number
        subjects = {f"sale:{number}", f"sale:{refund.number}", f"basket:{sale.basket_id}"}
    with open_reading() as session:
        assert set(find_subjects_of_receipt(session, typed.format(number)) or ()) == subjects
        rows = list_newest(session, JournalFilter(subjects=sorted(subjects)))
        assert [row.kind for row in rows] == ["refunded", "sold", "line_lessened"]
    page = village.client("manager").get("/journal", query_string={"receipt": typed.format(number)}).text
    assert page.count('class="told"') == 3
    assert f'của <a href="/journal?receipt={number}">phiếu {number:06}</a>' in page


@pytest.mark.parametrize("typed", ["abc", "XY-000001", "1.5", "-3", "9" * 40])
def test_what_is_no_receipt_is_told_at_its_field(village: Shop, typed: str) -> None:
    page = village.client("manager").get("/journal", query_string={"receipt": typed}).text
    assert 'id="receipt-no"' in page
    assert 'class="told"' not in page


def test_a_shop_without_a_code_reads_its_receipts(village: Shop) -> None:
    with unit_of_work() as session:
        session.scalars(select(ShopRow)).one().code = None
    with open_reading() as session:
        assert find_subjects_of_receipt(session, "000001") == find_subjects_of_receipt(session, "PT-1")
        assert find_subjects_of_receipt(session, "MP-000001") is None


def test_a_receipt_that_is_not_there_has_no_acts(village: Shop) -> None:
    page = village.client("manager").get("/journal?receipt=999999").text
    assert 'class="told"' not in page
    assert 'id="receipt-no"' not in page


# ── an amount


@pytest.mark.parametrize("typed", ["45.000", "45000", "45 000 đ", "-45.000", "45,000"])
def test_an_amount_is_asked_within_a_day(village: Shop, typed: str) -> None:
    with unit_of_work() as session:
        for amount in (45_000, -45_000, 45_001, 450_000):
            record(session, "cash_moved", by=CASHIER, at=MORNING, amount_vnd=amount)
        record(session, "shelf_price_noted", by=CASHIER, at=MORNING, prices_vnd={"1": 1000, "2": 45_000})
        record(session, "tallied", by=CASHIER, at=MORNING, counted_milli=45_000)
    asked = {"amount": typed, "day": f"{TODAY:%d/%m/%Y}"}
    page = village.client("manager").get("/journal", query_string=asked).text
    with open_reading() as session:
        found = list_newest(session, JournalFilter(day=TODAY, amount_vnd=45_000), limit=ALL)
        every = list_newest(session, JournalFilter(day=TODAY), limit=ALL)
    assert [row.seq for row in found] == [
        row.seq for row in every if names_amount(read_payload(row.payload), 45_000)
    ]
    assert [row.kind for row in found[:3]] == ["shelf_price_noted", "cash_moved", "cash_moved"]
    assert page.count('class="told"') == len(found)


def test_an_amount_needs_a_day(village: Shop) -> None:
    boss = village.client("manager")
    page = boss.get("/journal?amount=45.000").text
    assert 'id="day-no"' in page
    assert "số tiền chỉ tìm được trong một ngày" in page
    assert 'class="told"' not in page
    assert 'id="amount-no"' in boss.get("/journal?amount=nhiều&day=24/11").text
    with open_reading() as session, pytest.raises(ValueError, match="within a day"):
        list_newest(session, JournalFilter(amount_vnd=45_000))


def test_older_rows_are_asked_with_the_same_filter(village: Shop) -> None:
    with unit_of_work() as session:
        for _ in range(120):
            record(session, "cash_moved", by=CASHIER, at=MORNING, amount_vnd=77_000)
    boss = village.client("manager")
    page = boss.get("/journal?amount=77.000&day=24/11&who=thu").text
    assert page.count('class="told"') == 100
    older = re.search(r'href="(/journal\?[^"]*before=[^"]*)"', page)
    assert older is not None
    address = unescape(older[1])
    assert {"amount=77.000", "who=thu"} <= set(address.partition("?")[2].split("&"))
    assert boss.get(address).text.count('class="told"') == 20


# ── a day in a journal whose clock went wrong


def test_a_day_is_found_on_both_sides_of_a_confirmed_date(any_shop: Shop) -> None:
    """The clock stood a month ahead for two acts, then a manager confirmed the day that it really is."""
    ahead = MORNING + timedelta(days=30)
    with unit_of_work() as session:
        record(session, "parked", by=CASHIER, at=MORNING)
        record(session, "parked", by=CASHIER, at=ahead)
        record(session, "signed_in", by=CASHIER, at=MORNING)
        record(session, CLOCK_CONFIRMED, by=MANAGER, at=MORNING + timedelta(hours=1))
        record(session, "taken_over", by=CASHIER, at=MORNING + timedelta(hours=2))
        record(session, "signed_out", by=CASHIER, at=MORNING + timedelta(hours=3))
        record(session, "signed_in", by=CASHIER, at=MORNING + timedelta(days=1))
    with open_reading() as session:
        kinds = [row.kind for row in list_newest(session, JournalFilter(day=TODAY), limit=4)]
        assert kinds == ["signed_out", "taken_over", "clock_confirmed", "parked"]
        assert [row.kind for row in list_newest(session, JournalFilter(day=business_day(ahead)))] == [
            "parked"
        ]
        tomorrow = list_newest(session, JournalFilter(day=TODAY + timedelta(days=1)))
        assert [row.kind for row in tomorrow] == ["signed_in"]
        assert list_newest(session, JournalFilter(day=TODAY - timedelta(days=400))) == []


def test_two_tills_in_one_second_stay_on_their_days(any_shop: Shop) -> None:
    """Rows may stand a little before their time: the first minutes of a day belong to it whatever their order."""
    midnight = day_start(TODAY + timedelta(days=1))
    steps = [-3, 0, -1, 1, -1, 0, 2, 1]
    with unit_of_work() as session:
        for minutes in steps:
            record(session, "parked", by=CASHIER, at=midnight + timedelta(minutes=minutes))
    with open_reading() as session:
        after = list_newest(session, JournalFilter(kind="parked", day=TODAY + timedelta(days=1)))
        before = list_newest(session, JournalFilter(kind="parked", day=TODAY))
        assert len(after) == sum(minutes >= 0 for minutes in steps)
        assert len(before) == sum(minutes < 0 for minutes in steps)


def test_an_amount_and_a_receipt_are_asked_on_each_database(any_shop: Shop) -> None:
    with unit_of_work() as session:
        for amount in (45_000, -45_000, 450_000):
            record(session, "cash_moved", by=CASHIER, at=MORNING, amount_vnd=amount)
    with open_reading() as session:
        asked = JournalFilter(day=TODAY, actor="thu ngan", amount_vnd=45_000)
        assert len(list_newest(session, asked)) == 2
        assert len(list_newest(session, asked, limit=1)) == 1
        assert find_subjects_of_receipt(session, "999999999999") == []
