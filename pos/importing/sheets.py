"""importing/sheets.py — a workbook's rows, read with care: bombs, formulas and endless sheets are no surprise.

Read within the child process of `workbook_worker.py`: a sheet of a few hundred kilobytes can ask for gigabytes.
"""

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from ..kernel.errors import Refused
from .columns import find_heading

MOST_UNPACKED = 80 * 1024 * 1024
MOST_RATIO = 200
MOST_PARTS = 2_000
MOST_ROWS = 30_000
MOST_COLUMNS = 80


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet with a heading row: its name, and each row below it as (number in Excel, values by field).

    `unread` are the headings that mean nothing here: people must be told, or they think they were read.
    """

    name: str
    heading_row: int
    fields: frozenset[str]
    letters: dict[str, str]
    rows: list[tuple[int, dict[str, Any]]]
    unread: tuple[str, ...] = ()


def read_sheets(path: Path) -> list[Sheet]:
    """Every sheet that has a heading row. Raises Refused (`workbook_odd` with why) for what can't be read."""
    _refuse_bomb(path)
    try:
        book = load_workbook(path, read_only=True, data_only=False)
    except MemoryError:
        raise
    except Exception as failure:  # openpyxl raises what the broken part raised
        raise Refused.because("workbook_odd", why=type(failure).__name__) from failure
    try:
        sheets = [sheet for sheet in map(_read, book.worksheets) if sheet is not None]
    finally:
        book.close()
    if not sheets:
        raise Refused.because("workbook_odd", why="no heading row")
    return sheets


def _refuse_bomb(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            unpacked = sum(part.file_size for part in parts)
    except (OSError, zipfile.BadZipFile) as failure:
        raise Refused.because("workbook_odd", why="not .xlsx") from failure
    if len(parts) > MOST_PARTS:
        raise Refused.because("workbook_odd", why=f"> {MOST_PARTS} parts")
    if unpacked > MOST_UNPACKED or unpacked > MOST_RATIO * max(path.stat().st_size, 10_000):
        raise Refused.because("workbook_odd", why="> 80 MB")


def _read(sheet: Any) -> Sheet | None:
    rows: list[tuple[Any, ...]] = []
    for row in _rows(sheet):
        rows.append(row)
        if len(rows) > MOST_ROWS:
            raise Refused.because("workbook_odd", why=f"{sheet.title}: > {MOST_ROWS} rows")
    heading = find_heading(rows)
    if heading is None:
        return None
    at, columns = heading
    wanted = {column: name for column, name in columns.items() if name != "ignored"}
    below = [
        (at + 2 + n, values)
        for n, row in enumerate(rows[at + 1 :])
        if any((values := {name: row[c] if c < len(row) else None for c, name in wanted.items()}).values())
    ]
    letters = {name: _letter(column) for column, name in wanted.items()}
    unread = tuple(
        str(cell).strip()
        for n, cell in enumerate(rows[at])
        if n not in columns and isinstance(cell, str) and cell.strip()
    )
    return Sheet(sheet.title, at + 1, frozenset(wanted.values()), letters, below, unread)


def _rows(sheet: Any) -> Iterator[tuple[Any, ...]]:
    sheet.reset_dimensions()  # some programs state a size that is not so; it would hide rows
    try:
        yield from sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS)
    except MemoryError:
        raise
    except Exception as failure:  # a broken sheet breaks off in the middle
        raise Refused.because("workbook_odd", why=f"{sheet.title}: {type(failure).__name__}") from failure


def _letter(column: int) -> str:
    from openpyxl.utils import get_column_letter

    return get_column_letter(column + 1)
