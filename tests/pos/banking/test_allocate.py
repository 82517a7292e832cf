"""A person says what a transfer was for: where its đồng go, and what is refused."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.orm import Session

from pos.banking.allocate import (
    allocate_as_surplus,
    allocate_to_claim,
    allocate_to_code,
    allocate_to_debt,
    allocate_to_document,
    allocate_to_giving_back,
    allocate_to_new_document,
    end_claim,
)
from pos.banking.queries import list_possible_documents
from pos.cashbook.queries import read_balance_vnd
from pos.cashbook.write_documents import write_payment, write_receipt
from pos.kernel.database import unit_of_work
from pos.kernel.errors import NotFound, Refused
from pos.payments.models import BankTransfer
from pos.payments.signals import Direction
from pos.sales.claims import find_left_vnd, list_claims, list_lost_claims
from pos.sales.debts import find_debt, sum_owed
from pos.sales.models import TenderKind
from pos.sales.money_models import Taking
from pos.sales.takings import list_to_give_back, pay_debt, undo_taking
from pos.sales.transfers import complete_by_itself
from pos.shifts.models import BANK, CARD, SAFE, CashCategory
from tests.conftest import CASHIER, MANAGER, MORNING, STATION, Shop
from tests.pos.sales.money_steps import a_buyer
from tests.pos.sales.test_claims import claimed, ended
from tests.pos.sales.test_transfers import assert_books_true
from tests.pos.sales.transfer_steps import a_code, a_signal, an_account, later, pay_code, receive_all

WHO: dict[str, Any] = {"by": MANAGER, "at": later(80)}


def receive_money(session: Session, amount_vnd: int, **more: Any) -> BankTransfer:
    """Money on the account that names no code."""
    (transfer,) = receive_all(session, a_signal(amount_vnd, "tra tien", **more), at=later(80)).transfers
    return transfer


def send_money(session: Session, amount_vnd: int) -> BankTransfer:
    return receive_money(session, amount_vnd, direction=Direction.OUT)


def only_claim(session: Session) -> Taking:
    ((claim, _vnd),) = [*list_claims(session), *list_lost_claims(session)]
    return claim


def refuse(act: Callable[..., object], *args: Any, **more: Any) -> str:
    """The code of the refusal."""
    with pytest.raises(Refused) as refused:
        act(*args, **WHO | more)
    return refused.value.reasons[0].code


def test_money_without_a_code_pays_the_basket_that_a_person_names(any_shop: Shop) -> None:
    with unit_of_work() as session:
        code = a_code(session, 45_000)
        transfer = receive_money(session, 50_000)
        assert complete_by_itself(session, code.basket_id, later(80)) is None
        allocate_to_code(session, transfer, code, **WHO)
        sale = complete_by_itself(session, code.basket_id, later(80))
        assert sale is not None
        assert sale.total_vnd == 45_000
        assert [row.amount_vnd for row in list_to_give_back(session)] == [5_000]
        assert find_left_vnd(session, transfer) == 0
    assert_books_true()


def test_a_named_claim_takes_no_more_than_is_unproved_and_the_rest_stays_open(any_shop: Shop) -> None:
    with unit_of_work() as session:
        claimed(session)
        claim = only_claim(session)
        first, second = receive_money(session, 25_000), receive_money(session, 50_000)
        allocate_to_claim(session, first, claim, **WHO)
        assert list_claims(session) == [(claim, 35_000)]
        allocate_to_claim(session, second, claim, **WHO)
        assert list_claims(session) == []
        assert [find_left_vnd(session, transfer) for transfer in (first, second)] == [0, 15_000]
        assert refuse(allocate_to_claim, session, second, claim) == "claim_ended"
        assert find_left_vnd(session, second) == 15_000
    assert_books_true()


def test_a_claim_that_was_let_go_is_made_good_as_far_as_the_money_goes(any_shop: Shop) -> None:
    with unit_of_work() as session:
        claimed(session)
        ended(session)
        claim = only_claim(session)
        transfer = receive_money(session, 40_000)
        allocate_to_claim(session, transfer, claim, **WHO)
        assert list_lost_claims(session) == [(claim, 20_000)]
        assert find_left_vnd(session, transfer) == 0
        allocate_to_claim(session, more := receive_money(session, 30_000), claim, **WHO)
        assert list_lost_claims(session) == []
        assert find_left_vnd(session, more) == 10_000
    assert_books_true()


def test_a_claim_that_became_a_debt_is_paid_as_the_debt(any_shop: Shop) -> None:
    with unit_of_work() as session:
        _code, sale = claimed(session)
        claim = only_claim(session)
        ended(session, a_buyer(session).id)
        transfer = receive_money(session, 70_000)
        assert refuse(allocate_to_claim, session, transfer, claim) == "claim_ended"
        allocate_to_debt(session, transfer, sale.number, **WHO)
        debt = find_debt(session, sale.number)
        assert debt is not None
        assert (debt.open_vnd, debt.paid_vnd, find_left_vnd(session, transfer)) == (0, 60_000, 10_000)
        assert refuse(allocate_to_debt, session, transfer, sale.number) == "debt_missing"
    assert_books_true()


def test_a_sale_that_nobody_owes_for_takes_no_money(any_shop: Shop) -> None:
    with unit_of_work() as session:
        sale = pay_code(session, a_code(session))
        assert sale is not None
        assert (
            refuse(allocate_to_debt, session, receive_money(session, 10_000), sale.number) == "debt_missing"
        )


def test_a_transfer_is_used_once_and_only_the_way_it_went(any_shop: Shop) -> None:
    with unit_of_work() as session:
        an_account(session)
        transfer = receive_money(session, 10_000)
        owed = allocate_as_surplus(session, transfer, **WHO)
        assert refuse(allocate_as_surplus, session, transfer) == "transfer_used"
        assert refuse(allocate_as_surplus, session, send_money(session, 10_000)) == "transfer_wrong_way"
        assert (
            refuse(allocate_to_giving_back, session, receive_money(session, 10_000), owed)
            == "transfer_wrong_way"
        )
        assert list(list_to_give_back(session)) == [owed]
    assert_books_true()


def test_a_card_credit_is_what_came_and_what_the_bank_kept(any_shop: Shop) -> None:
    with unit_of_work() as session:
        an_account(session)
        bank_vnd, card_vnd = read_balance_vnd(session, BANK), read_balance_vnd(session, CARD)
        document = allocate_to_new_document(
            session, receive_money(session, 990_000), CashCategory.CARD_CREDIT, "thẻ", 10_000, **WHO
        )
        assert (document.from_place, document.to_place, document.amount_vnd) == (CARD, BANK, 1_000_000)
        assert read_balance_vnd(session, BANK) - bank_vnd == 990_000
        assert read_balance_vnd(session, CARD) - card_vnd == -1_000_000
    assert_books_true()


@pytest.mark.parametrize(("is_in", "category", "places"), [
    (True, CashCategory.OWNER_IN, (None, BANK)), (True, CashCategory.TO_BANK, (SAFE, BANK)),
    (False, CashCategory.RENT, (BANK, None)), (False, CashCategory.FROM_BANK, (BANK, SAFE)),
])  # fmt: skip
def test_a_new_document_moves_the_money_the_way_it_went(
    any_shop: Shop, is_in: bool, category: CashCategory, places: tuple[str | None, str | None]
) -> None:
    with unit_of_work() as session:
        an_account(session)
        transfer = receive_money(session, 300_000) if is_in else send_money(session, 300_000)
        document = allocate_to_new_document(session, transfer, category, "lý do", **WHO)
        assert (document.from_place, document.to_place, document.amount_vnd) == (*places, 300_000)
        assert find_left_vnd(session, transfer) == 0
    assert_books_true()


def test_what_a_transfer_cant_be_is_refused(any_shop: Shop) -> None:
    with unit_of_work() as session:
        an_account(session)
        into, out = receive_money(session, 300_000), send_money(session, 300_000)
        assert refuse(allocate_to_new_document, session, into, CashCategory.RENT, "x") == "category_odd"
        assert refuse(allocate_to_new_document, session, out, CashCategory.OWNER_IN, "x") == "category_odd"
        assert refuse(allocate_to_new_document, session, into, CashCategory.OWNER_IN, "x", 1) == "amount_odd"
        card = CashCategory.CARD_CREDIT
        assert refuse(allocate_to_new_document, session, into, card, "x", -1) == "amount_odd"
        assert [find_left_vnd(session, transfer) for transfer in (into, out)] == [300_000, 300_000]


def test_a_document_that_stands_is_the_transfer_of_its_sum_and_way(any_shop: Shop) -> None:
    with unit_of_work() as session:
        an_account(session)
        rent = write_payment(session, BANK, 300_000, CashCategory.RENT, "thuê", by=MANAGER, at=MORNING)
        in_safe = write_receipt(session, SAFE, 300_000, CashCategory.OWNER_IN, "vốn", by=MANAGER, at=MORNING)
        other, transfer = send_money(session, 299_000), send_money(session, 300_000)
        assert refuse(allocate_to_document, session, other, rent) == "document_other_sum"
        into = receive_money(session, 300_000)
        assert refuse(allocate_to_document, session, into, rent) == "document_other_sum"
        assert refuse(allocate_to_document, session, into, in_safe) == "document_other_sum"
        bank_vnd = read_balance_vnd(session, BANK)
        allocate_to_document(session, transfer, rent, **WHO)
        assert find_left_vnd(session, transfer) == 0
        assert read_balance_vnd(session, BANK) == bank_vnd  # the document has moved it already
    assert_books_true()


def test_what_is_left_of_a_transfer_may_be_a_document(any_shop: Shop) -> None:
    with unit_of_work() as session:
        claimed(session)
        transfer = receive_money(session, 100_000)
        allocate_to_claim(session, transfer, only_claim(session), **WHO)
        whole, rest = (
            write_receipt(session, BANK, vnd, CashCategory.OWNER_IN, "vốn", **WHO)
            for vnd in (100_000, 40_000)
        )
        assert list(list_possible_documents(session, transfer)) == [rest]
        assert refuse(allocate_to_document, session, transfer, whole) == "document_other_sum"
        allocate_to_document(session, transfer, rest, **WHO)
        assert find_left_vnd(session, transfer) == 0
    assert_books_true()


def test_what_was_noted_as_sent_is_the_transfer_that_left_the_account(any_shop: Shop) -> None:
    with unit_of_work() as session:
        an_account(session)
        owed = allocate_as_surplus(session, receive_money(session, 50_000), **WHO)
        sent = undo_taking(
            session, owed, "đã chuyển", station=STATION, by=MANAGER, at=later(80), approval=None
        )
        too_small, transfer, again = (send_money(session, vnd) for vnd in (49_000, 50_000, 50_001))
        assert refuse(allocate_to_giving_back, session, too_small, sent) == "document_other_sum"
        allocate_to_giving_back(session, transfer, sent, **WHO)
        assert find_left_vnd(session, transfer) == 0
        assert refuse(allocate_to_giving_back, session, again, sent) == "document_other_sum"
        assert refuse(allocate_to_giving_back, session, again, owed) == "document_other_sum"
        assert find_left_vnd(session, again) == 50_001
    assert_books_true()


def test_money_that_paid_a_sale_or_came_in_cash_is_not_sent_back(any_shop: Shop) -> None:
    with unit_of_work() as session:
        _code, sale = claimed(session)
        claim = only_claim(session)
        ended(session, a_buyer(session).id)
        in_cash = pay_debt(
            session, sale.number, 25_000, TenderKind.CASH, station=STATION, by=CASHIER, at=later(70)
        )
        transfer = send_money(session, 60_000)
        assert refuse(allocate_to_giving_back, session, transfer, in_cash) == "document_other_sum"
        assert refuse(allocate_to_giving_back, session, transfer, claim) == "document_other_sum"
    assert_books_true()


def test_a_claim_ends_as_the_debt_of_a_buyer_that_the_shop_knows(any_shop: Shop) -> None:
    with unit_of_work() as session:
        claimed(session)
        claim = only_claim(session)
        with pytest.raises(NotFound) as refused:
            end_claim(session, claim, "không thấy", buyer_id=999, **WHO)
        assert refused.value.reasons[0].code == "buyer_missing"
        assert list_claims(session) == [(claim, 60_000)]
        buyer = a_buyer(session)
        end_claim(session, claim, "không thấy", buyer_id=buyer.id, **WHO)
        assert (sum_owed(session, buyer.id), list_claims(session)) == (60_000, [])
    assert_books_true()
