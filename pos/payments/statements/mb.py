"""payments/statements/mb.py — a fault of MB's CSV files: what is empty holds the figures 37."""

from collections.abc import Mapping, Sequence
from typing import Any

from .cells import OddCell, read_amount, show_cell
from .headings import AMOUNTS, DAYS, Field

FILLER = "37"
FILLER_VND = 37
_NAMES = (Field.PAYER_NAME, Field.PAYER_BANK)  # nobody and no bank is called so
_TEXTS = (*_NAMES, Field.PAYER_ACCOUNT, Field.REFERENCE, Field.TEXT)
Row = tuple[Any, ...]


def clear_fillers(rows: Sequence[Row], columns: Mapping[Field, int]) -> list[Row]:
    """The rows with what is empty in truth empty. A file without the fault, and a real 37 đồng, stay as they are."""
    if not any(_has_filled_texts(row, columns) for row in rows):
        return list(rows)
    cleared = [_clear_texts(row, columns) for row in rows]
    return [_clear_side(cleared, n, columns) for n in range(len(cleared))]


def _get_cell(row: Row, columns: Mapping[Field, int], field: Field) -> Any:
    position = columns.get(field, len(row))
    return row[position] if position < len(row) else None


def _is_filler(row: Row, columns: Mapping[Field, int], field: Field) -> bool:
    return show_cell(_get_cell(row, columns, field)) == FILLER


def _has_filled_texts(row: Row, columns: Mapping[Field, int]) -> bool:
    filled = [field for field in _TEXTS if _is_filler(row, columns, field)]
    return len(filled) > 1 or any(field in _NAMES for field in filled)


def _clear_texts(row: Row, columns: Mapping[Field, int]) -> Row:
    amounts = {columns[field] for field in AMOUNTS if field in columns}
    return tuple(
        None if position not in amounts and show_cell(cell) == FILLER else cell
        for position, cell in enumerate(row)
    )


def _clear_side(rows: Sequence[Row], n: int, columns: Mapping[Field, int]) -> Row:
    """Of debit and credit one is empty: the one that is 37, or, where both are, the one that the balances deny."""
    row = rows[n]
    if all(_get_cell(row, columns, day) is None for day in DAYS):
        return tuple(None if show_cell(cell) == FILLER else cell for cell in row)
    filled = [field for field in (Field.DEBIT, Field.CREDIT) if _is_filler(row, columns, field)]
    if len(filled) == 1:
        other = Field.CREDIT if filled[0] is Field.DEBIT else Field.DEBIT
        empty = filled[0] if _read_vnd(row, columns, other) else None
    elif len(filled) == 2:
        empty = _find_denied_side(rows, n, columns)
    else:
        empty = None
    if empty is None:
        return row
    return tuple(None if position == columns[empty] else cell for position, cell in enumerate(row))


def _find_denied_side(rows: Sequence[Row], n: int, columns: Mapping[Field, int]) -> Field | None:
    balance = _read_vnd(rows[n], columns, Field.BALANCE)
    if balance is None:
        return None
    beside = {_read_vnd(rows[m], columns, Field.BALANCE) for m in (n - 1, n + 1) if 0 <= m < len(rows)}
    came, left = balance - FILLER_VND in beside, balance + FILLER_VND in beside
    if came == left:
        return None
    return Field.DEBIT if came else Field.CREDIT


def _read_vnd(row: Row, columns: Mapping[Field, int], field: Field) -> int | None:
    try:
        return read_amount(_get_cell(row, columns, field))
    except OddCell:
        return None
