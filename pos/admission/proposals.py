"""admission/proposals.py — papers that producers send in, and what the manager makes of them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..journal.record import record
from ..kernel.actor import Actor
from ..kernel.clock import business_day
from ..kernel.errors import Refused
from ..kernel.tables import get_row
from ..kernel.text import normalize_text
from .models import Paper, PaperKind, ProposedPaper
from .papers import refuse_beyond_term


def propose_paper(session: Session, proposed: ProposedPaper, *, by: Actor, at: datetime) -> ProposedPaper:
    """Keep what a producer sent. Raises Refused (`number_missing`, `file_missing`, `ends_before_start`, `ends_beyond_term`)."""
    PaperKind(proposed.kind)
    proposed.number, proposed.issuer = (
        normalize_text(proposed.number or ""),
        normalize_text(proposed.issuer or ""),
    )
    if not proposed.number:
        raise Refused.because("number_missing")
    if proposed.file_id is None:
        raise Refused.because("file_missing")
    if proposed.issued and proposed.ends and proposed.ends < proposed.issued:
        raise Refused.because("ends_before_start", starts=proposed.issued, ends=proposed.ends)
    refuse_beyond_term(PaperKind(proposed.kind), proposed.issued, None, proposed.ends, business_day(at))
    proposed.at, proposed.by_name = at, by.name
    session.add(proposed)
    session.flush()
    record(session, "paper_proposed", by=by, at=at, subject=proposed, facts=[proposed])
    return proposed


def get_proposed(session: Session, proposed_id: int) -> ProposedPaper:
    return get_row(session, ProposedPaper, proposed_id, "paper_not_found")


def list_waiting(session: Session) -> Sequence[ProposedPaper]:
    """Not decided yet, the oldest first."""
    query = select(ProposedPaper).where(ProposedPaper.decided_at.is_(None))
    return session.scalars(query.order_by(ProposedPaper.id)).all()


def list_proposed_by(session: Session, producer_id: int, limit: int = 30) -> Sequence[ProposedPaper]:
    query = select(ProposedPaper).where(ProposedPaper.producer_id == producer_id)
    return session.scalars(query.order_by(ProposedPaper.id.desc()).limit(limit)).all()


def accept_proposal(
    session: Session, proposed: ProposedPaper, paper: Paper, *, by: Actor, at: datetime
) -> None:
    """It became this paper. Raises Refused (`decided_already`)."""
    _require_waiting(proposed)
    proposed.decided_at, proposed.paper_id = at, paper.id
    record(session, "paper_taken_over", by=by, at=at, subject=proposed, facts=[proposed])


def decline_proposal(
    session: Session, proposed: ProposedPaper, *, reason: str, by: Actor, at: datetime
) -> None:
    """It is not taken; the producer reads why. Raises Refused (`decided_already`, `reason_missing`)."""
    _require_waiting(proposed)
    if not reason.strip():
        raise Refused.because("reason_missing")
    proposed.decided_at, proposed.declined_because = at, normalize_text(reason)
    record(session, "paper_declined", by=by, at=at, subject=proposed, facts=[proposed])


def _require_waiting(proposed: ProposedPaper) -> None:
    if proposed.decided_at is not None:
        raise Refused.because("decided_already")
