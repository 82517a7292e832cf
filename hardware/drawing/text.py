"""Letters of the shipped fonts, how wide they are, and where a line of them breaks: for receipts, labels and tags alike.

Letters are put side by side without kerning, so that every renderer puts them at the same places.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from io import BytesIO

from PIL import ImageFont

UNITS = 1000  # to the em, in both fonts


@lru_cache
def read_font_file(bold: bool) -> bytes:
    name = "NotoSans-Bold.ttf" if bold else "NotoSans-Regular.ttf"
    return resources.files("hardware").joinpath("fonts", name).read_bytes()


@lru_cache(maxsize=64)
def load_font(bold: bool, size: float) -> ImageFont.FreeTypeFont:
    """`size`: dots to the em."""
    return ImageFont.truetype(BytesIO(read_font_file(bold)), size, layout_engine=ImageFont.Layout.BASIC)


@dataclass(frozen=True, slots=True)
class Ink:
    """How far a text goes from its pen's first point, in ems: its ink, and the pen."""

    left: float
    top: float
    right: float
    bottom: float
    advance: float


# The shipped fonts are a subset: what they lack and the shop's papers have is drawn by what looks alike.
SHIPPED_LETTERS = str.maketrans({"−": "–", "→": ">", "←": "<"})


@lru_cache(maxsize=4096)
def measure_letter(bold: bool, letter: str) -> Ink:
    letter = letter.translate(SHIPPED_LETTERS)
    font = load_font(bold, UNITS)
    left, top, right, bottom = (edge / UNITS for edge in font.getbbox(letter, anchor="ls"))
    return Ink(left, top, right, bottom, font.getlength(letter) / UNITS)


@lru_cache(maxsize=4096)
def measure_ink(text: str, bold: bool) -> Ink:
    """A space has no ink; a line may begin left of its pen, as j does, and end right of it."""
    pen, boxes = 0.0, [(0.0, 0.0, 0.0, 0.0)]
    for letter in text:
        ink = measure_letter(bold, letter)
        boxes.append((pen + ink.left, ink.top, pen + ink.right, ink.bottom))
        pen += ink.advance
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return Ink(min(lefts), min(tops), max(rights), max(bottoms), pen)


def measure_width(text: str, bold: bool) -> float:
    """Ink and pen alike: what a line takes of its box, in ems."""
    ink = measure_ink(text, bold)
    return max(ink.right, ink.advance) - ink.left


def wrap_text(
    text: str, room: float, measure: Callable[[str], float], *, breaks_words: bool = True
) -> list[str]:
    """Lines no wider than `room`, as `measure` says. A word that is wider is broken where it must be, or left too wide."""
    lines, line = [], ""
    for word in text.split(" "):
        longer = f"{line} {word}" if line else word
        if measure(longer) <= room:
            line = longer
            continue
        if line:
            lines.append(line)
        *full, line = _break_word(word, room, measure) if breaks_words else [word]
        lines += full
    return [*lines, line]


def _break_word(word: str, room: float, measure: Callable[[str], float]) -> list[str]:
    pieces, piece = [], ""
    for letter in word:
        if piece and measure(piece + letter) > room:
            pieces.append(piece)
            piece = ""
        piece += letter
    return [*pieces, piece]
