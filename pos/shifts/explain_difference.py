"""shifts/explain_difference.py — why the drawer held more or less than its books, told after the close."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..journal.models import JournalRow
from ..journal.payload import read_payload
from ..journal.queries import list_kind_of, list_kind_since
from ..journal.record import record
from ..kernel.actor import Actor
from ..kernel.errors import Refused
from ..kernel.text import normalize_text
from .drawer import find_close
from .models import Shift, ShiftClose

EXPLAINED = "difference_explained"


def explain_difference(session: Session, shift: Shift, reason: str, *, by: Actor, at: datetime) -> None:
    """Write down a reason: a row of the journal of its own, however late, and another one beside those that are there.

    The close is committed long before and stays as it is. Raises Refused (`reason_missing`, `no_cash_difference`).
    """
    close = find_close(session, shift)
    if close is None or close.counted_vnd == close.expected_vnd:
        raise Refused.because("no_cash_difference")
    if not reason.strip():
        raise Refused.because("reason_missing")
    record(session, EXPLAINED, by=by, at=at, subject=shift, reason=normalize_text(reason),
           difference_vnd=close.counted_vnd - close.expected_vnd)  # fmt: skip


def list_explanations(session: Session, shift: Shift) -> Sequence[JournalRow]:
    """What was told about this shift's difference, oldest first."""
    return list_kind_of(session, EXPLAINED, f"shift:{shift.number}")


def find_told_reason(row: JournalRow) -> str:
    """What one of these rows tells."""
    return str(read_payload(row.payload).get("reason") or "")


def list_unexplained_closes(session: Session, since: datetime) -> Sequence[ShiftClose]:
    """Closes since then whose drawer differed and nobody told why, the newest first."""
    explained = {row.subject for row in list_kind_since(session, EXPLAINED, since)}
    differing = select(ShiftClose).where(
        ShiftClose.closed_at >= since, ShiftClose.counted_vnd != ShiftClose.expected_vnd
    )
    closes = session.scalars(differing.order_by(ShiftClose.closed_at.desc())).all()
    return [close for close in closes if f"shift:{close.shift_number}" not in explained]
