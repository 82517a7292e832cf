"""What was confirmed by hand and never came: the buyer's debt, or a loss; and what happens when money or goods come after all."""

import pytest
from sqlalchemy.orm import Session

from pos.banking.allocate import (
    allocate_as_surplus,
    allocate_to_document,
    allocate_to_giving_back,
    allocate_to_new_document,
    end_claim,
)
from pos.cashbook.queries import read_balance_vnd
from pos.cashbook.write_documents import tell_opening
from pos.kernel.actor import Approval
from pos.kernel.database import unit_of_work
from pos.kernel.errors import NotAllowed, Refused
from pos.kernel.quantity import ONE
from pos.payments.accounts import TypedAccount, get_account, save_account
from pos.payments.models import PaymentCode
from pos.payments.signals import BY_HAND, Direction
from pos.sales.basket import add_goods
from pos.sales.claims import list_claims, list_unmatched_transfers, sum_unproved_vnd
from pos.sales.debts import find_debt, sum_owed, sum_written_off
from pos.sales.exchange import exchange_goods
from pos.sales.models import Sale, TenderKind
from pos.sales.queries import list_tenders
from pos.sales.takings import list_to_give_back, pay_debt, undo_taking, write_debt_off
from pos.sales.transfers import confirm_by_hand
from pos.shifts.drawer import expected_cash_vnd, get_open_shift
from pos.shifts.models import BANK, CashCategory
from tests.builders import an_open_shift
from tests.conftest import CASHIER, MANAGER, MORNING, STATION, Shop

from .money_steps import FLOAT, a_buyer
from .test_refund import give_back
from .test_transfers import assert_books_true
from .transfer_steps import a_code, a_signal, an_account, later, pay_code, receive_all


def claimed(session: Session, price_vnd: int = 20_000, pieces: int = 3) -> tuple[PaymentCode, Sale]:
    code = a_code(session, price_vnd, pieces=pieces)
    sale = confirm_by_hand(session, code, station=STATION, by=MANAGER, at=MORNING, approval=None)
    return code, sale


def ended(session: Session, buyer_id: int | None = None) -> None:
    ((claim, _vnd),) = list_claims(session)
    end_claim(session, claim, "không thấy", buyer_id=buyer_id, by=MANAGER, at=later(60))


def test_the_buyer_owes_what_never_came_and_pays_it_in_cash(any_shop: Shop) -> None:
    with unit_of_work() as session:
        _code, sale = claimed(session)
        buyer = a_buyer(session)
        ended(session, buyer.id)
        assert (list_claims(session), sum_owed(session, buyer.id)) == ([], 60_000)
        pay_debt(session, sale.number, 25_000, TenderKind.CASH, station=STATION, by=CASHIER, at=later(70))
        assert sum_owed(session, buyer.id) == 35_000
    assert_books_true()


def test_money_that_comes_after_all_pays_the_debt_and_the_rest_is_to_give_back(any_shop: Shop) -> None:
    with unit_of_work() as session:
        code, sale = claimed(session)
        ended(session, a_buyer(session).id)
        pay_code(session, code, 70_000, at=later(90))
        debt = find_debt(session, sale.number)
        assert debt is not None
        assert (debt.open_vnd, debt.paid_vnd) == (0, 60_000)
        assert [row.amount_vnd for row in list_to_give_back(session)] == [10_000]
    assert_books_true()


def test_goods_that_come_back_lower_the_debt_first(any_shop: Shop) -> None:
    """60.000 owed, 50.000 of it paid by transfer, all comes back: 10.000 of debt falls away, 50.000 is to send back."""
    with unit_of_work() as session:
        code, sale = claimed(session)
        buyer = a_buyer(session)
        ended(session, buyer.id)
        pay_code(session, code, 50_000, at=later(90))
        give_back(session, sale, {1: 3 * ONE}, "1", at=later(100))
        assert sum_owed(session, buyer.id) == 0
        assert [row.amount_vnd for row in list_to_give_back(session)] == [50_000]
    assert_books_true()


def test_what_was_let_go_is_made_good_by_money_that_comes(any_shop: Shop) -> None:
    with unit_of_work() as session:
        code, _sale = claimed(session)
        ended(session)
        pay_code(session, code, at=later(90))
        assert list(list_to_give_back(session)) == []
        assert list_claims(session) == []
    assert_books_true()


def test_goods_of_which_the_money_was_let_go_pay_nothing_out(any_shop: Shop) -> None:
    with unit_of_work() as session:
        _code, sale = claimed(session)
        ended(session)
        back = give_back(session, sale, {1: ONE}, "1", at=later(100), is_all_in_cash=True)
        assert {row.kind: row.amount_vnd for row in list_tenders(session, back.number)} == {
            "transfer": -20_000
        }
        assert list(list_to_give_back(session)) == []
        assert sum_unproved_vnd(session, sale) == 40_000
    assert_books_true()


def test_nobody_lets_a_claim_go_without_a_manager_or_twice_or_onto_a_second_account(any_shop: Shop) -> None:
    with unit_of_work() as session:
        claimed(session)
        ((claim, _vnd),) = list_claims(session)
        with pytest.raises(NotAllowed):
            end_claim(session, claim, "mất", by=CASHIER, at=later(5))
        with pytest.raises(Refused) as refused:
            end_claim(session, claim, "  ", by=MANAGER, at=later(65))
        assert refused.value.reasons[0].code == "reason_missing"
        ended(session)
        with pytest.raises(Refused) as refused:
            end_claim(session, claim, "mất", by=MANAGER, at=later(65))
        assert refused.value.reasons[0].code == "claim_ended"
    assert_books_true()


def test_the_bank_has_what_came_and_never_what_was_only_said(any_shop: Shop) -> None:
    with unit_of_work() as session:
        tell_opening(session, BANK, 1_000_000, by=MANAGER, at=MORNING)
        code, sale = claimed(session)
        assert read_balance_vnd(session, BANK) == 1_000_000
        pay_code(session, code, 65_000, at=later(30))
        assert read_balance_vnd(session, BANK) == 1_065_000
        give_back(session, sale, {1: ONE}, "1", at=later(40))
        assert read_balance_vnd(session, BANK) == 1_065_000  # to send back, not sent
        for row in list_to_give_back(session):
            undo_taking(session, row, "đã chuyển", station=STATION, by=MANAGER, at=later(50), approval=None)
        assert read_balance_vnd(session, BANK) == 1_065_000  # said, and not on the account yet
    assert_books_true()


def swap(session: Session, sale: Sale, request: str = "x") -> Sale:
    """One piece of the sale for one of the same price."""
    basket = add_goods(session, STATION, 1, ONE, at=later(100))
    return exchange_goods(session, sale, {1: ONE}, basket.id, basket.version, reason="đổi", request=request, station=STATION, by=MANAGER,
                          at=later(100))  # fmt: skip


@pytest.mark.parametrize("ends_as", ["unproved", "lost", "owed", "written off"])
def test_goods_exchanged_for_what_was_never_paid_pay_nothing_out(any_shop: Shop, ends_as: str) -> None:
    with unit_of_work() as session:
        _code, sale = claimed(session, 100_000, 1)
        buyer = a_buyer(session)
        if ends_as != "unproved":
            ended(session, buyer.id if ends_as != "lost" else None)
        if ends_as == "written off":
            write_debt_off(session, sale.number, "bỏ", by=MANAGER, at=later(70), approval=None)
        new = swap(session, swap(session, sale), "y")
        give_back(session, new, {1: ONE}, "2", at=later(110), is_all_in_cash=True)
        assert expected_cash_vnd(session, get_open_shift(session, STATION)) == FLOAT
        assert list(list_to_give_back(session)) == []
        assert sum_owed(session, buyer.id) == 0
    assert_books_true()


def test_a_debt_that_was_let_go_gives_no_cash_for_the_goods(any_shop: Shop) -> None:
    with unit_of_work() as session:
        _code, sale = claimed(session, 100_000, 1)
        ended(session, a_buyer(session).id)
        write_debt_off(session, sale.number, "bỏ", by=MANAGER, at=later(70), approval=None)
        give_back(session, sale, {1: ONE}, "2", at=later(110), is_all_in_cash=True)
        assert expected_cash_vnd(session, get_open_shift(session, STATION)) == FLOAT
        assert list(list_to_give_back(session)) == []
    assert_books_true()


def test_money_that_comes_after_the_debt_was_let_go_makes_it_good(any_shop: Shop) -> None:
    with unit_of_work() as session:
        code, sale = claimed(session)
        ended(session, a_buyer(session).id)
        write_debt_off(session, sale.number, "bỏ", by=MANAGER, at=later(70), approval=None)
        pay_code(session, code, 50_000, at=later(90))
        assert list(list_to_give_back(session)) == []
        debt = find_debt(session, sale.number)
        assert debt is not None
        assert (debt.open_vnd, sum_written_off(session, sale.number)) == (0, 10_000)
    assert_books_true()


def test_a_document_is_one_transfer(any_shop: Shop) -> None:
    with unit_of_work() as session:
        an_account(session)
        (first,) = receive_all(session, a_signal(700_000)).transfers
        document = allocate_to_new_document(
            session, first, CashCategory.OWNER_IN, "vốn", by=MANAGER, at=MORNING
        )
        (second,) = receive_all(session, a_signal(700_000, at=later(30)), at=later(40)).transfers
        with pytest.raises(Refused) as refused:
            allocate_to_document(session, second, document, by=MANAGER, at=later(40))
        assert refused.value.reasons[0].code == "document_used"
        assert [row.number for row in list_unmatched_transfers(session)] == [second.number]
    assert_books_true()


def test_one_outgoing_transfer_carries_two_sums_and_no_cards_part(any_shop: Shop) -> None:
    with unit_of_work() as session:
        an_account(session)
        for vnd in (50_000, 30_000):
            (came,) = receive_all(session, a_signal(vnd)).transfers
            allocate_as_surplus(session, came, by=MANAGER, at=MORNING)
        (sent,) = receive_all(session, a_signal(80_000, direction=Direction.OUT)).transfers
        for owed in list(list_to_give_back(session)):
            allocate_to_giving_back(session, sent, owed, by=MANAGER, at=MORNING)
        assert list(list_to_give_back(session)) == []
        assert list(list_unmatched_transfers(session)) == []
    assert_books_true()


def test_no_cash_is_given_for_what_somebody_only_typed(any_shop: Shop) -> None:
    with unit_of_work() as session:
        an_open_shift(session)
        an_account(session)
        (typed,) = receive_all(session, a_signal(400_000, source=BY_HAND)).transfers
        owed = allocate_as_surplus(session, typed, by=MANAGER, at=MORNING)
        with pytest.raises(Refused) as refused:
            undo_taking(
                session, owed, "trả", station=STATION, by=MANAGER, at=MORNING, approval=None, is_in_cash=True
            )
        assert refused.value.reasons[0].code == "transfer_unproved"
    assert_books_true()


def test_an_accounts_number_stays_once_a_code_was_shown(any_shop: Shop) -> None:
    with unit_of_work() as session:
        code = a_code(session)
        account = get_account(session, code.account_id)
        typed = TypedAccount("970422", "66666666", "HO KINH DOANH MAU")
        with pytest.raises(Refused) as refused:
            save_account(
                session, account, typed, by=MANAGER, at=MORNING, approval=Approval(MANAGER, "", MORNING)
            )
        assert refused.value.reasons[0].code == "bank_account_used"


def test_goods_that_come_back_for_a_debt_that_was_paid_give_all_of_it_back(any_shop: Shop) -> None:
    with unit_of_work() as session:
        code, sale = claimed(session)
        buyer = a_buyer(session)
        ended(session, buyer.id)
        pay_code(session, code, 60_000, at=later(90))
        assert sum_unproved_vnd(session, sale) == 0
        give_back(session, sale, {1: ONE}, "1", at=later(100))
        assert sum_owed(session, buyer.id) == 0
        assert [row.amount_vnd for row in list_to_give_back(session)] == [20_000]
    assert_books_true()


def test_money_that_comes_for_a_debt_that_was_paid_in_cash_is_to_give_back(any_shop: Shop) -> None:
    with unit_of_work() as session:
        code, sale = claimed(session)
        ended(session, a_buyer(session).id)
        pay_debt(session, sale.number, 60_000, TenderKind.CASH, station=STATION, by=CASHIER, at=later(70))
        pay_code(session, code, 60_000, at=later(90))
        debt = find_debt(session, sale.number)
        assert debt is not None
        assert debt.paid_vnd == 60_000
        assert [row.amount_vnd for row in list_to_give_back(session)] == [60_000]
    assert_books_true()
