"""settlement/entries.py — entries of a producer's account besides goods: corrections, any other that is written, and taking one back."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..identity.second_person import require_second
from ..identity.sign_in import describe_approval
from ..journal.record import record
from ..kernel.actor import Actor, Approval, require_manager
from ..kernel.errors import Refused
from ..kernel.tables import get_row, next_number
from ..kernel.text import normalize_text
from ..producers.models import Producer
from .models import EntryKind, ProducerEntry

PAYOUTS = (EntryKind.TRANSFER, EntryKind.CASH, EntryKind.ADVANCE)
WITH_SECOND_PERSON = (EntryKind.OPENING, EntryKind.CORRECTION, EntryKind.TERMS)
HIGHEST_VND = 100_000_000_000


def record_correction(
    session: Session,
    producer: Producer,
    amount_vnd: int,
    reason: str,
    *,
    approval: Approval,
    by: Actor,
    at: datetime,
    kind: EntryKind = EntryKind.CORRECTION,
    about: str | None = None,
    lot_id: int | None = None,
) -> ProducerEntry:
    """Put an account right by a signed sum, with a second person's word: above 0 the shop owes more.

    `about`: the row of the books ("sale_line:17.2") that it puts right. `kind` may be what was owed when these books began.
    Raises Refused (`amount_odd`, `reason_missing`, `second_person_needed`, `second_person_new`), NotAllowed (`manager_needed`).
    """
    require_manager(by, None)
    require_second(session, by, approval)
    if kind not in WITH_SECOND_PERSON:
        raise ValueError(kind)
    refuse_odd_amount(abs(amount_vnd))
    return write_entry(
        session,
        producer,
        kind,
        amount_vnd,
        reason,
        approval=approval,
        about=about,
        lot_id=lot_id,
        by=by,
        at=at,
    )


def reverse_entry(
    session: Session, entry: ProducerEntry, reason: str, *, approval: Approval, by: Actor, at: datetime
) -> ProducerEntry:
    """Take a deduction or correction back by its mirror image; a payout is taken back where its money comes back.

    Raises Refused (`entry_reversed`, `entry_not_reversible`, and as a correction does).
    """
    require_manager(by, None)
    require_second(session, by, approval)
    if entry.reverses is not None or EntryKind(entry.kind) in (*PAYOUTS, EntryKind.TERMS):
        raise Refused.because("entry_not_reversible")
    if find_reversal(session, entry.number) is not None:
        raise Refused.because("entry_reversed", number=entry.number)
    producer = session.get_one(Producer, entry.producer_id)
    return write_entry(
        session, producer, EntryKind(entry.kind), -entry.amount_vnd, reason, approval=approval, reverses=entry.number, by=by, at=at
    )  # fmt: skip


def write_entry(
    session: Session,
    producer: Producer,
    kind: EntryKind,
    amount_vnd: int,
    reason: str,
    *,
    by: Actor,
    at: datetime,
    approval: Approval | None = None,
    **more: Any,
) -> ProducerEntry:
    """Write the next entry, sealed by its act. Raises Refused (`reason_missing`)."""
    if not reason.strip():
        raise Refused.because("reason_missing")
    entry = ProducerEntry(
        number=next_number(session, ProducerEntry.number), producer_id=producer.id, kind=kind.value, amount_vnd=amount_vnd,
        reason=normalize_text(reason), at=at, by_name=by.name, approved_by=approval.by.name if approval else None, **more,
    )  # fmt: skip
    session.add(entry)
    session.flush()
    record(
        session, "producer_entry_written", by=by, at=at, subject=entry, seals=[entry], producer=producer.name, entry_kind=kind.value,
        amount_vnd=amount_vnd, reason=entry.reason, **describe_approval(approval),
    )  # fmt: skip
    return entry


def get_entry(session: Session, number: int) -> ProducerEntry:
    return get_row(session, ProducerEntry, number, "entry_not_found")


def find_reversal(session: Session, number: int) -> int | None:
    """The number of the entry that takes an entry back; None where none does."""
    return session.scalar(select(ProducerEntry.number).where(ProducerEntry.reverses == number))


def list_entries(session: Session, producer_id: int, limit: int = 200) -> Sequence[ProducerEntry]:
    """A producer's entries, the newest first."""
    return session.scalars(
        select(ProducerEntry)
        .where(ProducerEntry.producer_id == producer_id)
        .order_by(ProducerEntry.number.desc())
        .limit(limit)
    ).all()


def refuse_odd_amount(amount_vnd: int) -> None:
    """Raises Refused (`amount_odd`: not above 0, or more than any shop owes)."""
    if not 0 < amount_vnd <= HIGHEST_VND:
        raise Refused.because("amount_odd")
