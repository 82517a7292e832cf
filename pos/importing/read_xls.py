"""importing/read_xls.py — workbooks of Excel 97 to 2003, by xlrd."""

import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO

import xlrd

from ..kernel.errors import Refused

_EMPTY = (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK, xlrd.XL_CELL_ERROR)


def read_xls_tables(path: Path) -> Iterator[tuple[str, Iterator[tuple[Any, ...]]]]:
    """Each sheet's name and rows. Raises Refused (`workbook_odd`) for what can't be read."""
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        book = _open_book(path, nowhere)
    for sheet in book.sheets():
        yield sheet.name, _read_rows(book, sheet)


def _open_book(path: Path, nowhere: TextIO) -> Any:
    """The workbook; what xlrd prints of odd records goes nowhere."""
    try:
        return xlrd.open_workbook(str(path), formatting_info=True, logfile=nowhere)
    except MemoryError:
        raise
    except Exception as failure:  # xlrd raises what the broken part raised
        raise Refused.because("workbook_odd", why=type(failure).__name__) from failure


def _read_rows(book: Any, sheet: Any) -> Iterator[tuple[Any, ...]]:
    for n in range(sheet.nrows):
        yield tuple(_read_cell(book, cell) for cell in sheet.row(n))


def _read_cell(book: Any, cell: Any) -> Any:
    from .sheets import MonthShown, shows_month_only

    if cell.ctype in _EMPTY:
        return None
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return bool(cell.value)
    if cell.ctype == xlrd.XL_CELL_DATE:
        try:
            moment: datetime = xlrd.xldate.xldate_as_datetime(cell.value, book.datemode)
        except (ValueError, OverflowError):
            return str(cell.value)
        shown = book.format_map[book.xf_list[cell.xf_index].format_key].format_str
        if shows_month_only(shown):
            return MonthShown(moment.year, moment.month, moment.day)
        return moment
    return cell.value
