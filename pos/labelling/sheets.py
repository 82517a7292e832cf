"""labelling/sheets.py — which A4 sheets take the shop's tags, and where on a sheet printing may begin."""

from collections.abc import Sequence

from hardware.labels import sheets
from hardware.labels.label import Label

from ..kernel.errors import NotFound, Refused
from ..tags.designs import SIZES_MM
from ..tags.models import Design

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


def refuse_odd_start(template: sheets.Template, start: int, dx: int, dy: int) -> None:
    """Raises Refused (`sheet_start_odd`) for a cell that the sheet has not, or a page moved by more than 10 mm."""
    if not (1 <= start <= template.cells and max(abs(dx), abs(dy)) <= MOST_ASKEW):
        raise Refused.because("sheet_start_odd", cells=template.cells)
