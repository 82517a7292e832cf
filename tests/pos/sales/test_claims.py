"""What was confirmed by hand and never came: the buyer's debt, or a loss; and what happens when money or goods come after all."""

import pytest
from sqlalchemy.orm import Session

from pos.banking.allocate import end_claim
from pos.cashbook.queries import read_balance_vnd
from pos.cashbook.write_documents import tell_opening
from pos.kernel.database import unit_of_work
from pos.kernel.errors import NotAllowed, Refused
from pos.kernel.quantity import ONE
from pos.payments.models import PaymentCode
from pos.sales.claims import list_claims, sum_unproved_vnd
from pos.sales.debts import find_debt, sum_owed
from pos.sales.models import Sale, TenderKind
from pos.sales.queries import list_tenders
from pos.sales.takings import list_to_give_back, pay_debt, undo_taking
from pos.sales.transfers import confirm_by_hand
from pos.shifts.models import BANK
from tests.conftest import CASHIER, MANAGER, MORNING, STATION, Shop

from .money_steps import a_buyer
from .test_refund import give_back
from .test_transfers import assert_books_true
from .transfer_steps import a_code, later, pay_code


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
