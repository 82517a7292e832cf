"""A label's parts put in their places: words, modules, stars and rectangles in mm from its upper left corner.

Done once for all that draw, so picture, page and print agree. The ink of a part stays in its box, whatever it says.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from typing import assert_never

from PIL import Image

from ..drawing.star import star_corners
from ..drawing.text import measure_ink, measure_width
from .barcode import PAGE_DPI, PlacedSymbol, place_symbol
from .fit import ASCENT, LINE, fit_text
from .label import Bar, Box, Code, Colour, DoesNotFit, Frame, Label, Part, Picture, Stars, Words

__all__ = [
    "PAGE_DPI",
    "Fill",
    "Layout",
    "Mark",
    "PlacedPart",
    "PlacedSymbol",
    "Raster",
    "Run",
    "Shape",
    "lay_out",
]

STAR_GAP = 0.08  # between two, as a share of one
STRIKE_EMS, STRIKE_MM, MIDDLE_EMS = (
    0.07,
    0.25,
    0.3,
)  # a line through a price: how thick, at least, and how high


@dataclass(frozen=True, slots=True)
class Run:
    """A line of text from its pen's first point; `size`: mm to the em."""

    text: str
    bold: bool
    size: float
    x: float
    baseline: float
    colour: Colour


@dataclass(frozen=True, slots=True)
class Fill:
    boxes: tuple[Box, ...]
    colour: Colour


@dataclass(frozen=True, slots=True)
class Shape:
    corners: tuple[tuple[float, float], ...]
    colour: Colour


@dataclass(frozen=True, slots=True)
class Raster:
    """A picture, stretched over its box, which has its proportions."""

    data: bytes
    box: Box


Mark = Run | Fill | Shape | Raster | PlacedSymbol


@dataclass(frozen=True, slots=True)
class PlacedPart:
    """A part and what is drawn of it. `ink`: the least rectangle around all of it; None where nothing is."""

    part: Part
    marks: tuple[Mark, ...]

    @property
    def ink(self) -> Box | None:
        return bounding_box(edge for mark in self.marks for edge in _ink_boxes(mark))


@dataclass(frozen=True, slots=True)
class Layout:
    width: float
    height: float
    parts: tuple[PlacedPart, ...]

    @property
    def marks(self) -> Iterable[Mark]:
        return (mark for part in self.parts for mark in part.marks)


@lru_cache(maxsize=256)
def lay_out(label: Label, dpi: int = PAGE_DPI) -> Layout:
    """For a device of that resolution, which only the codes heed.

    Raises DoesNotFit (`text_too_long`, `code_too_wide`, `code_too_low`; `outside_card` for a box that leaves the label),
    ValueError for a code that can't say its content, OSError for a picture that is none.
    """
    for part in label.parts:
        _require_inside(part.box, label)
    return Layout(
        label.width, label.height, tuple(PlacedPart(part, tuple(_marks(part, dpi))) for part in label.parts)
    )


def _require_inside(box: Box, label: Label) -> None:
    right, bottom = label.width - box.x - box.width, label.height - box.y - box.height
    if min(box.x, box.y, right, bottom) < -1e-6 or min(box.width, box.height) <= 0:
        raise DoesNotFit("outside_card", f"{box}", f"{label.width:g} × {label.height:g} mm")


def _marks(part: Part, dpi: int) -> list[Mark]:
    match part:
        case Words():
            return _words(part)
        case Stars():
            return _stars(part)
        case Code():
            code, caption = place_symbol(part, dpi)
            return [code, *(mark for line in caption for mark in _words(line))]
        case Bar():
            return [Fill((part.box,), part.colour)]
        case Frame():
            return [Fill(_outline(part.box, part.line_mm), part.colour)]
        case Picture():
            return [_picture(part)]
        case _:
            assert_never(part)


def _words(part: Words) -> list[Mark]:
    setting, box = fit_text(part), part.box
    marks: list[Mark] = []
    for n, line in enumerate(setting.lines):
        left, across = (
            measure_ink(line, part.bold).left * setting.size,
            measure_width(line, part.bold) * setting.size,
        )
        share = {"left": 0.0, "center": 0.5, "right": 1.0}[part.align]
        start = box.x + share * (box.width - across)
        baseline = box.y + (ASCENT + n * LINE) * setting.size
        if not line:
            continue
        marks.append(Run(line, part.bold, setting.size, start - left, baseline, part.colour))
        if part.struck:
            thick = max(STRIKE_MM, STRIKE_EMS * setting.size)
            through = Box(start, baseline - MIDDLE_EMS * setting.size - thick / 2, across, thick)
            marks.append(Fill((through,), part.colour))
    return marks


def _stars(part: Stars) -> list[Mark]:
    box, count = part.box, part.count
    side = min(box.height, box.width / (count + (count - 1) * STAR_GAP)) if count else 0
    top = box.y + (box.height - side) / 2
    return [
        Shape(tuple(star_corners(box.x + n * side * (1 + STAR_GAP), top, side)), part.colour)
        for n in range(count)
    ]


def _outline(box: Box, line: float) -> tuple[Box, ...]:
    return (
        Box(box.x, box.y, box.width, line),
        Box(box.x, box.y + box.height - line, box.width, line),
        Box(box.x, box.y, line, box.height),
        Box(box.x + box.width - line, box.y, line, box.height),
    )


def _picture(part: Picture) -> Raster:
    across, down = Image.open(BytesIO(part.data)).size
    box = part.box
    scale = min(box.width / across, box.height / down)
    broad, high = across * scale, down * scale
    return Raster(
        part.data, Box(box.x + (box.width - broad) / 2, box.y + (box.height - high) / 2, broad, high)
    )


def bounding_box(boxes: Iterable[Box]) -> Box | None:
    """The least rectangle around them all."""
    edges = [(box.x, box.y, box.x + box.width, box.y + box.height) for box in boxes]
    if not edges:
        return None
    left, top = min(edge[0] for edge in edges), min(edge[1] for edge in edges)
    return Box(left, top, max(edge[2] for edge in edges) - left, max(edge[3] for edge in edges) - top)


def _ink_boxes(mark: Mark) -> tuple[Box, ...]:
    match mark:
        case Run():
            ink = measure_ink(mark.text, mark.bold)
            left, top = mark.x + ink.left * mark.size, mark.baseline + ink.top * mark.size
            return (Box(left, top, (ink.right - ink.left) * mark.size, (ink.bottom - ink.top) * mark.size),)
        case Fill():
            return mark.boxes
        case Shape():
            across, down = zip(*mark.corners, strict=True)
            return (Box(min(across), min(down), max(across) - min(across), max(down) - min(down)),)
        case Raster():
            return (mark.box,)
        case PlacedSymbol():
            return mark.boxes
