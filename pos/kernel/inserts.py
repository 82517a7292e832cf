"""kernel/inserts.py — many new rows in few statements: now, or made ready in a reading for a short unit of work."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeVar, cast

from sqlalchemy import Dialect, Table, event, func, insert, select
from sqlalchemy.orm import Session

from .tables import Base

Row = TypeVar("Row", bound=Base)
MANY = 200
_LATER = "rows_for_later"


class NotForLater(Exception):
    """What a session wants to write can't be made ready beforehand: it needs a unit of work."""


class RowsForLater:
    """New rows with the ids that they will have, made ready without the writing lock; `acts` are the journal's.

    While a session has it, `insert_rows` and `insert_values` add their rows to it, and `record_acts` its acts. Anything
    else that the session would write raises NotForLater.
    """

    def __init__(self) -> None:
        self.acts: list[Any] = []
        self._rows: list[tuple[Table, list[Mapping[str, Any]]]] = []
        self._highest: dict[Table, tuple[int, int]] = {}  # of ids: in the books, and of the rows here

    @classmethod
    def begin(cls, session: Session) -> "RowsForLater":
        """From now on this reading writes nothing by itself."""
        later = session.info[_LATER] = cls()
        event.listen(session, "before_flush", _refuse_flush)
        return later

    def add_values(self, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
        self._rows.append((table, list(rows)))

    def give_ids(self, session: Session, table: Table, rows: Sequence[Base]) -> None:
        """Give the rows the table's next ids."""
        if table not in self._highest:
            there = session.scalar(select(func.max(table.c.id))) or 0
            self._highest[table] = there, there
        there, last = self._highest[table]
        for id_, row in enumerate(rows, last + 1):
            row.id = id_  # type: ignore[attr-defined]
        self._highest[table] = there, last + len(rows)

    def insert_all(self, session: Session) -> bool:
        """Write the rows in this unit of work; False, and nothing written, where their ids have been given to others."""
        if self._highest:
            found = session.execute(
                select(*(select(func.max(table.c.id)).scalar_subquery() for table in self._highest))
            ).one()
            if [highest or 0 for highest in found] != [there for there, _last in self._highest.values()]:
                return False
        for table, rows in self._rows:
            _write_rows(session, table, rows)
        if session.get_bind().dialect.name == "postgresql":
            for table, (_there, last) in self._highest.items():
                session.execute(select(func.setval(func.pg_get_serial_sequence(table.name, "id"), last)))
        return True


def _refuse_flush(*_: object) -> None:
    raise NotForLater


def find_rows_for_later(session: Session) -> RowsForLater | None:
    found: RowsForLater | None = session.info.get(_LATER)
    return found


def insert_rows(session: Session, rows: Sequence[Row]) -> Sequence[Row]:
    """Write new rows of one table, which counts their ids up itself, in the same few statements however many they are.

    Returns them as the session holds them, in their order. One unit of work writes at a time: what stands above the
    highest id so far is what was written here. Defaults of columns are not filled in. (A session by itself inserts them one by one where the database can't
    tell in which order it gave the ids.)
    """
    if not rows:
        return []
    table: Any = type(rows[0])
    session.flush()
    later = find_rows_for_later(session)
    if later is not None:
        later.give_ids(session, table.__table__, rows)
        later.add_values(table.__table__, [_values_of(row, with_id=True) for row in rows])
        return rows
    before = session.scalar(select(func.max(table.id))) or 0
    session.execute(insert(table.__table__), [_values_of(row, with_id=False) for row in rows])
    return session.scalars(select(table).where(table.id > before).order_by(table.id)).all()


def _values_of(row: Base, *, with_id: bool) -> dict[str, Any]:
    return {
        column.name: getattr(row, column.key)
        for column in row.__table__.columns
        if with_id or column.key != "id"
    }


def insert_values(session: Session, table: type[Base], rows: Sequence[Mapping[str, Any]]) -> None:
    """Write new rows, given as values by column, in one statement and without their objects: less than half of the time.

    What else of the unit of work isn't written yet is written first.
    """
    session.flush()
    if not rows:  # an INSERT without values writes a row of defaults
        return
    later = find_rows_for_later(session)
    if later is not None:
        later.add_values(cast(Table, table.__table__), rows)
        return
    _write_rows(session, cast(Table, table.__table__), rows)


def _write_rows(session: Session, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """The values of many rows are made ready here, as the columns' types say: SQLAlchemy takes about as long for that as the database for writing.

    Rows of a table that fills in some of its columns by itself are left to it, and so are few rows, for which it remembers its SQL.
    """
    connection, names = session.connection(), list(rows[0])
    has_defaults = any(column.default is not None and column.name not in names for column in table.columns)
    if len(rows) < MANY or has_defaults:
        connection.execute(insert(table), list(rows))
        return
    sql, makers, is_positional = _prepare_insert(table, connection.dialect, tuple(names))
    values = [[make(row[name]) if make else row[name] for name, make in makers] for row in rows]
    if is_positional:
        connection.exec_driver_sql(sql, [tuple(each) for each in values])
    else:
        order = [name for name, _make in makers]
        connection.exec_driver_sql(sql, [dict(zip(order, each, strict=True)) for each in values])


@lru_cache(maxsize=100)
def _prepare_insert(
    table: Table, dialect: Dialect, names: tuple[str, ...]
) -> tuple[str, list[tuple[str, Any]], bool]:
    """The SQL of an insert; in its order each column with what makes its values ready; whether those are given by place or by name."""
    written = insert(table).inline().compile(dialect=dialect, column_keys=list(names))
    makers = [
        (name, table.c[name].type.dialect_impl(dialect).bind_processor(dialect))
        for name in written.positiontup or names
    ]
    return str(written), makers, written.positional


def fill_defaults(row: Base) -> None:
    """Give a new row the plain defaults of its columns, which `insert_rows` leaves out."""
    for column in row.__table__.columns:
        default: Any = column.default
        if default is not None and default.is_scalar and getattr(row, column.key) is None:
            setattr(row, column.key, default.arg)
