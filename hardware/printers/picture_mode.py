"""A slip as raster strips of our own drawing (GS v 0): what every ESC/POS printer prints alike.

Vietnamese letters differ from code page to code page, and encoding ready dots is some ten times faster
than having a picture converted.
"""

from collections.abc import Iterator

from PIL import Image

from ..drawing.strips import cut_strips
from ..slips.picture import draw_row
from ..slips.slip import Cut, Kick, Row, Slip
from . import commands
from .commands import BUFFER_BYTES, FEED_AND_CUT, FEED_TO_TEAR, INITIALISE, KICK

HEADER_BYTES = 8


def encode_slip(
    slip: Slip, width: int, drawer_pin: int | None = 2, *, cutter: bool = True
) -> Iterator[bytes]:
    """The slip as ESC/POS, piece by piece, so that the first strip leaves before the last is drawn.

    The drawer opens first: the change is owed before the paper is out.
    """
    yield INITIALISE
    if drawer_pin is not None and any(isinstance(row, Kick) for row in slip.rows):
        yield KICK[drawer_pin]
    pending: list[Row] = []
    for row in slip.rows:
        if isinstance(row, Cut):
            yield from encode_raster(pending, width)
            pending = []
            yield FEED_AND_CUT if cutter else FEED_TO_TEAR
        else:
            pending.append(row)
    yield from encode_raster(pending, width)


def encode_raster(rows: list[Row], width: int) -> Iterator[bytes]:
    """Rows in strips, each small enough for the printer's buffer with its header."""
    tallest = (BUFFER_BYTES - HEADER_BYTES) // (width // 8)
    waiting: list[Image.Image] = []
    height = 0
    for row in rows:
        picture = draw_row(row, width)
        waiting.append(picture)
        height += picture.height
        if height >= 2 * tallest:
            yield from _encode_pictures(waiting, width, height, tallest)
            waiting, height = [], 0
    if height:
        yield from _encode_pictures(waiting, width, height, tallest)


def _encode_pictures(pictures: list[Image.Image], width: int, height: int, tallest: int) -> Iterator[bytes]:
    sheet = Image.new("1", (width, height), 0)
    y = 0
    for picture in pictures:
        sheet.paste(picture, (0, y))
        y += picture.height
    for strip in cut_strips(sheet, tallest):
        yield commands.raster(width // 8, strip.height, strip.tobytes())
