"""settlement/disputes.py — a producer says that a line of a statement is wrong; the shop answers, or puts it right by an entry."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from ..identity.second_person import require_second
from ..identity.sign_in import describe_approval
from ..journal.record import record
from ..kernel.actor import Actor, Approval, Role, require_manager
from ..kernel.errors import NotFound, Refused
from ..kernel.tables import get_row, next_number
from ..kernel.text import normalize_text
from ..messages.templates import make_dispute_answered
from ..messages.write import tell_producer
from ..producers.models import Producer
from .entries import record_correction
from .models import Dispute, DisputeNote, ProducerEntry, Statement, StatementRow

LONGEST = 2_000


def open_dispute(
    session: Session, statement: Statement, row_n: int, text: str, *, by: Actor, at: datetime
) -> Dispute:
    """Say that a line is wrong; a line has one open dispute at a time.

    Raises Refused (`dispute_text_missing`, `dispute_too_long`, `dispute_open`), NotFound (`line_gone`).
    """
    if session.get(StatementRow, (statement.number, row_n)) is None:
        raise NotFound.because("line_gone")
    written = _read_text(text)
    earlier = session.scalars(
        select(Dispute).where(Dispute.statement_number == statement.number, Dispute.row_n == row_n)
    )
    if any(is_open(session, each) for each in earlier):
        raise Refused.because("dispute_open")
    dispute = Dispute(
        number=next_number(session, Dispute.number),
        statement_number=statement.number,
        row_n=row_n,
        by_name=by.name,
        at=at,
    )
    session.add(dispute)
    session.flush()
    note = _write_note(session, dispute, written, by=by, at=at)
    record(session, "dispute_opened", by=by, at=at, subject=statement, seals=[dispute, note], line=row_n)
    return dispute


def answer_dispute(
    session: Session,
    dispute: Dispute,
    text: str,
    *,
    by: Actor,
    at: datetime,
    is_end: bool = False,
    correction_vnd: int = 0,
    approval: Approval | None = None,
) -> DisputeNote:
    """Either side writes; the shop may end it, or put the line right by an entry (`correction_vnd`, signed), which ends it.

    Raises Refused (`dispute_text_missing`, `dispute_too_long`, `dispute_ended`, `second_person_needed`, `second_person_new`),
    NotAllowed (`manager_needed`: only the shop ends and corrects).
    """
    written = _read_text(text)
    if not is_open(session, dispute):
        raise Refused.because("dispute_ended")
    if is_end or correction_vnd:
        require_manager(by, None)
    entry_number = None
    if correction_vnd:
        if approval is None:
            raise Refused.because("second_person_needed")
        require_second(session, by, approval)
        entry_number = _write_correction(session, dispute, correction_vnd, written, approval, by, at)
    note = _write_note(
        session, dispute, written, entry_number, is_end=is_end or bool(correction_vnd), by=by, at=at
    )
    statement = session.get_one(Statement, dispute.statement_number)
    agreed = describe_approval(approval if correction_vnd else None)
    record(
        session,
        "dispute_answered",
        by=by,
        at=at,
        subject=statement,
        seals=[note],
        line=dispute.row_n,
        **agreed,
    )
    if by.role is not Role.PRODUCER:
        _tell_answer(session, dispute, statement.producer_id, correction_vnd, by, at)
    return note


def _tell_answer(
    session: Session, dispute: Dispute, producer_id: int, correction_vnd: int, by: Actor, at: datetime
) -> None:
    answered = make_dispute_answered(
        statement=dispute.statement_number,
        line=dispute.row_n,
        dispute=dispute.number,
        correction_vnd=correction_vnd,
    )
    tell_producer(session, producer_id, answered, by=by, at=at)


def _write_correction(
    session: Session,
    dispute: Dispute,
    amount_vnd: int,
    text: str,
    approval: Approval,
    by: Actor,
    at: datetime,
) -> int:
    """The entry that puts a line right; the statement itself stays as it was agreed."""
    statement = session.get_one(Statement, dispute.statement_number)
    row = session.get_one(StatementRow, (dispute.statement_number, dispute.row_n))
    entry = record_correction(
        session, session.get_one(Producer, statement.producer_id), amount_vnd, text, approval=approval, by=by, at=at,
        about=row.source, lot_id=row.lot_id or None,
    )  # fmt: skip
    return entry.number


def _write_note(
    session: Session,
    dispute: Dispute,
    text: str,
    entry_number: int | None = None,
    *,
    by: Actor,
    at: datetime,
    is_end: bool = False,
) -> DisputeNote:
    last = session.scalar(select(func.max(DisputeNote.n)).where(DisputeNote.dispute_number == dispute.number))
    note = DisputeNote(
        dispute_number=dispute.number, n=(last or 0) + 1, is_producers=by.role is Role.PRODUCER, text=text, by_name=by.name, at=at,
        entry_number=entry_number, is_end=is_end,
    )  # fmt: skip
    session.add(note)
    session.flush()
    return note


def _read_text(text: str) -> str:
    written = normalize_text(text)
    if not written:
        raise Refused.because("dispute_text_missing")
    if len(written) > LONGEST:
        raise Refused.because("dispute_too_long", most=LONGEST)
    return written


def is_open(session: Session, dispute: Dispute) -> bool:
    """Has the shop not ended it yet?"""
    ended = exists().where(DisputeNote.dispute_number == dispute.number, DisputeNote.is_end.is_(True))
    return not session.scalar(select(ended))


def get_dispute(session: Session, number: int) -> Dispute:
    return get_row(session, Dispute, number, "dispute_not_found")


def list_open_disputes(
    session: Session, producer_id: int | None = None
) -> Sequence[tuple[Dispute, Statement]]:
    """Those that the shop has not ended, the oldest first, each with its statement; of one producer or of all."""
    ended = select(DisputeNote.n).where(
        DisputeNote.dispute_number == Dispute.number, DisputeNote.is_end.is_(True)
    )
    query = (
        select(Dispute, Statement)
        .join(Statement, Statement.number == Dispute.statement_number)
        .where(~ended.exists())
        .order_by(Dispute.number)
    )
    if producer_id is not None:
        query = query.where(Statement.producer_id == producer_id)
    return session.execute(query).tuples().all()


def list_disputes(session: Session, statement_number: int) -> Sequence[Dispute]:
    """All of a statement, in their order."""
    return session.scalars(
        select(Dispute).where(Dispute.statement_number == statement_number).order_by(Dispute.number)
    ).all()


def list_notes(session: Session, dispute: Dispute) -> Sequence[DisputeNote]:
    """What both sides wrote, in its order."""
    return session.scalars(
        select(DisputeNote).where(DisputeNote.dispute_number == dispute.number).order_by(DisputeNote.n)
    ).all()


def sum_corrections(session: Session, notes: Sequence[DisputeNote]) -> dict[int, int]:
    """By how much each entry that these notes name put the line right, by the entry's number."""
    numbers = {note.entry_number for note in notes if note.entry_number}
    query = select(ProducerEntry.number, ProducerEntry.amount_vnd).where(ProducerEntry.number.in_(numbers))
    return dict(session.execute(query).tuples().all())
