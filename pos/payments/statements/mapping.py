"""payments/statements/mapping.py — what the columns of a bank's files are, as a person said it once: kept as JSON, used again."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

from ...kernel.cell_table import CellTable
from ...kernel.errors import Refused
from ...kernel.text import fold_text
from .cells import DateOrder, OddCell, is_blank, read_moment, show_cell
from .headings import DAYS, SEARCHED_ROWS, Field, Heading, names_amounts, read_headings


class Sign(StrEnum):
    """How a file tells money that came from money that left."""

    COLUMNS = "columns"  # a column each, without a minus
    COLUMNS_MINUS = "columns_minus"  # a column each; what left has a minus
    MINUS_OUT = "minus_out"  # one column; what left has a minus
    PLUS_OUT = "plus_out"  # one column; what came has a minus
    SIDE = "side"  # one column, and another that says the side in a word
    ALL_IN = "all_in"  # one column, of a file with nothing but what came


@dataclass(frozen=True, slots=True)
class StatementMapping:
    """`headings`: the texts of the heading row when it was chosen, folded; empty for files without one.

    `columns`: each field's position, from 0.
    """

    columns: Mapping[Field, int]
    sign: Sign
    headings: tuple[str, ...] = ()
    date_order: DateOrder = DateOrder.DAY_FIRST

    def to_dict(self) -> dict[str, Any]:
        return {
            "columns": {str(field): position for field, position in self.columns.items()},
            "sign": str(self.sign),
            "headings": list(self.headings),
            "date_order": str(self.date_order),
        }

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> Self:
        """Raises ValueError or KeyError for what is no mapping."""
        columns = {Field(name): int(position) for name, position in kept["columns"].items()}
        if any(position < 0 for position in columns.values()):
            raise ValueError("a column before the first")
        headings = tuple(map(str, kept["headings"]))
        return cls(columns, Sign(kept["sign"]), headings, DateOrder(kept["date_order"]))


def make_mapping(
    table: CellTable,
    heading_row: int | None,
    columns: Mapping[Field, int],
    sign: Sign,
    date_order: DateOrder = DateOrder.DAY_FIRST,
) -> StatementMapping:
    """What a person chose for this table, to be kept. Raises Refused where day or amount has no column."""
    fields = set(columns)
    has_side = Field.SIDE in fields if sign is Sign.SIDE else True
    has_columns = {Field.DEBIT, Field.CREDIT} <= fields
    needs_columns = sign in {Sign.COLUMNS, Sign.COLUMNS_MINUS}
    if not names_amounts(columns) or not has_side or needs_columns != has_columns:
        raise Refused.because("statement_mapping_unfit")
    headings = fold_headings(table.rows[heading_row - 1]) if heading_row else ()
    return StatementMapping(dict(columns), sign, headings, date_order)


def propose_columns(table: CellTable) -> tuple[int | None, dict[Field, int]]:
    """For the form that asks: the row that names the most fields, and what it names; (None, {}) if none does."""
    best: tuple[int | None, dict[Field, int]] = (None, {})
    for number, row in enumerate(table.rows[:SEARCHED_ROWS], start=1):
        columns = read_headings(number, [cell if isinstance(cell, str) else "" for cell in row])
        if len(columns) > max(len(best[1]), 1):
            best = (number, columns)
    return best


def fold_headings(row: tuple[Any, ...]) -> tuple[str, ...]:
    texts = [fold_text(show_cell(cell)) for cell in row]
    while texts and not texts[-1]:
        texts.pop()
    return tuple(texts)


def find_mapped_heading(table: CellTable, mapping: StatementMapping) -> Heading | None:
    """The heading row that the mapping was made for, or its first row with a day; None if the table has none."""
    for n, row in enumerate(table.rows[: SEARCHED_ROWS * 2]):
        if mapping.headings and fold_headings(row) == mapping.headings:
            return Heading(n + 1, n + 2, mapping.columns, tuple(map(show_cell, row)))
        if not mapping.headings and _has_day(row, mapping):
            return Heading(n + 1, n + 1, mapping.columns)
    return None


def _has_day(row: tuple[Any, ...], mapping: StatementMapping) -> bool:
    for field in DAYS:
        position = mapping.columns.get(field)
        if position is None or position >= len(row) or is_blank(row[position]):
            continue
        try:
            return read_moment(row[position], mapping.date_order) is not None
        except OddCell:
            continue
    return False
