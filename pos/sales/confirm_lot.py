"""sales/confirm_lot.py — the cashier says that the pack in hand is of the lot that its line has."""

from datetime import datetime

from sqlalchemy.orm import Session

from ..journal.record import record
from ..kernel.actor import Actor
from ..kernel.errors import Stale
from .basket_version import note_change
from .models import Basket, LotKnownBy


def confirm_lot(session: Session, basket: Basket, n: int, *, by: Actor, at: datetime) -> None:
    """The pack was compared with the line's lot, and is of it: what is marked down for the lot counts. Raises Stale (`line_gone`)."""
    line = next((line for line in basket.lines if line.n == n), None)
    if line is None or line.lot_id is None:
        raise Stale.because("line_gone")
    line.lot_known_by = LotKnownBy.CHOSEN
    note_change(basket, at)
    record(session, "lot_compared", by=by, at=at, subject=basket, product=line.product_id, lot=line.lot_id)
