"""A label: what stands where on a card, in millimetres from its upper left corner; nothing about how it gets there.

Parts are values, so a label can wait in a queue as JSON. Whatever draws it sees to it that nothing is clipped:
text that doesn't fit its box is set smaller, down to its least size, and then refused (`DoesNotFit`).
"""

from typing import Literal

import msgspec

from ..drawing.symbols import Symbology

Align = Literal["left", "center", "right"]
Colour = Literal["ink", "paper", "brand", "stop"]


class Box(msgspec.Struct, frozen=True):
    """A rectangle: its upper left corner, width and height, in mm."""

    x: float
    y: float
    width: float
    height: float


class Words(msgspec.Struct, frozen=True, tag=True):
    """Text in a box, wrapped between words into `lines` at most, as large as fits between both sizes (mm of a capital
    letter's em). `struck`: a line through it, as through an old price.
    """

    text: str
    box: Box
    size_mm: float
    least_mm: float
    lines: int = 1
    bold: bool = False
    align: Align = "left"
    colour: Colour = "ink"
    struck: bool = False


class Stars(msgspec.Struct, frozen=True, tag=True):
    """So many five-pointed stars in a row, as large as the box lets them be, from its left."""

    count: int
    box: Box
    colour: Colour = "brand"


class Code(msgspec.Struct, frozen=True, tag=True):
    """A barcode, as large as fits with whole dots a module and its quiet zones inside the box; a linear one no wider
    than its nominal size (0.33 mm a module, or the next whole dot), and as high as the box.

    `shown`: its text beneath, as people read it. GS1 kinds take an element string in brackets: (01)…(10)…; a bracket
    within a value has a backslash before it.
    """

    kind: Symbology
    content: str
    box: Box
    shown: bool = False


class Bar(msgspec.Struct, frozen=True, tag=True):
    """A filled rectangle: a band of colour, a rule, the ground of a sign."""

    box: Box
    colour: Colour = "ink"


class Frame(msgspec.Struct, frozen=True, tag=True):
    """The outline of a rectangle, `line_mm` thick, inside it."""

    box: Box
    line_mm: float = 0.3
    colour: Colour = "ink"


class Picture(msgspec.Struct, frozen=True, tag=True):
    """A picture (PNG or JPEG bytes, such as the shop's logo), as large as fits, in the middle of its box."""

    data: bytes
    box: Box


Part = Words | Stars | Code | Bar | Frame | Picture


class Label(msgspec.Struct, frozen=True):
    """A card of this size. `brand`: the colour that brand parts get where there are colours (#rrggbb); else they are ink."""

    width: float
    height: float
    parts: tuple[Part, ...]
    brand: str = "#a4432a"

    def encoded(self) -> str:
        return msgspec.json.encode(self).decode()

    @classmethod
    def decoded(cls, text: str) -> "Label":
        """Raises ValueError when the text is no label."""
        return msgspec.json.decode(text, type=cls)


class DoesNotFit(Exception):
    """Something is too large for its place: `part` says what, `fits` what would do instead.

    `code`: `text_too_long`; `code_too_wide` (`fits`: the width in mm that would do, for a matrix also the height, and
    other codes that fit here); `code_too_low` (the height in mm); `outside_card`, a box that leaves the label;
    `label_too_large` for a sheet's cell or a roll.
    """

    def __init__(self, code: str, part: str, fits: str = "") -> None:
        super().__init__(f"{code}: {part}" + (f" ({fits})" if fits else ""))
        self.code, self.part, self.fits = code, part, fits
