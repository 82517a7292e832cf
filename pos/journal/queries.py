"""journal/queries.py — readings of the journal: page by page, and the history of one row."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, true
from sqlalchemy.orm import Session

from ..kernel.own_codes import parse_receipt_number
from ..kernel.text import fold_text
from .days import is_of_day
from .models import JournalRow
from .payload import names_amount, read_facts, read_payload
from .record import RESTORED

MOST_GOODS = 50  # products that words may name: their lots and papers are asked for, too
FEWEST_DIGITS = 16  # of a hash, on paper: 64 bits that nobody finds a second journal for


@dataclass(frozen=True, slots=True)
class JournalFilter:
    """What is asked of the journal; empty asks nothing. `actor`: a part of who did it; `subjects`: rows that acts are about ("lot:5").

    `amount_vnd`: a sum that the act names, with either sign; it is looked for within a day alone.
    """

    kind: str = ""
    actor: str = ""
    day: date | None = None
    subjects: Sequence[str] | None = None
    amount_vnd: int | None = None


def list_newest(
    session: Session, asked: JournalFilter, *, before: int | None = None, limit: int = 100
) -> Sequence[JournalRow]:
    """Rows with the newest first; `before` is a sequence number to page on from. Raises ValueError for an amount without a day."""
    query = select(JournalRow).order_by(JournalRow.seq.desc())
    of_day = is_of_day(session, asked.day) if asked.day is not None else true()
    query = query.where(of_day)
    if asked.kind:
        query = query.where(JournalRow.kind == asked.kind)
    if asked.actor:
        query = query.where(JournalRow.actor.in_(_list_actors_named(session, asked.actor, of_day)))
    if asked.subjects is not None:
        query = query.where(JournalRow.subject.in_(asked.subjects))
    if before is not None:
        query = query.where(JournalRow.seq < before)
    if asked.amount_vnd is None:
        return session.scalars(query.limit(limit)).all()
    if asked.day is None:
        raise ValueError("an amount is looked for within a day")
    return list(islice(_iterate_with_amount(session, query, abs(asked.amount_vnd)), limit))


def _iterate_with_amount(
    session: Session, query: Select[JournalRow], amount_vnd: int
) -> Iterator[JournalRow]:
    """Those rows whose details name the sum; the text of the details leaves out most before they are read."""
    likely = query.where(JournalRow.payload.contains(str(amount_vnd))).execution_options(yield_per=200)
    return (row for row in session.scalars(likely) if names_amount(read_payload(row.payload), amount_vnd))


def _list_actors_named(session: Session, words: str, of_day: ColumnElement[bool]) -> list[str]:
    """Everybody who acted then and whose name has these words, whatever their accents and case."""
    wanted = fold_text(words).split()
    return [
        actor
        for actor in session.scalars(select(JournalRow.actor).where(of_day).distinct())
        if all(word in fold_text(actor) for word in wanted)
    ]


def find_subjects_of_goods(session: Session, words: str) -> list[str]:
    """The products whose name has these words, with their lots and the papers that name them, as acts are about them.

    Asked by the tables alone: the journal stands below the rooms that own them.
    """
    tables = JournalRow.metadata.tables
    product, lot, cover = tables["product"], tables["lot"], tables["paper_cover"]
    key = fold_text(words)
    ids = session.scalars(select(product.c.id).where(*(product.c.search_key.contains(word, autoescape=True) for word in key.split())).limit(MOST_GOODS)).all()  # fmt: skip
    lots = session.scalars(select(lot.c.id).where(lot.c.product_id.in_(ids)))
    papers = session.scalars(select(cover.c.paper_id).where(cover.c.product_id.in_(ids)).distinct())
    return [
        *(f"product:{id_}" for id_ in ids),
        *(f"lot:{id_}" for id_ in lots),
        *(f"paper:{id_}" for id_ in papers),
    ]


def find_subjects_of_receipt(session: Session, typed: str) -> list[str] | None:
    """The sale with this receipt's number, its basket, its refunds and its voiding; None where the text is no such number."""
    tables = JournalRow.metadata.tables
    sale, shop = tables["sale"], tables["shop"]
    number = parse_receipt_number(typed, session.scalar(select(shop.c.code).limit(1)))
    if number is None:
        return None
    sales = session.execute(
        select(sale.c.number, sale.c.basket_id).where((sale.c.number == number) | (sale.c.refunds == number))
    )
    names = {(f"sale:{each.number}", f"basket:{each.basket_id}") for each in sales}
    return sorted({name for pair in names for name in pair} - {"basket:None"})


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


def find_restore(session: Session) -> datetime | None:
    """When these books were restored from a backup last: what was done between the backup and then is not in them."""
    newest = select(JournalRow.at).where(JournalRow.kind == RESTORED).order_by(JournalRow.seq.desc())
    return session.scalars(newest.limit(1)).first()


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
