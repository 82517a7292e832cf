"""labelling/sheets.py — which A4 sheets take the shop's tags, and where on a sheet printing may begin."""

from collections.abc import Sequence

from hardware.labels import sheets
from hardware.labels.label import Label

from ..kernel.errors import NotFound, Refused
from ..kernel.reason import Reason
from ..tags.designs import SIZES_MM
from ..tags.models import Design
from ..web.numbers import parse_small_number

BY_PRODUCT = (Design.SHELF, Design.STICKER, Design.MARKDOWN, Design.GIFT_CARD)
MOST_ASKEW = 100  # tenths of a millimetre


def list_sheets(design: Design) -> list[sheets.Template]:
    """The A4 sheets that take tags of this kind; none for labels that are printed one by one."""
    return sheets.list_fitting_sheets(Label(*SIZES_MM[design], ())) if design in BY_PRODUCT else []


def get_sheet(cards: Sequence[Label], name: str) -> sheets.Template:
    """The sheet of this name, if it takes these cards. Raises NotFound (`sheet_not_found`)."""
    fitting = sheets.list_fitting_sheets(cards[0]) if cards else []
    for template in fitting:
        if template.name == name:
            return template
    raise NotFound.because("sheet_not_found")


def read_start_on_sheet(template: sheets.Template, start: str, right: str, down: str) -> tuple[int, int, int]:
    """The first cell and how far the page is moved, as typed; an empty box is the first cell, and not moved.

    Raises Refused: `sheet_start_odd` for a cell that the sheet has not, `sheet_right_odd` and `sheet_down_odd` for what
    is no number or moves the page by more than 10 mm.
    """
    cell = _read_number(start, 1)
    moved = (_read_number(right, 0), _read_number(down, 0))
    is_cell = cell is not None and 1 <= cell <= template.cells
    faults = [] if is_cell else [Reason.make("sheet_start_odd", cells=template.cells)]
    for number, code in zip(moved, ("sheet_right_odd", "sheet_down_odd"), strict=True):
        if number is None or abs(number) > MOST_ASKEW:
            faults.append(Reason.make(code))
    if faults:
        raise Refused(*faults)
    return cell or 1, moved[0] or 0, moved[1] or 0


def _read_number(text: str, default: int) -> int | None:
    try:
        return parse_small_number(text.strip()) if text.strip() else default
    except ValueError:
        return None
