"""What a printer's head puts on paper: letters on a grid, bars, pictures, line by line, until the roll ends.

Letters are the shop's own, each squeezed into its cell, so that a reader of print can tell what they say.
The cell of font A is 12 dots wide and, with the space between lines, 30 high.
"""

from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

from ..printers.charsets import decode_bytes

CELLS = {0: (12, 30), 1: (9, 24)}  # font A and B: dots across and down
PITCH = 30
USUAL_PAGES = {  # ESC t of Epson's, and where cheaper printers have Windows-1258
    0: "cp437", 2: "cp850", 16: "cp1252", 18: "cp852", 19: "cp858", 30: "tcvn3-1", 31: "tcvn3-2", 52: "cp1258",
    27: "cp1258", 35: "cp1258", 94: "cp1258",
}  # fmt: skip


@dataclass
class Paper:
    """What came out: pieces of paper as pictures (ink black), and how often the drawer was kicked.

    `left`: dots until the roll ends, None if that is far off; `longest_block`: bytes of the longest raster block.
    """

    sheets: list[Image.Image] = field(default_factory=list)
    kicks: int = 0
    cuts: int = 0
    left: int | None = None
    longest_block: int = 0

    @property
    def ended(self) -> bool:
        return self.left == 0


@dataclass
class Style:
    """How letters are set from here on."""

    page: int = 0
    bold: bool = False
    font: int = 0
    across: int = 1
    down: int = 1
    underlined: bool = False
    inverted: bool = False

    def cell(self) -> tuple[int, int]:
        across, down = CELLS[self.font]
        return across * self.across, down * self.down


@dataclass
class Page:
    """The sheet now under the head. `width`: printable dots; `pages`: which codec each ESC t number means."""

    paper: Paper
    width: int = 576
    pages: dict[int, str] = field(default_factory=lambda: dict(USUAL_PAGES))
    style: Style = field(default_factory=Style)
    align: int = 0
    pitch: int = PITCH
    strips: list[Image.Image] = field(default_factory=list)
    _line: list[tuple[bytes, Style]] = field(default_factory=list)
    _pictures: list[Image.Image] = field(default_factory=list)

    def reset(self) -> None:
        self.style, self.align, self.pitch = Style(), 0, PITCH
        self._line, self._pictures = [], []

    def write(self, data: bytes) -> None:
        self._line.append((data, Style(**vars(self.style))))

    def inline(self, picture: Image.Image) -> None:
        """A picture that stands in the line (ESC *)."""
        self._pictures.append(picture)

    def line_feed(self) -> None:
        """A line of letters is as high as the line spacing at least; strips of pictures (ESC *) join without a gap."""
        high = self.pitch if self._line or not self._pictures else 0
        cells = [cell for data, style in self._line for cell in self._cells(data, style)] + self._pictures
        self._line, self._pictures = [], []
        lines = _filled(cells, self.width) or [[]]
        for line in lines:
            self._row(_beside(line), high, self.width)

    def picture(self, picture: Image.Image) -> None:
        """A block of its own (GS v 0, GS ( L, a code): what stands in the line goes first."""
        if self._line or self._pictures:
            self.line_feed()
        self._row(picture)

    def feed(self, dots: int) -> None:
        if self._line or self._pictures:
            self.line_feed()
        if dots:
            self._put(Image.new("1", (1, dots)))

    def cut(self) -> None:
        if self._line or self._pictures:
            self.line_feed()
        if self.paper.ended:
            return
        self.paper.cuts += 1
        sheet = self.unfinished()
        if sheet is not None:
            self.paper.sheets.append(sheet)
        self.strips = []

    def kick(self) -> None:
        if not self.paper.ended:
            self.paper.kicks += 1

    def unfinished(self) -> Image.Image | None:
        """What is printed and not cut, ink black."""
        if not self.strips:
            return None
        sheet = Image.new("1", (max(s.width for s in self.strips), sum(s.height for s in self.strips)), 1)
        y = 0
        for strip in self.strips:
            sheet.paste(strip.point(lambda ink: 255 - ink), (0, y))
            y += strip.height
        return sheet

    def _cells(self, data: bytes, style: Style) -> list[Image.Image]:
        if style.page not in self.pages:
            raise ValueError(f"no letters are known for page {style.page}")
        codec = self.pages[style.page]
        if codec.startswith("tcvn3-"):
            text = decode_bytes("tcvn3", int(codec[-1]) - 1, data)
        else:
            text = decode_bytes("cp1258", 0, data) if codec == "cp1258" else data.decode(codec, "replace")
        return [_cell(letter, style.bold, style.inverted, *style.cell()) for letter in text]

    def _row(self, picture: Image.Image, high: int = 0, wide: int = 0) -> None:
        """At the left, in the middle or at the right, with white about it up to `high` and `wide` dots."""
        x = max(0, (0, (self.width - picture.width) // 2, self.width - picture.width)[self.align])
        height = max(high, picture.height)
        if height:
            row = Image.new("1", (max(wide, x + picture.width), height))
            row.paste(picture, (x, 0))
            self._put(row)

    def _put(self, strip: Image.Image) -> None:
        """Until the roll ends, in mid-strip if need be."""
        if self.paper.left is not None:
            strip = strip.crop((0, 0, strip.width, min(strip.height, self.paper.left)))
            self.paper.left -= strip.height
        if strip.height:
            self.strips.append(strip)


def _filled(cells: list[Image.Image], width: int) -> list[list[Image.Image]]:
    """As many to a line as fit, which is how a printer goes on when a line is too long."""
    lines: list[list[Image.Image]] = []
    room = 0
    for cell in cells:
        if cell.width > room:
            lines.append([])
            room = width
        lines[-1].append(cell)
        room -= cell.width
    return lines


def _beside(cells: list[Image.Image]) -> Image.Image:
    """Side by side, standing on one line."""
    height = max((cell.height for cell in cells), default=0)
    line = Image.new("1", (sum(cell.width for cell in cells), height))
    x = 0
    for cell in cells:
        line.paste(cell, (x, height - cell.height))
        x += cell.width
    return line


@lru_cache
def _font(size: int, bold: bool) -> ImageFont.FreeTypeFont:
    name = "NotoSans-Bold.ttf" if bold else "NotoSans-Regular.ttf"
    data = resources.files("hardware").joinpath("fonts", name).read_bytes()
    return ImageFont.truetype(BytesIO(data), size, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=4096)
def _cell(letter: str, bold: bool, inverted: bool, across: int, down: int) -> Image.Image:
    """A letter in the middle of its cell, squeezed if it is wider."""
    font = _font(int(down * 0.72), bold)
    advance = max(1, round(font.getlength(letter)))
    drawn = Image.new("L", (advance, down))
    ImageDraw.Draw(drawn).text((0, 0), letter, fill=255, font=font)
    wide = across - 1  # a dot of white between letters
    if advance > wide:
        drawn = drawn.resize((wide, down), Image.Resampling.LANCZOS)
    cell = Image.new("L", (across, down))
    cell.paste(drawn, ((across - drawn.width) // 2, 0))
    return cell.point(lambda v: 255 if (v > 110) is not inverted else 0).convert(
        "1", dither=Image.Dither.NONE
    )
