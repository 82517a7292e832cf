"""Labels on paper by reportlab: words as text in embedded subsets of our fonts, codes and stars as vectors."""

from collections.abc import Sequence
from functools import cache
from io import BytesIO
from itertools import count

from reportlab.lib.colors import Color, HexColor, black, white
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import FILL_NON_ZERO, Canvas

from ..drawing.text import SHIPPED_LETTERS, read_font_file
from .label import Box, Colour, DoesNotFit, Label
from .layout import Fill, Mark, PlacedSymbol, Raster, Run, Shape, lay_out
from .picture import STOP
from .sheets import A4_HEIGHT, A4_WIDTH, Template

HAIRLINE_MM = 0.1
RULER_MM = 100
_A4 = (A4_WIDTH / 10, A4_HEIGHT / 10)


@cache
def register_fonts() -> tuple[str, str]:
    """Register Noto Sans once; its names for plain and bold text."""
    names = ("Label", "Label-Bold")
    for bold, name in enumerate(names):
        pdfmetrics.registerFont(TTFont(name, BytesIO(read_font_file(bool(bold)))))
    return names


class Page:
    """A canvas that counts in mm from its upper left corner, as labels do."""

    def __init__(self, width: float, height: float) -> None:
        self.out, self._height = BytesIO(), height
        self.canvas = Canvas(self.out, pagesize=(width * mm, height * mm), pageCompression=1, invariant=1)

    def finished(self) -> bytes:
        self.canvas.save()
        return self.out.getvalue()

    def draw(self, label: Label, x: float = 0, y: float = 0) -> None:
        """With the label's upper left corner at (x, y) mm. Raises what `lay_out` raises."""
        colours: dict[Colour, Color] = {
            "ink": black, "paper": white, "brand": HexColor(label.brand), "stop": HexColor(STOP),
        }  # fmt: skip
        for mark in lay_out(label).marks:
            self._mark(mark, colours, x, y)

    def line(self, x: float, y: float, to_x: float, to_y: float, thick: float = HAIRLINE_MM) -> None:
        self.canvas.setLineWidth(thick * mm)
        self.canvas.line(*self._point(x, y), *self._point(to_x, to_y))

    def text(self, x: float, y: float, text: str, size: float = 2.5) -> None:
        self.canvas.setFont(register_fonts()[0], size * mm)
        self.canvas.drawString(*self._point(x, y), text.translate(SHIPPED_LETTERS))

    def _point(self, x: float, y: float) -> tuple[float, float]:
        return x * mm, (self._height - y) * mm

    def _mark(self, mark: Mark, colours: dict[Colour, Color], x: float, y: float) -> None:
        self.canvas.setFillColor(black if isinstance(mark, PlacedSymbol | Raster) else colours[mark.colour])
        match mark:
            case Run():
                self.canvas.setFont(register_fonts()[mark.bold], mark.size * mm)
                self.canvas.drawString(
                    *self._point(x + mark.x, y + mark.baseline), mark.text.translate(SHIPPED_LETTERS)
                )
            case Fill():
                self._fill(mark.boxes, x, y)
            case PlacedSymbol():
                self._fill(mark.boxes, x, y)
            case Shape():
                path = self.canvas.beginPath()
                for n, (across, down) in enumerate(mark.corners):
                    (path.lineTo if n else path.moveTo)(*self._point(x + across, y + down))
                path.close()
                self.canvas.drawPath(path, stroke=0, fill=1)
            case Raster():
                at = self._point(x + mark.box.x, y + mark.box.y + mark.box.height)
                self.canvas.drawImage(
                    ImageReader(BytesIO(mark.data)),
                    *at,
                    mark.box.width * mm,
                    mark.box.height * mm,
                    mask="auto",
                )

    def _fill(self, boxes: Sequence[Box], x: float, y: float) -> None:
        """All in one path: drawn one by one, bars that touch would show seams. Where two overlap there is ink all the same."""
        path = self.canvas.beginPath()
        for box in boxes:
            left, foot = self._point(x + box.x, y + box.y + box.height)
            path._code_append(  # noqa: SLF001  as its rect does, which takes twice as long: codes are hundreds of them
                f"{left:.3f} {foot:.3f} {box.width * mm:.3f} {box.height * mm:.3f} re"
            )
        self.canvas.drawPath(path, stroke=0, fill=1, fillMode=FILL_NON_ZERO)


def render_label(label: Label) -> bytes:
    """A page of the label's size. Raises what `lay_out` raises."""
    page = Page(label.width, label.height)
    page.draw(label)
    return page.finished()


def render_sheet(labels: Sequence[Label], template: Template, *, start: int = 1) -> bytes:
    """A4 pages with a label in the middle of each cell, the first in cell `start` of the first page.

    Raises DoesNotFit (`label_too_large`) besides what `lay_out` raises, ValueError for a start that is no cell.
    """
    if not 1 <= start <= template.cells:
        raise ValueError(f"{template.name} has cells 1 to {template.cells}, not {start}")
    page = Page(*_A4)
    for label, number in zip(labels, count(start - 1), strict=False):
        if number == start - 1 or number % template.cells == 0:
            if number != start - 1:
                page.canvas.showPage()
            _cut_marks(page, template)
        if not template.takes(label):
            raise DoesNotFit("label_too_large", f"{label.width:g} × {label.height:g} mm", template.name)
        cell = template.cell(number % template.cells + 1)
        page.draw(label, cell.x + (cell.width - label.width) / 2, cell.y + (cell.height - label.height) / 2)
    return page.finished()


def _cut_marks(page: Page, template: Template) -> None:
    for line in template.marks():
        page.line(*line)


def render_calibration(template: Template) -> bytes:
    """To be held against a sheet of labels: its cells outlined and numbered, a ruler at the first and last cell's corner
    to read the offset from, and one of 100 mm that shows whether the printer scales.
    """
    page = Page(*_A4)
    for number in range(1, template.cells + 1):
        cell = template.cell(number)
        for line in _outline(cell):
            page.line(*line)
        page.text(cell.x + 2, cell.y + cell.height - 2, str(number))
    for corner in (template.cell(1), template.cell(template.cells)):
        _cross(page, corner.x + 8, corner.y + 8)
    _ruler(page, (_A4[0] - RULER_MM) / 2, _A4[1] / 2)
    return page.finished()


def _outline(cell: Box) -> tuple[tuple[float, float, float, float], ...]:
    right, bottom = cell.x + cell.width, cell.y + cell.height
    return (
        (cell.x, cell.y, right, cell.y), (right, cell.y, right, bottom),
        (right, bottom, cell.x, bottom), (cell.x, bottom, cell.x, cell.y),
    )  # fmt: skip


def _cross(page: Page, x: float, y: float) -> None:
    """Five mm each way, a tick each mm."""
    page.line(x - 5, y, x + 5, y)
    page.line(x, y - 5, x, y + 5)
    for n in range(-5, 6):
        page.line(x + n, y - 0.8, x + n, y + 0.8)
        page.line(x - 0.8, y + n, x + 0.8, y + n)


def _ruler(page: Page, x: float, y: float) -> None:
    page.line(x, y, x + RULER_MM, y, 0.2)
    for n in range(RULER_MM + 1):
        page.line(x + n, y, x + n, y - (3 if n % 10 == 0 else 2 if n % 5 == 0 else 1.2))
        if n % 10 == 0:
            page.text(x + n + 0.4, y - 1.6, str(n), 1.8)
    page.text(x, y + 3, f"{RULER_MM} mm")
