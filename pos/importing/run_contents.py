"""importing/run_contents.py — what an import wrote, by the journal's rows of its parts."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from ..journal.models import JournalRow
from ..journal.payload import read_facts, read_payload
from ..journal.queries import find_newest_seq
from ..kernel.tables import get_row
from .models import ImportRun

KEPT_OPEN = timedelta(hours=24)  # an import can be taken back so long


@dataclass
class RunContents:
    """Ids of rows by what became of them; `before`: the state of each changed row as it was, by its name in the journal.

    `covered`: the products that its own papers name, as it wrote them.
    """

    added: dict[str, list[int]] = field(default_factory=dict)  # by table
    changed: dict[str, list[int]] = field(default_factory=dict)
    before: dict[str, dict[str, Any]] = field(default_factory=dict)
    prices: list[int] = field(default_factory=list)
    moves: list[int] = field(default_factory=list)
    covered: set[int] = field(default_factory=set)
    agreed: set[int] = field(default_factory=set)  # producers with whom a deal was answered
    last: int = 0


_ADDED = {
    "producer_added": "producer", "product_added": "product", "paper_added": "paper", "lot_added": "lot", "place_added": "place",
    "delivery_announced": "announced_delivery",
}  # fmt: skip
_CHANGED = {"producer_changed": "producer", "product_changed": "product", "paper_changed": "paper"}


def get_run(session: Session, run_id: int) -> ImportRun:
    return get_row(session, ImportRun, run_id, "import_not_found")


def list_runs(session: Session, limit: int = 10) -> Sequence[ImportRun]:
    """The newest imports first."""
    return session.scalars(select(ImportRun).order_by(ImportRun.id.desc()).limit(limit)).all()


def note_part(session: Session, run_id: int | None, first: int) -> None:
    """The journal's rows since `first` are an import's too: its pictures, that come after its rows."""
    last = find_newest_seq(session)
    if run_id is None or last < first:
        return
    run = get_run(session, run_id)
    run.parts = json.dumps([*json.loads(run.parts), [first, last]])


def can_be_taken_back(run: ImportRun, at: datetime) -> bool:
    return run.taken_back_at is None and at - run.at <= KEPT_OPEN


def read_contents(session: Session, run: ImportRun) -> RunContents:
    """What the journal says that this import wrote."""
    parts: list[list[int]] = json.loads(run.parts)
    within = or_(*(and_(JournalRow.seq >= first, JournalRow.seq <= last) for first, last in parts))
    found = RunContents(last=max((last for _first, last in parts), default=0))
    for row in session.scalars(select(JournalRow).where(within).order_by(JournalRow.seq)) if parts else ():
        table, _, key = (row.subject or "").partition(":")
        if row.kind == "terms_agreed":
            found.agreed.add(int(key))
        if row.kind in _ADDED:
            found.added.setdefault(_ADDED[row.kind], []).append(int(key))
        elif row.kind in _CHANGED and int(key) not in found.added.get(table, ()):
            found.changed.setdefault(table, [])
            if int(key) not in found.changed[table]:
                found.changed[table].append(int(key))
                found.before[row.subject or ""] = _find_state_before(session, row)
        for state in read_facts(row.payload).values() if table == "paper" else ():
            found.covered |= {cover[0] for cover in state.get("covers", ())}
        for name in read_payload(row.payload).get("seals", {}):
            sealed, _, id_ = name.partition(":")
            if sealed in {"price", "stock_move"}:
                (found.prices if sealed == "price" else found.moves).append(int(id_))
    return found


def _find_state_before(session: Session, row: JournalRow) -> dict[str, Any]:
    query = select(JournalRow).where(JournalRow.subject == row.subject, JournalRow.seq < row.seq)
    for earlier in session.scalars(query.order_by(JournalRow.seq.desc())):
        state = read_facts(earlier.payload).get(row.subject or "")
        if state is not None:
            return state
    return {}


def list_changed_since(session: Session, contents: RunContents) -> list[str]:
    """Names of rows that the import changed and that somebody has changed again since."""
    names = [f"{table}:{id_}" for table, ids in contents.changed.items() for id_ in ids]
    query = select(JournalRow.subject).where(
        JournalRow.subject.in_(names), JournalRow.seq > contents.last, JournalRow.kind.in_((*_CHANGED, "fact_changed", "paper_revoked"))
    )  # fmt: skip
    return sorted({name for name in session.scalars(query) if name})
