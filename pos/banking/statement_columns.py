"""banking/statement_columns.py — a statement whose headings nobody knows: what the page shows of it, and what a person chose."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..kernel.cell_table import CellTable
from ..payments.statements.cells import DateOrder, is_blank, show_cell
from ..payments.statements.headings import SEARCHED_ROWS, Field
from ..payments.statements.mapping import Sign, StatementMapping, fold_headings, make_mapping, propose_columns

SHOWN_ROWS = 12
LONGEST_SHOWN = 80  # letters of a cell


@dataclass(frozen=True, slots=True)
class ColumnForm:
    """The rows from `first` on; `positions` are the columns with anything in them. What is chosen: `chosen` by position, `heading_row`
    (0: none), `sign`, `date_order`.
    """

    first: int
    rows: tuple[tuple[str, ...], ...]
    positions: tuple[int, ...]
    chosen: Mapping[int, str]
    heading_row: int
    sign: str
    date_order: str


def choose_table(tables: Sequence[CellTable]) -> CellTable:
    """The sheet that names the most fields, the longer of two."""
    return max(tables, key=lambda table: (len(propose_columns(table)[1]), len(table.rows)))


def make_column_form(table: CellTable, known: StatementMapping | None) -> ColumnForm:
    """With what is known of the columns, or what their headings seem to say."""
    heading_row, columns = propose_columns(table)
    if known is not None:
        columns = dict(known.columns)
        heading_row = next(
            (n for n, row in enumerate(table.rows[: SEARCHED_ROWS * 2], 1) if known.headings and fold_headings(row) == known.headings),
            None,
        )  # fmt: skip
    first = heading_row or _find_first_row(table)
    if known is None and heading_row is None and _is_wordy(table.rows[first - 1]):
        heading_row = first
    rows = tuple(
        tuple(show_cell(cell)[:LONGEST_SHOWN] for cell in row) for row in table.rows[first - 1 :][:SHOWN_ROWS]
    )
    width = max(map(len, rows), default=0)
    padded = tuple((*row, *[""] * (width - len(row))) for row in rows)
    positions = tuple(n for n in range(width) if any(row[n] for row in padded))
    has_sides = Field.DEBIT in columns and Field.CREDIT in columns
    sign = known.sign if known else Sign.COLUMNS if has_sides else Sign.MINUS_OUT
    return ColumnForm(
        first, padded, positions, {position: str(column) for column, position in columns.items()}, heading_row or 0, str(sign),
        str(known.date_order if known else DateOrder.DAY_FIRST),
    )  # fmt: skip


def _find_first_row(table: CellTable) -> int:
    """The first row that looks like one of a table: with three cells, else the first at all."""
    filled = (n for n, row in enumerate(table.rows, 1) if sum(not is_blank(cell) for cell in row) > 2)
    return next(filled, 1)


def _is_wordy(row: tuple[object, ...]) -> bool:
    """Words alone, no figure: headings, whatever they mean."""
    texts = [show_cell(cell) for cell in row]
    return any(texts) and not any(sign.isdecimal() for text in texts for sign in text)


def read_column_form(table: CellTable, typed: Mapping[str, str]) -> StatementMapping:
    """What was chosen: `column-3` names a field, `heading_row`, `sign` and `date_order` the rest. Raises Refused as `make_mapping`."""
    columns: dict[Field, int] = {}
    for name, value in typed.items():
        prefix, _dash, position = name.partition("-")
        if prefix == "column" and position.isdecimal() and len(position) < 4 and value in set(Field):
            columns.setdefault(Field(value), int(position))
    heading = typed.get("heading_row", "")
    row = int(heading) if heading.isdecimal() and len(heading) < 6 else 0
    sign = typed.get("sign", "")
    order = typed.get("date_order", "")
    return make_mapping(
        table, row if 0 < row <= len(table.rows) else None, columns,
        Sign(sign) if sign in set(Sign) else Sign.MINUS_OUT, DateOrder(order) if order in set(DateOrder) else DateOrder.DAY_FIRST,
    )  # fmt: skip
