"""documents/long_list.py — a list of many thousand lines on A4 pages, a line each: drawn directly, because a paragraph a cell is slow.

20,000 lines take two seconds so, and as a table of paragraphs more than twenty. A text that is too long for its column is cut.
"""

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
        return [LongList(self._heads, part, self._shares, self._right) for part in parts]

    def draw(self) -> None:
        plain, bold = register_fonts()
        height = LEADING * (len(self._rows) + 1)
        self.canv.setFillColor(HEAD)
        self.canv.rect(0, height - LEADING, self._width, LEADING, stroke=0, fill=1)
        self.canv.setStrokeColor(LINE)
        self.canv.setLineWidth(0.3)
        self.canv.lines([(0, y, self._width, y) for y in range(0, int(height), LEADING)])
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
            for cell, (left, width, is_right) in zip(row, columns, strict=True):
                if cell:
                    fitted = _fit(cell, width, font)
                    x = left + width - _measure(fitted, font) if is_right else left + 2
                    text.setTextOrigin(round(x, 1), round(y, 1))
                    text.textOut(fitted)
            y -= LEADING
        self.canv.drawText(text)
