"""sales/allocate.py — which lots a quantity is taken from: the earliest expiry first, less what other baskets hold."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from ..kernel.errors import Refused
from ..kernel.tables import UtcDateTime
from ..payments.models import PaymentCode
from .models import Basket, BasketLine, BasketState, LotKnownBy

HELD_FOR = timedelta(minutes=20)
AWAITED_FOR = timedelta(hours=24)
# A code of the basket is shown: its goods wait for the transfer.
_AWAITED = (
    select(PaymentCode.id)
    .where(
        PaymentCode.basket_id == Basket.id,
        PaymentCode.replaced_at.is_(None),
        PaymentCode.shown_at > bindparam("shown_since", type_=UtcDateTime),
    )
    .exists()
)
_HELD = (
    select(BasketLine.lot_id, BasketLine.place_id, BasketLine.quantity_milli, Basket.station, Basket.label)
    .join(Basket, Basket.id == BasketLine.basket_id)
    .where(
        BasketLine.product_id == bindparam("product_id"),
        BasketLine.lot_id.is_not(None),
        (Basket.changed_at > bindparam("since", type_=UtcDateTime)) | _AWAITED,
        Basket.changed_at <= bindparam("until", type_=UtcDateTime),
        (Basket.state == BasketState.PARKED)
        | ((Basket.state == BasketState.OPEN) & (Basket.station != bindparam("station"))),
    )
    .order_by(BasketLine.quantity_milli.desc(), Basket.id)
)


@dataclass(frozen=True, slots=True)
class AllocatedPart:
    """A quantity of one lot at one place, at the price shown."""

    lot_id: int | None
    place_id: int | None
    known_by: LotKnownBy | None
    quantity_milli: int
    price_vnd: int


def sum_taken(basket: Basket | None) -> dict[tuple[int | None, int | None], int]:
    """What the basket holds already, by lot and place."""
    taken: dict[tuple[int | None, int | None], int] = {}
    for line in basket.lines if basket else ():
        key = (line.lot_id, line.place_id)
        taken[key] = taken.get(key, 0) + line.quantity_milli
    return taken


def list_held_elsewhere(session: Session, product_id: int, station: str, at: datetime) -> list[Any]:
    """What lies in other baskets, open or parked, that were touched a little while ago: those pieces are spoken for.

    A basket from long after now was touched while the clock stood ahead: it must not hold goods until that day.
    """
    asked = {
        "product_id": product_id,
        "station": station,
        "since": at - HELD_FOR,
        "until": at + HELD_FOR,
        "shown_since": at - AWAITED_FOR,
    }
    return list(session.execute(_HELD, asked))


def allocate_earliest_first(
    rows: Sequence[Any],
    taken: dict[tuple[int | None, int | None], int],
    held: Sequence[Any],
    quantity_milli: int,
    known_by: LotKnownBy,
    price_vnd: int,
) -> list[AllocatedPart]:
    """The parts of `rows` that make up the quantity. Raises Refused (`list_held_elsewhere`, `not_on_hand`), with how many there are."""
    spoken_for = dict(taken)
    for row in held:
        key = (row.lot_id, row.place_id)
        spoken_for[key] = spoken_for.get(key, 0) + row.quantity_milli
    parts: list[AllocatedPart] = []
    missing = quantity_milli
    for row in rows:
        free = row.quantity_milli - spoken_for.get((row.id, row.place_id), 0)
        used = min(free, missing)
        if used > 0:
            parts.append(AllocatedPart(row.id, row.place_id, known_by, used, price_vnd))
            missing -= used
    if not missing:
        return parts
    lots = {row.id for row in rows}
    elsewhere = [row for row in held if row.lot_id in lots]
    if missing <= sum(row.quantity_milli for row in elsewhere):
        stations = dict.fromkeys(row.label or row.station for row in elsewhere)
        raise Refused.because(
            "held_elsewhere",
            station=", ".join(stations),
            free=quantity_milli - missing,
            held=sum(row.quantity_milli for row in elsewhere),
        )
    already = sum(milli for (lot_id, _), milli in taken.items() if lot_id in lots)
    on_shelves = sum(row.quantity_milli for row in rows)
    raise Refused.because("not_on_hand", on_hand=on_shelves, asked=already + quantity_milli)
