"""journal/queries.py — readings of the journal: page by page, and the history of one row."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from .models import JournalRow
from .payload import read_facts

FEWEST_DIGITS = 16  # of a hash, on paper: 64 bits that nobody finds a second journal for


def list_newest(
    session: Session, *, kind: str = "", before: int | None = None, limit: int = 100
) -> Sequence[JournalRow]:
    """Rows with the newest first; `before` is a sequence number to page on from."""
    query = select(JournalRow).order_by(JournalRow.seq.desc()).limit(limit)
    if kind:
        query = query.where(JournalRow.kind == kind)
    if before is not None:
        query = query.where(JournalRow.seq < before)
    return session.scalars(query).all()


@dataclass(frozen=True, slots=True)
class RecordedChange:
    """One act on a row, and which of its facts it changed: name, before, after."""

    row: JournalRow
    facts: list[tuple[str, Any, Any]]


def list_changes(session: Session, subject: str) -> list[RecordedChange]:
    """Every act on a row ("product:12"), newest first, with what each changed."""
    rows = session.scalars(
        select(JournalRow).where(JournalRow.subject == subject).order_by(JournalRow.seq)
    ).all()
    changes: list[RecordedChange] = []
    before: dict[str, Any] = {}
    for row in rows:
        after = read_facts(row.payload).get(subject)
        changed = []
        if after is not None:
            changed = [(k, before.get(k), v) for k, v in after.items() if (before.get(k) != v and v not in ("", None, []))
                       or (k in before and before[k] != v)]  # fmt: skip
            before = after
        changes.append(RecordedChange(row, changed))
    return changes[::-1]


def count_acts(session: Session, kind: str, subject: str) -> int:
    """How many acts of that kind there were on a row."""
    acts = select(func.count()).where(JournalRow.subject == subject, JournalRow.kind == kind)
    return session.scalar(acts) or 0


def list_kind_of(session: Session, kind: str, subject: str) -> Sequence[JournalRow]:
    """The acts of one kind about one thing, oldest first."""
    query = select(JournalRow).where(JournalRow.subject == subject, JournalRow.kind == kind)
    return session.scalars(query.order_by(JournalRow.seq)).all()


def format_head(seq: int, row_hash: str) -> str:
    """A row of the journal as it is shown and printed: '1234:9f86d081884c7d65'."""
    return f"{seq}:{row_hash[:FEWEST_DIGITS]}"


def find_head_of(session: Session, kind: str, subject: str) -> str:
    """How the newest row of that kind about `subject` is written on paper; "" for none."""
    row = session.scalars(
        select(JournalRow)
        .where(JournalRow.kind == kind, JournalRow.subject == subject)
        .order_by(JournalRow.seq.desc())
        .limit(1)
    ).first()
    return format_head(row.seq, row.hash) if row else ""


def find_newest_seq(session: Session) -> int:
    """The number of the newest act; 0 for none."""
    return session.scalar(select(func.max(JournalRow.seq))) or 0


def find_newest(session: Session, *kinds: str) -> JournalRow | None:
    """The newest act of one of these kinds."""
    return session.scalars(
        select(JournalRow).where(JournalRow.kind.in_(kinds)).order_by(JournalRow.seq.desc()).limit(1)
    ).first()


@dataclass(frozen=True, slots=True)
class CountedActs:
    """How many acts of a kind there were, and when the last was (None: never)."""

    times: int
    last: datetime | None


def count_kind_since(session: Session, kind: str, since: datetime) -> CountedActs:
    """The acts of one kind since a moment."""
    query = select(func.count(), func.max(JournalRow.at)).where(
        JournalRow.kind == kind, JournalRow.at >= since
    )
    times, last = session.execute(query).one()
    return CountedActs(times, last)


def list_kind_since(session: Session, kind: str, since: datetime, limit: int = 20) -> Sequence[JournalRow]:
    """The acts of one kind since a moment, newest first."""
    query = select(JournalRow).where(JournalRow.kind == kind, JournalRow.at >= since)
    return session.scalars(query.order_by(JournalRow.seq.desc()).limit(limit)).all()
