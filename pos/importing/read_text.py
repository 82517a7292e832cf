"""importing/read_text.py — lists that are text: commas, semicolons or tabs between cells, or a page's table called .xls.

Other programs export both. Letters are read as UTF-8, UTF-16 or Windows' Vietnamese.
"""

import csv
from collections.abc import Iterator
from html.parser import HTMLParser
from io import StringIO
from typing import Any

from ..kernel.errors import Refused
from ..kernel.text import normalize_text
from .columns import SEARCHED_ROWS, find_field

_SEPARATORS = ",;\t|"
LONGEST_LINE = 1_000_000


def is_page(start: bytes) -> bool:
    """Is it HTML, whatever the file is called?"""
    text = decode_text(start, cut=True)[:2000].lstrip("\ufeff \r\n\t").lower()
    return text.startswith(("<html", "<!doctype html", "<table", "<meta")) or "<table" in text


def decode_text(content: bytes, *, cut: bool = False) -> str:
    """Text in whatever letters it was written. Raises Refused (`workbook_odd`) for what is no text.

    `cut`: it may break off within a letter.
    """
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content[: len(content) // 2 * 2].decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as odd:
        if cut and odd.start > len(content) - 4:
            return content[: odd.start].decode("utf-8-sig")
    return content.decode("cp1258", errors="replace")


def read_text_rows(content: bytes) -> Iterator[tuple[Any, ...]]:
    """The rows of a list with separators. Raises Refused (`workbook_odd`) for what is none."""
    text = decode_text(content)
    if "\x00" in text or text.lstrip().startswith("%PDF") or not text.strip():
        raise Refused.because("workbook_odd", why="not .xlsx, .xls, .csv")
    csv.field_size_limit(LONGEST_LINE)
    separator = find_separator(text[:LONGEST_LINE].splitlines()[:SEARCHED_ROWS])
    try:
        for row in csv.reader(StringIO(text, newline=""), delimiter=separator):
            yield tuple(_clean_cell(cell) for cell in row)
    except csv.Error as failure:
        raise Refused.because("workbook_odd", why=str(failure)) from failure


def find_separator(lines: list[str]) -> str:
    """The sign between cells: the one by which a line has the most headings that are known here, or else the most cells."""
    cells = {
        sign: [[cell.strip(' "') for cell in line.split(sign)] for line in lines] for sign in _SEPARATORS
    }
    known = {
        sign: max((sum(map(bool, map(find_field, row))) for row in rows), default=0)
        for sign, rows in cells.items()
    }
    most = {sign: max(map(len, rows), default=0) for sign, rows in cells.items()}
    return max(_SEPARATORS, key=lambda sign: (known[sign], most[sign]))


def _clean_cell(cell: str) -> str | None:
    return normalize_text(cell) or None


class _TableReader(HTMLParser):
    """Collects the cells of a page's tables."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: list[list[str]] = []
        self._cell: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.rows.append([])
        elif tag in {"td", "th"} and self.rows:
            self._end_cell()
            self._cell = []
        elif tag == "br" and self._cell is not None:
            self._cell.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag in {"td", "th", "tr"}:
            self._end_cell()

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.append(data)

    def _end_cell(self) -> None:
        if self._cell is not None and self.rows:
            self.rows[-1].append("".join(self._cell))
        self._cell = None


def read_page_rows(content: bytes) -> Iterator[tuple[Any, ...]]:
    """The rows of the tables of a page."""
    reader = _TableReader()
    reader.feed(decode_text(content))
    for row in reader.rows:
        yield tuple(_clean_cell(cell) for cell in row)
