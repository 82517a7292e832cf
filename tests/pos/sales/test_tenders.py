"""Cards and cash: what each pays of a sale and gives back of it, to the đồng; cash alone is rounded."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from hardware.slips.slip import Kick, Pair
from pos.kernel.database import db, open_reading, unit_of_work
from pos.kernel.errors import Refused, Stale
from pos.kernel.quantity import ONE
from pos.maintenance.verify import verify_books
from pos.sales.basket import add_goods
from pos.sales.models import Sale, TenderKind
from pos.sales.pay import pay_basket
from pos.sales.queries import find_cash, find_reference_used, list_tenders
from pos.sales.receipt import make_receipt
from pos.sales.refund import sum_tenders
from pos.sales.tenders.kinds import find_cash_due, split_payout
from pos.sales.tenders.part import TenderPart
from pos.sales.void import undo_sale
from pos.shifts.drawer import expected_cash_vnd, get_open_shift
from tests.builders import an_open_shift, code_of, the_open_basket
from tests.conftest import CASHIER, MANAGER, MORNING, STATION, Shop

from .test_refund import give_back, goods_at

FLOAT = 500_000


def by_card(
    session: Session, price_vnd: int, count: int, card_vnd: int, given_vnd: int = 0, reference: str = "000123"
) -> Sale:
    """`count` pieces at this price, paid by card and the rest in cash."""
    (product,) = goods_at(session, (price_vnd, "piece"))
    an_open_shift(session)
    basket = add_goods(session, STATION, product.id, count * ONE, at=MORNING)
    return pay_basket(
        session, basket.id, basket.version, given_vnd, station=STATION, by=CASHIER, at=MORNING,
        parts=[TenderPart(TenderKind.CARD, card_vnd, reference)],
    )  # fmt: skip


def drawer(session: Session) -> int:
    return expected_cash_vnd(session, get_open_shift(session, STATION)) - FLOAT


def list_kinds(session: Session, sale: Sale) -> list[tuple[str, int]]:
    return [(tender.kind, tender.amount_vnd) for tender in list_tenders(session, sale.number)]


def test_a_card_pays_to_the_dong_and_opens_no_drawer(any_shop: Shop) -> None:
    with unit_of_work() as session:
        sale = by_card(session, 4_567, 1, 4_567)
        assert (sale.total_vnd, sale.rounding_vnd) == (4_567, 0)
        assert list_kinds(session, sale) == [("card", 4_567)]
        assert drawer(session) == 0
        slip = make_receipt(session, sale, base_url="", translate=str)
        assert not any(isinstance(row, Kick) for row in slip.rows)
        assert Pair("Card", "4.567") in slip.rows
    with open_reading() as session:
        assert verify_books(session) == []


def test_in_a_mix_the_rest_in_cash_alone_is_rounded(any_shop: Shop) -> None:
    with unit_of_work() as session:
        sale = by_card(session, 4_567, 1, 1_067, 4_000)
        assert list_kinds(session, sale) == [("card", 1_067), ("cash", 3_000)]
        assert (sale.due_vnd, sale.rounding_vnd) == (4_067, 500)
        cash = find_cash(list_tenders(session, sale.number))
        assert cash is not None
        assert cash.change_vnd == 1_000
        assert drawer(session) == 3_000
    with open_reading() as session:
        assert verify_books(session) == []


def test_13500_by_card_and_cash_comes_back_by_the_same(any_shop: Shop) -> None:
    """The rule's own numbers: three at 4.500, 6.500 without cash and 7.000 in cash."""
    with unit_of_work() as session:
        sale = by_card(session, 4_500, 3, 6_500, 7_000)
        back = [give_back(session, sale, {1: ONE}, str(n)) for n in range(3)]
        assert [list_kinds(session, each) for each in back] == [
            [("card", -4_500)], [("card", -2_000), ("cash", -2_000)], [("cash", -5_000)],
        ]  # fmt: skip
        assert sum_tenders(session, sale) == ({"card": 6_500, "cash": 7_000},) * 2
        assert drawer(session) == 0
    with open_reading() as session:
        assert verify_books(session) == []


def test_a_void_undoes_each_tender(any_shop: Shop) -> None:
    with unit_of_work() as session:
        sale = by_card(session, 4_567, 1, 1_067, 3_000)
        voided = undo_sale(
            session, sale, reason="nhầm", station=STATION, by=MANAGER, at=MORNING, approval=None
        )
        assert list_kinds(session, voided) == [("card", -1_067), ("cash", -3_000)]
        assert drawer(session) == 0
    with open_reading() as session:
        assert verify_books(session) == []


@pytest.mark.parametrize(
    ("card", "reference", "cash", "code"),
    [
        (0, "1", 5_000, "part_odd"), (-1, "1", 5_000, "part_odd"), (4_568, "1", 0, "part_odd"),
        (4_567, " ", 0, "reference_missing"), (4_567, "x" * 41, 0, "reference_missing"), (1_000, "1", 2_000, "tender_short"),
        (1_000, "1", 99_000_000, "given_too_much"),
    ],
)  # fmt: skip
def test_what_no_terminal_says_pays_nothing(
    shop: Shop, card: int, reference: str, cash: int, code: str
) -> None:
    with pytest.raises(Refused) as no, unit_of_work() as session:
        by_card(session, 4_567, 1, card, cash, reference)
    assert [reason.code for reason in no.value.reasons] == [code]


def test_the_same_request_again_is_the_same_sale_and_another_is_refused(shop: Shop) -> None:
    with unit_of_work() as session:
        sale = by_card(session, 4_567, 1, 4_567)
        again: dict[str, Any] = {"station": STATION, "by": CASHIER, "at": MORNING}
        assert sale.basket_id is not None
        version = int(sale.request_key.rsplit(":", 1)[1])
        card = TenderPart(TenderKind.CARD, 4_567, "000123")
        assert pay_basket(session, sale.basket_id, version, 0, parts=[card], **again) is sale
        with pytest.raises(Stale):
            pay_basket(
                session,
                sale.basket_id,
                version,
                0,
                parts=[TenderPart(TenderKind.CARD, 4_567, "000124")],
                **again,
            )
        assert find_reference_used(session, "000123", MORNING) is sale
        assert find_reference_used(session, "000124", MORNING) is None


@settings(max_examples=200, deadline=None)
@given(
    total=st.integers(1, 10**7), part=st.floats(0, 1), cuts=st.lists(st.floats(0, 1), max_size=6), step=st.sampled_from([1, 500, 1_000]),
)  # fmt: skip
def test_whatever_comes_back_in_whatever_parts_each_tender_gives_what_it_paid(
    total: int, part: float, cuts: list[float], step: int
) -> None:
    card = int(total * part)
    paid = {
        kind: amount
        for kind, amount in (("card", card), ("cash", find_cash_due(total, card, step)))
        if amount
    }
    due, back = sum(paid.values()), {}
    for cut in [*sorted(cuts), 1.0]:
        value = int(due * cut) if cut < 1 else due
        payout = split_payout(paid, back, value, is_all_back=value == due and cut == 1.0, step_vnd=step)
        assert all(amount >= 0 for amount in payout.values())
        for kind, amount in payout.items():
            back[kind] = back.get(kind, 0) + amount
            assert back[kind] <= paid.get(kind, 0)
            if kind == "cash" and cut < 1:
                assert amount % step == 0
        assert sum(back.values()) <= value
    assert {kind: amount for kind, amount in back.items() if amount} == paid


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    price=st.integers(300, 90_000), count=st.integers(1, 5), part=st.floats(0.01, 1), parts=st.lists(st.integers(1, 3), max_size=4)
)  # fmt: skip
def test_the_books_add_up_after_any_refunds_of_a_mix(
    shop: Shop, price: int, count: int, part: float, parts: list[int]
) -> None:
    with unit_of_work() as session:
        total = price * count
        card = max(1, int(total * part))
        sale = by_card(session, price, count, card, find_cash_due(total, card, 1_000))
        left = count
        for n, taken in enumerate(parts):
            if min(taken, left):
                give_back(session, sale, {1: min(taken, left) * ONE}, str(n))
                left -= min(taken, left)
        session.flush()
        assert verify_books(session) == []
        if not left:
            paid, back = sum_tenders(session, sale)
            assert {kind: vnd for kind, vnd in paid.items() if vnd} == {
                kind: vnd for kind, vnd in back.items() if vnd
            }
        session.rollback()


def test_paid_by_card_at_the_till(village: Shop) -> None:
    cashier = village.client("cashier")
    cashier.post("/till/shift/open", data={"float": "500000"})
    for n in (1, 2):
        cashier.post("/till/scan", data={"code": code_of(village), "key": f"k{n}"})
        basket = the_open_basket()
        form = {"basket_id": basket.id, "version": basket.version, "card": "45.000", "reference": "A-77"}
        page = cashier.post("/till/pay-card", data=form).text
        if n == 2:
            assert "A-77" in page
            assert 'data-panel="done"' not in page
            page = cashier.post("/till/pay-card", data={**form, "sure": "yes"}).text
        assert 'data-panel="done"' in page
    basket_page = cashier.post("/till/scan", data={"code": code_of(village), "key": "k3"}).text
    assert "Thẻ" in basket_page
    basket = the_open_basket()
    form = {
        "basket_id": basket.id,
        "version": basket.version,
        "card": "20000",
        "reference": "A-78",
        "given": "10000",
    }
    page = cashier.post("/till/pay-card", data=form).text
    assert 'value="20000"' in page
    assert 'value="A-78"' in page
    assert "15.000" in page, "how much is missing, at the box"
    page = cashier.post("/till/pay-card", data={**form, "given": "50000"}).text
    assert "25.000" in page, "the change"
    with open_reading() as session:
        sale = session.scalars(select(Sale).order_by(Sale.number.desc())).first()
        assert sale is not None
        assert list_kinds(session, sale) == [("card", 20_000), ("cash", 25_000)]
        assert verify_books(session) == []
        assert db.engine.dialect.name == "sqlite"
        assert session.scalar(text("SELECT count(*) FROM tender WHERE reference = 'A-77'")) == 2
