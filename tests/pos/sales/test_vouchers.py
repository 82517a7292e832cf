"""Vouchers: sold ones are owed until used, given ones are a discount; in parts, back by refunds, gone on their day."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from pos.kernel.actor import Approval
from pos.kernel.clock import business_day
from pos.kernel.database import open_reading, unit_of_work
from pos.kernel.errors import NotAllowed, Refused
from pos.kernel.own_codes import format_voucher_code, parse_voucher_code
from pos.kernel.quantity import ONE
from pos.maintenance.verify import verify_books
from pos.sales.basket import park_basket, void_line
from pos.sales.models import Sale, TenderKind
from pos.sales.money_models import Taking
from pos.sales.priced_basket import price_basket
from pos.sales.refund import get_sale
from pos.sales.takings import (
    give_basket_up,
    list_to_give_back,
    release_voucher,
    reserve_voucher,
    sell_voucher,
    take_card_part,
    take_voucher_back,
    undo_taking,
)
from pos.sales.void import undo_sale
from pos.vouchers.issue import cancel_voucher, expire_vouchers, issue_voucher
from pos.vouchers.models import VoucherKind
from pos.vouchers.queries import find_by_code, get_voucher, list_moves, sum_balance, sum_liability
from tests.builders import an_open_shift
from tests.conftest import CASHIER, MANAGER, MORNING, STATION, TODAY, Shop

from .money_steps import (
    NEXT_YEAR,
    a_voucher,
    card,
    drawer,
    free_vnd,
    kinds_of,
    off_of,
    pay,
    put_on,
    the_basket,
)
from .test_refund import codes, give_back, goods_at

AT_TILL: dict[str, Any] = {"station": STATION, "by": CASHIER, "at": MORNING}
YES = Approval(MANAGER, "đồng ý", MORNING)


def sell(session: Any, value_vnd: int = 100_000, kind: TenderKind = TenderKind.CASH) -> Any:
    asked = {"reference": "77", "expires_on": NEXT_YEAR} | AT_TILL
    return sell_voucher(session, value_vnd, kind, **asked)


def test_a_sold_voucher_is_owed_pays_in_parts_and_gets_its_part_back(any_shop: Shop) -> None:
    with unit_of_work() as session:
        (product,) = goods_at(session, (35_500, "piece"))
        an_open_shift(session)
        voucher, letters = sell(session)
        assert (drawer(session), sum_liability(session)) == (100_000, 100_000)
        assert find_by_code(session, format_voucher_code(letters).lower()) is voucher
        assert session.scalars(select(Sale)).first() is None
        reserve_voucher(session, put_on(session, (product, 2 * ONE)), voucher, by=CASHIER, at=MORNING)
        sale = pay(session)
        assert kinds_of(session, sale) == [("voucher", 71_000)]
        assert (sale.due_vnd, sale.rounding_vnd, sum_balance(session, voucher.number)) == (71_000, 0, 29_000)
        reserve_voucher(session, put_on(session, (product, ONE)), voucher, by=CASHIER, at=MORNING)
        mixed = pay(session)
        assert kinds_of(session, mixed) == [("voucher", 29_000), ("cash", 6_000)]
        back = give_back(session, mixed, {1: ONE}, "1")
        assert kinds_of(session, back) == [("voucher", -29_000), ("cash", -6_000)]
        assert (sum_liability(session), drawer(session)) == (29_000, 100_000)
    with open_reading() as session:
        assert verify_books(session) == []


def test_a_given_voucher_is_a_discount_and_no_refund_restores_it(any_shop: Shop) -> None:
    with unit_of_work() as session:
        (product,) = goods_at(session, (40_000, "piece"))
        an_open_shift(session)
        voucher = a_voucher(session, 50_000)
        reserve_voucher(session, put_on(session, (product, 2 * ONE)), voucher, by=CASHIER, at=MORNING)
        sale = pay(session)
        assert (sale.total_vnd, kinds_of(session, sale)) == (30_000, [("cash", 30_000)])
        assert off_of(session, sale) == [(1, "voucher", 50_000)]
        give_back(session, sale, {1: 2 * ONE}, "1")
        assert (sum_balance(session, voucher.number), sum_liability(session), drawer(session)) == (0, 0, 0)
    with open_reading() as session:
        assert verify_books(session) == []


def test_a_void_restores_a_given_one_too(shop: Shop) -> None:
    with unit_of_work() as session:
        (product,) = goods_at(session, (40_000, "piece"))
        an_open_shift(session)
        voucher = a_voucher(session, 50_000)
        reserve_voucher(session, put_on(session, (product, ONE)), voucher, by=CASHIER, at=MORNING)
        sale = pay(session)
        assert sale.due_vnd == 0
        undo_sale(session, sale, reason="nhầm", station=STATION, by=MANAGER, at=MORNING, approval=None)
        assert sum_balance(session, voucher.number) == 50_000
    with open_reading() as session:
        assert verify_books(session) == []


def test_what_one_basket_has_reserved_no_other_gets(shop: Shop) -> None:
    with unit_of_work() as session:
        (product,) = goods_at(session, (40_000, "piece"))
        an_open_shift(session)
        voucher, _letters = sell(session)
        basket = put_on(session, (product, ONE))
        reserve_voucher(session, basket, voucher, by=CASHIER, at=MORNING)
        park_basket(session, basket, "", by=CASHIER, at=MORNING)
        other = put_on(session, (product, ONE))
        with pytest.raises(Refused) as no:
            reserve_voucher(session, other, voucher, by=CASHIER, at=MORNING)
        assert codes(no) == {"voucher_elsewhere"}
        release_voucher(session, basket, voucher.number, by=CASHIER, at=MORNING)
        release_voucher(session, basket, voucher.number, by=CASHIER, at=MORNING)
        assert reserve_voucher(session, other, voucher, by=CASHIER, at=MORNING) == 100_000
        void_line(session, other, 1, by=CASHIER, at=MORNING)
        assert free_vnd(session, voucher) == 100_000


def test_it_ends_on_its_day_as_a_dated_income(any_shop: Shop) -> None:
    after = MORNING + timedelta(days=2)
    with unit_of_work() as session:
        (product,) = goods_at(session, (40_000, "piece"))
        an_open_shift(session)
        voucher, _letters = sell_voucher(
            session, 60_000, TenderKind.CASH, expires_on=TODAY + timedelta(days=1), **AT_TILL
        )
        reserve_voucher(session, put_on(session, (product, ONE)), voucher, by=CASHIER, at=MORNING)
        priced = price_basket(session, the_basket(session), TODAY + timedelta(days=2))
        assert priced.due_vnd == 40_000  # it ended while the basket lay there
    with unit_of_work() as session:
        assert [expire_vouchers(session, business_day(after), at=after) for _ in range(2)] == [1, 0]
        last = list_moves(session, voucher.number)[-1]
        assert (last.kind, last.amount_vnd, last.business_day) == (
            "expired",
            -60_000,
            TODAY + timedelta(days=2),
        )
        with pytest.raises(Refused) as no:
            reserve_voucher(
                session, the_basket(session), get_voucher(session, voucher.number), by=CASHIER, at=after
            )
        assert codes(no) == {"voucher_ended"}
    with open_reading() as session:
        assert verify_books(session) == []


@pytest.mark.parametrize(
    ("value", "more", "code"),
    [
        (0, {}, "voucher_value_odd"), (-1_000, {}, "voucher_value_odd"), (10**19, {}, "voucher_value_odd"), (1_500, {}, "voucher_value_odd"),
        (50_000, {"kind": TenderKind.VOUCHER}, "tender_odd"), (50_000, {"kind": TenderKind.ACCOUNT}, "tender_odd"),
        (50_000, {"kind": TenderKind.CARD, "reference": " "}, "reference_missing"),
        (50_000, {"expires_on": TODAY - timedelta(days=1)}, "voucher_end_past"),
    ],
)  # fmt: skip
def test_what_is_no_voucher_to_sell(shop: Shop, value: int, more: dict[str, Any], code: str) -> None:
    with unit_of_work() as session:
        an_open_shift(session)
    asked: dict[str, Any] = {"kind": TenderKind.CASH, "expires_on": NEXT_YEAR} | AT_TILL | more
    with pytest.raises(Refused) as no, unit_of_work() as session:
        sell_voucher(session, value, **asked)
    assert codes(no) == {code}


def test_a_voucher_that_was_never_used_goes_back_and_a_used_one_does_not(any_shop: Shop) -> None:
    with unit_of_work() as session:
        (product,) = goods_at(session, (40_000, "piece"))
        an_open_shift(session)
        first, _ = sell(session)
        second, _ = sell(session, kind=TenderKind.CARD)
        reserve_voucher(session, put_on(session, (product, ONE)), second, by=CASHIER, at=MORNING)
        for voucher, code in ((second, "voucher_used"), (a_voucher(session, 5_000), "voucher_given")):
            with pytest.raises(Refused) as no:
                take_voucher_back(session, voucher, "trả", approval=YES, **AT_TILL)
            assert codes(no) == {code}
        with pytest.raises(NotAllowed):
            take_voucher_back(session, first, "trả", approval=None, **AT_TILL)
        take_voucher_back(session, first, "trả", approval=YES, **AT_TILL)
        assert (drawer(session), sum_balance(session, first.number)) == (0, 0)
        pay(session)
    with open_reading() as session:
        assert verify_books(session) == []


def test_only_a_given_voucher_is_cancelled(shop: Shop) -> None:
    with unit_of_work() as session:
        an_open_shift(session)
        gift, sold = a_voucher(session, 20_000), sell(session)[0]
        for voucher, reason, code in ((sold, "x", "voucher_sold"), (gift, " ", "reason_missing")):
            with pytest.raises(Refused) as no:
                cancel_voucher(session, voucher, reason, by=MANAGER, at=MORNING)
            assert codes(no) == {code}
        cancel_voucher(session, gift, "mất", by=MANAGER, at=MORNING)
        with pytest.raises(Refused) as no:
            issue_voucher(session, VoucherKind.GIVEN, 5_000, expires_on=None, by=MANAGER, at=MORNING)
        assert codes(no) == {"reason_missing"}
        assert sum_balance(session, gift.number) == 0


def test_codes_are_read_as_people_type_them_and_no_others() -> None:
    assert parse_voucher_code(" qt-abcd efgh-jklm npqr ") == "ABCDEFGHJKLMNPQR"
    for text in ("QT-ABCD-EFGH-JKLM-NPQ", "QT-ABCD-EFGH-JKLM-NPQ0", "ABCDEFGHJKLMNPQR", "QT" + "A" * 60, ""):
        assert parse_voucher_code(text) is None


def test_a_cards_part_waits_for_the_rest_and_is_used_once(any_shop: Shop) -> None:
    with unit_of_work() as session:
        (product,) = goods_at(session, (45_500, "piece"))
        an_open_shift(session)
        basket = put_on(session, (product, 2 * ONE))
        taking = take_card_part(session, basket, 50_300, "123", **AT_TILL)
        priced = price_basket(session, basket, TODAY)
        assert (priced.rest_vnd, priced.due_vnd) == (40_700, 40_000)
        sale = pay(session)
        assert kinds_of(session, sale) == [("card", 50_300), ("cash", 40_000)]
        with pytest.raises(Refused) as no:
            undo_taking(session, taking, "x", approval=YES, **AT_TILL)
        assert codes(no) == {"taking_undone"}
    with open_reading() as session:
        assert verify_books(session) == []


def test_a_basket_with_money_on_it_is_given_up_by_a_manager_alone_and_the_money_listed(
    any_shop: Shop,
) -> None:
    with unit_of_work() as session:
        (product,) = goods_at(session, (45_500, "piece"))
        an_open_shift(session)
        basket = put_on(session, (product, ONE))
        voucher, _letters = sell(session, 10_000)
        taking = take_card_part(session, basket, 20_000, "123", **AT_TILL)
        reserve_voucher(session, basket, voucher, by=CASHIER, at=MORNING)
        with pytest.raises(Refused) as no:
            void_line(session, basket, 1, by=CASHIER, at=MORNING)
        assert codes(no) == {"money_in_basket"}
        with pytest.raises(NotAllowed):
            give_basket_up(session, basket, "khách bỏ đi", by=CASHIER, at=MORNING, approval=None)
        assert list_to_give_back(session) == []
        give_basket_up(session, basket, "khách bỏ đi", by=CASHIER, at=MORNING, approval=YES)
        assert list_to_give_back(session) == [taking]
        assert free_vnd(session, voucher) == 10_000
        undo_taking(session, taking, "khách quay lại", approval=YES, is_in_cash=True, **AT_TILL)
        assert (list(list_to_give_back(session)), drawer(session)) == ([], -10_000)
        assert session.query(Taking).count() == 3
    with open_reading() as session:
        assert verify_books(session) == []


def test_all_ways_of_paying_in_one_sale(any_shop: Shop) -> None:
    with unit_of_work() as session:
        (product,) = goods_at(session, (99_900, "piece"))
        an_open_shift(session)
        sold, gift = sell(session, 20_000)[0], a_voucher(session, 7_400)
        basket = put_on(session, (product, ONE))
        for voucher in (sold, gift):
            reserve_voucher(session, basket, voucher, by=CASHIER, at=MORNING)
        take_card_part(session, basket, 30_000, "1", **AT_TILL)
        sale = pay(session, 23_000, [card(20_000, "2")])
        assert kinds_of(session, sale) == [
            ("card", 30_000),
            ("voucher", 20_000),
            ("card", 20_000),
            ("cash", 22_000),
        ]
        assert (sale.total_vnd, sale.rounding_vnd) == (92_500, 500)
        back = give_back(session, sale, {1: ONE}, "1")
        assert kinds_of(session, back) == [("voucher", -20_000), ("card", -50_000), ("cash", -22_000)]
    with open_reading() as session:
        assert verify_books(session) == []


def test_what_an_ended_voucher_paid_comes_back_in_cash(shop: Shop) -> None:
    """On the voucher it would be lost with the night."""
    later = MORNING + timedelta(days=2)
    with unit_of_work() as session:
        (product,) = goods_at(session, (40_000, "piece"))
        an_open_shift(session)
        voucher, _letters = sell_voucher(session, 100_000, TenderKind.CASH, expires_on=TODAY, **AT_TILL)
        reserve_voucher(session, put_on(session, (product, ONE)), voucher, by=CASHIER, at=MORNING)
        sale = pay(session)
    with unit_of_work() as session:
        expire_vouchers(session, business_day(later), at=later)
        back = give_back(session, get_sale(session, sale.number), {1: ONE}, "1", at=later)
        assert kinds_of(session, back) == [("cash", -40_000)]
        assert sum_balance(session, voucher.number) == 0
    with open_reading() as session:
        assert verify_books(session) == []
