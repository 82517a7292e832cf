"""demo/settle.py — the village pays its producers: statements of each half-month or month, transfers that the bank tells of, cash; and one dispute."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..cashbook.queries import read_balance_vnd
from ..identity.models import Person
from ..kernel.actor import Actor, Approval
from ..kernel.clock import FixedClock, business_day, month_end
from ..kernel.errors import Refused
from ..payments.models import BankTransfer
from ..payments.signals import Direction
from ..producers.models import Bearer, Cost, Period, Producer
from ..producers.terms import PaymentTerms
from ..sales.models import TenderKind
from ..settlement.deductions import record_deduction
from ..settlement.disputes import open_dispute
from ..settlement.fees import record_tender_fee
from ..settlement.match_payouts import list_told_payouts, settle_payout
from ..settlement.models import EntryKind, Statement
from ..settlement.payout_accounts import (
    PayoutVault,
    TypedPayoutAccount,
    find_payout_account,
    save_payout_account,
)
from ..settlement.payouts import (
    begin_transfer,
    find_free_vnd,
    list_open_orders,
    pay_in_cash,
    round_cash,
)
from ..settlement.runs import keep_draft
from ..settlement.statements import approve_statement, list_statement_rows, prepare_statement
from ..shifts.models import BANK, SAFE
from .cash import CARD_FEE_BP
from .codes import at_clock
from .till import Till
from .village_bank import tell_transfer

MONTHLY_FROM_DAYS = 62  # a shorter trade is settled twice a month, so that there is something to see
MIDDLE_OF_MONTH = 15
BANKS = ("970405", "970436", "970422", "970415")
IN_CASH = frozenset({9, 10})  # places in the cast, as those below: the others have accounts
WITH_TIERS, BEARS_FEES = 0, 2
IN_DEBT, DISPUTES, NOT_APPROVED, NOT_PAID_YET = 9, 3, 6, frozenset({4, 5})
TIERS = ((2_000_000, 1_300), (5_000_000, 1_000))
DEBT_VND = 3_000_000  # a laboratory cost so much more than was owed: it is carried over
SHELF_RENT_VND = 50_000
KEPT_AT_BANK_VND = 10_000_000  # who sold much to the shop for good is paid in parts


@dataclass(frozen=True, slots=True)
class SettledDays:
    """The last days of the periods that the village settles, in their order."""

    ends: Sequence[date]

    def find_end(self, day: date) -> date | None:
        """The period that is settled on a day: the one that ended the day before."""
        before = day - timedelta(days=1)
        return before if before in self.ends else None


def plan_settled_days(first: date, days: int) -> SettledDays:
    """The ends of months, where the trade is short their middles too, while there is a day of trade after them."""
    traded = [first + timedelta(days=n) for n in range(days - 1)]
    middle = MIDDLE_OF_MONTH if choose_period(days) is Period.HALF_MONTH else None
    return SettledDays([day for day in traded if day.day == middle or day == month_end(day.year, day.month)])


def choose_period(days: int) -> Period:
    return Period.MONTH if days >= MONTHLY_FROM_DAYS else Period.HALF_MONTH


def payment_terms(days: int) -> PaymentTerms:
    return PaymentTerms(choose_period(days), 50_000, 7)


def list_tiers(n: int) -> Sequence[tuple[int, int]]:
    return TIERS if n == WITH_TIERS else ()


def list_other_costs(n: int) -> dict[Cost, Bearer]:
    return {Cost.FEE: Bearer.PRODUCER} if n == BEARS_FEES else {}


def open_accounts(session: Session, folder: Path | None, makers: Sequence[Producer], manager: Actor, witness: Actor, at: datetime) -> None:  # fmt: skip
    """What the bank takes of cards; and with a data folder, which keeps the key, the accounts of most producers."""
    record_tender_fee(session, TenderKind.CARD, CARD_FEE_BP, starts=business_day(at), by=manager, at=at)
    if folder is None:
        return
    for n, maker in enumerate(makers[:12]):
        if n in IN_CASH:
            continue
        typed = TypedPayoutAccount(BANKS[n % len(BANKS)], f"00110000{n:05}", f"HO MAU {n + 1:02} (VI DU)")
        save_payout_account(
            session, PayoutVault(folder), maker, typed, approval=Approval(witness, "", at), by=manager, at=at
        )  # fmt: skip


def settle_in_evening(session: Session, makers: Sequence[Producer], settled: SettledDays, day: date, till: Till) -> None:  # fmt: skip
    """On the last day of a period what producers pay for; the evening after it statements, then money. Of the last period a statement
    and some payouts wait for a person, and a producer doubts a line.
    """
    at = at_clock(day, 18, 30)
    if day in settled.ends:
        _deduct(session, makers, till, at, is_last=day == settled.ends[-1])
    if (ends := settled.find_end(day)) is None:
        return
    is_last = ends == settled.ends[-1]
    to_pay = [
        (maker, statement)
        for n, maker in enumerate(makers)
        if (statement := _write_statement(session, maker, ends, till, at, is_draft=is_last and n == NOT_APPROVED))
        and not (is_last and n in NOT_PAID_YET)
    ]  # fmt: skip
    for n, (maker, statement) in enumerate(to_pay, 1):
        _pay(session, maker, statement, till, at + timedelta(minutes=n))
    _hear_of_transfers(session, till, at + timedelta(minutes=30))
    if is_last:
        _doubt_line(session, makers[DISPUTES], at + timedelta(minutes=40))


def _write_statement(
    session: Session, maker: Producer, ends: date, till: Till, at: datetime, *, is_draft: bool
) -> Statement | None:
    """None where nothing is to be said, or nobody has approved the draft."""
    prepared = prepare_statement(session, maker.id, ends, at)
    if is_draft:
        keep_draft(session, maker.id, prepared, by=till.manager, clock=FixedClock(at))
    if is_draft or prepared.is_empty:
        return None
    return approve_statement(session, maker, prepared, by=till.manager, at=at)


def _deduct(session: Session, makers: Sequence[Producer], till: Till, at: datetime, *, is_last: bool) -> None:
    """A producer pays for a shelf; in the end the goods of another went to a laboratory, which cost more than was owed."""
    more: Any = {"by": till.manager, "at": at, "approval": Approval(till.cashier, "", at)}
    record_deduction(session, makers[WITH_TIERS], EntryKind.SHELF_RENT, SHELF_RENT_VND, "kệ ở cửa", **more)
    if is_last:
        maker = makers[IN_DEBT]
        cost_vnd = round_cash(find_free_vnd(session, maker.id)) + DEBT_VND
        record_deduction(session, maker, EntryKind.LABORATORY, cost_vnd, "kiểm nghiệm rượu", **more)


def _pay(session: Session, maker: Producer, statement: Statement, till: Till, at: datetime) -> None:
    """What the statement says, less what was lost since."""
    if statement.closing_vnd <= 0:
        return
    try:
        _pay_out(session, maker, statement.closing_vnd, statement.number, till, at)
    except Refused:  # goods were written off today
        _pay_out(session, maker, find_free_vnd(session, maker.id), statement.number, till, at)


def _pay_out(session: Session, maker: Producer, owed_vnd: int, number: int, till: Till, at: datetime) -> None:
    """As far as the money goes: to the account, else in cash from the safe."""
    reason = f"bảng kê {number}"
    if find_payout_account(session, maker.id) is not None:
        begun_vnd = sum(order.amount_vnd for order in list_open_orders(session))
        spare_vnd = read_balance_vnd(session, BANK) - begun_vnd - KEPT_AT_BANK_VND
        if (amount_vnd := min(owed_vnd, round_cash(spare_vnd))) > 0:
            begin_transfer(session, maker, amount_vnd, reason, by=till.manager, at=at)
    elif (amount_vnd := min(round_cash(owed_vnd), round_cash(read_balance_vnd(session, SAFE)))) > 0:
        pay_in_cash(session, maker, SAFE, amount_vnd, reason, by=till.manager, at=at)


def _hear_of_transfers(session: Session, till: Till, at: datetime) -> None:
    """The bank tells of each transfer that was begun, and by its code it is that payout."""
    for order in list_open_orders(session):
        tell_transfer(session, till, order.amount_vnd, f"CT den {order.masked[-4:]} {order.code}", at, Direction.OUT)  # fmt: skip
    for order_id, transfer_number in list_told_payouts(session, at):
        transfer = session.get_one(BankTransfer, transfer_number)
        settle_payout(session, order_id, transfer.number, at)


def _doubt_line(session: Session, maker: Producer, at: datetime) -> None:
    """The producer doubts the first row of goods of the newest statement; the shop has not answered yet."""
    person = session.scalars(select(Person).where(Person.producer_id == maker.id)).first()
    statement = session.scalars(
        select(Statement).where(Statement.producer_id == maker.id).order_by(Statement.number.desc())
    ).first()
    if person is None or statement is None:
        return
    row = list_statement_rows(session, statement.number)[0]
    open_dispute(session, statement, row.n, f"Tôi ghi {row.name} bán được nhiều hơn. Nhờ cửa hàng xem lại.", by=person.actor(), at=at)  # fmt: skip
