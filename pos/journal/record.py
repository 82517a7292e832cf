"""journal/record.py — write an act to the journal, and seal the rows that were written with it."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from json.encoder import encode_basestring
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..kernel.actor import Actor
from ..kernel.errors import Refused
from ..kernel.formats import format_moment
from ..kernel.inserts import find_rows_for_later, insert_values
from ..kernel.tables import Base, to_json_value
from .models import JournalRow

# Nobody may be kept out by a date, and no guess goes uncounted: these are written in any time. They do not move the
# books' own time either: a sign-in under a wrong clock makes no sale possible, and its confirmation not needless.
IN_ANY_TIME = (
    "signed_in", "signed_out", "locked", "pin_wrong", "invitation_pin_wrong", "refused", "backed_up", "backup_asked", "backup_failed", "books_proved", "head_kept", "closing_made",
)  # fmt: skip
GENESIS = "0" * 64
_WRITTEN = "journal_row_written"
_HEAD = (
    select(JournalRow.seq, JournalRow.kind, JournalRow.hash, JournalRow.at)
    .order_by(JournalRow.seq.desc())
    .limit(1)
)
TOLERATED_SKEW = timedelta(
    minutes=2
)  # two tills may ask for the time in one order and the writer's turn in another


RESTORED = "restored"
CLOCK_CONFIRMED = "clock_confirmed"
_HEAD_IN_TIME = (
    select(JournalRow.at).where(JournalRow.kind.not_in(IN_ANY_TIME)).order_by(JournalRow.seq.desc()).limit(1)
)


def find_head(session: Session) -> Any:
    """The journal's newest row: its `seq`, `kind`, `hash` and `at`; None for an empty journal."""
    return session.execute(_HEAD).first()


def find_time_ahead(session: Session, at: datetime) -> datetime | None:
    """The newest time in the books, where a clock that says `at` stands before it; None for a clock that may go on."""
    return _find_time_ahead(session, find_head(session), at)


def find_books_time(session: Session) -> datetime | None:
    """The books' own time: of the newest act that a wrong clock would have stopped; None where there is none."""
    return session.scalar(_HEAD_IN_TIME)


def _find_time_ahead(session: Session, head: Any, at: datetime) -> datetime | None:
    """The same by the newest row, which mostly tells it: the others are asked only where it was written in any time."""
    is_in_time = head is not None and head.kind not in IN_ANY_TIME
    last = head.at if is_in_time else session.scalar(_HEAD_IN_TIME)
    return last if last is not None and at < last - TOLERATED_SKEW else None


_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=to_json_value)


def canonical_json(value: Any) -> str:
    """One text for one value: sorted keys, no spaces, real letters."""
    return _ENCODER.encode(value)


def chained_hash(previous_hash: str, columns: Mapping[str, Any]) -> str:
    """SHA-256 over the previous hash and the canonical JSON of this row's other columns."""
    body = {k: v for k, v in columns.items() if k not in {"hash", "previous_hash"}}
    return hashlib.sha256((previous_hash + canonical_json(body)).encode()).hexdigest()


def row_name(row: Base) -> str:
    """'product:12': the table and the primary key."""
    keys = {c.name: to_json_value(getattr(row, c.key)) for c in row.__table__.primary_key}
    return format_row_name(row.__tablename__, keys, keys)


def format_row_name(table: str, facts: Mapping[str, Any], keys: Iterable[str]) -> str:
    return f"{table}:" + ".".join(str(facts[key]) for key in keys)


def ledger_digest(facts: Mapping[str, Any]) -> str:
    """The seal of a ledger row: 128 bits of SHA-256 over its columns that hold something.

    Null columns are left out, so that a column added later (it must be nullable) breaks no earlier seal.
    """
    return digest_all_columns({name: value for name, value in facts.items() if value is not None})


def seal_rows(table: str, rows: Sequence[Mapping[str, Any]], keys: Sequence[str]) -> dict[str, str]:
    """The seals of many rows with the same columns, by the rows' names: each is what `ledger_digest` makes of it.

    In three fifths of its time: the columns are put in order once, and numbers and texts are written without an encoder for every row.
    """
    columns = [(name, f"{canonical_json(name)}:") for name in sorted(rows[0])] if rows else []
    encode_day = cache(canonical_json)

    def encode(value: Any) -> str:
        return encode_day(value) if type(value) is date else canonical_json(value)

    seals = {}
    for row in rows:
        parts = [
            f"{head}{value if type(value) is int else encode_basestring(value) if type(value) is str else encode(value)}"
            for name, head in columns
            if (value := row[name]) is not None
        ]
        seals[format_row_name(table, row, keys)] = _digest_text(f"{{{','.join(parts)}}}")
    return seals


def state_digest(row: Base) -> str:
    """The digest of a working row's sealed columns, hidden ones too."""
    return ledger_digest({name: to_json_value(getattr(row, name)) for name in row.__sealed_state__})


def digest_all_columns(facts: Mapping[str, Any]) -> str:
    """The same over every column given, null ones too: how revision 0001 sealed."""
    return _digest_text(canonical_json(facts))


def _digest_text(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def record(
    session: Session,
    kind: str,
    *,
    by: Actor,
    at: datetime,
    subject: Base | None = None,
    facts: Iterable[Base] = (),
    seals: Iterable[Base] = (),
    sealed: Mapping[str, str] | None = None,
    state_seals: Iterable[Base] = (),
    removed: Iterable[Base] = (),
    **details: Any,
) -> None:
    """Append one act to the journal.

    `facts` are working rows whose new state is kept whole (their history); `seals` are ledger rows,
    of which a digest is kept, so that `verify` finds the one that was touched (`sealed`: digests made
    already, of rows that were written in bulk). `state_seals` are rows of working tables whose sealed columns
    were written, `removed` those that were deleted: the newest digest is what `verify` compares. Raises Refused
    (`clock_went_back`) when `at` lies before the newest row: a book can't be written backwards, unless a manager has
    confirmed the date, or by an act that the date must not stop (IN_ANY_TIME).
    """
    payload: dict[str, Any] = dict(details)
    if facts_by_row := {row_name(row): row.facts() for row in facts}:
        payload["facts"] = facts_by_row
    if digests := {row_name(row): ledger_digest(row.facts()) for row in seals} | dict(sealed or {}):
        payload["seals"] = digests
    states: dict[str, str | None] = {row_name(row): state_digest(row) for row in state_seals}
    states |= dict.fromkeys(map(row_name, removed))
    if states:
        payload["state_seals"] = states
    act = JournalAct.make(kind, row_name(subject) if subject is not None else None, payload)
    record_acts(session, [act], by=by, at=at)


@dataclass(frozen=True, slots=True)
class JournalAct:
    """An act of many that are written at once: what `record` takes, as its row holds it; `payload` is canonical JSON."""

    kind: str
    subject: str | None
    payload: str

    @classmethod
    def make(cls, kind: str, subject: str | None, payload: Mapping[str, Any]) -> "JournalAct":
        return cls(kind, subject, canonical_json(payload))


def record_acts(session: Session, acts: Sequence[JournalAct], *, by: Actor, at: datetime) -> int:
    """Append acts to the journal, in their order and in one statement; returns the newest row's number.

    A reading that makes rows ready for later keeps the acts with them, and returns 0. Raises Refused as `record` does.
    """
    session.flush()
    later = find_rows_for_later(session)
    if later is not None:
        later.acts += acts
        return 0
    head = find_head(session)
    seq, previous = (head.seq, head.hash) if head else (0, GENESIS)
    is_held_to_time = any(act.kind != CLOCK_CONFIRMED and act.kind not in IN_ANY_TIME for act in acts)
    if is_held_to_time and (last := _find_time_ahead(session, head, at)):
        raise Refused.because("clock_went_back", now=format_moment(at), last=format_moment(last))
    rows = []
    for act in acts:
        seq += 1
        columns = {
            "seq": seq, "at": at, "kind": act.kind, "actor_id": by.person_id, "actor": by.name, "role": by.role.value,
            "station": by.station, "subject": act.subject, "payload": act.payload,
        }  # fmt: skip
        row_hash = chained_hash(previous, columns)
        rows.append({**columns, "previous_hash": previous, "hash": row_hash})
        previous = row_hash
    if rows:
        insert_values(session, JournalRow, rows)
        session.info[_WRITTEN] = rows[-1]
    return seq


def find_row_written(session: Session) -> Mapping[str, Any] | None:
    """The journal's row that this unit of work wrote last, by column; None where it wrote none."""
    return session.info.get(_WRITTEN)
