"""journal/queries.py — readings of the journal: page by page, and the history of one row."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from .models import JournalRow


def newest(
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
class Change:
    """One act on a row, and which of its facts it changed: name, before, after."""

    row: JournalRow
    facts: list[tuple[str, Any, Any]]


def history(session: Session, subject: str) -> list[Change]:
    """Every act on a row ("product:12"), newest first, with what each changed."""
    rows = session.scalars(
        select(JournalRow).where(JournalRow.subject == subject).order_by(JournalRow.seq)
    ).all()
    changes: list[Change] = []
    before: dict[str, Any] = {}
    for row in rows:
        after = json.loads(row.payload).get("facts", {}).get(subject)
        changed = []
        if after is not None:
            changed = [(k, before.get(k), v) for k, v in after.items() if (before.get(k) != v and v not in ("", None, []))
                       or (k in before and before[k] != v)]  # fmt: skip
            before = after
        changes.append(Change(row, changed))
    return changes[::-1]
