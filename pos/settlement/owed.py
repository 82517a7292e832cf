"""settlement/owed.py — a producer's account: what was owed by the last statement, and every row of the books since."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..kernel.clock import business_day
from ..kernel.keys import split_keys
from .bought import list_bought
from .lost import list_lost
from .lot_facts import LotBook
from .meant import MeantPasts
from .models import ProducerEntry, Statement, StatementLeftOut, StatementRow
from .rows import LeftOutRow, OwedRow, Scope, Watermarks
from .sold import list_sold
from .worth import Worth


@dataclass(frozen=True, slots=True)
class Account:
    """What stands in a producer's account since the last statement (`since`; None where there is none yet).

    `rows` in the order of their moments; `left_out`: what can't be settled, because it is under no terms.
    """

    producer_id: int
    since: Statement | None
    rows: Sequence[OwedRow]
    left_out: Sequence[LeftOutRow]

    @property
    def opening_vnd(self) -> int:
        return self.since.closing_vnd if self.since else 0

    @property
    def closing_vnd(self) -> int:
        """What the shop owes; below 0 the producer owes the shop."""
        return self.opening_vnd + sum(row.owed_vnd for row in self.rows)


def read_account(
    session: Session,
    producer_id: int,
    *,
    until: datetime | None = None,
    last_day: date | None = None,
    below: int | None = None,
    as_if: tuple[int, int] | None = None,
) -> Account:
    """The account as it stood at a moment (now, without), by rows of the days up to `last_day`.

    `below`: as if there were no statement of this number or a higher one. `as_if`: as if this lot had come under these terms
    (their ids).
    """
    since = find_last_statement(session, producer_id, until, below)
    scope = replace(_make_scope(session, producer_id, since), until=until, last_day=last_day, as_if=as_if)
    book, pasts = LotBook(session, scope), MeantPasts(producer_id, partial(list_sold, session))
    sold, fill = list_sold(session, scope, pasts, book)
    found: list[OwedRow | LeftOutRow] = [*list_bought(session, scope, book), *sold]
    found += [*list_lost(session, scope, book, fill, pasts), *_list_entries(session, scope)]
    if since is not None:
        found = _leave_out_settled(session, found, since)
    return Account(
        producer_id,
        since,
        sorted((row for row in found if isinstance(row, OwedRow)), key=lambda row: row.at),
        sorted((row for row in found if isinstance(row, LeftOutRow)), key=lambda row: row.at),
    )


def find_last_statement(
    session: Session, producer_id: int, until: datetime | None = None, below: int | None = None
) -> Statement | None:
    """The newest of a producer: of a moment, and of those with a lower number."""
    query = select(Statement).where(Statement.producer_id == producer_id)
    if below is not None:
        query = query.where(Statement.number < below)
    if until is not None:
        query = query.where(Statement.at <= until)
    return session.scalars(query.order_by(Statement.number.desc()).limit(1)).first()


def _make_scope(session: Session, producer_id: int, since: Statement | None) -> Scope:
    """What the last statement didn't look at, and what it had to leave out."""
    if since is None:
        return Scope(producer_id)
    above = Watermarks(
        since.up_to_sale,
        since.up_to_write_off,
        since.up_to_count,
        since.up_to_receiving,
        since.up_to_fault,
        since.up_to_entry,
    )
    left_out = session.execute(
        select(StatementLeftOut.source, StatementLeftOut.lot_id).where(
            StatementLeftOut.statement_number == since.number
        )
    )
    return Scope(producer_id, above, since.number, since.ends, frozenset(left_out.tuples()))


def _list_entries(session: Session, scope: Scope) -> Iterator[OwedRow]:
    rows = session.scalars(
        select(ProducerEntry)
        .where(ProducerEntry.producer_id == scope.producer_id, ProducerEntry.number > scope.above.entry)
        .order_by(ProducerEntry.number)
    )
    for entry in rows:
        key, day = (f"producer_entry:{entry.number}", 0), business_day(entry.at)
        if scope.has(entry.number, scope.above.entry, key, entry.at, day):
            back_to = f"producer_entry:{entry.reverses}" if entry.reverses else entry.about
            yield OwedRow(
                *key,
                entry.kind,
                entry.at,
                day,
                entry.reason,
                "",
                0,
                Worth(owed_vnd=entry.amount_vnd),
                back_to=back_to,
            )


def _leave_out_settled(
    session: Session, rows: Sequence[OwedRow | LeftOutRow], since: Statement
) -> list[OwedRow | LeftOutRow]:
    """Rows without those that stand on a statement: where days didn't rise with the numbers, a mark is lower than it had to be."""
    doubtful = {row.source for row in rows if row.day <= since.ends}
    settled = {
        (source, lot_id)
        for sources in split_keys(doubtful)
        for source, lot_id in session.execute(
            select(StatementRow.source, StatementRow.lot_id).where(
                StatementRow.source.in_(sources), StatementRow.statement_number <= since.number
            )
        ).tuples()
    }
    return [row for row in rows if row.key not in settled]
