"""documents/pdf.py — A4 pages by reportlab: headings, paragraphs, tables; the house's letters are embedded.

reportlab, because it needs no library of the system, embeds subsets of our own fonts and draws a hundred
pages in a second.
"""

from collections.abc import Sequence
from functools import cache
from importlib import resources
from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape

from reportlab import rl_config
from reportlab.lib import colors
from reportlab.lib.enums import TA_LEFT, TA_RIGHT
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from hardware.drawing.text import SHIPPED_LETTERS

from ..kernel.slow_work import refuse_inside_unit_of_work

INK, SOFT, LINE, STOP = (colors.HexColor(code) for code in ("#2B2320", "#6B5F57", "#B9AC9C", "#B3261E"))
HEAD = colors.HexColor("#F1EBE1")
MARGIN = 14 * mm
FOOT_ROOM = 4 * mm
FRAME_PADDING = 6  # points, of reportlab, above and below
LEAST_PAGE = A4[0] - 2 * MARGIN - FOOT_ROOM - 2 * FRAME_PADDING  # what a page on its side holds, in points
rl_config.useA85 = 0  # plain streams: a quarter smaller, and half as long to write


@cache
def register_fonts() -> tuple[str, str]:
    """Register Noto Sans once; its names for plain and bold text."""
    fonts = resources.files("hardware.fonts")
    for name, file in (("Shop", "NotoSans-Regular.ttf"), ("Shop-Bold", "NotoSans-Bold.ttf")):
        with resources.as_file(fonts / file) as path:
            pdfmetrics.registerFont(TTFont(name, str(path)))
    return "Shop", "Shop-Bold"


@cache
def _paragraph_style(
    size: int = 9, *, bold: bool = False, soft: bool = False, stop: bool = False, right: bool = False
) -> ParagraphStyle:
    plain, heavy = register_fonts()
    return ParagraphStyle(
        f"{size}{bold}{soft}{stop}{right}", alignment=TA_RIGHT if right else TA_LEFT, fontName=heavy if bold else plain, fontSize=size, leading=size * 1.35,
        textColor=STOP if stop else SOFT if soft else INK, splitLongWords=True,
    )  # fmt: skip


class StoppedText(str):
    """Text in a cell that may not go on: drawn in the colour of a stop."""

    __slots__ = ()


def make_paragraph(
    text: str, *, size: int = 9, bold: bool = False, soft: bool = False, right: bool = False
) -> Any:
    """A paragraph. A new line in `text` is one on paper."""
    stop = isinstance(text, StoppedText)
    return Paragraph(
        escape(text.translate(SHIPPED_LETTERS)).replace("\n", "<br/>"),
        _paragraph_style(size, bold=bold, soft=soft, stop=stop, right=right),
    )


def make_heading(text: str) -> list[Any]:
    return [Spacer(0, 5 * mm), make_paragraph(text, size=13, bold=True), Spacer(0, 2 * mm)]


class _Grid(Table):  # type: ignore[misc]
    """A table whose rows stay whole: only one that is higher than a page goes on over the next."""

    def split(self, width: float, height: float) -> list[Any]:
        self._calc(width, height)
        self.splitInRow = int(sum(self._rowHeights[: self.repeatRows + 1]) > LEAST_PAGE)
        return list(super().split(width, height))


def make_table(
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
    shares: Sequence[int],
    *,
    wide: bool = False,
    right: frozenset[int] = frozenset(),
) -> Any:
    """A table over the whole width; `shares` are its columns' parts of it, `right` those of figures. Heads stand on every page."""
    whole = (landscape(A4)[0] if wide else A4[0]) - 2 * MARGIN
    widths = [whole * share / sum(shares) for share in shares]
    cells = [
        [make_paragraph(head, size=8, bold=True, right=n in right) for n, head in enumerate(heads)],
        *([make_paragraph(cell, size=8, right=n in right) for n, cell in enumerate(row)] for row in rows),
    ]
    grid = _Grid(cells, colWidths=widths, repeatRows=1)
    grid.setStyle(TableStyle([
        ("BACKGROUND", (0, 0), (-1, 0), HEAD), ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LINEBELOW", (0, 0), (-1, -1), 0.4, LINE), ("LEFTPADDING", (0, 0), (-1, -1), 3),
        ("RIGHTPADDING", (0, 0), (-1, -1), 3), ("TOPPADDING", (0, 0), (-1, -1), 2.5), ("BOTTOMPADDING", (0, 0), (-1, -1), 2.5),
    ]))  # fmt: skip
    return grid


def render_document(
    title: str, subtitle: str, story: Sequence[Any], *, foot: str, wide: bool = False
) -> bytes:
    """The document: title, subtitle, the story; below each page the foot and its number."""
    refuse_inside_unit_of_work("making a document")
    plain, _bold = register_fonts()
    out = BytesIO()

    class Numbered(Canvas):  # type: ignore[misc]
        """Knows how many pages there are before it writes the first one."""

        def __init__(self, *arguments: Any, **more: Any) -> None:
            super().__init__(*arguments, **more)
            self._kept: list[dict[str, Any]] = []

        def showPage(self) -> None:  # noqa: N802
            self._kept.append(dict(self.__dict__))
            self._startPage()

        def save(self) -> None:
            for n, state in enumerate(self._kept, 1):
                self.__dict__.update(state)
                self.setFont(plain, 8)
                self.setFillColor(SOFT)
                self.drawString(MARGIN, 8 * mm, foot)
                self.drawRightString(self._pagesize[0] - MARGIN, 8 * mm, f"{n} / {len(self._kept)}")
                super().showPage()
            super().save()

    document = SimpleDocTemplate(
        out, pagesize=landscape(A4) if wide else A4, leftMargin=MARGIN, rightMargin=MARGIN, topMargin=MARGIN,
        bottomMargin=MARGIN + FOOT_ROOM, title=title, author=foot,
    )  # fmt: skip
    top = [
        make_paragraph(title, size=16, bold=True),
        Spacer(0, 1 * mm),
        make_paragraph(subtitle, soft=True),
        Spacer(0, 4 * mm),
    ]
    document.build([*top, *story], canvasmaker=Numbered)
    return out.getvalue()
