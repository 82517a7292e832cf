"""till/pole.py — the two lines of the pole display: the last thing put on and the total, then the change."""

from flask_babel import force_locale
from flask_babel import gettext as _

from ..kernel.words import vnd
from ..sales.models import Tender
from ..sales.view import BasketView

COLUMNS = 20
Lines = tuple[str, str]


def beside(left: str, right: str) -> str:
    """Both in twenty letters: the figure whole, the words as far as they go."""
    return left[: COLUMNS - len(right) - 1].ljust(COLUMNS - len(right)) + right


def lines_for(basket: BasketView, tender: Tender | None, *, language: str) -> Lines:
    """What the buyer is to see. `tender`: that of the sale just paid, while its change is being counted out."""
    with force_locale(language):
        if basket.lines:
            last = basket.lines[-1]
            name = last.name_en if language == "en" and last.name_en else last.name
            return beside(name, _figures(last.amount_vnd)), beside(_("To pay"), _figures(basket.due_vnd))
        if tender is not None:
            return beside(_("Paid"), _figures(tender.amount_vnd)), beside(
                _("Change"), _figures(tender.change_vnd)
            )
        return _("Welcome."), ""


def _figures(amount_vnd: int) -> str:
    return vnd(amount_vnd, sign=False)
