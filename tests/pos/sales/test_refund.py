"""Cash that can be handed over: refunds of rounded sales add up; what a cashier does alone has its limits."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from hardware.slips.slip import Pair
from pos.catalog.models import Product
from pos.journal.payload import read_payload
from pos.kernel.actor import Actor, Approval, Role
from pos.kernel.database import db, open_reading, unit_of_work
from pos.kernel.errors import NotAllowed, Refused
from pos.kernel.quantity import ONE
from pos.maintenance.verify import verify_books
from pos.sales.basket import add_goods
from pos.sales.models import Sale
from pos.sales.pay import MOST_CHANGE_VND, pay_basket
from pos.sales.priced_basket import price_basket
from pos.sales.queries import list_lines
from pos.sales.receipt import make_receipt
from pos.sales.refund import get_sale, refund_sale
from pos.shifts.drawer import (
    MOVES_ALONE,
    close_shift,
    expected_cash_vnd,
    get_open_shift,
    move_cash,
    sum_takings,
)
from pos.shifts.queries import list_acts, sum_by_cashier
from pos.shop.models import get_shop
from tests.builders import a_delivery, a_maker, a_product, an_open_shift
from tests.conftest import CASHIER, MANAGER, MORNING, STATION, TODAY, Shop

YES = Approval(MANAGER, "xem rồi", MORNING)


def codes(caught: Any) -> set[str]:
    return {reason.code for reason in caught.value.reasons}


def goods_at(session: Session, *prices: tuple[int, str]) -> list[Product]:
    maker = a_maker(session)
    products = []
    for n, (price_vnd, unit) in enumerate(prices, 1):
        product = a_product(session, maker, n, unit=unit, price_vnd=price_vnd, name=f"Kẹo {n}")
        a_delivery(session, maker, product, 100 * ONE, lot=f"L{n}", ends=TODAY + timedelta(days=60))
        products.append(product)
    return products


def bought(session: Session, *quantities: tuple[Product, int]) -> Sale:
    for product, milli in quantities:
        basket = add_goods(session, STATION, product.id, milli, at=MORNING)
    due = price_basket(session, basket, TODAY).due_vnd
    return pay_basket(session, basket.id, basket.version, due, station=STATION, by=CASHIER, at=MORNING)


def give_back(session: Session, sale: Sale, parts: dict[int, int], request: str, **more: Any) -> Sale:
    asked = {"reason": "vỡ", "station": STATION, "by": MANAGER, "at": MORNING}
    return refund_sale(session, sale, parts, request=request, **asked | more)


def test_three_at_4500_for_13000_come_back_as_4000_4000_5000(any_shop: Shop) -> None:
    with unit_of_work() as session:
        (product,) = goods_at(session, (4_500, "piece"))
        an_open_shift(session)
        sale = bought(session, (product, 3 * ONE))
        assert sale.due_vnd == 13_000
        back = [give_back(session, sale, {1: ONE}, str(n)) for n in range(3)]
        assert [-item.due_vnd for item in back] == [4_000, 4_000, 5_000]
        assert [item.carried_vnd for item in back] == [333, 333, -666]
        assert expected_cash_vnd(session, get_open_shift(session, STATION)) == 500_000
    with open_reading() as session:
        assert verify_books(session) == []


def test_what_is_too_little_for_a_note_waits_for_the_next(any_shop: Shop) -> None:
    """One of twelve at 700: no note is that small. Nothing is handed over, and it isn't lost."""
    with unit_of_work() as session:
        (product,) = goods_at(session, (700, "piece"))
        an_open_shift(session)
        sale = bought(session, (product, 12 * ONE))
        assert sale.due_vnd == 8_000
        first, second = (give_back(session, sale, {1: ONE}, str(n)) for n in range(2))
        assert (-first.due_vnd, first.carried_vnd, -second.due_vnd, second.carried_vnd) == (
            0,
            666,
            1_000,
            -333,
        )
    with open_reading() as session:
        assert verify_books(session) == []


def test_a_carried_sum_that_was_touched_is_found(shop: Shop) -> None:
    with unit_of_work() as session:
        (product,) = goods_at(session, (4_500, "piece"))
        an_open_shift(session)
        sale = bought(session, (product, 3 * ONE))
        number = give_back(session, sale, {1: ONE}, "1").number
    with db.engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER sale_no_update")
        connection.execute(
            text("UPDATE sale SET carried_vnd = -9000 WHERE number = :number"), {"number": number}
        )
    with open_reading() as session:
        checks = {(finding.check, finding.row) for finding in verify_books(session)}
    assert {
        ("seal", f"sale:{number}"),
        ("sale", f"sale:{number}"),
        ("refund", f"sale:{sale.number}"),
    } <= checks


@given(
    st.lists(
        st.tuples(st.integers(500, 300_000), st.sampled_from(["piece", "kg"]), st.integers(1, 7)),
        min_size=1, max_size=3,
    ),
    st.sampled_from([0, 500, 1000]),
    st.lists(st.tuples(st.integers(0, 2), st.integers(1, 6000)), min_size=1, max_size=8),
)  # fmt: skip
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_sequence_of_refunds_adds_up_and_each_can_be_handed_over(
    shop: Shop, goods: list[tuple[int, str, int]], step_vnd: int, tries: list[tuple[int, int]]
) -> None:
    with unit_of_work() as session:
        get_shop(session).cash_rounding_vnd = step_vnd
        products = goods_at(session, *((price, unit) for price, unit, _ in goods))
        an_open_shift(session)
        asked = [
            (product, count * (ONE if unit == "piece" else 357))
            for product, (_price, unit, count) in zip(products, goods, strict=True)
        ]
        sale = bought(session, *asked)
        left = {line.n: line.quantity_milli for line in list_lines(session, sale.number)}
        given_back = 0
        for request, (n, milli) in enumerate([*tries, *((line - 1, 10**9) for line in left)]):
            line = n % len(left) + 1
            part = min(left[line], milli if goods[line - 1][1] == "kg" else milli // 1000 * 1000)
            if not part:
                continue
            left[line] -= part
            payout = -give_back(session, sale, {line: part}, str(request)).due_vnd
            given_back += payout
            assert payout >= 0
            assert not step_vnd or payout % step_vnd == 0 or not any(left.values())
        assert given_back == sale.due_vnd
        session.flush()
        assert [
            finding for finding in verify_books(session) if finding.check in {"sale", "refund", "drawer"}
        ] == []
        session.rollback()


def refused_for(session: Session, sale: Sale, request: str, **more: Any) -> set[str]:
    with pytest.raises(NotAllowed) as caught:
        give_back(session, sale, {1: ONE}, request, **({"by": CASHIER} | more))
    return codes(caught)


def test_a_cashier_gives_back_within_limits_and_beyond_them_with_approval(any_shop: Shop) -> None:
    """Per receipt, per shift, by the sale's age, of another cashier: each by itself, and all printed at once."""
    another = Actor(None, "Thu ngân khác", Role.CASHIER, STATION)
    with unit_of_work() as session:
        session.add(shop := get_shop(session))
        shop.refund_limit_vnd, shop.refund_shift_limit_vnd, shop.refund_days = 50_000, 80_000, 2
        (product,) = goods_at(session, (45_000, "piece"))
        an_open_shift(session)
        first, second, third = (bought(session, (product, 2 * ONE)) for _ in range(3))
        give_back(session, first, {1: ONE}, "a", by=CASHIER)
        assert refused_for(session, first, "b") == {"approval_needed", "approval_needed_shift"}
        assert refused_for(session, second, "c") == {"approval_needed_shift"}
        shop.refund_shift_limit_vnd = 1_000_000
        later = MORNING + timedelta(days=3)
        assert refused_for(session, second, "d", at=later) == {"approval_needed_age"}
        give_back(session, second, {1: ONE}, "e", by=CASHIER, at=MORNING + timedelta(days=2))
        at = MORNING + timedelta(days=2)
        stranger = replace(another, person_id=None)
        assert stranger.person_id == third.cashier_id, "people without a row are alike here"
        shop.refund_days = 30
        give_back(session, third, {1: ONE}, "f", by=CASHIER, at=at, approval=YES)
        cashiers_word = Approval(another, "x", MORNING)
        assert "approval_needed" in refused_for(session, third, "g", at=at, approval=cashiers_word)


def test_anothers_sale_needs_approval_unless_the_policy_says_no(village: Shop) -> None:
    """The village's cashier sold it; somebody else gives it back."""
    another = Actor(1, "Người khác", Role.CASHIER, STATION)
    with unit_of_work() as session:
        an_open_shift(session)
        sale = session.scalars(
            select(Sale).where(Sale.refunds.is_(None), Sale.business_day == TODAY - timedelta(days=1))
        ).first()
        assert sale is not None
        assert sale.cashier_id != another.person_id
        assert "approval_needed_other" in refused_for(session, sale, "a", by=another)
        get_shop(session).refund_others = True
        get_shop(session).refund_limit_vnd = 10**9
        line = list_lines(session, sale.number)[0]
        give_back(session, sale, {line.n: line.quantity_milli}, "b", by=another)


def test_cash_that_is_no_sale_has_a_limit_a_shift(any_shop: Shop) -> None:
    with unit_of_work() as session:
        an_open_shift(session)
        shift = get_open_shift(session, STATION)
        asked: dict[str, Any] = {"by": CASHIER, "at": MORNING}
        for too_small in (1, -1, 199, 0):  # 1 ₫ "in" only opens the drawer
            with pytest.raises(Refused) as caught:
                move_cash(session, shift, too_small, "x", **asked)
            assert codes(caught) == {"amount_odd"}
        move_cash(session, shift, -60_000, "mua đá", **asked)
        for beyond in (-40_001, 40_001):
            with pytest.raises(NotAllowed) as caught:
                move_cash(session, shift, beyond, "x", **asked)
            assert codes(caught) == {"cash_approval_needed"}
        approved = move_cash(session, shift, -300_000, "nộp quỹ", approval=YES, **asked)
        assert (approved.by_name, approved.approved_by) == (CASHIER.name, MANAGER.name)
        for _ in range(MOVES_ALONE - 1):
            move_cash(session, shift, 200, "lẻ", **asked)
        with pytest.raises(NotAllowed):
            move_cash(session, shift, 200, "lẻ", **asked)
        assert sum_takings(session, shift).expected_vnd == 500_000 - 60_000 - 300_000 + 400
        move_cash(session, shift, 1_000_000, "tiền lẻ", by=MANAGER, at=MORNING)
    with open_reading() as session:
        assert verify_books(session) == []


def test_nobody_hands_over_a_billion(any_shop: Shop) -> None:
    with unit_of_work() as session:
        (product,) = goods_at(session, (45_000, "piece"))
        an_open_shift(session)
        basket = add_goods(session, STATION, product.id, ONE, at=MORNING)
        key = (basket.id, basket.version)
        for supplied in (45_001 + MOST_CHANGE_VND, 10**12):
            with pytest.raises(Refused) as caught:
                pay_basket(session, *key, supplied, station=STATION, by=CASHIER, at=MORNING)
            assert codes(caught) == {"given_too_much"}
        assert pay_basket(
            session, *key, 45_000 + MOST_CHANGE_VND, station=STATION, by=CASHIER, at=MORNING
        ).number


def test_the_shifts_page_knows_all_that_is_no_plain_sale(village: Shop) -> None:
    """Cash moves, drawer, refund, lines and baskets taken off, parking, looks at prices: by cashier, in order."""
    till, boss = village.client("cashier"), village.client("manager")
    till.post("/till/shift/open", data={"float": "500000"})
    with open_reading() as session:
        product = session.scalars(select(Product).where(Product.unit == "piece", ~Product.archived)).first()
        assert product is not None
    add_it = f"/till/add/{product.id}"
    till.post(add_it)
    till.post("/till/line/1/void")
    till.post(add_it, data={"quantity": "2"})
    till.post("/till/line/1/quantity", data={"step": "-1"})
    till.post("/till/park")
    till.post(add_it, data={"mode": "check"})
    till.post("/till/cash", data={"way": "out", "amount": "20.000", "reason": "mua đá"})
    with open_reading() as session:
        shift = get_open_shift(session, STATION)
        acts = list_acts(session, shift)
        kinds = [act.kind for act in acts]
        assert kinds == ["basket_emptied", "line_lessened", "parked", "price_checked", "cash_moved"]
        first, last = (read_payload(act.row.payload) for act in (acts[0], acts[-1]))
        assert (acts[-1].amount_vnd, last["reason"], first["product"]) == (-20_000, "mua đá", product.id)
        (person,) = sum_by_cashier(acts)
        assert (person.times["parked"], person.amounts_vnd["cash_moved"]) == (1, -20_000)
        number = shift.number
    page = boss.get(f"/shifts/{number}").text
    assert "mua đá" in page
    assert "xóa hết giỏ" in page
    closed = till.post("/till/shift/close", data={"counted": "480.000"}).text
    assert "xem giá" in closed
    with unit_of_work() as session:
        an_open_shift(session, "Quầy 2")
        close_shift(session, get_open_shift(session, "Quầy 2"), 500_000, by=CASHIER, at=MORNING)
    with open_reading() as session:
        assert [act.kind for act in list_acts(session, get_sale_shift(session, number))] == kinds


def get_sale_shift(session: Session, number: int) -> Any:
    from pos.shifts.drawer import get_shift

    return get_shift(session, number)


def test_a_sale_of_the_old_rounding_is_given_back_whole(any_shop: Shop) -> None:
    """Sold before the shop rounded its cash: the odd đồng come back with the last piece."""
    with unit_of_work() as session:
        get_shop(session).cash_rounding_vnd = 0
        (product,) = goods_at(session, (33_333, "piece"))
        an_open_shift(session)
        sale = bought(session, (product, 2 * ONE))
        get_shop(session).cash_rounding_vnd = 1000
        assert [-give_back(session, sale, {1: ONE}, str(n)).due_vnd for n in range(2)] == [33_000, 33_666]
        assert get_sale(session, sale.number).carried_vnd is None


def rows_of(session: Session, sale: Sale) -> list[tuple[str, str]]:
    slip = make_receipt(session, sale, base_url="", translate=str)
    return [(row.left, row.right) for row in slip.rows if isinstance(row, Pair) and row.left in WORDS]


WORDS = {
    "Goods that came back", "Rounded at the sale", "Given with the next goods back", "Left from the return before", "Total",
    "Cash given back", "Still to be given with the next goods", "Rounded in your favour", "Goods in all",
}  # fmt: skip


def test_a_refunds_receipt_adds_up_and_says_what_is_still_to_come(shop: Shop) -> None:
    """307.300 paid with 307.000: what comes back singly is rounded down to notes, and nothing of that favours the buyer."""
    with unit_of_work() as session:
        an_open_shift(session)
        big, small = goods_at(session, (35_000, "piece"), (4_540, "piece"))
        sale = bought(session, (big, 8 * ONE), (small, 6 * ONE))
        assert rows_of(session, sale)[:2] == [("Goods in all", "307.240"), ("Rounded in your favour", "−240")]
        first = refund_sale(
            session, sale, {1: ONE}, reason="vỡ", request="a", station=STATION, by=MANAGER, at=MORNING
        )
        assert rows_of(session, first) == [
            ("Goods that came back", "−35.000"), ("Rounded at the sale", "28"), ("Given with the next goods back", "972"),
            ("Total", "−34.000 ₫"), ("Cash given back", "34.000"),
        ]  # fmt: skip
        second = refund_sale(
            session, sale, {2: ONE}, reason="vỡ", request="b", station=STATION, by=MANAGER, at=MORNING
        )
        printed = dict(rows_of(session, second))
        sums = [int(printed[name].replace(".", "").replace("−", "-")) for name in
                ("Goods that came back", "Rounded at the sale", "Left from the return before")]  # fmt: skip
        assert sum(sums) == second.due_vnd
        left = (first.carried_vnd or 0) + (second.carried_vnd or 0)
        assert printed["Still to be given with the next goods"] == str(left)
