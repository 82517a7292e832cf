"""stock/add_lots.py — many lots of a shop's first day at once: each with its own act, and what is on hand of them."""

import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from ..journal.record import JournalAct, record_acts, row_name
from ..kernel.actor import Actor
from ..kernel.tables import fill_defaults, insert_rows
from .lots import refuse_odd_dates
from .models import Lot, MoveKind
from .moves import StockStep, post_moves


def add_lots(session: Session, lots: Sequence[Lot], *, by: Actor, at: datetime) -> Sequence[Lot]:
    """Keep new lots; returned in their order. Raises Refused (`made_after_end`, `made_in_future`)."""
    for lot in lots:
        refuse_odd_dates(lot.made_on, lot.expires_on, at)
        lot.trace_code = secrets.token_urlsafe(9)
        fill_defaults(lot)
    added = insert_rows(session, lots)
    acts = [JournalAct("lot_added", row_name(lot), {"facts": {row_name(lot): lot.facts()}}) for lot in added]
    record_acts(session, acts, by=by, at=at)
    return added


def enter_opening_stock(
    session: Session, quantities: Sequence[tuple[int, int, int]], *, by: Actor, at: datetime
) -> None:
    """Write what was in the shop when its books began: of each lot, at a place, thousandths of its unit."""
    if not quantities:
        return
    steps = [
        StockStep(lot_id, place_id, MoveKind.OPENING, milli, f"opening:{lot_id}")
        for lot_id, place_id, milli in quantities
    ]
    sealed = post_moves(session, steps, at)
    acts = [
        JournalAct("opening_stock", f"lot:{step.lot_id}", {"seals": {name: digest}})
        for step, (name, digest) in zip(steps, sealed.items(), strict=True)
    ]
    record_acts(session, acts, by=by, at=at)
