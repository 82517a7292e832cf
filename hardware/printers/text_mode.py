"""A slip as letters, for slow lines: a receipt of 99 KB as a picture is 2 KB as text.

Font A is twelve dots wide: 32 columns on paper of 58 mm, 48 on 80 mm. Large letters take two columns;
small ones are set as normal. Codes are drawn by a printer that can, else sent as pictures.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import assert_never

from ..drawing.letters import LETTERS
from ..drawing.text import wrap_text
from ..slips.slip import (
    Align,
    Barcode,
    Card,
    Cut,
    Feed,
    Kick,
    Letters,
    Pair,
    Qr,
    Row,
    Rule,
    Slip,
    Stars,
    Text,
)
from . import commands
from .charsets import Charset
from .commands import BUFFER_BYTES, FEED_AND_CUT, FEED_TO_TEAR, INITIALISE, KICK
from .picture_mode import encode_raster
from .profiles import Profile

COLUMN_DOTS = 12
CODE_HEIGHT = 72
_LINES_OF = Text | Pair | Stars | Rule


@dataclass(frozen=True, slots=True)
class Line:
    """What stands on one line, spaces before it included."""

    text: str
    bold: bool = False
    large: bool = False


def lay_out(row: _LINES_OF, columns: int) -> list[Line]:
    """A row in lines no longer than `columns`, or half of them if large. Its letters must be fitted already."""
    match row:
        case Text():
            room = columns // 2 if row.size == "large" else columns
            lines = [line for part in row.text.split("\n") for line in wrap_text(part, room, len)]
            return [Line(_align(line, row.align, room), row.bold, row.size == "large") for line in lines]
        case Pair():
            return _pair(row, columns)
        case Stars():
            text = f"{row.text} {'*' * row.count}".strip()
            return lay_out(Text(text, row.size, row.bold), columns)
        case Rule():
            return [Line("-" * columns)]


def _pair(row: Pair, columns: int) -> list[Line]:
    """The figure stays whole: on a line of its own where it takes nearly all, and smaller if that is too short."""
    large = row.size == "large" and len(row.right) <= columns // 2
    room = columns // 2 if large else columns
    beside = room - len(row.right) - 1
    below = beside < room // 4
    left = wrap_text(row.left, room if below else beside, len)
    if below:
        lines = [*left, *(figure.rjust(room) for figure in wrap_text(row.right, room, len))]
    else:
        lines = [*left[:-1], left[-1].ljust(beside + 1) + row.right]
    return [Line(line, row.bold, large) for line in lines]


def _align(line: str, align: Align, room: int) -> str:
    spaces = {"left": 0, "center": (room - len(line)) // 2, "right": room - len(line)}[align]
    return " " * spaces + line


def encode_slip(
    slip: Slip, width: int, profile: Profile, charset: Charset, drawer_pin: int | None = 2
) -> Iterator[bytes]:
    """The slip as ESC/POS text on paper `width` dots wide, in pieces that fit the printer's buffer."""
    kicks = drawer_pin is not None and any(isinstance(row, Kick) for row in slip.rows)
    opening = INITIALISE + (KICK[drawer_pin] if kicks and drawer_pin is not None else b"")
    yield from pack_pieces(_pieces(slip, opening, TextEncoder(charset, width, profile)))


def _pieces(slip: Slip, opening: bytes, typist: "TextEncoder") -> Iterator[bytes]:
    yield opening
    for row in slip.rows:
        yield from typist.typed(row)


def pack_pieces(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Small pieces together, none longer than the printer's buffer."""
    waiting = b""
    for piece in pieces:
        if waiting and len(waiting) + len(piece) > BUFFER_BYTES:
            yield waiting
            waiting = b""
        waiting += piece
    if waiting:
        yield waiting


@dataclass
class TextEncoder:
    """Writes rows; remembers page and style, so that a line says no more than what changes."""

    charset: Charset
    width: int
    profile: Profile
    _page: int | None = None
    _bold: bool = False
    _large: bool = False

    def typed(self, row: Row) -> Iterator[bytes]:
        match row:
            case Text() | Pair() | Stars() | Rule():
                yield from self._lines(row)
            case Feed():
                yield commands.feed(row.dots)
            case Qr():
                yield from self._qr(row)
            case Barcode():
                yield from self._barcode(row)
            case Card():
                yield from encode_raster([row], self.width)
            case Letters():
                yield from self._letters_page()
            case Cut():
                yield FEED_AND_CUT if self.profile.cutter else FEED_TO_TEAR
            case Kick():
                pass  # it went first
            case _:
                assert_never(row)

    def _lines(self, row: _LINES_OF) -> Iterator[bytes]:
        for line in lay_out(self._fitted(row), self.width // COLUMN_DOTS):
            yield self._style(line) + self._spelled(line.text) + b"\n"

    def _fitted(self, row: _LINES_OF) -> _LINES_OF:
        """Letters of the charset first, because a transliteration may be longer than what it stands for."""
        fitted = self.charset.fitted
        match row:
            case Text():
                text = "\n".join(fitted(part) for part in row.text.split("\n"))
                return Text(text, row.size, row.bold, row.align)
            case Pair():
                return Pair(fitted(row.left), fitted(row.right), row.size, row.bold)
            case Stars():
                return Stars(fitted(row.text), row.count, row.size, row.bold)
            case Rule():
                return row

    def _style(self, line: Line) -> bytes:
        changes = b""
        if line.bold != self._bold:
            changes += commands.bold(line.bold)
        if line.large != self._large:
            changes += commands.large(line.large)
        self._bold, self._large = line.bold, line.large
        return changes

    def _spelled(self, text: str) -> bytes:
        written = b""
        for page, letters in self.charset.runs(text, self._page):
            if page is not None and page != self._page:
                written += commands.page(page)
            self._page = page
            written += letters
        return written

    def _letters_page(self) -> Iterator[bytes]:
        """All letters in each charset that the printer has, or may have, under the name to configure it by."""
        yield self._style(Line(""))
        columns = self.width // COLUMN_DOTS
        for name in self.profile.candidates():
            other = TextEncoder(self.profile.charset(name), self.width, self.profile)
            for text in (name, *(LETTERS[at : at + columns] for at in range(0, len(LETTERS), columns))):
                yield from other.typed(Text(text))
        self._page = None

    def _qr(self, row: Qr) -> Iterator[bytes]:
        if not self.profile.native_codes:
            yield from encode_raster([row], self.width)
            return
        import segno

        modules = segno.make(row.content, error="m", micro=False).symbol_size()[0]
        dot = max(2, min(6, int(self.width // 2 // modules)))
        yield commands.CENTER + commands.qr(row.content.encode(), dot) + commands.LEFT
        if row.caption:
            yield from self._lines(Text(row.caption, align="center"))

    def _barcode(self, row: Barcode) -> Iterator[bytes]:
        """Two dots a module are the printer's finest; a longer code is drawn by us, which can do with one."""
        modules = 11 * (len(row.content) + 3) + 2 + 20  # start, check and stop, and quiet on both sides
        if not self.profile.native_codes or 2 * modules > self.width or not row.content.isprintable():
            yield from encode_raster([row], self.width)
            return
        yield commands.CENTER + commands.code128(row.content, CODE_HEIGHT) + commands.LEFT
        yield from self._lines(Text(row.content, align="center"))
