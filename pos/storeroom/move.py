"""storeroom/move.py — goods carried from one place to another, and a lot's stock set right after a count."""

from datetime import datetime

from sqlalchemy.orm import Session

from ..admission.default_place import find_default_place
from ..admission.gate import Act
from ..admission.goods import GoodsQuery, judge_goods
from ..catalog.models import Product
from ..catalog.products import get_product
from ..identity.second_person import require_second
from ..identity.sign_in import describe_approval
from ..journal.record import record
from ..kernel.actor import Actor, Approval, require_manager
from ..kernel.clock import business_day
from ..kernel.errors import Refused
from ..kernel.quantity import Unit
from ..stock.models import Lot, MoveKind, OnHand, Zone
from ..stock.moves import StockStep, post_moves
from ..stock.queries import get_place, list_places_of_lot


def find_usual_move(session: Session, lot: Lot) -> tuple[int | None, int | None]:
    """Where a lot is mostly carried from and to: out of where it lies off the floor, onto its product's own shelf.

    None where nothing of it lies anywhere, and where what lies on that shelf already leaves nothing to guess.
    """
    lies = [place for on_hand, place in list_places_of_lot(session, lot.id) if on_hand.quantity_milli > 0]
    lies.sort(key=lambda place: Zone(place.zone).on_floor)
    source = lies[0].id if lies else None
    shelf = find_default_place(session, get_product(session, lot.product_id)).id
    return source, shelf if shelf != source else None


def move_stock(
    session: Session,
    lot: Lot,
    from_id: int,
    to_id: int,
    quantity_milli: int,
    *,
    by: Actor,
    at: datetime,
    approval: Approval | None = None,
) -> None:
    """Carry goods of a lot to another place. Raises Refused (`not_on_hand`, `quantity_odd`, the gate's reasons).

    Onto the shop floor only what the gate admits (act: shelve), and only into its zone; to the store
    room and to quarantine anything may go. A cashier needs a manager's approval (NotAllowed `manager_needed`).
    """
    require_manager(by, approval)
    product = get_product(session, lot.product_id)
    if from_id == to_id or not Unit(product.unit).allows(quantity_milli):
        raise Refused.because("quantity_odd", product=product.name)
    require_on_hand(session, lot, product, from_id, quantity_milli)
    document = f"move:{lot.id}"
    seals = post_moves(session, [StockStep(lot.id, from_id, MoveKind.MOVED, -quantity_milli, document),
                           StockStep(lot.id, to_id, MoveKind.MOVED, quantity_milli, document)], at)  # fmt: skip
    if Zone(get_place(session, to_id).zone).on_floor:
        session.flush()
        (verdict,) = judge_goods(
            session, [GoodsQuery(product.id, lot.id, to_id)], Act.SHELVE, business_day(at)
        )
        if not verdict.admitted:
            raise Refused(*verdict.refusals)
    record(session, "moved", by=by, at=at, subject=lot, sealed=seals, quantity_milli=quantity_milli,
           from_place=from_id, to_place=to_id, **describe_approval(approval))  # fmt: skip


def find_on_hand_milli(session: Session, lot_id: int, place_id: int) -> int:
    on_hand = session.get(OnHand, (lot_id, place_id))
    return on_hand.quantity_milli if on_hand else 0


def require_on_hand(session: Session, lot: Lot, product: Product, place_id: int, asked_milli: int) -> None:
    """Raises Refused (`not_on_hand`) where less than that lies at the place."""
    have = find_on_hand_milli(session, lot.id, place_id)
    if have < asked_milli:
        raise Refused.because("not_on_hand", product=product.name, on_hand=have, asked=asked_milli)


def count_lot(
    session: Session,
    lot: Lot,
    place_id: int,
    counted_milli: int,
    *,
    reason: str,
    approval: Approval,
    by: Actor,
    at: datetime,
) -> int:
    """Set the books to what was counted of one lot at one place; returns the difference in thousandths.

    A second person must have agreed. Raises Refused (`second_person_needed`, `reason_missing`, `quantity_odd`).
    """
    require_manager(by, approval)
    require_second(session, by, approval)
    if not reason.strip():
        raise Refused.because("reason_missing")
    product = get_product(session, lot.product_id)
    if counted_milli < 0 or (counted_milli and not Unit(product.unit).allows(counted_milli)):
        raise Refused.because("quantity_odd", product=product.name)
    difference = counted_milli - find_on_hand_milli(session, lot.id, place_id)
    steps = (
        [StockStep(lot.id, place_id, MoveKind.COUNTED, difference, f"count:{lot.id}")] if difference else []
    )
    record(session, "counted", by=by, at=at, subject=lot, sealed=post_moves(session, steps, at), place=place_id,
           counted_milli=counted_milli, difference_milli=difference, reason=reason.strip(),
           **describe_approval(approval))  # fmt: skip
    return difference
