"""identity/fact_changes.py — dates, origin and stars of goods that were on the floor: changed by two people, or a day later.

One person who edits a lot's end alone makes expired goods sell, and nobody sees it. So a second person agrees, whose account
and PIN are not new; where there is none, the change waits until the next business day. Either way it is on the first
page for a week.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..journal.models import JournalRow
from ..journal.payload import read_facts
from ..journal.record import canonical_json, record, row_name
from ..kernel.actor import Actor, Approval
from ..kernel.clock import business_day
from ..kernel.errors import Stale
from ..kernel.tables import Base, get_row
from .models import FactChange
from .second_person import has_settled_second, require_settled_second
from .sign_in import describe_approval

SHOWN_FOR = timedelta(days=7)


def find_differences(
    row: Base, wanted: Mapping[str, Any], names: Iterable[str]
) -> dict[str, tuple[Any, Any]]:
    """Of these fields those that are wanted otherwise, each with what it is and what it would be."""
    return {
        name: (getattr(row, name), wanted[name])
        for name in names
        if name in wanted and getattr(row, name) != wanted[name]
    }


def decide_change(
    session: Session,
    row: Base,
    name: str,
    changes: Mapping[str, tuple[Any, Any]],
    *,
    by: Actor,
    at: datetime,
    approval: Approval | None,
) -> FactChange:
    """Note the change; the caller carries it out now if `applied_at` is set, else `apply_due_changes` does when it is due.

    Raises Refused (`second_person_needed`, `second_person_new`), Stale (`change_waits`) where one waits already.
    """
    if list_waiting(session, row_name(row)):
        raise Stale.because("change_waits")
    waits = approval is None and not has_settled_second(session, by, at)
    if not waits:
        require_settled_second(session, by, approval, at)
    change = FactChange(
        subject=row_name(row), name=name, changes=canonical_json({field: list(pair) for field, pair in changes.items()}),
        at=at, by_id=by.person_id, by_name=by.name, approved_by=approval.by.name if approval else "",
        due_on=business_day(at) + timedelta(days=1) if waits else None, applied_at=None if waits else at,
    )  # fmt: skip
    session.add(change)
    session.flush()
    record(session, "fact_change_waits" if waits else "fact_changed", by=by, at=at, subject=change, facts=[change],
           **describe_approval(approval))  # fmt: skip
    return change


def list_waiting(session: Session, subject: str = "") -> Sequence[FactChange]:
    """The changes that aren't in force yet, of one row or of all, the oldest first."""
    query = select(FactChange).where(FactChange.applied_at.is_(None), FactChange.withdrawn_at.is_(None))
    return session.scalars(
        (query.where(FactChange.subject == subject) if subject else query).order_by(FactChange.id)
    ).all()


def list_recent(session: Session, at: datetime) -> Sequence[FactChange]:
    """What waits, and what was asked for or came into force in the last week; the newest first."""
    since = at - SHOWN_FOR
    waiting = FactChange.applied_at.is_(None) & FactChange.withdrawn_at.is_(None)
    recent = (FactChange.at >= since) | (FactChange.applied_at >= since)
    return session.scalars(select(FactChange).where(waiting | recent).order_by(FactChange.id.desc())).all()


def list_due(session: Session, on: date) -> Sequence[FactChange]:
    return [change for change in list_waiting(session) if change.due_on is not None and change.due_on <= on]


def is_journaled(session: Session, change: FactChange) -> bool:
    """Does the journal hold the change just as the row says? A row that was put into the table by hand is not carried out."""
    payload = session.scalar(
        select(JournalRow.payload)
        .where(JournalRow.subject == row_name(change), JournalRow.kind == "fact_change_waits")
        .order_by(JournalRow.seq.desc())
        .limit(1)
    )
    facts = read_facts(payload).get(row_name(change)) if payload else None
    return bool(facts == json.loads(canonical_json(change.facts())))


def withdraw_change(session: Session, change_id: int, *, by: Actor, at: datetime) -> FactChange:
    """Take back a change that still waits. Raises NotFound, Stale (`change_decided`)."""
    change = get_row(session, FactChange, change_id, "change_not_found")
    if change.applied_at is not None or change.withdrawn_at is not None:
        raise Stale.because("change_decided")
    change.withdrawn_at, change.withdrawn_by = at, by.name
    record(session, "fact_change_withdrawn", by=by, at=at, subject=change, facts=[change])
    return change


def mark_applied(session: Session, change: FactChange, *, by: Actor, at: datetime) -> None:
    change.applied_at = at
    record(session, "fact_changed", by=by, at=at, subject=change, facts=[change])


def changed_fields(change: FactChange) -> dict[str, tuple[Any, Any]]:
    """By field: before and after, days as ISO text."""
    return {field: (before, after) for field, (before, after) in json.loads(change.changes).items()}


def find_subject_id(change: FactChange, table: str) -> int | None:
    """The id of the row that it is about, where that is of this table."""
    kind, _colon, row_id = change.subject.partition(":")
    return int(row_id) if kind == table else None
