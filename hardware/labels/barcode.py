"""A barcode in its box: how wide its modules are, where its bars stand, and what is written beneath.

Modules are whole dots of the device, or scanners see bars of odd widths. A linear code takes its nominal width where
there is room, and less down to what the standard lets it; a matrix fills its box. GS1 General Specifications §5.12.3.1
(symbol specification table 1): an EAN's module is 0.264 mm at least, or 0.249 mm where it is printed on demand, as a
label printer does. Two dots of 203 to the inch are 0.250 mm.
"""

import re
from dataclasses import dataclass
from functools import cached_property
from math import ceil, floor

from ..drawing.symbols import (
    ALTERNATIVES,
    EAN,
    GUARD_MODULES,
    LINEAR,
    NOMINAL_MM,
    QUIET,
    Modules,
    Symbology,
    encode_modules,
    format_caption,
)
from .fit import ASCENT, LINE, STEP_MM, fit_text
from .label import Box, Code, DoesNotFit, Words

PAGE_DPI = 25_400  # a page has no dots: a thousandth of a mm is as good as none
LEAST_MM, LEAST_EAN_MM, LEAST_ON_DEMAND_MM = 0.25, 0.264, 0.249
LOWEST_MM = 5.0  # of bars, for a scanner held by hand (ISO/IEC 15417)
CAPTION_MM, LEAST_CAPTION_MM, CAPTION_LINES = 2.6, 1.6, 3
DIGIT_EMS, DIGIT_TOP_EMS, DIGIT_BELOW_EMS = 0.572, 0.74, 0.02  # a figure of Noto Sans: advance, height, depth
MOST_DIGIT_MM = 3.4
GROUPS = {"ean13": ((3, 6), (50, 6)), "ean8": ((3, 4), (36, 4))}  # first module and digits of each half
DIGIT_MODULES = 7


@dataclass(frozen=True)
class PlacedSymbol:
    """A code placed: its first module's corner, a module's width and the bars' height (a matrix: a module's), in mm."""

    kind: Symbology
    content: str
    modules: Modules
    x: float
    y: float
    module: float
    height: float

    @cached_property
    def boxes(self) -> tuple[Box, ...]:
        """Its ink as rectangles: each bar, each row's runs of modules, and below them what guards reach down."""
        boxes = [
            box for n, row in enumerate(self.modules.rows) for box in self._row(row, self.y + n * self.height)
        ]
        longer = GUARD_MODULES * self.module
        boxes += [
            Box(box.x, box.y + self.height, box.width, longer)
            for box in self._row(self.modules.guards, self.y)
        ]
        return tuple(boxes)

    def _row(self, row: str, top: float) -> list[Box]:
        return [
            Box(self.x + run.start() * self.module, top, (run.end() - run.start()) * self.module, self.height)
            for run in re.finditer("1+", row)
        ]


def place_symbol(code: Code, dpi: int) -> tuple[PlacedSymbol, tuple[Words, ...]]:
    """The code and what is written beneath it. Raises DoesNotFit, ValueError as `placed` says."""
    grid, box = encode_modules(code.kind, code.content), code.box
    if not code.shown:
        return _standing(code, grid, box, dpi), ()
    if code.kind in EAN:
        return _with_digits(code, grid, dpi)
    caption = _caption(code)
    above = Box(box.x, box.y, box.width, max(0.0, box.height - caption.box.height))
    return _standing(code, grid, above, dpi), (caption,)


def _caption(code: Code) -> Words:
    """At the foot of the box; an element string breaks between its elements."""
    text, box = format_caption(code.kind, code.content), code.box
    words = Words(text, box, CAPTION_MM, LEAST_CAPTION_MM, CAPTION_LINES, align="center")
    setting = fit_text(words)
    high = len(setting.lines) * LINE * setting.size
    foot = Box(box.x, box.y + box.height - high, box.width, high)
    return Words(text, foot, setting.size, setting.size, CAPTION_LINES, align="center")


def _with_digits(code: Code, grid: Modules, dpi: int) -> tuple[PlacedSymbol, tuple[Words, ...]]:
    """An EAN as people know it: a digit before the bars, and two groups between the guards that reach down."""
    module, box = _module(code, grid, code.box, dpi), code.box
    (_, digits), *_ = GROUPS[code.kind]
    size = min(MOST_DIGIT_MM, (DIGIT_MODULES * digits - 2) * module / (digits * DIGIT_EMS))
    size = floor(size / STEP_MM) * STEP_MM
    foot = module / 2 + max(DIGIT_TOP_EMS * size, GUARD_MODULES * module) + DIGIT_BELOW_EMS * size
    bars = _standing(code, grid, Box(box.x, box.y, box.width, max(0.0, box.height - foot)), dpi)
    top = bars.y + bars.height + module / 2 - (ASCENT - DIGIT_TOP_EMS) * size

    def beneath(text: str, first: float, count: float) -> Words:
        place = Box(bars.x + first * module, top, count * module, LINE * size)
        return Words(text, place, size, size, align="center")

    halves, rest = [], code.content
    for first, digits in reversed(GROUPS[code.kind]):
        rest, half = rest[:-digits], rest[-digits:]
        halves.append(beneath(half, first, DIGIT_MODULES * digits))
    before = (beneath(rest, -QUIET[code.kind][0], QUIET[code.kind][0] - 1),) if rest else ()
    return bars, (*before, *reversed(halves))


def _standing(code: Code, grid: Modules, box: Box, dpi: int) -> PlacedSymbol:
    """In the middle of the box, its first module on a whole dot."""
    module, dot = _module(code, grid, box, dpi), 25.4 / dpi
    left, right = QUIET[code.kind]
    across = (left + grid.across + right) * module
    x = _on_dot(box.x, box.width, across, dot) + left * module
    if code.kind in LINEAR:
        if box.height < LOWEST_MM:
            lacking = code.box.height - box.height + LOWEST_MM
            raise DoesNotFit("code_too_low", code.content, f"{lacking:.1f} mm")
        return PlacedSymbol(code.kind, code.content, grid, x, box.y, module, box.height)
    y = _on_dot(box.y, box.height, (left + grid.down + right) * module, dot) + left * module
    return PlacedSymbol(code.kind, code.content, grid, x, y, module, module)


def _on_dot(start: float, room: float, taken: float, dot: float) -> float:
    """Where something begins that stands in the middle of the room, from a whole dot on and within it."""
    first = ceil(start / dot - 1e-6)
    spare = floor((start + room) / dot + 1e-6) - first - round(taken / dot)
    return (first + spare // 2) * dot


def _module(code: Code, grid: Modules, box: Box, dpi: int) -> float:
    """Its width in mm. Raises DoesNotFit (`code_too_wide`) with the width in mm that would do, and the other codes
    that fit here.
    """
    dot, least = 25.4 / dpi, _least_dots(code.kind, dpi)
    dots = min(_room(box.x, box.width, dot) // _total(code.kind, grid.across), _most_dots(code.kind, dpi))
    if code.kind not in LINEAR:
        dots = min(dots, _room(box.y, box.height, dot) // _total(code.kind, grid.down))
    if dots >= least:
        return dots * dot
    needed = ceil((_total(code.kind, grid.across) * least + 1) * dot * 10) / 10
    others = [kind for kind in ALTERNATIVES[code.kind] if _would_fit(kind, code.content, box, dpi)]
    raise DoesNotFit("code_too_wide", code.content, ", ".join([f"{needed:.1f} mm", *others]))


def _would_fit(kind: Symbology, content: str, box: Box, dpi: int) -> bool:
    try:
        _module(Code(kind, content, box), encode_modules(kind, content), box, dpi)
    except (DoesNotFit, ValueError):
        return False
    return True


def _room(start: float, length: float, dot: float) -> int:
    """Whole dots that lie within."""
    return floor((start + length) / dot + 1e-6) - ceil(start / dot - 1e-6)


def _total(kind: Symbology, count: int) -> int:
    return count + sum(QUIET[kind])


def _least_dots(kind: Symbology, dpi: int) -> int:
    least = LEAST_EAN_MM if kind in EAN else LEAST_MM
    if dpi != PAGE_DPI:
        least = LEAST_ON_DEMAND_MM
    return ceil(least * dpi / 25.4 - 1e-6)


def _most_dots(kind: Symbology, dpi: int) -> int:
    """A matrix takes what there is; of a linear code more than the nominal width makes scanners no happier."""
    return ceil(NOMINAL_MM * dpi / 25.4 - 1e-6) if kind in LINEAR else dpi
