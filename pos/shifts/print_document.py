"""shifts/print_document.py — a document of the cash book to this station's receipt printer."""

from sqlalchemy.orm import Session

from ..kernel.formats import Translate
from ..printing.send import send_to_printer
from ..shop.models import get_shop
from ..web.cash_terms import name_cash_document
from .cash_slip import make_cash_slip
from .models import CashDocument


def print_cash_document(
    session: Session, document: CashDocument, translate: Translate, *, kicks: bool = False
) -> None:
    """Nothing, where the station has no printer. `kicks`: the drawer opens with it."""
    slip = make_cash_slip(get_shop(session), document, translate, kicks=kicks)
    send_to_printer(session, name_cash_document(document), f"cash_document:{document.id}", slip)
