"""What was sold, however it is divided, comes to what the ledger holds."""

import csv
import io
from datetime import date, timedelta
from io import BytesIO

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader
from sqlalchemy import text
from sqlalchemy.orm import Session

from pos.kernel.database import open_reading, unit_of_work
from pos.kernel.quantity import ONE
from pos.reports.sold import list_receipts_of, read_by_hour, read_sold
from pos.reports.sold_lines import SoldBy, SoldFilter
from pos.reports.sold_views import find_odd_acts, list_spans
from pos.sales.extras import save_extra
from pos.sales.models import Extra
from pos.shifts.queries import CashierActs
from tests.builders import a_delivery, a_maker, a_product, a_sale, an_open_shift
from tests.conftest import MANAGER, MORNING, TODAY, Shop
from tests.pos.sales.test_refund import give_back

A_DAY = timedelta(days=1)
SPAN = SoldFilter(TODAY, TODAY + A_DAY)


@pytest.fixture
def sold(any_shop: Shop) -> None:
    """Two products of two producers on two days and the day before, and something that came back."""
    with unit_of_work() as session:
        an_open_shift(session)
        goods = []
        for n, name in enumerate(("Hộ mẫu A", "Hộ mẫu B"), 1):
            maker = a_maker(session, name) if n == 1 else a_maker_of_other_papers(session, name)
            product = a_product(session, maker, n, price_vnd=45_000 + n * 1_250, name=f"Kẹo {n}")
            a_delivery(session, maker, product, 100 * ONE, lot=f"L{n}")
            goods.append(product)
        first = a_sale(session, goods[0], 3 * ONE)
        a_sale(session, goods[1], ONE, at=MORNING + timedelta(hours=3))
        give_back(session, first, {1: ONE}, "r", at=MORNING + timedelta(hours=4))
        a_sale(session, goods[1], 2 * ONE, at=MORNING + A_DAY)


def a_maker_of_other_papers(session: Session, name: str):  # noqa: ANN201
    from pos.admission.models import Paper, PaperKind
    from pos.admission.papers import save_paper
    from pos.producers.models import Producer
    from pos.producers.terms import save_producer
    from tests.builders import FIRST

    producer = save_producer(session, Producer(name=name, address="thôn mẫu"), by=MANAGER, at=MORNING)
    paper = Paper(
        kind=PaperKind.FOOD_SAFETY,
        number="ATTP-2",
        issued=FIRST - timedelta(days=200),
        producer_id=producer.id,
    )
    save_paper(session, paper, [], by=MANAGER, at=MORNING)
    return producer


@pytest.mark.usefixtures("sold")
@pytest.mark.parametrize("by", [by for by in SoldBy if by is not SoldBy.HOUR])
def test_each_way_of_dividing_comes_to_the_ledgers_whole(by: SoldBy) -> None:
    with open_reading() as session:
        table = read_sold(session, SPAN, by)
        paid = session.scalar(text("SELECT sum(paid_vnd) FROM sale_line"))
        assert sum(row.sums.paid_vnd for row in table.rows) == table.whole.paid_vnd == paid
        assert sum(row.sums.refunded_vnd for row in table.rows) == table.whole.refunded_vnd < 0
        assert table.whole.receipts == 3


@pytest.mark.usefixtures("sold")
def test_each_row_leads_to_the_receipts_it_is_made_of() -> None:
    with open_reading() as session:
        for row in read_sold(session, SPAN, SoldBy.PRODUCT).rows:
            asked = SoldFilter(SPAN.first, SPAN.last, product_id=int(row.filter_fields["product"]))
            receipts = list(list_receipts_of(session, asked))
            assert sum(paid for _sale, paid in receipts) == row.sums.paid_vnd
        assert [sale.number for sale, _paid in list_receipts_of(session, SPAN)] == [4, 3, 2, 1]
        assert [sale.number for sale, _paid in list_receipts_of(session, SPAN, before=3)] == [2, 1]


@pytest.mark.usefixtures("sold")
def test_the_span_before_is_as_long_and_just_before() -> None:
    with open_reading() as session:
        table = read_sold(session, SoldFilter(TODAY + A_DAY, TODAY + A_DAY), SoldBy.DAY)
        assert [row.before_vnd for row in table.rows] == [table.before_vnd]
        assert table.before_vnd == read_sold(session, SoldFilter(TODAY, TODAY), SoldBy.DAY).whole.paid_vnd
    assert SoldFilter(date(2026, 3, 1), date(2026, 3, 31)).span_before() == SoldFilter(
        date(2026, 1, 29), date(2026, 2, 28)
    )


@pytest.mark.usefixtures("sold")
def test_hours_are_the_shops_own() -> None:
    with open_reading() as session:
        hours = read_by_hour(session, SPAN)
        assert hours.hour_range == [9, 10, 11, 12, 13]
        assert sum(vnd for vnd, _sales in hours.cells.values()) == session.scalar(
            text("SELECT sum(paid_vnd) FROM sale_line")
        )
        assert hours.cells[TODAY.weekday(), 13][1] == 0, "what came back is no sale"


def test_the_spans_that_people_ask_for() -> None:
    spans = [(first, last) for _name, first, last in list_spans(date(2026, 1, 1))]
    assert spans[:4] == [
        (date(2026, 1, 1), date(2026, 1, 1)), (date(2025, 12, 31), date(2025, 12, 31)),
        (date(2025, 12, 29), date(2026, 1, 1)), (date(2025, 12, 22), date(2025, 12, 28)),
    ]  # fmt: skip
    assert spans[4:] == [
        (date(2026, 1, 1), date(2026, 1, 1)), (date(2025, 12, 1), date(2025, 12, 31)), (date(2026, 1, 1), date(2026, 1, 1)),
    ]  # fmt: skip


def test_what_one_does_more_often_than_the_others_is_marked() -> None:
    from collections import Counter

    acts = [
        CashierActs("A", Counter(voided=6, refunded=2), Counter()), CashierActs("B", Counter(voided=2, refunded=1), Counter()),
        CashierActs("C", Counter(voided=1), Counter()),
    ]  # fmt: skip
    assert find_odd_acts(acts) == {("A", "voided")}
    assert find_odd_acts(acts[:1]) == set()


ADDRESSES = [
    "/sold",
    "/sold?by=hour",
    "/sold?by=x",
    "/sold?endpoint=x&_external=1",
    "/sold/receipts",
    "/sold/acts",
    "/sold/acts?kind=voided",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_the_pages_answer(village: Shop, address: str) -> None:
    assert village.client("manager").get(address).status_code == 200
    assert village.client("cashier").get(address).status_code == 403


@pytest.mark.parametrize(
    "days",
    [
        "first=31/02/2026",
        "first=2026-11-24&last=2026-11-20",
        "first=1/1/1990&last=24/11/2026",
        "last=hôm+kia",
    ],
)
def test_days_that_are_none_are_told_at_the_box(village: Shop, days: str) -> None:
    page = village.client("manager").get(f"/sold?{days}")
    assert page.status_code == 200
    assert 'id="span-no"' in page.text


def test_the_files_hold_what_the_page_shows(village: Shop) -> None:
    with unit_of_work() as session:
        save_extra(session, Extra(name_vi="=1+1", price_vnd=0), by=MANAGER, at=MORNING)
    manager = village.client("manager")
    span = f"first={TODAY - timedelta(days=3)}&last={TODAY}"
    with open_reading() as session:
        table = read_sold(session, SoldFilter(TODAY - timedelta(days=3), TODAY), SoldBy.PRODUCT)
    sheet = load_workbook(BytesIO(manager.get(f"/sold?{span}&as=xlsx").data)).worksheets[0]
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    assert [(row[0], row[4]) for row in rows] == [(row.name, row.sums.paid_vnd) for row in table.rows]
    told = list(csv.reader(io.StringIO(manager.get(f"/sold?{span}&as=csv").data.decode("utf-8-sig"))))
    assert sum(int(row[4]) for row in told[1:]) == table.whole.paid_vnd
    pdf = PdfReader(BytesIO(manager.get(f"/sold?{span}&as=pdf").data))
    assert table.rows[0].name.split()[0] in pdf.pages[0].extract_text()


def test_who_undid_what_yesterday_in_three_clicks_and_what_sold_best_last_week_in_two(village: Shop) -> None:
    """From any page: the menu's line shows last week by product, the best first; from there the tills, then the day."""
    manager = village.client("manager")
    assert 'href="/sold"' in manager.get("/today").text
    sold = manager.get("/sold").text
    assert "/sold/acts" in sold
    yesterday = TODAY - timedelta(days=1)
    assert f"first={yesterday}&amp;last={yesterday}" in manager.get("/sold/acts").text
