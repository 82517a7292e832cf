"""A basket that is paid by bank transfer: which money counts for it, when it is sold by itself, what is to give back."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from pos.kernel.database import open_reading, unit_of_work
from pos.kernel.errors import NotAllowed, Refused
from pos.kernel.quantity import ONE
from pos.maintenance.verify import verify_books
from pos.payments.accounts import list_accounts
from pos.payments.models import PaymentCode
from pos.sales.basket import add_goods, park_basket, set_quantity, take_over_basket
from pos.sales.claims import list_claims
from pos.sales.models import BasketState
from pos.sales.pay import pay_basket
from pos.sales.queries import list_tenders
from pos.sales.takings import give_basket_up, list_to_give_back, undo_taking
from pos.sales.transfers import (
    CodeStateKind,
    Waits,
    complete_by_itself,
    confirm_by_hand,
    list_on_till,
    list_unfinished,
    list_untaken,
    read_code_state,
    show_basket_code,
    take_transfer,
)
from pos.sales.transfers_back import Payer, find_payers, find_receipts
from pos.sales.void import undo_sale
from pos.shifts.drawer import close_shift, expected_cash_vnd, get_open_shift
from tests.conftest import CASHIER, MANAGER, MORNING, STATION, Shop

from .money_steps import FLOAT
from .test_refund import give_back
from .transfer_steps import a_code, a_signal, an_account, later, pay_code, receive_all, the_basket_of


def assert_books_true() -> None:
    with open_reading() as session:
        assert list(verify_books(session)) == []


def show_again(session: Session) -> PaymentCode:
    return show_basket_code(session, station=STATION, by=CASHIER, at=MORNING)


def test_money_that_comes_sells_the_basket(any_shop: Shop) -> None:
    with unit_of_work() as session:
        code = a_code(session, 45_678)
        assert code.amount_vnd == 45_678  # to the đồng: a transfer is never rounded
        sale = pay_code(session, code)
        assert sale is not None
        assert [(row.kind, row.amount_vnd) for row in list_tenders(session, sale.number)] == [
            ("transfer", 45_678)
        ]
        assert (sale.cashier_name, sale.rounding_vnd) == (CASHIER.name, 0)
        assert expected_cash_vnd(session, get_open_shift(session, STATION)) == FLOAT
        assert read_code_state(session, code, MORNING).kind is CodeStateKind.PAID
    assert_books_true()


def test_short_money_says_what_is_missing_and_the_rest_sells(any_shop: Shop) -> None:
    with unit_of_work() as session:
        code = a_code(session, 100_000)
        assert pay_code(session, code, 80_000) is None
        state = read_code_state(session, code, MORNING)
        assert (state.kind, state.received_vnd, state.missing_vnd) == (CodeStateKind.SHORT, 80_000, 20_000)
        rest = show_again(session)
        assert rest.amount_vnd == 20_000
        assert rest.purpose != code.purpose
        sale = pay_code(session, rest)
        assert sale is not None
        assert sum(row.amount_vnd for row in list_tenders(session, sale.number)) == 100_000


def test_the_rest_may_come_for_the_first_code(any_shop: Shop) -> None:
    with unit_of_work() as session:
        code = a_code(session, 100_000)
        pay_code(session, code, 80_000)
        show_again(session)
        assert pay_code(session, code, 20_000) is not None


def test_more_than_due_is_to_give_back(any_shop: Shop) -> None:
    with unit_of_work() as session:
        code = a_code(session, 100_000)
        sale = pay_code(session, code, 130_000)
        assert sale is not None
        assert sale.total_vnd == 100_000
        assert [row.amount_vnd for row in list_to_give_back(session)] == [30_000]
    assert_books_true()


def test_money_that_comes_twice_or_late_is_to_give_back(any_shop: Shop) -> None:
    with unit_of_work() as session:
        code = a_code(session, 100_000)
        assert pay_code(session, code) is not None
        assert pay_code(session, code, at=later(60)) is None
        assert [row.amount_vnd for row in list_to_give_back(session)] == [100_000]


def test_the_same_signal_again_changes_nothing(any_shop: Shop) -> None:
    with unit_of_work() as session:
        code = a_code(session, 100_000)
        signal = a_signal(40_000, code.purpose)
        assert len(receive_all(session, signal).transfers) == 1
        again = receive_all(session, signal, signal)
        assert (again.transfers, again.repeated) == ((), 2)
        for transfer in list_untaken(session):
            take_transfer(session, transfer, at=MORNING)
            take_transfer(session, transfer, at=MORNING)
        assert list(list_untaken(session)) == []
        assert read_code_state(session, code, MORNING).received_vnd == 40_000


def test_a_basket_that_changed_waits_for_a_person(any_shop: Shop) -> None:
    """Money for the old code counts for the same basket; only what was shown is sold by itself."""
    with unit_of_work() as session:
        code = a_code(session, 50_000, pieces=2)
        basket = the_basket_of(session, code)
        set_quantity(session, basket, 1, ONE, by=CASHIER, at=MORNING)
        newer = show_again(session)
        assert (newer.amount_vnd, newer.purpose != code.purpose) == (50_000, True)
        assert pay_code(session, code, 50_000) is None
        assert newer.waits_for == Waits.CHANGED
        assert read_code_state(session, newer, MORNING).kind is CodeStateKind.WAITS
        assert list(list_unfinished(session)) == []
        sale = pay_basket(session, basket.id, basket.version, station=STATION, by=CASHIER, at=MORNING)
        assert sale.total_vnd == 50_000


def test_goods_taken_off_leave_too_much_on_the_basket(any_shop: Shop) -> None:
    with unit_of_work() as session:
        code = a_code(session, 50_000, pieces=2)
        pay_code(session, code, 60_000)
        basket = the_basket_of(session, code)
        set_quantity(session, basket, 1, ONE, by=CASHIER, at=MORNING)
        assert complete_by_itself(session, basket.id, MORNING) is None
        assert code.waits_for in {Waits.CHANGED, Waits.TOO_MUCH}


def test_it_waits_without_a_shift(any_shop: Shop) -> None:
    with unit_of_work() as session:
        code = a_code(session, 100_000)
        park_basket(session, the_basket_of(session, code), "", by=CASHIER, at=MORNING)
        close_shift(session, get_open_shift(session, STATION), FLOAT, by=CASHIER, at=MORNING)
        assert pay_code(session, code) is None
        assert code.waits_for == Waits.NO_SHIFT


def test_it_waits_on_another_day(any_shop: Shop) -> None:
    with unit_of_work() as session:
        code = a_code(session, 100_000)
        assert pay_code(session, code, at=MORNING + timedelta(hours=15)) is None
        assert code.waits_for == Waits.OTHER_DAY


def test_a_basket_set_aside_is_sold_while_the_next_is_served(any_shop: Shop) -> None:
    with unit_of_work() as session:
        code = a_code(session, 45_000)
        basket = the_basket_of(session, code)
        product_id = basket.lines[0].product_id
        assert product_id is not None
        park_basket(session, basket, "", by=CASHIER, at=MORNING)
        add_goods(session, STATION, product_id, ONE, at=MORNING)
        sale = pay_code(session, code)
        assert sale is not None
        assert basket.state == BasketState.PAID
        (told,) = list_on_till(session, STATION, MORNING)
        assert told.kind is CodeStateKind.PAID


def test_taken_up_at_another_till_it_waits(any_shop: Shop) -> None:
    with unit_of_work() as session:
        code = a_code(session, 45_000)
        basket = the_basket_of(session, code)
        park_basket(session, basket, "", by=CASHIER, at=MORNING)
        take_over_basket(session, basket, "Quầy 2", by=CASHIER, at=MORNING)
        assert pay_code(session, code) is None
        assert code.waits_for == Waits.CHANGED


def test_a_cashier_alone_cant_say_that_it_came(any_shop: Shop) -> None:
    with unit_of_work() as session:
        code = a_code(session, 45_000)
        with pytest.raises(NotAllowed):
            confirm_by_hand(session, code, station=STATION, by=CASHIER, at=MORNING, approval=None)


def test_confirmed_by_hand_it_is_unproved_until_the_transfer_is_told(any_shop: Shop) -> None:
    with unit_of_work() as session:
        code = a_code(session, 45_000)
        sale = confirm_by_hand(session, code, station=STATION, by=MANAGER, at=MORNING, approval=None)
        assert [(row.kind, row.amount_vnd) for row in list_tenders(session, sale.number)] == [
            ("transfer", 45_000)
        ]
        assert [vnd for _taking, vnd in list_claims(session)] == [45_000]
        pay_code(session, code, 50_000, at=later(30))
        assert list_claims(session) == []
        assert [row.amount_vnd for row in list_to_give_back(session)] == [5_000]
    assert_books_true()


def test_without_an_account_or_with_nothing_to_pay_no_code_is_shown(any_shop: Shop) -> None:
    with unit_of_work() as session:
        a_code(session, 45_000)
        (account,) = list_accounts(session)
        account.archived = True
        with pytest.raises(Refused) as refused:
            show_again(session)
        assert refused.value.reasons[0].code == "no_bank_account"


def test_a_till_shows_its_own_account_before_the_shops(any_shop: Shop) -> None:
    with unit_of_work() as session:
        a_code(session, 45_000)
        own = an_account(session, "0011002233", station=STATION)
        assert show_again(session).account_id == own.id


def test_goods_that_come_back_lower_what_is_unproved_and_pay_nothing_out(any_shop: Shop) -> None:
    with unit_of_work() as session:
        code = a_code(session, 20_000, pieces=3)
        sale = confirm_by_hand(session, code, station=STATION, by=MANAGER, at=MORNING, approval=None)
        give_back(session, sale, {1: ONE}, "1")
        assert [vnd for _claim, vnd in list_claims(session)] == [40_000]
        assert list(list_to_give_back(session)) == []
        pay_code(session, code, 60_000, at=later(30))
        assert list_claims(session) == []
        assert [row.amount_vnd for row in list_to_give_back(session)] == [20_000]
    assert_books_true()


def test_goods_that_a_proved_transfer_paid_are_listed_to_give_back(any_shop: Shop) -> None:
    with unit_of_work() as session:
        code = a_code(session, 20_000, pieces=3)
        sale = pay_code(session, code)
        assert sale is not None
        give_back(session, sale, {1: ONE}, "1")
        (owed,) = list_to_give_back(session)
        assert owed.amount_vnd == 20_000
        undo_taking(session, owed, "trả lại", station=STATION, by=MANAGER, at=MORNING, approval=None)
        assert list(list_to_give_back(session)) == []
        assert expected_cash_vnd(session, get_open_shift(session, STATION)) == FLOAT
    assert_books_true()


def test_in_cash_goes_only_what_is_proved(any_shop: Shop) -> None:
    with unit_of_work() as session:
        code = a_code(session, 20_000, pieces=3)
        pay_code(session, code, 15_000)
        sale = confirm_by_hand(session, code, station=STATION, by=MANAGER, at=MORNING, approval=None)
        back = give_back(session, sale, {1: 3 * ONE}, "1", is_all_in_cash=True)
        kinds = {row.kind: row.amount_vnd for row in list_tenders(session, back.number)}
        assert kinds == {"transfer": -45_000, "cash": -15_000}
        assert list_claims(session) == []
        assert list(list_to_give_back(session)) == []
    assert_books_true()


def test_a_void_of_a_transfer_sends_all_of_it_back(any_shop: Shop) -> None:
    with unit_of_work() as session:
        sale = pay_code(session, a_code(session, 20_000))
        assert sale is not None
        undo_sale(session, sale, reason="nhầm", station=STATION, by=MANAGER, at=MORNING, approval=None)
        assert [row.amount_vnd for row in list_to_give_back(session)] == [20_000]
    assert_books_true()


def test_a_basket_that_is_paid_up_and_waits_needs_no_more_money(any_shop: Shop) -> None:
    with unit_of_work() as session:
        code = a_code(session, 50_000, pieces=2)
        set_quantity(session, the_basket_of(session, code), 1, ONE, by=CASHIER, at=MORNING)
        assert pay_code(session, code, 50_000) is None
        with pytest.raises(Refused) as shown:
            show_again(session)
        with pytest.raises(Refused) as confirmed:
            confirm_by_hand(session, code, station=STATION, by=MANAGER, at=MORNING, approval=None)
        assert [each.value.reasons[0].code for each in (shown, confirmed)] == ["nothing_to_pay"] * 2
        assert list_claims(session) == []
        pay_code(session, code, 7_000, at=later(5))
        assert [row.amount_vnd for row in list_to_give_back(session)] == [7_000]
    assert_books_true()


def test_a_till_without_a_shift_shows_no_code(any_shop: Shop) -> None:
    with unit_of_work() as session:
        a_code(session, 50_000)
        close_shift(session, get_open_shift(session, STATION), FLOAT, by=CASHIER, at=MORNING)
        with pytest.raises(Refused) as refused:
            show_again(session)
        assert refused.value.reasons[0].code == "no_open_shift"


def test_a_code_of_a_basket_that_was_given_up_is_gone_and_its_money_is_to_give_back(any_shop: Shop) -> None:
    with unit_of_work() as session:
        code = a_code(session, 50_000)
        pay_code(session, code, 20_000)
        give_basket_up(
            session, the_basket_of(session, code), "khách bỏ", by=MANAGER, at=MORNING, approval=None
        )
        state = read_code_state(session, code, MORNING)
        assert (state.kind, state.received_vnd) == (CodeStateKind.GONE, 20_000)
        assert list_on_till(session, STATION, MORNING) == []
        assert pay_code(session, code, 30_000, at=later(5)) is None
        assert [row.amount_vnd for row in list_to_give_back(session)] == [20_000, 30_000]
    assert_books_true()


def test_a_basket_that_was_paid_in_cash_has_a_code_that_is_gone(any_shop: Shop) -> None:
    with unit_of_work() as session:
        code = a_code(session, 50_000)
        basket = the_basket_of(session, code)
        sale = pay_basket(session, basket.id, basket.version, 50_000, station=STATION, by=CASHIER, at=MORNING)
        state = read_code_state(session, code, MORNING)
        assert (state.kind, state.received_vnd, state.sale) == (CodeStateKind.GONE, 0, sale)
        assert list_on_till(session, STATION, MORNING) == []


def test_who_is_to_get_money_back_is_who_sent_it(any_shop: Shop) -> None:
    """Of what is over: whose transfer it was. Of a refund: who paid for the sale. Where no source named anybody, nobody is named."""
    with unit_of_work() as session:
        code = a_code(session, 20_000, pieces=3)
        sale = pay_code(session, code, 70_000, payer_name="NGUYEN THI MAU", payer_account="0123")
        assert sale is not None
        pay_code(session, code, 5_000, at=later(1))
        pay_code(session, code, 6_000, at=later(2), payer_account="0456")
        give_back(session, sale, {1: ONE}, "1", at=later(3))
        over, unnamed, account_alone, refund = list_to_give_back(session)
        assert [row.amount_vnd for row in (over, unnamed, account_alone, refund)] == [
            10_000,
            5_000,
            6_000,
            20_000,
        ]
        buyer = Payer("NGUYEN THI MAU", "0123")
        assert find_payers(session, [over, unnamed, account_alone, refund]) == {
            over.number: buyer, account_alone.number: Payer("", "0456"), refund.number: buyer,
        }  # fmt: skip
        assert find_receipts(session, [over, refund]) == {
            over.number: sale.number,
            refund.number: sale.number,
        }
        assert find_payers(session, []) == {}


def test_the_till_draws_a_code_anew_only_when_it_would_say_something_else(any_shop: Shop) -> None:
    with unit_of_work() as session:
        code = a_code(session, 50_000)
        waiting = read_code_state(session, code, MORNING).fingerprint
        assert read_code_state(session, code, later(5)).fingerprint == waiting
        pay_code(session, code, 20_000)
        short = read_code_state(session, code, MORNING).fingerprint
        pay_code(session, code, 30_000)
        paid = read_code_state(session, code, MORNING).fingerprint
        pay_code(session, code, 1_000)
        assert len({waiting, short, paid, read_code_state(session, code, MORNING).fingerprint}) == 4
