"""logbooks/complaints.py — the complaint book: what a buyer said, and what was answered.

Law on the protection of consumers' rights 19/2023/QH15, art. 31: a complaint is taken in and answered.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..journal.record import record
from ..kernel.actor import Actor
from ..kernel.errors import Refused
from ..kernel.tables import get_row, next_number
from ..kernel.text import normalize_text
from .models import Complaint


def list_complaints(session: Session, *, open_only: bool = False) -> Sequence[Complaint]:
    query = select(Complaint).order_by(Complaint.answered_at.is_not(None), Complaint.number.desc())
    return session.scalars(query.where(Complaint.answered_at.is_(None)) if open_only else query).all()


def get_complaint(session: Session, number: int) -> Complaint:
    return get_row(session, Complaint, number, "complaint_not_found")


def write_complaint(
    session: Session, about: str, words: str, contact: str, *, by: Actor, at: datetime
) -> Complaint:
    """Write a complaint into the book. `contact` only with the buyer's consent; the journal never sees it.

    Raises Refused (`said_missing`).
    """
    if not words.strip():
        raise Refused.because("said_missing")
    complaint = Complaint(
        number=next_number(session, Complaint.number), at=at, taken_by=by.name, about=normalize_text(about), said=words.strip(),
        contact=normalize_text(contact), answer="", answered_at=None, answered_by="", salt=secrets.token_hex(16),
    )  # fmt: skip
    session.add(complaint)
    session.flush()
    record(session, "complaint_taken", by=by, at=at, subject=complaint, state_seals=[complaint])
    return complaint


def record_answer(session: Session, complaint: Complaint, words: str, *, by: Actor, at: datetime) -> None:
    """What the buyer was told. A later answer takes the earlier one's place. Raises Refused (`said_missing`)."""
    if not words.strip():
        raise Refused.because("said_missing")
    complaint.answer, complaint.answered_at, complaint.answered_by = words.strip(), at, by.name
    record(session, "complaint_answered", by=by, at=at, subject=complaint, state_seals=[complaint])
