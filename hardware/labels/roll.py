"""A label on the roll of a receipt printer, which has no gaps to find: drawn in dots."""

from PIL import Image

from .label import DoesNotFit, Label
from .picture import draw_label

DPI = 203  # of every receipt printer


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
