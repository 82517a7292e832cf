"""Words set: how wide each letter of Noto Sans is, where its ink lies, and where a line breaks. All in ems, then mm.

Letters stand side by side without kerning, so that every renderer puts them at the same places.
"""

from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from io import BytesIO
from unicodedata import normalize

from PIL import ImageFont

from .label import DoesNotFit, Words

ASCENT, DESCENT = 1.06, 0.25  # ems: what Ỗ and ỹ take in either weight, and a hair
LINE = ASCENT + DESCENT
STEP_MM = 0.05  # sizes are whole steps, so that few of each letter must be drawn
UNITS = 1000  # to the em, in both fonts


@lru_cache
def read_font_file(bold: bool) -> bytes:
    name = "NotoSans-Bold.ttf" if bold else "NotoSans-Regular.ttf"
    return resources.files("hardware").joinpath("fonts", name).read_bytes()


def load_font(bold: bool, size: float) -> ImageFont.FreeTypeFont:
    """`size`: dots to the em."""
    return ImageFont.truetype(BytesIO(read_font_file(bold)), size, layout_engine=ImageFont.Layout.BASIC)


@lru_cache
def _measuring(bold: bool) -> ImageFont.FreeTypeFont:
    return load_font(bold, UNITS)


@dataclass(frozen=True, slots=True)
class Ink:
    """How far a text goes from its pen's first point, in ems: its ink, and the pen."""

    left: float
    top: float
    right: float
    bottom: float
    advance: float


@lru_cache(maxsize=4096)
def measure_letter(bold: bool, item: str) -> Ink:
    measuring = _measuring(bold)
    left, top, right, bottom = (edge / UNITS for edge in measuring.getbbox(item, anchor="ls"))
    return Ink(left, top, right, bottom, measuring.getlength(item) / UNITS)


@lru_cache(maxsize=4096)
def measure_ink(text: str, bold: bool) -> Ink:
    """A space has no ink; a line may begin left of its pen, as j does, and end right of it."""
    pen, boxes = 0.0, [(0.0, 0.0, 0.0, 0.0)]
    for item in text:
        ink = measure_letter(bold, item)
        boxes.append((pen + ink.left, ink.top, pen + ink.right, ink.bottom))
        pen += ink.advance
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return Ink(min(lefts), min(tops), max(rights), max(bottoms), pen)


def measure_width(text: str, bold: bool) -> float:
    """Ink and pen alike: what a line takes of its box, in ems."""
    ink = measure_ink(text, bold)
    return max(ink.right, ink.advance) - ink.left


@dataclass(frozen=True, slots=True)
class FittedText:
    """Lines, and the size that lets them fit, in mm."""

    size: float
    lines: tuple[str, ...]


@lru_cache(maxsize=1024)
def fit_text(words: Words) -> FittedText:
    """As large as fits: first with every word whole, and only if that fails with words broken.

    Raises DoesNotFit (`text_too_long`).
    """
    most, least = int(words.size_mm / STEP_MM + 1e-6), max(1, round(words.least_mm / STEP_MM))
    for breaking in (False, True):
        if setting := _largest(words, most, min(least, most), breaking):
            return setting
    raise DoesNotFit("text_too_long", words.text)


def _largest(words: Words, most: int, least: int, breaking: bool) -> FittedText | None:
    """By halving: what fits at one size fits at each smaller one."""
    best = None
    while least <= most:
        middle = (least + most + 1) // 2
        if lines := _lines(words, middle * STEP_MM, breaking):
            best, least = FittedText(middle * STEP_MM, lines), middle + 1
        else:
            most = middle - 1
    return best


def _lines(words: Words, size: float, breaking: bool) -> tuple[str, ...]:
    """None at all where they don't fit."""
    room = words.box.width / size
    lines: list[str] = []
    for paragraph in normalize("NFC", words.text).split("\n"):
        lines += _wrap(paragraph, words.bold, room, breaking)
    fits = (
        len(lines) <= words.lines
        and len(lines) * LINE * size <= words.box.height + 1e-6
        and all(measure_width(line, words.bold) <= room + 1e-6 for line in lines)
    )
    return tuple(lines) if fits else ()


def _wrap(text: str, bold: bool, room: float, breaking: bool) -> list[str]:
    lines, line = [], ""
    for word in filter(None, text.split(" ")):
        longer = f"{line} {word}" if line else word
        if measure_width(longer, bold) <= room:
            line = longer
            continue
        if line:
            lines.append(line)
        *full, line = _break_word(word, bold, room) if breaking else [word]
        lines += full
    return [*lines, line]


def _break_word(word: str, bold: bool, room: float) -> list[str]:
    pieces, piece = [], ""
    for item in word:
        if piece and measure_width(piece + item, bold) > room:
            pieces.append(piece)
            piece = ""
        piece += item
    return [*pieces, piece]
