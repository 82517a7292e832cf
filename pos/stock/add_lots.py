"""stock/add_lots.py — many lots of a shop's first day at once: each with its own act, and what is on hand of them."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from ..journal.record import JournalAct, record_acts, row_name
from ..kernel.actor import Actor
from ..kernel.inserts import fill_defaults, insert_rows
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
    acts = [
        JournalAct.make("lot_added", row_name(lot), {"facts": {row_name(lot): lot.facts()}}) for lot in added
    ]
    record_acts(session, acts, by=by, at=at)
    return added


@dataclass(frozen=True, slots=True)
class OpeningStock:
    """How much of a lot lay at a place when the books began: thousandths of its unit."""

    lot_id: int
    place_id: int
    quantity_milli: int


def post_opening_stock(
    session: Session, opening: Sequence[OpeningStock], *, at: datetime
) -> list[JournalAct]:
    """Write what was in the shop when its books began; returns an act for each, for the journal."""
    steps = [
        StockStep(stock.lot_id, stock.place_id, MoveKind.OPENING, stock.quantity_milli, f"opening:{stock.lot_id}")
        for stock in opening
    ]  # fmt: skip
    sealed = post_moves(session, steps, at)
    return [
        JournalAct.make("opening_stock", f"lot:{step.lot_id}", {"seals": {name: digest}})
        for step, (name, digest) in zip(steps, sealed.items(), strict=True)
    ]
