"""Producers are paid: by transfer that the bank proves, or in cash; never twice, and more than is owed only by two people."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from pos.banking.take_in import take_in_signals
from pos.cashbook.queries import read_balance_vnd
from pos.catalog.models import Product
from pos.journal.record import RESTORED, record
from pos.kernel.actor import SYSTEM
from pos.kernel.clock import business_day
from pos.kernel.database import db, open_reading, unit_of_work
from pos.kernel.errors import Refused
from pos.kernel.quantity import ONE
from pos.maintenance.check_payouts import list_unreadable_accounts
from pos.maintenance.verify import verify_books
from pos.payments.models import BankTransfer
from pos.payments.signals import Direction, TransferSignal
from pos.producers.models import Producer
from pos.sales.claims import find_left_vnd
from pos.settlement.match_payouts import list_untold_payouts, settle_payout
from pos.settlement.models import EntryKind, PayoutAccount, PayoutOrder, ProducerEntry
from pos.settlement.owed import read_account
from pos.settlement.payout_accounts import PayoutVault, TypedPayoutAccount, save_payout_account
from pos.settlement.payouts import (
    begin_transfer,
    confirm_transfer,
    drop_transfer,
    find_free_vnd,
    get_order,
    list_open_orders,
    pay_in_cash,
    resume_payouts,
    round_cash,
    take_payout_back,
)
from pos.settlement.today import list_settlement_tasks
from pos.shifts.cash_documents import find_cash_note
from pos.shifts.models import BANK, SAFE, CashDocument
from tests.builders import a_maker, an_open_shift
from tests.conftest import MANAGER, MORNING, Shop
from tests.pos.maintenance.test_verify import tamper
from tests.pos.sales.transfer_steps import NUMBER, an_account

from .account_steps import SEEN, goods_under, sell

BY: dict[str, Any] = {"by": MANAGER, "at": MORNING}
ACCOUNT = TypedPayoutAccount("970405", "1500 2051 23456", "  Nguyễn Thị Mẫu ")


def codes(caught: Any) -> set[str]:
    return {reason.code for reason in caught.value.reasons}


def owed_producer(session: Session, shop: Shop, price_vnd: int = 500_500) -> tuple[Producer, Product]:
    """A producer whom the shop owes 80 % of this price, with an account; the drawer holds 500.000 and what was paid."""
    producer, product, _lot = goods_under(session, price_vnd, 2_000)
    an_open_shift(session)
    sell(session, (product, ONE))
    vault = PayoutVault(shop.folder)
    save_payout_account(session, vault, producer, ACCOUNT, approval=SEEN, **BY)
    return producer, product


def test_an_account_is_encrypted_masked_and_changed_by_two_people(any_shop: Shop) -> None:
    vault = PayoutVault(any_shop.folder)
    with unit_of_work() as session:
        producer, _product = owed_producer(session, any_shop)
        with pytest.raises(Refused) as alone:
            save_payout_account(session, vault, producer, ACCOUNT, approval=None, **BY)
        assert codes(alone) == {"second_person_needed"}
        with pytest.raises(Refused) as odd:
            save_payout_account(
                session, vault, producer, TypedPayoutAccount("97", "x!", " "), approval=SEEN, **BY
            )
        assert codes(odd) == {"bank_bin_odd", "bank_account_odd", "holder_missing"}
    with open_reading() as session:
        row = session.scalars(select(PayoutAccount)).one()
        assert "15002051" not in row.sealed_text
        assert row.masked.endswith("••••3456")
        assert vault.find(row) == TypedPayoutAccount("970405", "1500205123456", "Nguyễn Thị Mẫu")
        journal = " ".join(
            text for (text,) in session.execute(select(db.metadata.tables["journal"].c.payload))
        )
        assert "1500205123456" not in journal
        assert verify_books(session) == []
        assert list_unreadable_accounts(session, any_shop.folder) == []
    (any_shop.folder / "secrets" / "payout.key").unlink()
    with open_reading() as session:
        assert vault.find(session.scalars(select(PayoutAccount)).one()) is None
        assert list_unreadable_accounts(session, any_shop.folder) == ["Hộ mẫu 1"], "as after a restore"


def test_cash_is_paid_in_whole_thousands_and_the_rest_stays_owed(any_shop: Shop) -> None:
    with unit_of_work() as session:
        producer, _product = owed_producer(session, any_shop)
        assert find_free_vnd(session, producer.id) == 400_400
        assert round_cash(400_400) == 400_000
        assert round_cash(-5) == 0
        with pytest.raises(Refused) as odd:
            pay_in_cash(session, producer, "drawer:Quầy 1", 400_400, "tháng 11", **BY)
        assert codes(odd) == {"cash_not_round"}
        before_vnd = read_balance_vnd(session, "drawer:Quầy 1")
        pay_in_cash(session, producer, "drawer:Quầy 1", 400_000, "tháng 11", **BY)
        assert read_balance_vnd(session, "drawer:Quầy 1") == before_vnd - 400_000
        assert read_account(session, producer.id).closing_vnd == 400
    with open_reading() as session:
        assert verify_books(session) == []


def test_more_than_is_owed_needs_a_second_person(any_shop: Shop) -> None:
    with unit_of_work() as session:
        producer, _product = owed_producer(session, any_shop)
        with pytest.raises(Refused) as alone:
            begin_transfer(session, producer, 400_401, "", **BY)
        assert codes(alone) == {"over_balance"}
        begin_transfer(session, producer, 1_000_000, "ứng trước", approval=SEEN, is_advance=True, **BY)
        with pytest.raises(Refused) as begun:
            pay_in_cash(session, producer, SAFE, 1_000, "", **BY)
        assert codes(begun) == {"over_balance"}, "what was begun is not paid a second time"


def test_a_transfer_to_a_producer_is_found_by_its_code(any_shop: Shop) -> None:
    with unit_of_work() as session:
        producer, _product = owed_producer(session, any_shop)
        account = an_account(session)
        order = begin_transfer(session, producer, 400_400, "tháng 11", **BY)
        code, order_id, account_id = order.code, order.id, account.id
    later = MORNING + timedelta(minutes=5)
    signal = a_payment(code, 400_400)
    take_in_signals(account_id, [signal], lambda *_: None, by=SYSTEM, at=later)
    take_in_signals(account_id, [signal], lambda *_: None, by=SYSTEM, at=later)
    with open_reading() as session:
        entry = session.scalars(select(ProducerEntry)).one()
        assert (entry.kind, entry.amount_vnd) == (EntryKind.TRANSFER, -400_400)
        assert session.get_one(PayoutOrder, order_id).entry_number == entry.number
        assert find_left_vnd(session, session.scalars(select(BankTransfer)).one()) == 0
        assert read_account(session, producer.id).closing_vnd == 0
        assert verify_books(session) == []


def test_one_that_was_confirmed_by_hand_is_proved_by_the_bank_afterwards(any_shop: Shop) -> None:
    with unit_of_work() as session:
        producer, _product = owed_producer(session, any_shop)
        account_id = an_account(session).id
        order = begin_transfer(session, producer, 300_000, "", **BY)
        confirm_transfer(session, order, **BY)
        with pytest.raises(Refused) as twice:
            confirm_transfer(session, order, **BY)
        assert codes(twice) == {"payout_ended"}
        code = order.code
    take_in_signals(
        account_id, [a_payment(code, 300_000)], lambda *_: None, by=SYSTEM, at=MORNING + timedelta(minutes=5)
    )
    with open_reading() as session:
        assert len(session.scalars(select(ProducerEntry)).all()) == 1
        assert find_left_vnd(session, session.scalars(select(BankTransfer)).one()) == 0
        assert verify_books(session) == []


@pytest.mark.parametrize(("amount_vnd", "direction"), [(399_999, Direction.OUT), (400_400, Direction.IN)])
def test_another_sum_and_money_that_came_in_are_no_payout(
    shop: Shop, amount_vnd: int, direction: Direction
) -> None:
    with unit_of_work() as session:
        producer, _product = owed_producer(session, shop)
        account_id = an_account(session).id
        code = begin_transfer(session, producer, 400_400, "", **BY).code
    signal = a_payment(code, amount_vnd, direction)
    take_in_signals(account_id, [signal], lambda *_: None, by=SYSTEM, at=MORNING + timedelta(minutes=5))
    with open_reading() as session:
        assert session.scalars(select(ProducerEntry)).all() == []
        assert len(list_open_orders(session)) == 1


def test_what_nobody_sends_is_dropped_and_free_again(shop: Shop) -> None:
    with unit_of_work() as session:
        producer, _product = owed_producer(session, shop)
        order = begin_transfer(session, producer, 400_400, "", **BY)
        assert find_free_vnd(session, producer.id) == 0
        drop_transfer(session, get_order(session, order.id), **BY)
        assert find_free_vnd(session, producer.id) == 400_400
        with pytest.raises(Refused) as ended:
            confirm_transfer(session, order, **BY)
        assert codes(ended) == {"payout_ended"}


def test_money_that_came_back_is_owed_again(any_shop: Shop) -> None:
    with unit_of_work() as session:
        producer, _product = owed_producer(session, any_shop)
        entry = confirm_transfer(session, begin_transfer(session, producer, 400_400, "", **BY), **BY)
        before_vnd = read_balance_vnd(session, BANK)
        take_payout_back(session, entry, "sai số tài khoản", approval=SEEN, **BY)
        with pytest.raises(Refused) as twice:
            take_payout_back(session, entry, "sai số tài khoản", approval=SEEN, **BY)
        assert codes(twice) == {"entry_reversed"}
        assert read_balance_vnd(session, BANK) == before_vnd + 400_400
        assert read_account(session, producer.id).closing_vnd == 400_400
    with open_reading() as session:
        assert verify_books(session) == []


def test_after_a_restore_nobody_is_paid_before_the_lost_time_is_written_down(shop: Shop) -> None:
    with unit_of_work() as session:
        producer, _product = owed_producer(session, shop)
        record(session, RESTORED, by=SYSTEM, at=MORNING)
        with pytest.raises(Refused) as waits:
            begin_transfer(session, producer, 100_000, "", **BY)
        assert codes(waits) == {"payouts_wait"}
        resume_payouts(
            session, "đã đối chiếu sao kê", approval=SEEN, by=MANAGER, at=MORNING + timedelta(minutes=1)
        )
        begin_transfer(session, producer, 100_000, "", by=MANAGER, at=MORNING + timedelta(minutes=1))


def test_verify_finds_a_payout_that_the_cash_book_does_not_know(shop: Shop) -> None:
    with unit_of_work() as session:
        producer, _product = owed_producer(session, shop)
        pay_in_cash(session, producer, "drawer:Quầy 1", 400_000, "", **BY)
    tamper("UPDATE producer_entry SET amount_vnd = -300000")
    with open_reading() as session:
        assert "payout" in {finding.check for finding in verify_books(session)}


@pytest.mark.parametrize("is_sent_first", [True, False], ids=["taken back", "dropped"])
def test_what_left_the_bank_all_the_same_is_written_down(any_shop: Shop, is_sent_first: bool) -> None:
    """It was taken back as not paid, or dropped: the bank tells that it went out, so that nobody pays it again."""
    with unit_of_work() as session:
        producer, _product = owed_producer(session, any_shop)
        account_id = an_account(session).id
        order = begin_transfer(session, producer, 400_400, "", **BY)
        if is_sent_first:
            entry = confirm_transfer(session, order, **BY)
            take_payout_back(session, entry, "chưa chuyển", approval=SEEN, **BY)
        else:
            drop_transfer(session, order, **BY)
        code = order.code
    for minutes in (5, 6):
        take_in_signals(account_id, [a_payment(code, 400_400)], lambda *_: None, by=SYSTEM, at=MORNING + timedelta(minutes=minutes))  # fmt: skip
    with open_reading() as session:
        assert read_account(session, producer.id).closing_vnd == 0
        assert read_balance_vnd(session, BANK) == -400_400
        assert find_left_vnd(session, session.scalars(select(BankTransfer)).one()) == 0
        assert verify_books(session) == []


def test_what_was_said_to_be_sent_and_the_bank_is_silent_about_is_a_task(any_shop: Shop) -> None:
    """Only once the bank has told of something later; what was taken back waits for nothing."""
    with unit_of_work() as session:
        producer, _product = owed_producer(session, any_shop)
        account_id = an_account(session).id
        order = begin_transfer(session, producer, 300_000, "", **BY)
        entry = confirm_transfer(session, order, **BY)
        assert list_untold_payouts(session, MORNING + timedelta(days=30)) == [], "no bank tells anything"
    later = MORNING + timedelta(days=2)
    take_in_signals(
        account_id, [a_payment("KHAC", 5_000, Direction.IN)], lambda *_: None, by=SYSTEM, at=later
    )
    with unit_of_work() as session:
        assert [each.id for each in list_untold_payouts(session, later)] == [order.id]
        kinds = [task.kind for task in list_settlement_tasks(session, business_day(later), later)]
        assert "payouts_untold" in kinds
        take_payout_back(session, session.get_one(ProducerEntry, entry.number), "chưa chuyển", approval=SEEN, by=MANAGER, at=later)  # fmt: skip
        assert list_untold_payouts(session, later) == []


@pytest.mark.parametrize(
    "forged",
    [
        "UPDATE payout_order SET amount_vnd = 100000",
        "UPDATE payout_order SET producer_id = 2",
        "UPDATE payout_order SET code = 'DH1234567'",
        "UPDATE payout_order SET dropped_at = made_at",
        "DELETE FROM payout_order",
    ],
)
def test_verify_finds_a_transfer_that_was_begun_otherwise(shop: Shop, forged: str) -> None:
    with unit_of_work() as session:
        producer, _product = owed_producer(session, shop)
        a_maker(session, "Hộ khác")
        begin_transfer(session, producer, 300_000, "", **BY)
    with open_reading() as session:
        assert verify_books(session) == []
    tamper(forged)
    with open_reading() as session:
        assert "payout" in {finding.check for finding in verify_books(session)}


def test_the_voucher_names_the_producer_whatever_the_reason(shop: Shop) -> None:
    with unit_of_work() as session:
        producer, _product = owed_producer(session, shop)
        entry = pay_in_cash(session, producer, "drawer:Quầy 1", 100_000, "ứng mua nếp", is_advance=True, **BY)
        note = find_cash_note(session, session.get_one(CashDocument, entry.cash_document_id))
        assert note is not None
        assert note.person == producer.name


def test_a_transfer_of_which_something_else_took_a_part_is_no_payout_any_more(shop: Shop) -> None:
    """It was found by its code, and allocated to something else before it was written down."""
    with unit_of_work() as session:
        producer, _product = owed_producer(session, shop)
        account_id = an_account(session).id
        order_id = begin_transfer(session, producer, 400_400, "", **BY).id
    take_in_signals(account_id, [a_payment("KHAC", 5_000)], lambda *_: None, by=SYSTEM, at=MORNING)
    with unit_of_work() as session:
        transfer = session.scalars(select(BankTransfer)).one()
        assert settle_payout(session, order_id, transfer.number, MORNING) is None
        assert settle_payout(session, 99, transfer.number, MORNING) is None
        assert session.scalars(select(ProducerEntry)).all() == []


def a_payment(code: str, amount_vnd: int, direction: Direction = Direction.OUT) -> TransferSignal:
    """A transfer that the bank tells of, a minute after it was begun."""
    return TransferSignal(
        source="sepay", source_key=f"{code}-{amount_vnd}", account_number=NUMBER, direction=direction, amount_vnd=amount_vnd,
        at=MORNING + timedelta(minutes=1), text=f"CHUYEN TIEN {code} thang 11", reference="FT1",
    )  # fmt: skip
