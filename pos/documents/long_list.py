"""documents/long_list.py — a list of many thousand lines on A4 pages, a line each: drawn directly, because a paragraph a cell is slow.

20,000 lines take a second so, and as a table of paragraphs more than twenty. A text that is too long for its column goes on below it. The
same few texts stand in a column thousands of times (a day, a price, goods): each is made ready once for a document.
"""

# ruff: noqa: SLF001  reportlab has no public way to write a text that is encoded already

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.platypus import Flowable

from hardware.drawing.text import SHIPPED_LETTERS

from .pdf import HEAD, INK, LEAST_PAGE, LINE, register_fonts

SIZE, LEADING, GAP = 7, 10, 1.5 * mm


@lru_cache(maxsize=20_000)
def _measure(text: str, font: str) -> float:
    return float(pdfmetrics.stringWidth(text, font, SIZE))


@lru_cache(maxsize=20_000)
def _break_text(text: str, width: float, font: str) -> tuple[str, ...]:
    """The text in as many lines as it needs, broken between words; a word that is too long alone is broken, too."""
    text = text.translate(SHIPPED_LETTERS).replace("\n", " ")
    if _measure(text, font) <= width:
        return (text,)
    lines, line = [], ""
    for word in text.split(" "):
        longer = f"{line} {word}" if line else word
        if _measure(longer, font) <= width:
            line = longer
            continue
        if line:
            lines.append(line)
        while _measure(word, font) > width:
            fits = _count_fitting(word, width, font)
            lines.append(word[:fits])
            word = word[fits:]  # noqa: PLW2901  what is left of it
        line = word
    return (*lines, line)


def _count_fitting(word: str, width: float, font: str) -> int:
    n = 1
    while n < len(word) and pdfmetrics.stringWidth(word[: n + 1], font, SIZE) <= width:
        n += 1
    return n


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of a row; below its last one a rule is drawn."""

    cells: Sequence[str]
    is_last: bool


# By text, font, column and the font's subset before it: where it begins, how the page writes it, and the subset after it.
_Ready = dict[tuple[str, str, int, int], tuple[str, str, int]]


class LongList(Flowable):  # type: ignore[misc]
    """Heads on every page, then the rows; `shares` are the columns' parts of the width, `right` the columns of figures."""

    def __init__(
        self,
        heads: Sequence[str],
        rows: Sequence[Sequence[str]],
        shares: Sequence[int],
        right: frozenset[int],
    ) -> None:
        super().__init__()
        self._heads, self._rows, self._shares, self._right = heads, rows, shares, right
        self._ready: _Ready = {}
        self._lines: Sequence[_Line] | None = None

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        self._width = width
        if self._lines is None:
            plain, bold = register_fonts()
            columns = self._place_columns()
            self._head_lines = list(_break_row(self._heads, columns, bold))
            self._lines = [line for row in self._rows for line in _break_row(row, columns, plain)]
        return width, LEADING * (len(self._lines) + len(self._head_lines))

    def split(self, width: float, height: float) -> list[Any]:
        """So many whole rows as fit below one another; the rest on the next pages."""
        self.wrap(width, height)
        lines: Sequence[_Line] = self._lines or ()
        fits = int(height // LEADING) - len(self._head_lines)
        if fits >= len(lines):
            return [self]
        ends = next((n for n in range(fits, 0, -1) if lines[n - 1].is_last), 0)
        first = next(n for n, line in enumerate(lines, 1) if line.is_last)
        if not ends and LEADING * (first + len(self._head_lines)) > LEAST_PAGE:
            ends = max(fits, 0)  # no page could hold that row whole
        return [self._take(lines[:ends]), self._take(lines[ends:])] if ends else []

    def _take(self, lines: Sequence[_Line]) -> "LongList":
        part = LongList(self._heads, (), self._shares, self._right)
        part._ready, part._lines, part._head_lines = self._ready, lines, self._head_lines
        return part

    def draw(self) -> None:
        plain, bold = register_fonts()
        lines: Sequence[_Line] = self._lines or ()
        heads_height = LEADING * len(self._head_lines)
        height = heads_height + LEADING * len(lines)
        self.canv.setFillColor(HEAD)
        self.canv.rect(0, height - heads_height, self._width, heads_height, stroke=0, fill=1)
        self.canv.setStrokeColor(LINE)
        self.canv.setLineWidth(0.3)
        ends = (n for n, line in enumerate(reversed(lines)) if line.is_last)
        self.canv._code.append(
            " ".join(f"n 0 {n * LEADING} m {self._width:.1f} {n * LEADING} l S" for n in ends)
        )
        columns = self._place_columns()
        self._write_rows([line.cells for line in self._head_lines], columns, height, bold)
        self._write_rows([line.cells for line in lines], columns, height - heads_height, plain)

    def _place_columns(self) -> list[tuple[float, float, bool]]:
        """Of each column its left edge, its width, and whether its text ends at the right one."""
        unit, left, found = self._width / sum(self._shares), 0.0, []
        for n, share in enumerate(self._shares):
            found.append((left, share * unit - GAP, n in self._right))
            left += share * unit
        return found

    def _write_rows(
        self,
        rows: Sequence[Sequence[str]],
        columns: Sequence[tuple[float, float, bool]],
        top: float,
        font: str,
    ) -> None:
        text = self.canv.beginText()
        text.setFont(font, SIZE)
        text.setFillColor(INK)
        y = top - LEADING + 3
        for row in rows:
            line = f"{y:.1f} Tm"
            for n, (cell, column) in enumerate(zip(row, columns, strict=True)):
                if cell:
                    key = (cell, font, n, text._curSubset)
                    left, code, text._curSubset = self._ready.get(key) or self._make_ready(key, column, text)
                    text._code.append(f"1 0 0 1 {left} {line} {code}")
            y -= LEADING
        self.canv.drawText(text)

    def _make_ready(
        self, key: tuple[str, str, int, int], column: tuple[float, float, bool], text: Any
    ) -> tuple[str, str, int]:
        """Measured and encoded as reportlab does it (`textOut`), to be written as often as it comes."""
        cell, font, _n, _subset = key
        left, width, is_right = column
        x = left + width - _measure(cell, font) if is_right else left + 2
        code = text._formatText(cell)
        self._ready[key] = ready = f"{x:.1f}", code, text._curSubset
        return ready


def _break_row(
    row: Sequence[str], columns: Sequence[tuple[float, float, bool]], font: str
) -> Iterator[_Line]:
    cells = [
        _break_text(cell, width - 2, font) for cell, (_left, width, _right) in zip(row, columns, strict=True)
    ]
    most = max(map(len, cells))
    if most == 1:
        yield _Line([cell[0] for cell in cells], is_last=True)
        return
    for n in range(most):
        yield _Line([cell[n] if n < len(cell) else "" for cell in cells], n == most - 1)
