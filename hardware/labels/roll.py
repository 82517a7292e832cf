"""A label on the roll of a receipt printer, which has no gaps to find: as strips of dots, cut after each."""

from collections.abc import Iterator

from PIL import Image

from ..printers import commands
from ..printers.commands import BUFFER_BYTES, FEED_AND_CUT, FEED_TO_TEAR, INITIALISE
from ..printers.picture_mode import HEADER_BYTES
from ..slips.picture import cut_strips
from .label import DoesNotFit, Label
from .picture import draw_label

DPI = 203  # of every receipt printer


def encode_strips(label: Label, width_dots: int, *, cutter: bool = True) -> Iterator[bytes]:
    """The label as ESC/POS, in pieces that fit the printer's buffer. `width_dots`: 384 on paper of 58 mm, 576 on 80 mm.

    Raises what `draw_on_roll` raises.
    """
    picture = draw_on_roll(label, width_dots)
    tallest = (BUFFER_BYTES - HEADER_BYTES) // (width_dots // 8)
    yield INITIALISE
    for strip in cut_strips(picture, tallest):
        yield commands.raster(width_dots // 8, strip.height, strip.tobytes())
    yield FEED_AND_CUT if cutter else FEED_TO_TEAR


def draw_on_roll(label: Label, width_dots: int) -> Image.Image:
    """The label in the middle of the paper, turned by a right angle where it fits only so.

    Raises DoesNotFit (`label_too_large`) besides what `placed` raises.
    """
    drawn = draw_label(label, DPI)
    if drawn.width > width_dots:
        drawn = drawn.transpose(Image.Transpose.ROTATE_90)
    if drawn.width > width_dots:
        label_size = f"{label.width:g} × {label.height:g} mm"
        raise DoesNotFit("label_too_large", label_size, f"{int(width_dots * 25.4 / DPI)} mm")
    paper = Image.new("1", (width_dots, drawn.height), 0)
    paper.paste(drawn, ((width_dots - drawn.width) // 2, 0))
    return paper
