"""importing/read_text.py — lists that are text: commas, semicolons or tabs between cells, or a page's table called .xls.

Other programs export both. Letters are read as UTF-8, UTF-16 or Windows' Vietnamese.
"""

import csv
import re
from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from io import StringIO
from typing import Any

from ..kernel.errors import Refused
from ..kernel.text import normalize_text
from .columns import SEARCHED_ROWS, find_field

_SEPARATORS = ",;\t|"
_SPACES = re.compile(r"\s+")
LONGEST_LINE = 1_000_000
COMPARED_ROWS = 200  # of a table whose headings are not known here
MOST_SPANNED = 80  # rows or columns of one cell of a page


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
    text = _decode_list(content)
    separator = find_separator(text[:LONGEST_LINE].splitlines()[:SEARCHED_ROWS])
    for row in _split_rows(text, separator):
        yield tuple(_clean_cell(cell) for cell in row)


def read_text_table(content: bytes) -> Iterator[tuple[Any, ...]]:
    """The same, whatever the headings mean: rows without a cell are kept, and line breaks within cells."""
    text = _decode_list(content)
    start = text[:LONGEST_LINE].splitlines(keepends=True)[:COMPARED_ROWS]
    separator = max(_SEPARATORS, key=lambda sign: _measure_evenness("".join(start), sign))
    for row in _split_rows(text, separator):
        yield tuple(_clean_lines(cell) for cell in row)


def _decode_list(content: bytes) -> str:
    text = decode_text(content)
    if "\x00" in text or text.lstrip().startswith("%PDF") or not text.strip():
        raise Refused.because("workbook_odd", why="not .xlsx, .xls, .csv")
    csv.field_size_limit(LONGEST_LINE)
    return text


def _split_rows(text: str, separator: str) -> Iterator[list[str]]:
    try:
        yield from csv.reader(StringIO(text, newline=""), delimiter=separator)
    except csv.Error as failure:
        raise Refused.because("workbook_odd", why=str(failure)) from failure


def _measure_evenness(text: str, separator: str) -> tuple[int, int]:
    """How many rows have the same number of cells, two at the least, and how many those are."""
    try:
        widths = Counter(len(row) for row in _split_rows(text, separator) if len(row) > 1)
    except Refused:
        return (0, 0)
    return max(((count, width) for width, count in widths.items()), default=(0, 0))


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


def _clean_lines(cell: str) -> str | None:
    lines = (normalize_text(line) for line in cell.splitlines())
    return "\n".join(line for line in lines if line) or None


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


class _SpanReader(_TableReader):
    """Also keeps cells in their columns beside merged ones, and their line breaks."""

    def __init__(self) -> None:
        super().__init__()
        self._span = (1, 1)
        self._merged: dict[int, int] = {}  # column: how many rows it is still taken by a cell above

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self._end_cell()
            self._merged = {column: rows - 1 for column, rows in self._merged.items() if rows > 1}
        elif tag == "table":
            self._merged = {}
        super().handle_starttag(tag, attrs)
        if tag in {"td", "th"}:
            self._span = (_read_span(attrs, "colspan"), _read_span(attrs, "rowspan"))
        elif tag == "br" and self._cell is not None:
            self._cell[-1] = "\n"

    def handle_data(self, data: str) -> None:
        super().handle_data(_SPACES.sub(" ", data))

    def _end_cell(self) -> None:
        if self._cell is None or not self.rows:
            return
        row = self.rows[-1]
        while len(row) in self._merged:
            row.append("")
        start = len(row)
        super()._end_cell()
        columns, rows = self._span
        row.extend([""] * (columns - 1))
        if rows > 1:
            self._merged |= dict.fromkeys(range(start, len(row)), rows)


def _read_span(attrs: list[tuple[str, str | None]], name: str) -> int:
    value = dict(attrs).get(name) or ""
    return max(1, min(int(value), MOST_SPANNED)) if re.fullmatch(r"[0-9]{1,4}", value) else 1


def read_page_table(content: bytes) -> Iterator[tuple[Any, ...]]:
    """The same with the empty cells that merged ones take up, and line breaks within cells."""
    reader = _SpanReader()
    reader.feed(decode_text(content))
    for row in reader.rows:
        yield tuple(_clean_lines(cell) for cell in row)
