"""An outgoing transfer that nobody began here is a payout when a person says to whom; producers are paid in no other way by hand."""

from datetime import timedelta

import pytest

from pos.banking.allocate import allocate_to_producer
from pos.banking.take_in import take_in_signals
from pos.cashbook.write_documents import PAID_FOR, RECEIVED_FOR
from pos.kernel.actor import SYSTEM
from pos.kernel.database import open_reading, unit_of_work
from pos.kernel.errors import Refused
from pos.maintenance.verify import verify_books
from pos.payments.models import BankTransfer
from pos.sales.claims import find_left_vnd
from pos.settlement.owed import read_account
from pos.shifts.cash_documents import TO_SAFE_OR_OUTSIDE
from pos.shifts.models import CashCategory
from tests.conftest import MANAGER, MORNING, Shop
from tests.pos.sales.transfer_steps import an_account
from tests.pos.settlement.test_payouts import a_payment, owed_producer

LATER = MORNING + timedelta(minutes=5)


def test_a_transfer_out_is_a_payout_once_somebody_says_to_whom(any_shop: Shop) -> None:
    with unit_of_work() as session:
        producer, _product = owed_producer(session, any_shop)
        account_id, producer_id = an_account(session).id, producer.id
    take_in_signals(account_id, [a_payment("khong ma", 500_000)], lambda *_: None, by=SYSTEM, at=LATER)
    with unit_of_work() as session:
        transfer = session.query(BankTransfer).one()
        allocate_to_producer(session, transfer, session.merge(producer), "", by=MANAGER, at=LATER)
        assert find_left_vnd(session, transfer) == 0
        assert read_account(session, producer_id).closing_vnd == 400_400 - 500_000
        with pytest.raises(Refused) as twice:
            allocate_to_producer(session, transfer, session.merge(producer), "", by=MANAGER, at=LATER)
        assert {reason.code for reason in twice.value.reasons} == {"transfer_used"}
    with open_reading() as session:
        assert verify_books(session) == []


def test_by_hand_the_cash_book_and_the_till_pay_no_producer() -> None:
    for choices in (PAID_FOR, RECEIVED_FOR, TO_SAFE_OR_OUTSIDE):
        assert CashCategory.PRODUCER not in choices
