"""importing/sheets.py — a workbook's sheets as they are written: headings, cells, and what stands above them.

Read within the child process of `workbook_worker.py`: a sheet of a few hundred kilobytes can ask for gigabytes. The kind
of a file is told by its content, whatever its name ends with.
"""

import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from ..kernel.cell_table import CellTable
from ..kernel.errors import Refused
from .columns import find_heading
from .read_text import is_page, read_page_rows, read_page_table, read_text_rows, read_text_table

MOST_UNPACKED = 80 * 1024 * 1024
MOST_RATIO = 200
MOST_PARTS = 2_000
MOST_ROWS = 30_000
MOST_COLUMNS = 80
OLD_EXCEL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


class MonthShown(date):
    """A day of which the cell shows month and year only: nobody typed the day, or nobody was to see it."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet with a heading row: what its columns are called, and each row below as (number in Excel, cells).

    `above`: the texts over the headings, where a list says its unit or its day.
    """

    name: str
    heading_row: int
    headings: tuple[str, ...]
    rows: list[tuple[int, tuple[Any, ...]]]
    above: tuple[str, ...] = ()


def name_column(position: int) -> str:
    """0 → 'A', as Excel calls it."""
    return str(get_column_letter(position + 1))


def read_sheets(path: Path) -> list[Sheet]:
    """Every sheet that has a heading row. Raises Refused (`workbook_odd` with why) for what can't be read."""
    with _open_file(path, read_page_rows, read_text_rows) as tables:
        sheets = [sheet for sheet in (_make_sheet(name, rows) for name, rows in tables) if sheet is not None]
    if not sheets:
        raise Refused.because("workbook_odd", why="no heading row")
    return sheets


def read_tables(path: Path) -> list[CellTable]:
    """Every sheet with all of its rows. Raises Refused (`workbook_odd` with why) for what can't be read."""
    with _open_file(path, read_page_table, read_text_table) as tables:
        return [
            CellTable(name, tuple(map(_drop_empty_end, _limit_rows(name, rows)))) for name, rows in tables
        ]


def _drop_empty_end(row: tuple[Any, ...]) -> tuple[Any, ...]:
    width = len(row)
    while width and row[width - 1] is None:
        width -= 1
    return row[:width]


_Rows = Iterable[tuple[Any, ...]]


@contextmanager
def _open_file(
    path: Path, read_page: Callable[[bytes], _Rows], read_text: Callable[[bytes], _Rows]
) -> Iterator[Iterable[tuple[str, _Rows]]]:
    """The names and rows of its tables, read as they are taken."""
    with path.open("rb") as file:
        start = file.read(4096)
    if start.startswith(b"PK"):
        with _open_xlsx(path) as tables:
            yield tables
    elif start.startswith(OLD_EXCEL):
        from .read_xls import read_xls_tables

        yield read_xls_tables(path)
    elif is_page(start):
        yield [(path.stem, read_page(path.read_bytes()))]
    else:
        yield [(path.stem, read_text(path.read_bytes()))]


@contextmanager
def _open_xlsx(path: Path) -> Iterator[Iterable[tuple[str, _Rows]]]:
    _refuse_bomb(path)
    with path.open("rb") as file:  # by its content: openpyxl refuses a name that does not end as it likes
        try:
            book = load_workbook(file, read_only=True, data_only=False)
        except MemoryError:
            raise
        except Exception as failure:  # openpyxl raises what the broken part raised
            raise Refused.because("workbook_odd", why=type(failure).__name__) from failure
        try:
            yield ((sheet.title, _rows(sheet)) for sheet in book.worksheets)
        finally:
            book.close()


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


def _limit_rows(name: str, source: _Rows) -> Iterator[tuple[Any, ...]]:
    for n, row in enumerate(source):
        if n >= MOST_ROWS:
            raise Refused.because("workbook_odd", why=f"{name}: > {MOST_ROWS} rows")
        yield row[:MOST_COLUMNS]


def _make_sheet(name: str, source: Iterable[tuple[Any, ...]]) -> Sheet | None:
    rows = list(_limit_rows(name, source))
    at = find_heading(rows)
    if at is None:
        return None
    headings = [cell.strip() if isinstance(cell, str) else "" for cell in rows[at]]
    while headings and not headings[-1]:
        headings.pop()
    width = len(headings)
    below = [
        (at + 2 + n, (*row[:width], *(None,) * (width - len(row))))
        for n, row in enumerate(rows[at + 1 :])
        if any(row[:width])
    ]
    above = tuple(cell for row in rows[:at] for cell in row if isinstance(cell, str) and cell.strip())
    return Sheet(name, at + 1, tuple(headings), below, above[:20])


def _rows(sheet: Any) -> Iterator[tuple[Any, ...]]:
    sheet.reset_dimensions()  # some programs state a size that is not so; it would hide rows
    try:
        for row in sheet.iter_rows(max_col=MOST_COLUMNS):
            yield tuple(map(_read_value, row))
    except MemoryError:
        raise
    except Exception as failure:  # a broken sheet breaks off in the middle
        raise Refused.because("workbook_odd", why=f"{sheet.title}: {type(failure).__name__}") from failure


def _read_value(cell: Any) -> Any:
    value = cell.value
    if isinstance(value, datetime) and shows_month_only(cell.number_format or ""):
        return MonthShown(value.year, value.month, value.day)
    return value


def shows_month_only(number_format: str) -> bool:
    """Does a format of dates, like 'mm/yyyy' or 'mmm-yy', leave the day out?"""
    letters = number_format.lower().split(";")[0]
    return "m" in letters and "y" in letters and "d" not in letters and "h" not in letters
