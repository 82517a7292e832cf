"""documents/long_list.py — a list of many thousand lines on A4 pages, a line each: drawn directly, because a paragraph a cell is slow.

20,000 lines take a second so, and as a table of paragraphs more than twenty. A text that is too long for its column goes on below it. The
same few texts stand in a column thousands of times (a day, a price, goods): each is made ready once for a document.
"""

# ruff: noqa: SLF001  reportlab has no public way to write a text that is encoded already

from collections.abc import Iterator, Sequence
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


# The cells in a line of a row, and whether it is the row's last one: below that a rule is drawn. Bare tuples, because Python's search
# for garbage leaves those alone, and would look through 20,000 objects again and again.
_Line = tuple[tuple[str, ...], bool]


class _Column(dict[str, tuple[str, ...]]):
    """A column, and each of its texts in as many lines as it needs: broken when it is first asked for."""

    def __init__(self, left: float, width: float, font: str, *, is_right: bool) -> None:
        super().__init__()
        self.left, self.width, self.font, self.is_right = left, width, font, is_right
        # By text: the page's code before the height at which it is written, and after it.
        self.ready: dict[str, tuple[str, str]] = {}

    def __missing__(self, text: str) -> tuple[str, ...]:
        self[text] = broken = _break_text(text, self.width - 2, self.font)
        return broken

    def find_left(self, text: str) -> float:
        """Where a line of it begins."""
        return self.left + self.width - _measure(text, self.font) if self.is_right else self.left + 2


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
        self._lines: Sequence[_Line] | None = None

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        self._width = width
        if self._lines is None:
            plain, bold = register_fonts()
            self._columns, self._head_columns = self._make_columns(plain), self._make_columns(bold)
            self._head_lines = list(_break_row(self._heads, self._head_columns))
            self._lines = [line for row in self._rows for line in _break_row(row, self._columns)]
        return width, LEADING * (len(self._lines) + len(self._head_lines))

    def split(self, width: float, height: float) -> list[Any]:
        """So many whole rows as fit below one another; the rest on the next pages."""
        self.wrap(width, height)
        lines: Sequence[_Line] = self._lines or ()
        fits = int(height // LEADING) - len(self._head_lines)
        if fits >= len(lines):
            return [self]
        if not lines:
            return []  # heads alone: on the next page
        ends = next((n for n in range(fits, 0, -1) if lines[n - 1][1]), 0)
        first = next(n for n, (_cells, is_last) in enumerate(lines, 1) if is_last)
        if not ends and LEADING * (first + len(self._head_lines)) > LEAST_PAGE:
            ends = max(fits, 0)  # no page could hold that row whole
        return [self._take(lines[:ends]), self._take(lines[ends:])] if ends else []

    def _take(self, lines: Sequence[_Line]) -> "LongList":
        part = LongList(self._heads, (), self._shares, self._right)
        part._lines, part._head_lines = lines, self._head_lines
        part._columns, part._head_columns = self._columns, self._head_columns
        return part

    def draw(self) -> None:
        lines: Sequence[_Line] = self._lines or ()
        heads_height = LEADING * len(self._head_lines)
        height = heads_height + LEADING * len(lines)
        self.canv.setFillColor(HEAD)
        self.canv.rect(0, height - heads_height, self._width, heads_height, stroke=0, fill=1)
        self.canv.setStrokeColor(LINE)
        self.canv.setLineWidth(0.3)
        ends = (n for n, (_cells, is_last) in enumerate(reversed(lines)) if is_last)
        if rules := " ".join(f"0 {n * LEADING} m {self._width:.1f} {n * LEADING} l" for n in ends):
            self.canv._code.append(f"n {rules} S")
        _write_lines(self.canv, self._head_lines, self._head_columns, height)
        _write_lines(self.canv, lines, self._columns, height - heads_height)

    def _make_columns(self, font: str) -> list[_Column]:
        unit, left, found = self._width / sum(self._shares), 0.0, []
        for n, share in enumerate(self._shares):
            found.append(_Column(left, share * unit - GAP, font, is_right=n in self._right))
            left += share * unit
        return found


def _break_row(row: Sequence[str], columns: Sequence[_Column]) -> Iterator[_Line]:
    cells = [column[text] for column, text in zip(columns, row, strict=True)]
    most = max(map(len, cells))
    if most == 1:
        yield tuple([cell[0] for cell in cells]), True
        return
    for n in range(most):
        yield tuple(cell[n] if n < len(cell) else "" for cell in cells), n == most - 1


def _write_lines(canvas: Any, lines: Sequence[_Line], columns: Sequence[_Column], top: float) -> None:
    """As reportlab writes texts (`textOut`), but that each is measured and encoded once."""
    text = canvas.beginText()
    text.setFont(columns[0].font, SIZE)
    text.setFillColor(INK)
    text._code.append(_choose_letters(text))
    ready = [column.ready for column in columns]
    y = top - LEADING + 3
    for cells, _is_last in lines:
        height = f"{y:.1f}"
        for n, cell in enumerate(cells):
            if cell:
                before, after = ready[n].get(cell) or _make_ready(text, columns[n], cell)
                text._code.append(f"{before}{height}{after}")
        y -= LEADING
    canvas.drawText(text)


def _make_ready(text: Any, column: _Column, cell: str) -> tuple[str, str]:
    code = text._formatText(cell)
    if text._curSubset:
        code += f" {_choose_letters(text)}"
    ready = column.ready[cell] = f"1 0 0 1 {column.find_left(cell):.1f} ", f" Tm {code}"
    return ready


def _choose_letters(text: Any) -> str:
    """The code that goes back to a font's first 256 letters, where every text begins: so its code is the same wherever it stands."""
    text._curSubset = 0
    font = pdfmetrics.getFont(text._fontname)
    return f"{font.getSubsetInternalName(0, text._canvas._doc)} {SIZE} Tf {text._leading:g} TL"
