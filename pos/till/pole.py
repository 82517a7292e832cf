"""till/pole.py — the two lines of the pole display: the last thing put on and the total, then the change."""

from flask_babel import force_locale
from flask_babel import gettext as _

from ..kernel.formats import format_vnd
from ..sales.models import Tender
from ..sales.priced_basket import PricedBasket

COLUMNS = 20
Lines = tuple[str, str]


def join_columns(left: str, right: str) -> str:
    """Both in twenty letters: the figure whole, the words as far as they go."""
    return left[: COLUMNS - len(right) - 1].ljust(COLUMNS - len(right)) + right


def make_display_lines(basket: PricedBasket, tender: Tender | None, *, language: str) -> Lines:
    """What the buyer is to see. `tender`: that of the sale just paid, while its change is being counted out."""
    with force_locale(language):
        if basket.lines:
            last = basket.lines[-1]
            name = last.name_en if language == "en" and last.name_en else last.name
            return join_columns(name, _format_figures(last.amount_vnd)), join_columns(
                _("To pay"), _format_figures(basket.due_vnd)
            )
        if tender is not None:
            return join_columns(_("Paid"), _format_figures(tender.amount_vnd)), join_columns(
                _("Change"), _format_figures(tender.change_vnd)
            )
        return _("Welcome."), ""


def _format_figures(amount_vnd: int) -> str:
    return format_vnd(amount_vnd, sign=False)
