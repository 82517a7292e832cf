"""counting/tally.py — begin a count, note what is seen, take a slip of the hand back, drop the whole."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..catalog.models import Product
from ..catalog.products import get_product
from ..journal.record import record
from ..kernel.actor import Actor
from ..kernel.errors import NotFound, Refused
from ..kernel.quantity import Unit
from ..kernel.tables import get_row, next_number
from ..kernel.text import normalize_text
from ..stock.models import Lot, Place, StockMove
from ..stock.queries import get_place
from .models import CountEnd, CountScope, StockCount, Tally


def begin_count(
    session: Session,
    *,
    place_id: int | None = None,
    lots: Iterable[tuple[int, int]] = (),
    by: Actor,
    at: datetime,
) -> StockCount:
    """Begin a full count of a place (of the whole shop without one), or of certain lots, each at its place.

    Raises NotFound (`lot_not_found`, `place_not_found`).
    """
    if place_id is not None:
        get_place(session, place_id)
    asked = sorted(set(lots))
    _require_known(session, asked)
    count = StockCount(
        number=next_number(session, StockCount.number), place_id=place_id, is_full=not asked, at=at, by_name=by.name
    )  # fmt: skip
    session.add(count)
    session.flush()
    scope = [CountScope(count_number=count.number, lot_id=lot, place_id=place) for lot, place in asked]
    session.add_all(scope)
    record(session, "count_begun", by=by, at=at, subject=count, seals=[count, *scope])
    return count


def _require_known(session: Session, asked: Sequence[tuple[int, int]]) -> None:
    lots, places = ({pair[n] for pair in asked} for n in (0, 1))
    if lots - set(session.scalars(select(Lot.id).where(Lot.id.in_(lots)))):
        raise NotFound.because("lot_not_found")
    if places - set(session.scalars(select(Place.id).where(Place.id.in_(places)))):
        raise NotFound.because("place_not_found")


def get_count(session: Session, number: int) -> StockCount:
    return get_row(session, StockCount, number, "count_not_found")


def require_open(session: Session, count: StockCount) -> None:
    """Raises Refused (`count_over`) once it was posted or dropped."""
    if session.get(CountEnd, count.number) is not None:
        raise Refused.because("count_over", number=count.number)


def add_tally(
    session: Session,
    count: StockCount,
    lot: Lot,
    place_id: int,
    quantity_milli: int,
    *,
    is_anew: bool = False,
    by: Actor,
    at: datetime,
) -> Tally:
    """Note so much of a lot as seen at a place, now. `is_anew` begins that lot's counting there again (none is 0).

    Raises Refused (`count_over`, `quantity_odd`, `other_place`).
    """
    product = get_product(session, lot.product_id)
    if quantity_milli or not is_anew:
        _require_sound_quantity(product, quantity_milli)
    return _write_tally(session, count, Tally(product_id=product.id, lot_id=lot.id, place_id=place_id,
                                        quantity_milli=quantity_milli, is_anew=is_anew), by, at)  # fmt: skip


def add_unknown_tally(
    session: Session,
    count: StockCount,
    product: Product | None,
    lot_text: str,
    place_id: int,
    quantity_milli: int,
    *,
    by: Actor,
    at: datetime,
) -> Tally:
    """Note goods whose lot (or code) the books don't know: a ghost lot. It is named in the result and never posted.

    Raises Refused (`count_over`, `quantity_odd`, `lot_unnamed`, `other_place`).
    """
    if not normalize_text(lot_text):
        raise Refused.because("lot_unnamed")
    _require_sound_quantity(product, quantity_milli)
    return _write_tally(session, count, Tally(product_id=product.id if product else None, said=normalize_text(lot_text)[:120], place_id=place_id,
                                        quantity_milli=quantity_milli, is_anew=False), by, at)  # fmt: skip


def take_tally_back(session: Session, noted_tally: Tally, *, by: Actor, at: datetime) -> Tally:
    """Undo a tally by its mirror image. Raises Refused (`count_over`, `tally_taken_back`)."""
    again = session.scalars(select(Tally.id).where(Tally.takes_back == noted_tally.id)).first()
    if again is not None or noted_tally.takes_back is not None:
        raise Refused.because("tally_taken_back")
    mirror = Tally(
        product_id=noted_tally.product_id, lot_id=noted_tally.lot_id, said=noted_tally.said, place_id=noted_tally.place_id,
        quantity_milli=-noted_tally.quantity_milli, is_anew=False, takes_back=noted_tally.id,
    )  # fmt: skip
    return _write_tally(session, get_count(session, noted_tally.count_number), mirror, by, at)


def abandon_count(session: Session, count: StockCount, *, reason: str, by: Actor, at: datetime) -> None:
    """End a count that leaves the stock as it was. Raises Refused (`count_over`, `reason_missing`)."""
    require_open(session, count)
    if not reason.strip():
        raise Refused.because("reason_missing")
    end = CountEnd(
        count_number=count.number,
        is_posted=False,
        reason=normalize_text(reason),
        by_name=by.name,
        witness="",
        at=at,
    )
    session.add(end)
    record(session, "count_dropped", by=by, at=at, subject=count, seals=[end], reason=end.reason)


def get_tally(session: Session, tally_id: int, count: StockCount) -> Tally:
    """A tally of this very count. Raises NotFound (`tally_not_found`)."""
    noted_tally = session.get(Tally, tally_id)
    if noted_tally is None or noted_tally.count_number != count.number:
        raise NotFound.because("tally_not_found")
    return noted_tally


def _require_sound_quantity(product: Product | None, quantity_milli: int) -> None:
    unit = Unit(product.unit) if product else Unit.PIECE
    if not unit.allows(quantity_milli):
        raise Refused.because("quantity_odd", product=product.name if product else "")


def _write_tally(session: Session, count: StockCount, noted_tally: Tally, by: Actor, at: datetime) -> Tally:
    require_open(session, count)
    get_place(session, noted_tally.place_id)
    if count.place_id not in {None, noted_tally.place_id}:
        raise Refused.because("other_place", place=get_place(session, count.place_id or 0).name)
    noted_tally.count_number, noted_tally.counter, noted_tally.at = count.number, by.name, at
    noted_tally.after_move = session.scalar(select(func.max(StockMove.id))) or 0
    session.add(noted_tally)
    session.flush()
    record(session, "tallied", by=by, at=at, subject=count, seals=[noted_tally])
    return noted_tally
