"""labelling/wall_signs.py — what must hold before a sheet for the wall is drawn."""

from datetime import date

from sqlalchemy.orm import Session

from ..kernel.errors import NotFound, Refused
from ..stock.models import Lot, Zone
from ..stock.queries import list_active_holds
from ..tags.content import most_stars


def refuse_odd_colour(colour: str) -> None:
    """Raises Refused (`colour_odd`) for anything but '#' and six hexadecimal figures in small letters."""
    if len(colour) != 7 or colour[0] != "#" or not all(letter in "0123456789abcdef" for letter in colour[1:]):
        raise Refused.because("colour_odd")


def get_zone_stars(session: Session, zone: Zone, on: date) -> int:
    """The stars on a zone's sign; none on that of other goods.

    The OCOP sign stands over goods that have stars today: without any Refused (`no_ocop_goods`).
    """
    if zone is not Zone.OCOP:
        return 0
    stars = most_stars(session, on)
    if not stars:
        raise Refused.because("no_ocop_goods")
    return stars


def get_recall_reason(session: Session, lot: Lot) -> str:
    """Why a lot is stopped. Raises NotFound (`hold_not_found`) for one that isn't."""
    holds = list_active_holds(session, lot)
    if not holds:
        raise NotFound.because("hold_not_found")
    return holds[0].reason
