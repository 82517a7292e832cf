"""Goods for goods: to the đồng between them, only the difference is paid or given."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pos.kernel.database import open_reading, unit_of_work
from pos.kernel.errors import NotAllowed, Refused, Stale
from pos.kernel.quantity import ONE
from pos.maintenance.verify import verify_books
from pos.sales.exchange import exchange_goods, split_exchange
from pos.sales.models import Sale
from pos.sales.refund import get_sale
from pos.shifts.drawer import get_open_shift, move_cash
from pos.shop.models import get_shop
from tests.builders import an_open_shift
from tests.conftest import CASHIER, MANAGER, MORNING, STATION, Shop

from .money_steps import card, drawer, kinds_of, pay, put_on, the_basket
from .test_refund import codes, goods_at

ASKED: dict[str, Any] = {"reason": "đổi vị", "station": STATION, "by": MANAGER, "at": MORNING}


def exchange(session: Any, sale: Sale, parts: dict[int, int], given_vnd: int = 0, **more: Any) -> Sale:
    basket = the_basket(session)
    return exchange_goods(
        session, sale, parts, basket.id, basket.version, given_vnd, **{"request": "1"} | ASKED | more
    )


def test_returned_4333_for_10000_costs_5000(any_shop: Shop) -> None:
    """The rule's own numbers: three at 4.500 for 13.000, one comes back and is worth 4.333."""
    with unit_of_work() as session:
        old, new = goods_at(session, (4_500, "piece"), (10_000, "piece"))
        an_open_shift(session)
        put_on(session, (old, 3 * ONE))
        sold = pay(session)
        before = drawer(session)
        put_on(session, (new, ONE))
        sale = exchange(session, sold, {1: ONE}, 20_000)
        assert sale.exchange_of is not None
        returned = get_sale(session, sale.exchange_of)
        assert kinds_of(session, returned) == [("cash", -4_333)]
        assert kinds_of(session, sale) == [("cash", 9_333)]
        assert (sale.total_vnd, sale.rounding_vnd) == (10_000, 667)
        assert drawer(session) - before == 5_000
    with open_reading() as session:
        assert verify_books(session) == []


def test_where_more_came_back_the_card_gives_first_and_cash_the_rest(any_shop: Shop) -> None:
    with unit_of_work() as session:
        old, new = goods_at(session, (40_000, "piece"), (10_500, "piece"))
        an_open_shift(session)
        put_on(session, (old, 2 * ONE))
        sold = pay(session, 55_000, [card(25_000)])
        put_on(session, (new, ONE))
        before = drawer(session)
        sale = exchange(session, sold, {1: ONE})
        returned = get_sale(session, sale.exchange_of or 0)
        # Worth 40.000: 25.000 by card, 15.000 in cash. The new ones cost 10.500: 29.500 are given out, 25.000 of them on the card.
        assert kinds_of(session, returned) == [("card", -25_000), ("cash", -14_500)]
        assert kinds_of(session, sale) == [("cash", 10_500)]
        assert (drawer(session) - before, returned.carried_vnd) == (-4_000, 500)
    with open_reading() as session:
        assert verify_books(session) == []


def test_the_same_request_is_the_same_exchange_and_another_is_refused(shop: Shop) -> None:
    with unit_of_work() as session:
        old, new = goods_at(session, (4_000, "piece"), (10_000, "piece"))
        an_open_shift(session)
        put_on(session, (old, 3 * ONE))
        sold = pay(session)
        basket = put_on(session, (new, ONE))
        asked = (session, sold, {1: ONE}, basket.id, basket.version)
        first = exchange_goods(*asked, 6_000, request="a", **ASKED)
        assert exchange_goods(*asked, 6_000, request="a", **ASKED) is first
        with pytest.raises(Stale):
            exchange_goods(*asked, 7_000, request="a", **ASKED)
        assert session.query(Sale).count() == 3


@pytest.mark.parametrize(
    ("parts", "given_vnd", "more", "code"),
    [
        ({1: ONE}, 5_000, {}, "tender_short"), ({1: ONE}, 99_000_000, {}, "given_too_much"), ({}, 6_000, {}, "lines_missing"),
        ({1: 4 * ONE}, 0, {}, "refund_too_much"), ({1: ONE}, 6_000, {"reason": " "}, "reason_missing"),
    ],
)  # fmt: skip
def test_what_no_exchange_is(
    shop: Shop, parts: dict[int, int], given_vnd: int, more: dict[str, Any], code: str
) -> None:
    with unit_of_work() as session:
        old, new = goods_at(session, (4_000, "piece"), (10_000, "piece"))
        an_open_shift(session)
        put_on(session, (old, 3 * ONE))
        number = pay(session).number
        put_on(session, (new, ONE))
    with pytest.raises(Refused) as no, unit_of_work() as session:
        exchange(session, get_sale(session, number), parts, given_vnd, **more)
    assert codes(no) == {code}
    with open_reading() as session:
        assert session.query(Sale).count() == 1
        assert len(the_basket(session).lines) == 1


def test_a_cashiers_limit_of_refunds_counts_for_exchanges(shop: Shop) -> None:
    with unit_of_work() as session:
        old, new = goods_at(session, (300_000, "piece"), (10_000, "piece"))
        an_open_shift(session)
        put_on(session, (old, ONE))
        number = pay(session).number
        put_on(session, (new, ONE))
    with pytest.raises(NotAllowed) as no, unit_of_work() as session:
        exchange(session, get_sale(session, number), {1: ONE}, 0, by=CASHIER)
    assert codes(no) == {"approval_needed"}


sums = st.integers(0, 2_000_000)


@given(
    back=st.dictionaries(st.sampled_from(["account", "voucher:3", "card", "cash"]), sums, min_size=1),
    rest_vnd=sums, is_all_back=st.booleans(), step_vnd=st.sampled_from([0, 500, 1_000]),
)  # fmt: skip
def test_each_dong_of_an_exchange_is_in_one_place(
    back: dict[str, int], rest_vnd: int, is_all_back: bool, step_vnd: int
) -> None:
    split = split_exchange(back, rest_vnd, is_all_back=is_all_back, step_vnd=step_vnd)
    assert all(0 <= vnd <= back[key] for key, vnd in split.refund_payout.items())
    assert sum(split.paired.values()) == min(rest_vnd, sum(back.values()))
    assert not (split.due_vnd and split.given_out)
    if split.given_out:
        carried = sum(back.values()) - sum(split.refund_payout.values())
        assert 0 <= carried < max(step_vnd, 1)
        assert is_all_back or not step_vnd or split.given_out.get("cash", 0) % step_vnd == 0
    else:
        assert 0 <= rest_vnd - sum(split.paired.values()) - split.due_vnd < max(step_vnd, 1)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(price=st.integers(500, 300_000), new_price=st.integers(500, 300_000), card_vnd=st.integers(1, 900_000),
       steps=st.lists(st.integers(1, 3), min_size=1, max_size=3))  # fmt: skip
def test_any_sequence_of_exchanges_keeps_the_books(
    shop: Shop, price: int, new_price: int, card_vnd: int, steps: list[int]
) -> None:
    with unit_of_work() as session:
        get_shop(session).cash_rounding_vnd = 1_000
        old, new = goods_at(session, (price, "piece"), (new_price, "piece"))
        an_open_shift(session)
        put_on(session, (old, 6 * ONE))
        by_card = min(card_vnd, 6 * price)
        sold = pay(session, 6 * price - by_card, [card(by_card)])
        left = 6
        for at, pieces in enumerate(steps):
            if pieces > left:
                break
            left -= pieces
            put_on(session, (new, ONE))
            exchange(session, sold, {1: pieces * ONE}, new_price, request=str(at))
        session.flush()
        assert [f for f in verify_books(session) if f.check in {"sale", "refund", "drawer"}] == []
        session.rollback()


def test_what_the_drawer_does_not_hold_is_not_given_out(shop: Shop) -> None:
    with unit_of_work() as session:
        old, new = goods_at(session, (45_000, "piece"), (10_000, "piece"))
        an_open_shift(session)
        put_on(session, (old, ONE))
        number = pay(session).number
        shift = get_open_shift(session, STATION)
        move_cash(session, shift, -540_000, "nộp ngân hàng", by=MANAGER, at=MORNING)
        put_on(session, (new, ONE))
    with pytest.raises(Refused) as no, unit_of_work() as session:
        exchange(session, get_sale(session, number), {1: ONE})
    assert codes(no) == {"drawer_short"}


def test_what_came_back_is_worth_what_it_pays_and_gives() -> None:
    split = split_exchange({"card": 25_000, "cash": 15_000}, 10_500, is_all_back=False, step_vnd=1_000)
    assert (split.worth_vnd, split.due_vnd) == (10_500 + 25_000 + 4_000, 0)
