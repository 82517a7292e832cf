"""documents/long_list.py — a list of many thousand lines on A4 pages, a line each: drawn directly, because a paragraph a cell is slow.

20,000 lines take a second so, and as a table of paragraphs more than twenty. A text that is too long for its column is cut. The same
few texts stand in a column thousands of times (a day, a price, goods): each is made ready once for a document.
"""

# ruff: noqa: SLF001  reportlab has no public way to write a text that is encoded already

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.platypus import Flowable

from hardware.drawing.text import SHIPPED_LETTERS

from .pdf import HEAD, INK, LINE, register_fonts

SIZE, LEADING, GAP = 7, 10, 1.5 * mm


@lru_cache(maxsize=20_000)
def _measure(text: str, font: str) -> float:
    return float(pdfmetrics.stringWidth(text, font, SIZE))


@lru_cache(maxsize=20_000)
def _fit(text: str, width: float, font: str) -> str:
    """The text, or as much of it as fits."""
    text = text.translate(SHIPPED_LETTERS).replace("\n", " ")
    if _measure(text, font) <= width:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if _measure(text[:middle] + "…", font) <= width else (low, middle - 1)
    return text[:low] + "…"


@lru_cache(maxsize=100)
def _rule_lines(count: int, width: float) -> str:
    """A line below each of so many rows, as the page draws them: most pages have the same."""
    return " ".join(f"n 0 {n * LEADING} m {width:.1f} {n * LEADING} l S" for n in range(count))


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
        ready: _Ready | None = None,
    ) -> None:
        super().__init__()
        self._heads, self._rows, self._shares, self._right = heads, rows, shares, right
        self._ready: _Ready = {} if ready is None else ready

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        self._width = width
        return width, LEADING * (len(self._rows) + 1)

    def split(self, width: float, height: float) -> list[Any]:
        """So many rows as fit below one another; the rest on the next pages."""
        fits = int(height // LEADING) - 1
        if fits < 1:
            return []
        if fits >= len(self._rows):
            return [self]
        parts = self._rows[:fits], self._rows[fits:]
        return [LongList(self._heads, part, self._shares, self._right, self._ready) for part in parts]

    def draw(self) -> None:
        plain, bold = register_fonts()
        height = LEADING * (len(self._rows) + 1)
        self.canv.setFillColor(HEAD)
        self.canv.rect(0, height - LEADING, self._width, LEADING, stroke=0, fill=1)
        self.canv.setStrokeColor(LINE)
        self.canv.setLineWidth(0.3)
        self.canv._code.append(_rule_lines(len(self._rows) + 1, self._width))
        columns = self._place_columns()
        self._write_rows([self._heads], columns, height, bold)
        self._write_rows(self._rows, columns, height - LEADING, plain)

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
        """Cut, measured and encoded as reportlab does it (`textOut`), to be written as often as it comes."""
        cell, font, _n, _subset = key
        left, width, is_right = column
        fitted = _fit(cell, width, font)
        x = left + width - _measure(fitted, font) if is_right else left + 2
        code = text._formatText(fitted)
        self._ready[key] = ready = f"{x:.1f}", code, text._curSubset
        return ready
