"""Words made to fit a box of a label: as large as they go, in mm."""

from dataclasses import dataclass
from functools import lru_cache
from unicodedata import normalize

from ..drawing.text import measure_width, wrap_text
from .label import DoesNotFit, Words

ASCENT, DESCENT = 1.08, 0.25  # ems: what Ỗ and ỹ take in either weight, hinted to whole dots
LINE = ASCENT + DESCENT
STEP_MM = 0.05  # sizes are whole steps, so that few of each letter must be drawn


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

    def measure(text: str) -> float:
        return measure_width(text, words.bold)

    lines: list[str] = []
    for paragraph in normalize("NFC", words.text).split("\n"):
        single_spaced = " ".join(filter(None, paragraph.split(" ")))
        lines += wrap_text(single_spaced, room, measure, breaks_words=breaking)
    fits = (
        len(lines) <= words.lines
        and len(lines) * LINE * size <= words.box.height + 1e-6
        and all(measure(line) <= room + 1e-6 for line in lines)
    )
    return tuple(lines) if fits else ()
