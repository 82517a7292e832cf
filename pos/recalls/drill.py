"""recalls/drill.py — a recall played through against the clock: find it all, know all slips, say how long it took."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..catalog.products import get_product
from ..journal.record import record
from ..kernel.actor import Actor
from ..kernel.errors import Refused
from ..kernel.quantity import Unit
from ..kernel.tables import get_row, next_number
from ..kernel.text import normalize_text
from ..stock.models import Lot, Place, StockMove
from ..stock.queries import get_place
from ..storeroom.move import find_on_hand_milli
from .models import DrillEnd, DrillFind, RecallDrill
from .recall import SoldLine, list_receipts, list_sold


@dataclass(frozen=True, slots=True)
class DrillPlace:
    """A place where the books have some of the lot, and what was found there."""

    place: Place
    expected_milli: int
    found: DrillFind | None


@dataclass(frozen=True, slots=True)
class DrillReport:
    drill: RecallDrill
    lot: Lot
    places: Sequence[DrillPlace]
    sold: Sequence[SoldLine]
    end: DrillEnd | None

    @property
    def took(self) -> timedelta | None:
        """From the alarm to the end."""
        return self.end.at - self.drill.at if self.end else None

    @property
    def found_share_bp(self) -> int:
        """How much of what should lie in the shop was found, in basis points; all, where nothing should.

        Too much at one place makes up for nothing that is missing at another.
        """
        expected = sum(item.expected_milli for item in self.places)
        found = sum(min(item.found.found_milli, item.expected_milli) for item in self.places if item.found)
        return 10_000 if not expected else found * 10_000 // expected


def begin_drill(session: Session, lot: Lot, *, by: Actor, at: datetime) -> RecallDrill:
    """Start the clock. Nothing is stopped: the till sells on."""
    drill = RecallDrill(
        number=next_number(session, RecallDrill.number), lot_id=lot.id, at=at, by_name=by.name
    )
    session.add(drill)
    record(session, "drill_begun", by=by, at=at, subject=drill, seals=[drill])
    return drill


def get_drill(session: Session, number: int) -> RecallDrill:
    return get_row(session, RecallDrill, number, "drill_not_found")


def note_found(
    session: Session, drill: RecallDrill, place_id: int, found_milli: int, *, by: Actor, at: datetime
) -> DrillFind:
    """So much was found at a place. Raises Refused (`drill_over`, `quantity_odd`)."""
    _require_running(session, drill)
    lot = session.get_one(Lot, drill.lot_id)
    product = get_product(session, lot.product_id)
    if found_milli and not Unit(product.unit).allows(found_milli):
        raise Refused.because("quantity_odd", product=product.name)
    get_place(session, place_id)
    if session.get(DrillFind, (drill.number, place_id)) is not None:
        raise Refused.because("drill_place_twice")
    found = DrillFind(
        drill_number=drill.number, place_id=place_id, found_milli=found_milli,
        expected_milli=find_on_hand_milli(session, lot.id, place_id), by_name=by.name, at=at,
    )  # fmt: skip
    session.add(found)
    record(session, "drill_found", by=by, at=at, subject=drill, seals=[found])
    return found


def end_drill(session: Session, drill: RecallDrill, *, note: str, by: Actor, at: datetime) -> DrillEnd:
    """Stop the clock. Raises Refused (`drill_over`)."""
    _require_running(session, drill)
    sold = list_sold(session, [drill.lot_id])
    end = DrillEnd(
        drill_number=drill.number, note=normalize_text(note), by_name=by.name, at=at,
        slips_certain=list_receipts(sold, is_certain=True), slips_possible=list_receipts(sold, is_certain=False),
    )  # fmt: skip
    session.add(end)
    record(session, "drill_ended", by=by, at=at, subject=drill, seals=[end])
    return end


def _require_running(session: Session, drill: RecallDrill) -> None:
    if session.get(DrillEnd, drill.number) is not None:
        raise Refused.because("drill_over")


def make_report(session: Session, drill: RecallDrill) -> DrillReport:
    """Where it should lie and what was found, to whom it was sold, how long it took."""
    found = {
        item.place_id: item
        for item in session.scalars(select(DrillFind).where(DrillFind.drill_number == drill.number))
    }
    end = session.get(DrillEnd, drill.number)
    on_hand_milli = _sum_by_place(session, drill.lot_id, end.at if end else None)
    places = session.scalars(
        select(Place).where(Place.id.in_(found.keys() | on_hand_milli.keys())).order_by(Place.code)
    )
    return DrillReport(
        drill=drill,
        lot=session.get_one(Lot, drill.lot_id),
        places=[
            DrillPlace(
                p, found[p.id].expected_milli if p.id in found else on_hand_milli[p.id], found.get(p.id)
            )
            for p in places
        ],
        sold=[item for item in list_sold(session, [drill.lot_id]) if end is None or item.at <= end.at],
        end=end,
    )


def _sum_by_place(session: Session, lot_id: int, until: datetime | None) -> dict[int, int]:
    """What the books have of a lot by place: now, or as it was when the clock was stopped."""
    query = select(StockMove.place_id, func.sum(StockMove.quantity_milli)).where(StockMove.lot_id == lot_id)
    if until is not None:
        query = query.where(StockMove.at <= until)
    return {
        place: int(there) for place, there in session.execute(query.group_by(StockMove.place_id)) if there
    }


def list_drills(session: Session, limit: int = 30) -> Sequence[tuple[RecallDrill, Lot, DrillEnd | None]]:
    rows = session.execute(
        select(RecallDrill, Lot, DrillEnd)
        .join(Lot, Lot.id == RecallDrill.lot_id)
        .outerjoin(DrillEnd, DrillEnd.drill_number == RecallDrill.number)
        .order_by(RecallDrill.number.desc())
        .limit(limit)
    )
    return [(drill, lot, end) for drill, lot, end in rows]
