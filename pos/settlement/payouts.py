"""settlement/payouts.py — pay producers: by transfer, whose code is shown first, or in cash by a voucher of the cash book."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from ..cashbook.write_documents import write_payment, write_receipt
from ..identity.second_person import require_second, require_second_where
from ..identity.sign_in import describe_approval
from ..journal.models import JournalRow
from ..journal.queries import find_restore
from ..journal.record import record
from ..kernel.actor import Actor, Approval, require_manager
from ..kernel.errors import Refused
from ..kernel.money import round_down
from ..kernel.tables import get_row
from ..messages.templates import make_paid_out, make_payout_back
from ..messages.write import tell_producer
from ..payments.purpose_code import make_purpose_code
from ..producers.models import Producer
from ..shifts.cash_documents import note_cash_document
from ..shifts.models import BANK, CashCategory, CashDocument
from .entries import HIGHEST_VND, PAYOUTS, find_reversal, write_entry
from .models import EntryKind, PayoutAccount, PayoutOrder, ProducerEntry
from .owed import read_account
from .payout_accounts import find_payout_account

CASH_STEP_VND = 1_000  # the smallest note that is handed over: the rest stays owed
PAYOUTS_RESUMED = "payouts_resumed"


def round_cash(balance_vnd: int) -> int:
    """How much of a balance can be paid in cash."""
    return round_down(max(balance_vnd, 0), CASH_STEP_VND)


def find_free_vnd(session: Session, producer_id: int) -> int:
    """What the shop owes a producer, less the transfers that were begun and are not written down as sent."""
    begun = select(func.sum(PayoutOrder.amount_vnd)).where(
        PayoutOrder.producer_id == producer_id,
        PayoutOrder.entry_number.is_(None),
        PayoutOrder.dropped_at.is_(None),
    )
    return read_account(session, producer_id).closing_vnd - int(session.scalar(begun) or 0)


def pay_in_cash(
    session: Session,
    producer: Producer,
    place: str,
    amount_vnd: int,
    reason: str,
    *,
    by: Actor,
    at: datetime,
    approval: Approval | None = None,
    is_advance: bool = False,
) -> ProducerEntry:
    """Cash out of a drawer or the safe to a producer, by a payment voucher.

    Raises Refused (`amount_odd`, `cash_not_round`, `over_balance`, `payouts_wait`, and as a payment voucher is), NotAllowed
    (`manager_needed`).
    """
    if amount_vnd % CASH_STEP_VND:
        raise Refused.because("cash_not_round", step_vnd=CASH_STEP_VND)
    _require_payable(session, producer, amount_vnd, by, approval)
    document = write_payment(
        session, place, amount_vnd, CashCategory.PRODUCER, reason or producer.name, by=by, at=at
    )
    kind = EntryKind.ADVANCE if is_advance else EntryKind.CASH
    note_cash_document(session, document, producer.name)
    entry = write_entry(
        session, producer, kind, -amount_vnd, reason or producer.name, by=by, at=at, approval=approval, cash_document_id=document.id
    )  # fmt: skip
    paid = make_paid_out(amount_vnd=amount_vnd, how="cash", is_advance=is_advance)
    tell_producer(session, producer.id, paid, by=by, at=at)
    return entry


def begin_transfer(
    session: Session,
    producer: Producer,
    amount_vnd: int,
    reason: str,
    *,
    by: Actor,
    at: datetime,
    approval: Approval | None = None,
    is_advance: bool = False,
) -> PayoutOrder:
    """A transfer to the producer's account is begun: it has a code, by which it is found when the bank tells of it.

    Raises Refused (`amount_odd`, `no_payout_account`, `over_balance`, `payouts_wait`), NotAllowed (`manager_needed`).
    """
    account = find_payout_account(session, producer.id)
    if account is None:
        raise Refused.because("no_payout_account", producer=producer.name)
    _require_payable(session, producer, amount_vnd, by, approval)
    order = PayoutOrder(
        producer_id=producer.id, amount_vnd=amount_vnd, is_advance=is_advance, reason=reason.strip() or producer.name,
        code=make_purpose_code(), masked=account.masked, approved_by=approval.by.name if approval else None, by_name=by.name, made_at=at,
    )  # fmt: skip
    session.add(order)
    session.flush()
    record(
        session, "payout_begun", by=by, at=at, subject=producer, amount_vnd=amount_vnd, purpose=order.code, account=order.masked,
        **describe_approval(approval),
    )  # fmt: skip
    return order


def confirm_transfer(session: Session, order: PayoutOrder, *, by: Actor, at: datetime) -> ProducerEntry:
    """The transfer was sent: it leaves the cash book's bank account and the producer's.

    Raises Refused (`payout_ended`: it was written down, or dropped).
    """
    _require_open(order)
    return write_sent(session, order, by=by, at=at)


def write_sent(session: Session, order: PayoutOrder, *, by: Actor, at: datetime) -> ProducerEntry:
    """The entry and the voucher of a transfer that left the bank, and the producer is told."""
    producer = session.get_one(Producer, order.producer_id)
    document = write_payment(
        session, BANK, order.amount_vnd, CashCategory.PRODUCER, f"{producer.name} {order.code}", by=by, at=at
    )
    note_cash_document(session, document, producer.name)
    kind = EntryKind.ADVANCE if order.is_advance else EntryKind.TRANSFER
    entry = write_entry(
        session, producer, kind, -order.amount_vnd, order.reason, by=by, at=at, cash_document_id=document.id, about=f"payout_order:{order.id}"
    )  # fmt: skip
    order.entry_number = entry.number
    paid = make_paid_out(amount_vnd=order.amount_vnd, how="transfer", is_advance=order.is_advance)
    tell_producer(session, producer.id, paid, by=by, at=at)
    return entry


def drop_transfer(session: Session, order: PayoutOrder, *, by: Actor, at: datetime) -> None:
    """Nobody will send it. Raises Refused (`payout_ended`)."""
    _require_open(order)
    order.dropped_at = at
    producer = session.get_one(Producer, order.producer_id)
    record(
        session,
        "payout_dropped",
        by=by,
        at=at,
        subject=producer,
        amount_vnd=order.amount_vnd,
        purpose=order.code,
    )


def take_payout_back(
    session: Session, entry: ProducerEntry, reason: str, *, by: Actor, at: datetime, approval: Approval
) -> ProducerEntry:
    """The money of a payout came back, or was never paid: it is in the place that it came from, and owed again. The producer is told.

    With a second person's word.

    Raises Refused (`entry_not_payout`, `entry_reversed`, `reason_missing`, `second_person_needed`, `second_person_new`).
    """
    require_manager(by, None)
    require_second(session, by, approval)
    if EntryKind(entry.kind) not in PAYOUTS or entry.reverses is not None or entry.cash_document_id is None:
        raise Refused.because("entry_not_payout")
    if find_reversal(session, entry.number) is not None:
        raise Refused.because("entry_reversed", number=entry.number)
    producer = session.get_one(Producer, entry.producer_id)
    place = session.get_one(CashDocument, entry.cash_document_id).from_place or BANK
    document = write_receipt(session, place, -entry.amount_vnd, CashCategory.PRODUCER, reason, by=by, at=at)
    note_cash_document(session, document, producer.name)
    tell_producer(session, producer.id, make_payout_back(amount_vnd=-entry.amount_vnd), by=by, at=at)
    return write_entry(
        session, producer, EntryKind(entry.kind), -entry.amount_vnd, reason, by=by, at=at, approval=approval, reverses=entry.number,
        cash_document_id=document.id,
    )  # fmt: skip


def is_account_other(order: PayoutOrder, account: PayoutAccount | None) -> bool:
    """Is the producer's account another than the one that a transfer was begun to, or gone?"""
    return account is None or account.changed_at > order.made_at or account.masked != order.masked


def get_order(session: Session, order_id: int) -> PayoutOrder:
    return get_row(session, PayoutOrder, order_id, "payout_not_found")


def list_open_orders(session: Session, producer_id: int | None = None) -> Sequence[PayoutOrder]:
    """Transfers that were begun and neither written down as sent nor dropped, the oldest first; of one producer or of all."""
    query = select(PayoutOrder).where(PayoutOrder.entry_number.is_(None), PayoutOrder.dropped_at.is_(None))
    if producer_id is not None:
        query = query.where(PayoutOrder.producer_id == producer_id)
    return session.scalars(query.order_by(PayoutOrder.id)).all()


def is_waiting_after_restore(session: Session) -> bool:
    """Were the books restored, and nobody has said since that what was paid in the lost time is written down again?"""
    restored_at = find_restore(session)
    if restored_at is None:
        return False
    resumed = select(exists().where(JournalRow.kind == PAYOUTS_RESUMED, JournalRow.at >= restored_at))
    return not session.scalar(resumed)


def resume_payouts(session: Session, reason: str, *, by: Actor, at: datetime, approval: Approval) -> None:
    """After a restore: what was paid to producers since the backup is written down again, by slips and the bank's statement.

    Raises Refused (`reason_missing`, `second_person_needed`, `second_person_new`), NotAllowed (`manager_needed`).
    """
    require_manager(by, None)
    require_second(session, by, approval)
    if not reason.strip():
        raise Refused.because("reason_missing")
    record(session, PAYOUTS_RESUMED, by=by, at=at, reason=reason.strip(), **describe_approval(approval))


def _require_payable(
    session: Session, producer: Producer, amount_vnd: int, by: Actor, approval: Approval | None
) -> None:
    """More than is owed needs a second person's word."""
    require_manager(by, None)
    if not 0 < amount_vnd <= HIGHEST_VND:
        raise Refused.because("amount_odd")
    if is_waiting_after_restore(session):
        raise Refused.because("payouts_wait")
    free_vnd = find_free_vnd(session, producer.id)
    require_second_where(
        amount_vnd > free_vnd, session, by, approval, "over_balance", free_vnd=max(free_vnd, 0)
    )


def _require_open(order: PayoutOrder) -> None:
    if order.entry_number is not None or order.dropped_at is not None:
        raise Refused.because("payout_ended")
