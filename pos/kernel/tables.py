"""The declarative base and the column types of the house."""

import re
from datetime import UTC, date, datetime
from functools import cache
from typing import Annotated, Any, ClassVar, TypeVar

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    DateTime,
    Dialect,
    Integer,
    MetaData,
    Select,
    Text,
    func,
    select,
)
from sqlalchemy.orm import DeclarativeBase, InstrumentedAttribute, Mapped, Session, mapped_column
from sqlalchemy.types import TypeDecorator

from .errors import NotFound
from .text import fold_text

_ROW_ID = re.compile(r"[0-9]{1,18}")
NAMES = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC moment. A naive one is refused on its way in, so that none is ever stored."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without its zone can't be stored")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


BigKey = BigInteger().with_variant(Integer(), "sqlite")
Big = BigInteger()

Key = Annotated[int, mapped_column(BigKey, primary_key=True)]
Vnd = Annotated[int, mapped_column(Big)]
Milli = Annotated[int, mapped_column(Big)]


class Base(DeclarativeBase):
    """Every table of the shop. `__ledger__` marks the append-only ones: triggers guard them.

    `__sealed_state__` names columns of a working table that the journal must not show but must prove: each act
    that writes them keeps their digest (see journal/record.py).
    """

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {str: Text, int: BigKey, datetime: UtcDateTime, date: Date}  # noqa: RUF012
    __ledger__ = False
    __sealed_state__: ClassVar[tuple[str, ...]] = ()

    def facts(self) -> dict[str, Any]:
        """The row's columns by name, in the table's order, as plain values for the journal."""
        return {c.name: to_json_value(getattr(self, c.key)) for c in self.__table__.columns}


def to_json_value(value: Any) -> Any:
    """A column's value as JSON knows it: moments and days as ISO text."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return value.isoformat() if isinstance(value, date) else value


Row = TypeVar("Row", bound=Base)


def is_row_id(text: str) -> bool:
    """Can this text be the key of a row: the figures 0 to 9, no more than both databases keep?"""
    return bool(_ROW_ID.fullmatch(text))


def get_row(session: Session, table: type[Row], key: Any, missing: str) -> Row:
    """The row of this key. Raises NotFound with the reason `missing` where there is none."""
    row = session.get(table, key)
    if row is None:
        raise NotFound.because(missing)
    return row


Number = InstrumentedAttribute[int] | InstrumentedAttribute[int | None]


class NumberGap(Base):
    """Numbers `after` + 1 to `up_to` of a series that a restore left out: papers with them may be about. Ledger."""

    __tablename__ = "number_gap"
    __ledger__ = True

    id: Mapped[Key]
    series: Mapped[str] = mapped_column(index=True)
    after: Mapped[int]
    up_to: Mapped[int]
    at: Mapped[datetime]


class TotalsGap(Base):
    """What was sold and given back between a backup and the loss of the books, by their head: grand totals go on from it. Ledger.

    Its receipts are not in these books; both sums are above 0, as in a closing. `up_to_sale`: the last of them.
    """

    __tablename__ = "totals_gap"
    __ledger__ = True

    id: Mapped[Key]
    up_to_sale: Mapped[int]
    sales_vnd: Mapped[Vnd]
    refunds_vnd: Mapped[Vnd]
    at: Mapped[datetime]


def name_series(number: Number) -> str:
    """'sale.number': what a series of numbers is called in the books."""
    return f"{number.class_.__tablename__}.{number.key}"


@cache
def select_highest(number: Number) -> Select[tuple[int | None, int | None]]:
    """The highest number that was given, and the highest that a restore left out: each may be null."""
    left_out = select(func.max(NumberGap.up_to)).where(NumberGap.series == name_series(number))
    return select(func.max(number), left_out.scalar_subquery())


def next_number(session: Session, number: Number) -> int:
    """One more than the highest so far: one unit of work writes at a time, so only a restore leaves numbers out."""
    return max(highest or 0 for highest in session.execute(select_highest(number)).one()) + 1


def contains_words(search_key: InstrumentedAttribute[str], words: str) -> list[ColumnElement[bool]]:
    """Conditions that a search key holds every word typed, accents or none; no condition for no word."""
    return [search_key.contains(word, autoescape=True) for word in fold_text(words).split()]


def ledger_tables() -> list[str]:
    """Names of the append-only tables, sorted."""
    return sorted(
        mapper.local_table.name  # type: ignore[attr-defined]
        for mapper in Base.registry.mappers
        if mapper.class_.__ledger__
    )
