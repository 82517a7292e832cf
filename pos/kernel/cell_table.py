"""A table of a file as it is written: a sheet's name and its rows of cells, from the first row on, the empty ones too."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class CellTable:
    """`rows[0]` is row 1. A cell is None, text (with its line breaks), a number, a yes or no, a date, or a time."""

    name: str
    rows: tuple[tuple[Any, ...], ...]


def name_cell(row: int, position: int) -> str:
    """Row 19, position 3 → 'D19', as a sheet calls it."""
    letters, rest = "", position + 1
    while rest:
        rest, letter = divmod(rest - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return f"{letters}{row}"
