"""What a dishonest cashier, a slip or two tabs would make of discounts, vouchers, debts and exchanges: nothing."""

from datetime import timedelta
from typing import Any

import pytest

from hardware.slips.slip import Pair
from pos.closings.close import close_due_periods
from pos.closings.models import PeriodClosing
from pos.kernel.actor import Approval
from pos.kernel.database import db, open_reading, unit_of_work
from pos.kernel.errors import NotAllowed, Refused, Stale
from pos.kernel.own_codes import may_be_voucher_code
from pos.kernel.quantity import ONE
from pos.maintenance.verify import verify_books
from pos.pricing.lot_markdown import mark_down_lot
from pos.sales.basket import set_quantity, void_line
from pos.sales.confirm_lot import confirm_lot
from pos.sales.debts import find_debt
from pos.sales.exchange import exchange_goods
from pos.sales.models import DiscountKind, Sale, TenderKind
from pos.sales.money_models import Taking
from pos.sales.priced_basket import price_basket
from pos.sales.receipt import make_receipt
from pos.sales.refund import get_sale
from pos.sales.set_discount import set_discount
from pos.sales.takings import (
    pay_debt,
    reserve_voucher,
    sell_voucher,
    take_card_part,
    take_voucher_back,
    undo_taking,
    write_debt_off,
)
from pos.shifts.drawer import open_shift
from pos.stock.models import Lot
from pos.vouchers.issue import cancel_voucher
from pos.vouchers.queries import sum_balance
from tests.builders import an_open_shift
from tests.conftest import CASHIER, MANAGER, MORNING, STATION, TODAY, Shop

from .money_steps import (
    NEXT_YEAR,
    a_buyer,
    a_voucher,
    card,
    drawer,
    kinds_of,
    off_of,
    on_account,
    pay,
    put_on,
    the_basket,
)
from .test_refund import codes, give_back, goods_at

YES = Approval(MANAGER, "đồng ý", MORNING)
AT_TILL: dict[str, Any] = {"station": STATION, "by": CASHIER, "at": MORNING}
GIVEN: dict[str, Any] = {"reason": "móp", "by": CASHIER, "at": MORNING, "approval": YES}


@pytest.mark.parametrize("wanted", [{"rate_bp": 5_000}, {"amount_vnd": 50_000}], ids=["rate", "amount"])
def test_one_lines_discount_stays_one_lines(shop: Shop, wanted: dict[str, int]) -> None:
    """Weighed anew it stands on what took its place, and on no other line of the product."""
    with unit_of_work() as session:
        (product,) = goods_at(session, (100_000, "kg"))
        an_open_shift(session)
        set_discount(session, put_on(session, (product, ONE)), DiscountKind.LINE, 1, **wanted, **GIVEN)
        for _more in range(3):
            put_on(session, (product, ONE))
        for n in (1, 5):
            lines = {line.n for line in the_basket(session).lines}
            if n in lines:
                set_quantity(session, the_basket(session), n, ONE, by=CASHIER, at=MORNING)
        priced = price_basket(session, the_basket(session), TODAY)
        assert (priced.off_vnd, priced.unapproved_vnd) == (50_000, 0)


def test_what_was_approved_for_dear_goods_isnt_for_cheap_ones(shop: Shop) -> None:
    with unit_of_work() as session:
        dear, cheap = goods_at(session, (1_000_000, "piece"), (90_000, "piece"))
        an_open_shift(session)
        set_discount(session, put_on(session, (dear, ONE)), DiscountKind.BASKET, amount_vnd=90_000, **GIVEN)
        put_on(session, (cheap, ONE))
        void_line(session, the_basket(session), 1, by=CASHIER, at=MORNING)
        with pytest.raises(NotAllowed) as no:
            pay(session)
        assert codes(no) == {"discount_needs_manager"}


def test_only_a_baskets_money_is_given_back_so(any_shop: Shop) -> None:
    """Not a voucher's price, while the voucher still pays; not a debt's, paid or let go."""
    with unit_of_work() as session:
        (product,) = goods_at(session, (100_000, "piece"))
        an_open_shift(session)
        sell_voucher(session, 100_000, TenderKind.CASH, expires_on=NEXT_YEAR, **AT_TILL)
        put_on(session, (product, ONE))
        number = pay(session, 0, [on_account(100_000, a_buyer(session))], approval=YES).number
        pay_debt(session, number, 40_000, TenderKind.CASH, **AT_TILL)
        write_debt_off(session, number, "lẻ", by=MANAGER, at=MORNING, approval=None)
        for taking in session.query(Taking).all():
            for is_in_cash in (True, False):
                with pytest.raises(Refused) as no:
                    undo_taking(session, taking, "x", approval=YES, is_in_cash=is_in_cash, **AT_TILL)
                assert codes(no) == {"taking_undone"}
        assert drawer(session) == 140_000
    with open_reading() as session:
        assert verify_books(session) == []


def test_refunds_by_any_tender_count_towards_the_days_limit(shop: Shop) -> None:
    """Eight sales on account, each below the limit of one: a cashier alone clears no debt of 1.5 million."""
    with unit_of_work() as session:
        (product,) = goods_at(session, (190_000, "piece"))
        an_open_shift(session)
        buyer, refused = a_buyer(session), 0
        for n in range(5):
            put_on(session, (product, ONE))
            sale = pay(session, 0, [on_account(190_000, buyer) if n % 2 else card(190_000)], approval=YES)
            try:
                give_back(session, sale, {1: ONE}, str(n), by=CASHIER)
            except NotAllowed as no:
                refused += "approval_needed_shift" in {reason.code for reason in no.reasons}
        assert refused == 3


def test_an_even_exchange_eats_no_limit(shop: Shop) -> None:
    with unit_of_work() as session:
        old, new = goods_at(session, (150_000, "piece"), (150_000, "piece"))
        an_open_shift(session)
        for n in range(5):
            put_on(session, (old, ONE))
            sold = pay(session)
            basket = put_on(session, (new, ONE))
            exchange_goods(
                session, sold, {1: ONE}, basket.id, basket.version, reason="đổi", request=str(n), **AT_TILL
            )
        assert drawer(session) == 5 * 150_000


def test_a_given_voucher_that_was_cancelled_pays_nothing(shop: Shop) -> None:
    with unit_of_work() as session:
        (product,) = goods_at(session, (100_000, "piece"))
        an_open_shift(session)
        voucher = a_voucher(session, 50_000)
        reserve_voucher(session, put_on(session, (product, ONE)), voucher, by=CASHIER, at=MORNING)
        cancel_voucher(session, voucher, "mất", by=MANAGER, at=MORNING)
        sale = pay(session)
        assert (sale.due_vnd, off_of(session, sale), sum_balance(session, voucher.number)) == (100_000, [], 0)
    with open_reading() as session:
        assert verify_books(session) == []


def test_a_basket_with_more_money_than_it_costs_is_not_exchanged(shop: Shop) -> None:
    with unit_of_work() as session:
        old, new = goods_at(session, (45_000, "piece"), (45_000, "piece"))
        an_open_shift(session)
        put_on(session, (old, ONE))
        sold = pay(session)
        basket = put_on(session, (new, 3 * ONE))
        take_card_part(session, basket, 130_000, "1", **AT_TILL)
        (line,) = basket.lines
        set_quantity(session, basket, line.n, ONE, by=CASHIER, at=MORNING)
        with pytest.raises(Refused) as no:
            exchange_goods(
                session, sold, {1: ONE}, basket.id, basket.version, reason="đổi", request="1", **AT_TILL
            )
        assert codes(no) == {"part_odd"}


def test_a_debt_that_was_let_go_is_no_new_one_by_exchange(any_shop: Shop) -> None:
    with unit_of_work() as session:
        old, new = goods_at(session, (100_000, "piece"), (100_000, "piece"))
        an_open_shift(session)
        put_on(session, (old, ONE))
        sold = pay(session, 0, [on_account(100_000, a_buyer(session))], approval=YES)
        write_debt_off(session, sold.number, "khó đòi", by=MANAGER, at=MORNING, approval=None)
        basket = put_on(session, (new, ONE))
        sale = exchange_goods(
            session, sold, {1: ONE}, basket.id, basket.version, 100_000, reason="đổi", request="1", **AT_TILL
        )
        assert kinds_of(session, sale) == [("cash", 100_000)]
        assert kinds_of(session, get_sale(session, sale.exchange_of or 0)) == [("account", -100_000)]
        debt = find_debt(session, sale.number)
        assert debt is None
    with open_reading() as session:
        assert verify_books(session) == []


def test_the_key_of_another_refund_is_no_key_of_an_exchange(shop: Shop) -> None:
    with unit_of_work() as session:
        old, new = goods_at(session, (10_000, "piece"), (20_000, "piece"))
        an_open_shift(session)
        put_on(session, (old, 3 * ONE))
        sold = pay(session)
        give_back(session, sold, {1: ONE}, "k")
        basket = put_on(session, (new, ONE))
        with pytest.raises(Stale) as no:
            exchange_goods(
                session,
                sold,
                {1: ONE},
                basket.id,
                basket.version,
                10_000,
                reason="đổi",
                request="k",
                **AT_TILL,
            )
        assert codes(no) == {"request_reused"}
        for given_vnd in (10_000, 10_000):  # without a key each basket is its own
            exchange_goods(
                session,
                sold,
                {1: ONE},
                basket.id,
                basket.version,
                given_vnd,
                reason="đổi",
                request="",
                **AT_TILL,
            )
            basket = put_on(session, (new, ONE))
        assert session.query(Sale).count() == 6


def test_a_used_voucher_never_goes_back_for_cash(shop: Shop) -> None:
    with unit_of_work() as session:
        (product,) = goods_at(session, (40_000, "piece"))
        an_open_shift(session)
        voucher, _letters = sell_voucher(session, 40_000, TenderKind.CASH, expires_on=NEXT_YEAR, **AT_TILL)
        reserve_voucher(session, put_on(session, (product, ONE)), voucher, by=CASHIER, at=MORNING)
        give_back(session, pay(session), {1: ONE}, "1")
        with pytest.raises(Refused) as no:
            take_voucher_back(session, voucher, "trả", approval=YES, **AT_TILL)
        assert codes(no) == {"voucher_used"}


def test_refunds_of_weighed_goods_at_a_great_discount_are_no_fault(shop: Shop) -> None:
    with unit_of_work() as session:
        (product,) = goods_at(session, (87_650, "kg"))
        an_open_shift(session)
        set_discount(
            session, put_on(session, (product, 1_001)), DiscountKind.LINE, 1, rate_bp=10_000, **GIVEN
        )
        sale = pay(session)
        for n, milli in enumerate((3, 2, 996)):
            give_back(session, sale, {1: milli}, str(n))
    with open_reading() as session:
        assert verify_books(session) == []


def test_a_day_with_money_and_no_sale_is_closed(any_shop: Shop) -> None:
    with unit_of_work() as session:
        an_open_shift(session)
        sell_voucher(session, 300_000, TenderKind.CARD, reference="1", expires_on=NEXT_YEAR, **AT_TILL)
        later = MORNING + timedelta(days=1)
        open_shift(session, "Quầy 2", 0, by=CASHIER, at=later)
        close_due_periods(session, at=later + timedelta(hours=1), seal=None)
        closing = session.query(PeriodClosing).one()
        assert (closing.period, "300000" in closing.figures) == (TODAY.isoformat(), True)
    with open_reading() as session:
        assert verify_books(session) == []


@pytest.mark.parametrize(
    ("statement", "row"),
    [("DELETE FROM buyer", "buyer:1"), ("UPDATE buyer SET limit_vnd = 999999999", "buyer:1")],
)
def test_a_buyer_who_was_deleted_or_raised_is_found(shop: Shop, statement: str, row: str) -> None:
    with unit_of_work() as session:
        (product,) = goods_at(session, (100_000, "piece"))
        an_open_shift(session)
        put_on(session, (product, ONE))
        pay(session, 0, [on_account(100_000, a_buyer(session))], approval=YES)
    with db.engine.begin() as connection:
        connection.exec_driver_sql(statement)
    with open_reading() as session:
        assert row in {finding.row for finding in verify_books(session)}


def test_texts_that_may_be_a_vouchers_code_are_known() -> None:
    code = "QT-S3GR-8QRD-VV6W-YYHQ"
    for text in (
        code,
        code[:-1],
        code + "X",
        code + " x",
        code[3:],
        f"http://127.0.0.1/{code}",
        code.lower(),
    ):
        assert may_be_voucher_code(text), text
    for text in (
        "8934567890123",
        "95234567894323",
        "(01)09521234567899(10)L1",
        "Chè lam gừng 250 g",
        "PT-000123",
    ):
        assert not may_be_voucher_code(text), text


def test_the_lot_that_was_compared_gets_its_markdown(shop: Shop) -> None:
    with unit_of_work() as session:
        (product,) = goods_at(session, (50_000, "piece"))
        an_open_shift(session)
        mark_down_lot(session, session.query(Lot).one(), 2_000, "sắp hết hạn", by=MANAGER, at=MORNING)
        basket = put_on(session, (product, ONE))
        confirm_lot(session, basket, 1, by=CASHIER, at=MORNING)
        assert price_basket(session, basket, TODAY).total_vnd == 40_000
        with pytest.raises(Stale):
            confirm_lot(session, basket, 9, by=CASHIER, at=MORNING)


def test_the_receipt_of_an_exchange_says_what_was_handed_over(shop: Shop) -> None:
    with unit_of_work() as session:
        old, new = goods_at(session, (45_000, "piece"), (52_000, "piece"))
        an_open_shift(session)
        put_on(session, (old, ONE))
        sold = pay(session)
        basket = put_on(session, (new, ONE))
        sale = exchange_goods(
            session, sold, {1: ONE}, basket.id, basket.version, 10_000, reason="đổi", request="1", **AT_TILL
        )
        rows = make_receipt(session, sale, base_url="", translate=str).rows
        assert Pair("Cash", "10.000") in rows
        assert Pair("Change", "3.000") in rows
