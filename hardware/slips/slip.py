"""A slip: what is to stand on a narrow strip of paper, and nothing about how it gets there.

Laid out by `picture.py` for screen and printer alike. Rows are values, so a slip can wait in a queue as JSON.
"""

from typing import Literal

import msgspec

from ..labels.label import Label

Size = Literal["small", "normal", "large"]
Align = Literal["left", "center", "right"]


class Text(msgspec.Struct, frozen=True, tag=True):
    """A paragraph; wrapped between words, and within a word that is wider than the paper."""

    text: str
    size: Size = "normal"
    bold: bool = False
    align: Align = "left"


class Pair(msgspec.Struct, frozen=True, tag=True):
    """Something on the left and its figure on the right; the left wraps, the figure is never overlapped."""

    left: str
    right: str
    size: Size = "normal"
    bold: bool = False


class Stars(msgspec.Struct, frozen=True, tag=True):
    """A line that ends in drawn stars, because few fonts have one."""

    text: str
    count: int
    size: Size = "normal"
    bold: bool = False


class Rule(msgspec.Struct, frozen=True, tag=True):
    """A thin line across."""


class Feed(msgspec.Struct, frozen=True, tag=True):
    """White space, in dots (203 to the inch)."""

    dots: int = 12


class Qr(msgspec.Struct, frozen=True, tag=True):
    """A QR code in the middle, with a line of text beneath."""

    content: str
    caption: str = ""


class Barcode(msgspec.Struct, frozen=True, tag=True):
    """A Code 128 in the middle, its text beneath. ASCII only."""

    content: str


class Letters(msgspec.Struct, frozen=True, tag=True):
    """All Vietnamese letters in each way that the printer may have them, each under its name: for a person to choose."""


class Card(msgspec.Struct, frozen=True, tag=True):
    """A label or a tag: a printer of labels prints it at its own size, a roll carries it as a picture."""

    label: Label


class Cut(msgspec.Struct, frozen=True, tag=True):
    """Cut the paper here."""


class Kick(msgspec.Struct, frozen=True, tag=True):
    """Open the drawer that hangs on the printer."""


Row = Text | Pair | Stars | Rule | Feed | Qr | Barcode | Letters | Card | Cut | Kick


class Slip(msgspec.Struct, frozen=True):
    rows: tuple[Row, ...]

    def encoded(self) -> str:
        return msgspec.json.encode(self).decode()

    @classmethod
    def decoded(cls, text: str) -> "Slip":
        """Raises ValueError when the text is no slip."""
        return msgspec.json.decode(text, type=cls)

    def without_kick(self) -> "Slip":
        """The same slip for a second print: paper only, the drawer stays shut."""
        return Slip(tuple(row for row in self.rows if not isinstance(row, Kick)))
