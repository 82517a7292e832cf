"""settlement/deductions.py — what a producer pays for by getting less: shelf rent, packaging, a laboratory, goods that they bought."""

from datetime import datetime

from sqlalchemy.orm import Session

from ..identity.second_person import require_second_where
from ..kernel.actor import Actor, Approval, require_manager
from ..producers.models import Producer
from .entries import refuse_odd_amount, write_entry
from .models import EntryKind, ProducerEntry
from .payouts import find_free_vnd

DEDUCTIONS = (
    EntryKind.SHELF_RENT, EntryKind.PACKAGING, EntryKind.LABORATORY, EntryKind.OTHER_DEDUCTION, EntryKind.OFFSET,
)  # fmt: skip


def record_deduction(
    session: Session,
    producer: Producer,
    kind: EntryKind,
    amount_vnd: int,
    reason: str,
    *,
    by: Actor,
    at: datetime,
    approval: Approval | None = None,
) -> ProducerEntry:
    """Take a sum above 0 off what a producer gets; more than is owed, a debt of theirs, only with a second person's word.

    Raises Refused (`amount_odd`, `reason_missing`, `deduction_over_balance`, `second_person_needed`, `second_person_new`),
    NotAllowed (`manager_needed`).
    """
    require_manager(by, None)
    if kind not in DEDUCTIONS:
        raise ValueError(kind)
    refuse_odd_amount(amount_vnd)
    free_vnd = find_free_vnd(session, producer.id)
    agreed = require_second_where(
        amount_vnd > free_vnd, session, by, approval, "deduction_over_balance", free_vnd=max(free_vnd, 0)
    )
    return write_entry(session, producer, kind, -amount_vnd, reason, approval=agreed, by=by, at=at)
