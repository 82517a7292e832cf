"""banking/note_transfer.py — a transfer that a manager saw in the bank's app is in the books as if a feed had told of it."""

import re
from datetime import date, datetime, time

from sqlalchemy.orm import Session

from ..identity.second_person import require_second
from ..identity.sign_in import describe_approval
from ..journal.record import record
from ..kernel.actor import Actor, Approval, require_manager
from ..kernel.clock import SHOP_ZONE
from ..kernel.database import unit_of_work
from ..kernel.errors import Refused
from ..payments.accounts import get_account
from ..payments.models import BankAccount, BankTransfer
from ..payments.receive import find_told, get_told_transfer, list_alike, receive_as, receive_signals
from ..payments.signals import BY_HAND, Direction, TransferSignal
from .take_in import PrintSale, settle_transfers

OTHER = "other"  # the answer to `noted_perhaps_known`: none of those in the books
LONGEST = 500
_TIME = re.compile(r"([0-9]{1,2})[:hg. ]([0-9]{2})(?::[0-9]{2})?")


def read_time_of_day(day: date, typed: str) -> datetime:
    """'14:05' or '14h05' of a day in the shop. Raises Refused (`noted_time_odd`)."""
    found = _TIME.fullmatch(typed.strip().lower())
    if not found or int(found[1]) > 23 or int(found[2]) > 59:
        raise Refused.because("noted_time_odd", typed=typed[:20])
    return datetime.combine(day, time(int(found[1]), int(found[2])), SHOP_ZONE)


def make_hand_signal(
    account: BankAccount,
    direction: Direction,
    amount_vnd: int,
    seen_at: datetime,
    reference: str,
    text: str,
    key: str,
) -> TransferSignal:
    """`key`: of the page on which it was typed, so that a second press tells the same."""
    return TransferSignal(
        BY_HAND, key, account.number, direction, amount_vnd, seen_at, reference=reference[:LONGEST].strip(), text=text[:LONGEST].strip(), raw=""
    )  # fmt: skip


def note_transfer(
    account_id: int,
    signal: TransferSignal,
    answer: str,
    print_sale: PrintSale,
    *,
    by: Actor,
    at: datetime,
    approval: Approval | None,
) -> int | None:
    """Write it down and settle what it paid; with no session open. Returns the transfer's number, None where it waits to be joined.

    `answer`: the number of the transfer in the books that it is, `OTHER` for none of them, "" where nobody was asked.
    What a person types counts as told, so that a second person must have seen it, too.
    Raises Refused (`second_person_needed`, `second_person_new`, `noted_perhaps_known`, `noted_amount_odd`, `noted_later`, `not_a_twin`), NotAllowed to all but managers.
    """
    require_manager(by, None)
    if signal.amount_vnd <= 0:
        raise Refused.because("noted_amount_odd")
    if signal.at > at:
        raise Refused.because("noted_later")
    if approval is None:
        raise Refused.because("second_person_needed")
    with unit_of_work() as session:
        require_second(session, by, approval)
        account = get_account(session, account_id)
        number = _write_down(session, account, signal, answer, by=by, at=at)
        record(session, "transfer_typed", by=by, at=at, subject=account, transfer=number, amount_vnd=signal.amount_vnd,
               **describe_approval(approval))  # fmt: skip
    settle_transfers(print_sale, at)
    return number


def _write_down(
    session: Session, account: BankAccount, signal: TransferSignal, answer: str, *, by: Actor, at: datetime
) -> int | None:
    told = find_told(session, account, BY_HAND, signal.source_key)
    if told is not None:
        return told.transfer_number
    alike = {transfer.number: sources for transfer, sources in list_alike(session, account, signal)}
    if not alike:
        receive_signals(session, account, [signal], by=by, at=at)
        return get_told_transfer(session, account, BY_HAND, signal.source_key)
    if answer == OTHER:
        return receive_as(session, account, signal, None, by=by, at=at).number
    number = int(answer) if answer.isdecimal() and len(answer) < 19 else 0
    if number not in alike:
        raise Refused.because("noted_perhaps_known")
    if BY_HAND in alike[number]:
        return number  # it was typed before: nothing is told anew
    return receive_as(session, account, signal, number, by=by, at=at).number


def list_known(session: Session, account: BankAccount, signal: TransferSignal) -> list[BankTransfer]:
    """The transfers in the books that it may be."""
    if find_told(session, account, BY_HAND, signal.source_key) is not None:
        return []
    return [transfer for transfer, _sources in list_alike(session, account, signal)]
