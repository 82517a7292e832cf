"""settlement/statements.py — freeze a period of a producer's account: each row of the books stands on one statement alone.

A statement is reckoned in a reading, where nobody waits for it, and written in a short unit of work, if the books say the same
then.
"""

import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple, cast

from sqlalchemy import ColumnElement, TextClause, func, select, true
from sqlalchemy.orm import Session

from ..journal.record import record, seal_rows
from ..kernel.actor import Actor, require_manager
from ..kernel.clock import business_day, day_end
from ..kernel.errors import NotFound, Refused, Stale
from ..kernel.inserts import insert_values
from ..kernel.tables import Number, get_row, next_number
from ..messages.templates import MessageTemplate, make_statement_ready
from ..messages.write import tell_producer
from ..producers.models import Producer, ProducerTerms
from ..sales.models import Sale
from ..stock.models import IS_COUNTED, LotTerms, StockMove
from ..storeroom.models import Receiving, WriteOff
from .models import (
    ProducerEntry,
    RecallFault,
    Statement,
    StatementLeftOut,
    StatementRow,
    TenderFee,
)
from .owed import Account, read_account
from .rows import OwedKind, OwedRow, Watermarks, format_parts

GOODS = frozenset(OwedKind)
ALL = true()


@dataclass(frozen=True, slots=True)
class BooksMark:
    """How far the books were read, and what is agreed in them: a statement that was made ready holds while this is the same."""

    marks: Watermarks
    lot_terms: int
    terms: int
    fees: int


@dataclass(frozen=True, slots=True)
class PreparedStatement:
    """A statement as it would be written: the account of the days up to `ends`."""

    account: Account
    starts: date
    ends: date
    books: BooksMark

    @property
    def goods_vnd(self) -> int:
        return sum(row.owed_vnd for row in self.account.rows if row.kind in GOODS)

    @property
    def entries_vnd(self) -> int:
        return sum(row.owed_vnd for row in self.account.rows if row.kind not in GOODS)

    @property
    def is_empty(self) -> bool:
        """Nothing happened, and nothing is owed on either side."""
        return not self.account.rows and not self.account.opening_vnd


def prepare_statement(session: Session, producer_id: int, ends: date, at: datetime) -> PreparedStatement:
    """Reckon a producer's statement up to a day that is over.

    Raises Refused (`statement_not_over`: the day isn't over; `statement_made`: there is one up to that day or a later one).
    """
    require_over(ends, at)
    account = read_account(session, producer_id, last_day=ends)
    if account.since is not None and account.since.ends >= ends:
        raise Refused.because("statement_made", ends=account.since.ends)
    return PreparedStatement(account, _find_start(account, ends), ends, read_books_mark(session, ends))


def require_over(ends: date, at: datetime) -> None:
    """Raises Refused (`statement_not_over`)."""
    if ends >= business_day(at):
        raise Refused.because("statement_not_over", ends=ends, yesterday=business_day(at) - timedelta(days=1))


def _find_start(account: Account, ends: date) -> date:
    """The day after the last statement; of the first one that of its first row."""
    if account.since is not None:
        return account.since.ends + timedelta(days=1)
    return min((row.day for row in account.rows), default=ends)


def read_books_mark(session: Session, ends: date) -> BooksMark:
    after = day_end(ends)
    marks = (
        _find_mark(Sale.number, Sale.business_day > ends),
        _find_mark(WriteOff.number, WriteOff.at >= after),
        _find_mark(StockMove.id, StockMove.at >= after, IS_COUNTED),
        _find_mark(Receiving.number, Receiving.at >= after),
        _find_mark(RecallFault.id, RecallFault.at >= after),
        _find_mark(ProducerEntry.number, ProducerEntry.at >= after),
    )
    newest = (
        func.coalesce(select(func.max(table.id)).scalar_subquery(), 0)
        for table in (LotTerms, ProducerTerms, TenderFee)
    )
    # In one query: it is asked within the writer's turn.
    found = session.execute(select(*marks, *newest)).one()
    return BooksMark(Watermarks(*found[: len(marks)]), *found[len(marks) :])


def _find_mark(
    number: Number, is_after: ColumnElement[bool], among: ColumnElement[bool] | TextClause = ALL
) -> ColumnElement[int]:
    """The number before the first row that is of a later day; the highest where there is none.

    The sum with 0 keeps SQLite to the index: the least or highest of a bare key it looks for along the rows, one by one.
    """
    first = select(func.min(number + 0) - 1).where(is_after, among).scalar_subquery()
    last = select(func.max(number if among is ALL else number + 0)).where(among).scalar_subquery()
    return func.coalesce(first, last, 0)


@dataclass(frozen=True, slots=True)
class ReadyRows:
    """The rows of a statement that will bear this number, with their seals: made where no till waits for the writer's turn."""

    number: int
    rows: Sequence[dict[str, Any]]
    left_out: Sequence[dict[str, Any]]
    seals: dict[str, str]


def make_rows_ready(account: Account, number: int) -> ReadyRows:
    rows = [_make_row(number, n, row) for n, row in enumerate(account.rows, 1)]
    left_out = [
        {"statement_number": number, "source": row.source, "lot_id": row.lot_id} for row in account.left_out
    ]
    seals = seal_rows(StatementRow.__tablename__, rows, ["statement_number", "n"])
    seals |= seal_rows(StatementLeftOut.__tablename__, left_out, ["statement_number", "source", "lot_id"])
    return ReadyRows(number, rows, left_out, seals)


def approve_statement(
    session: Session,
    producer: Producer,
    prepared: PreparedStatement,
    ready: ReadyRows | None = None,
    *,
    by: Actor,
    at: datetime,
) -> Statement:
    """Write a statement as it was made ready, and tell the producer; `ready`: its rows, if this turns out to be its number.

    Raises Stale (`statement_changed`) where the books say something else by now.
    """
    require_manager(by, None)
    account = prepared.account
    last = select(func.max(Statement.number)).where(Statement.producer_id == producer.id)
    since = account.since.number if account.since else None
    if session.scalar(last) != since or read_books_mark(session, prepared.ends) != prepared.books:
        raise Stale.because("statement_changed")
    number = next_number(session, Statement.number)
    if ready is None or ready.number != number:
        ready = make_rows_ready(account, number)
    statement = Statement(
        number=number, producer_id=producer.id, starts=prepared.starts, ends=prepared.ends,
        opening_vnd=account.opening_vnd, goods_vnd=prepared.goods_vnd, entries_vnd=prepared.entries_vnd,
        closing_vnd=account.closing_vnd, rows_count=len(account.rows), check_code=secrets.token_urlsafe(9), by_name=by.name, at=at,
        **{f"up_to_{name}": mark for name, mark in asdict(prepared.books.marks).items()},
    )  # fmt: skip
    session.add(statement)
    session.flush()
    insert_values(session, StatementRow, ready.rows)
    insert_values(session, StatementLeftOut, ready.left_out)
    record(
        session, "statement_approved", by=by, at=at, subject=statement, seals=[statement], sealed=ready.seals, producer=producer.name,
        starts=statement.starts, ends=statement.ends, closing_vnd=statement.closing_vnd,
    )  # fmt: skip
    tell_producer(session, producer.id, describe_statement(statement), by=by, at=at)
    return statement


def describe_statement(statement: Statement) -> MessageTemplate:
    """What the producer is told of it."""
    return make_statement_ready(
        number=statement.number, ends=statement.ends, closing_vnd=statement.closing_vnd
    )


def _make_row(number: int, n: int, row: OwedRow) -> dict[str, Any]:
    return {
        "statement_number": number, "n": n, "source": row.source, "lot_id": row.lot_id, "kind": str(row.kind), "day": row.day,
        "name": row.name, "unit": row.unit, "quantity_milli": row.quantity_milli, "gross_vnd": row.worth.gross_vnd,
        "borne_vnd": row.worth.borne_vnd, "commission_vnd": row.worth.commission_vnd, "fee_vnd": row.fee_vnd, "owed_vnd": row.owed_vnd,
        "terms_id": row.terms_id, "parts": format_parts(row.parts), "borne_by": str(row.borne_by) if row.borne_by else None,
        "vat_category": row.vat_category, "back_to": row.back_to,
    }  # fmt: skip


def get_statement(session: Session, number: int) -> Statement:
    return get_row(session, Statement, number, "statement_not_found")


def find_statement_by_code(session: Session, code: str) -> Statement | None:
    """The statement whose paper bears this check code."""
    return session.scalars(select(Statement).where(Statement.check_code == code)).first()


def list_statements(
    session: Session, producer_id: int | None = None, limit: int = 200
) -> Sequence[Statement]:
    """The newest first, of one producer or of all."""
    query = select(Statement).order_by(Statement.number.desc()).limit(limit)
    if producer_id is not None:
        query = query.where(Statement.producer_id == producer_id)
    return session.scalars(query).all()


_PlainRow = NamedTuple("_PlainRow", [(column.name, Any) for column in StatementRow.__table__.columns])  # type: ignore[misc]


def list_statement_rows(session: Session, number: int) -> Sequence[StatementRow]:
    """What a statement froze, in its order: as plain rows with the columns of StatementRow.

    Objects of 20,000 take half a second, and so do the database's own rows, which look for each value by its column's name.
    """
    columns = StatementRow.__table__.c
    query = select(*columns).where(columns.statement_number == number).order_by(columns.n)
    rows = session.execute(query).yield_per(1_000)
    return cast(Sequence[StatementRow], [_PlainRow._make(row) for row in rows])


def get_statement_row(session: Session, statement: Statement, n: int) -> StatementRow:
    """A line of a statement. Raises NotFound (`line_gone`)."""
    row = session.get(StatementRow, (statement.number, n))
    if row is None:
        raise NotFound.because("line_gone")
    return row
