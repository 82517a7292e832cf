"""stock/change_lot.py — complete or correct a lot: at once where it never left the store room, else by two people."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from ..catalog.products import get_product
from ..identity.fact_changes import decide_change, find_differences
from ..identity.models import FactChange
from ..kernel.actor import Actor, Approval
from .lots import refuse_odd_dates, save_lot
from .models import KitLotPart, Lot, MoveKind, Place, StockMove, Zone

FACTS = ("producer_id", "origin_place", "made_on", "expires_on", "delivery_note")
FLOOR = tuple(zone.value for zone in Zone if zone.on_floor)
_IN_SETS = select(KitLotPart.part_lot_id)  # what is in a gift set is sold with it, wherever it lay itself
# A move of goods that buyers could take, alone or in a gift set: joined with its place.
WAS_FOR_BUYERS = Place.zone.in_(FLOOR) | (StockMove.kind == MoveKind.SOLD) | StockMove.lot_id.in_(_IN_SETS)


def has_been_on_floor(session: Session, lot_id: int) -> bool:
    """Was any of it ever sold, or at a place where buyers take it?"""
    moves = select(StockMove.id).join(Place, Place.id == StockMove.place_id).where(StockMove.lot_id == lot_id)
    return bool(session.scalar(select(exists(moves.where(WAS_FOR_BUYERS)))))


def change_lot(
    session: Session,
    lot: Lot,
    wanted: Mapping[str, Any],
    *,
    by: Actor,
    at: datetime,
    approval: Approval | None = None,
) -> FactChange | None:
    """Give a lot the facts wanted (`FACTS`); returns the change where two people or a day of waiting were needed.

    Raises Refused (`made_after_end`, `made_in_future`, `second_person_needed`, `second_person_new`), Stale (`change_waits`).
    """
    changes = find_differences(lot, wanted, FACTS)
    if not changes:
        return None
    refuse_odd_dates(wanted["made_on"], wanted["expires_on"], at)
    change = None
    if has_been_on_floor(session, lot.id):
        name = f"{get_product(session, lot.product_id).name} · {lot.number}"
        change = decide_change(session, lot, name, changes, by=by, at=at, approval=approval)
        if change.applied_at is None:
            return change
    for field, (_before, after) in changes.items():
        setattr(lot, field, after)
    save_lot(session, lot, by=by, at=at)
    return change
