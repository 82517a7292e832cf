"""settlement/recall_fault.py — a recall was the shop's own fault: what was destroyed under it is owed to the producer all the same."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..identity.second_person import require_second
from ..identity.sign_in import describe_approval
from ..journal.record import record
from ..kernel.actor import Actor, Approval, require_manager
from ..kernel.errors import NotFound, Refused
from ..kernel.inserts import insert_rows
from ..kernel.text import normalize_text
from ..stock.lots import list_hold_batch
from ..stock.models import Hold
from .models import RecallFault


def record_recall_fault(
    session: Session, hold: Hold, reason: str, *, approval: Approval, by: Actor, at: datetime
) -> Sequence[RecallFault]:
    """Write it down for every stop that was set together with this one, with a second person's word. It is never taken back.

    Raises Refused (`reason_missing`, `recall_fault_known`, `second_person_needed`, `second_person_new`), NotAllowed
    (`manager_needed`), NotFound (`hold_not_found`).
    """
    require_manager(by, None)
    if hold.releases_id is not None:
        raise NotFound.because("hold_not_found")
    if not reason.strip():
        raise Refused.because("reason_missing")
    together = list_hold_batch(session, hold)
    if find_recall_fault(session, together) is not None:
        raise Refused.because("recall_fault_known")
    require_second(session, by, approval)
    rows = insert_rows(session, [
        RecallFault(hold_id=each.id, reason=normalize_text(reason), by_name=by.name, witness=approval.by.name, at=at)
        for each in together
    ])  # fmt: skip
    record(
        session, "recall_fault_recorded", by=by, at=at, subject=hold, seals=rows, reason=rows[0].reason, **describe_approval(approval)
    )  # fmt: skip
    return rows


def find_recall_fault(session: Session, together: Sequence[Hold]) -> RecallFault | None:
    """What was written down of the stops of one recall; None where nothing was."""
    ids = [each.id for each in together]
    query = select(RecallFault).where(RecallFault.hold_id.in_(ids)).order_by(RecallFault.id).limit(1)
    return session.scalars(query).first()
