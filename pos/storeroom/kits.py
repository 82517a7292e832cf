"""storeroom/kits.py — gift sets: made of component lots, which stay known, and taken apart again.

Also for a recall: a set's lot is as stopped as any lot in it (admission/gate.py, `_parts`).
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..admission.gate import Act
from ..admission.goods import GoodsQuery, judge_goods
from ..catalog.models import GoodsKind, Product
from ..catalog.products import get_product
from ..journal.record import record
from ..kernel.actor import Actor, require_manager
from ..kernel.clock import business_day, day_start
from ..kernel.errors import Refused
from ..kernel.formats import format_quantity
from ..kernel.quantity import ONE, Unit
from ..kernel.tables import NumberGap
from ..producers.terms import find_terms, get_producer
from ..shop.models import get_shop
from ..stock.lots import save_lot
from ..stock.models import KitLotPart, Lot, MoveKind, OnHand, Place, StockMove, Zone
from ..stock.moves import StockStep, post_moves
from ..stock.queries import get_lot, get_place, list_kit_parts
from .move import require_on_hand

KIT_SERIES = "lot.number"  # counted anew each day: what a restore leaves out matters on its own day alone


@dataclass(frozen=True, slots=True)
class ComponentUse:
    """So much of a component's lot, from (or back to) a place."""

    lot_id: int
    place_id: int
    quantity_milli: int


@dataclass(frozen=True, slots=True)
class ComponentStock:
    """A component's lot where it lies; `suggested_milli`: what leaves first, by its end."""

    lot: Lot
    place: Place
    on_hand_milli: int
    suggested_milli: int


def list_components(
    session: Session, kit: Product, sets: int
) -> list[tuple[Product, int, list[ComponentStock]]]:
    """Each component with what so many sets need of it (thousandths) and the lots it may come from.

    Raises Refused (`no_set`).
    """
    _require_set(kit)
    found = []
    for part in kit.recipe:
        needed = part.quantity_milli * sets
        found.append(
            (get_product(session, part.part_id), needed, _list_component_stock(session, part.part_id, needed))
        )
    return found


def _list_component_stock(session: Session, product_id: int, needed: int) -> list[ComponentStock]:
    rows = session.execute(
        select(Lot, Place, OnHand.quantity_milli)
        .join(OnHand, OnHand.lot_id == Lot.id)
        .join(Place, Place.id == OnHand.place_id)
        .where(Lot.product_id == product_id, OnHand.quantity_milli > 0, Place.zone != Zone.QUARANTINE)
        .order_by(Lot.expires_on.is_(None), Lot.expires_on, Lot.id, Place.code)
    )
    found, left = [], needed
    for lot, place, on_hand_milli in rows:
        take = min(left, on_hand_milli)
        left -= take
        found.append(ComponentStock(lot, place, on_hand_milli, take))
    return found


def make_sets(
    session: Session,
    kit: Product,
    sets: int,
    taken: Sequence[ComponentUse],
    to_id: int,
    *,
    by: Actor,
    at: datetime,
) -> Lot:
    """Pack so many sets out of component lots; returns their lot, made today and good until the first of its parts ends.

    The gate judges the set with every lot in it. Raises Refused (`no_set`, `quantity_odd`, `parts_differ`,
    `not_on_hand`, the gate's reasons with the component's name), NotAllowed (`manager_needed`).
    """
    require_manager(by, None)
    _require_set(kit)
    if sets < 1:
        raise Refused.because("quantity_odd", product=kit.name)
    taken = [item for item in taken if item.quantity_milli > 0]
    _require_recipe(session, {p.part_id: p.quantity_milli * sets for p in kit.recipe}, taken)
    for item in taken:
        lot = get_lot(session, item.lot_id)
        require_on_hand(
            session, lot, get_product(session, lot.product_id), item.place_id, item.quantity_milli
        )
    kit_lot = _new_lot(session, kit, [get_lot(session, item.lot_id) for item in taken], by, at)
    parts = _make_parts(kit_lot, taken)
    session.add_all(parts)
    session.flush()
    document = kit_document(kit_lot.id)
    steps = [
        StockStep(item.lot_id, item.place_id, MoveKind.KIT_PART, -item.quantity_milli, document)
        for item in taken
    ]
    seals = post_moves(
        session, [*steps, StockStep(kit_lot.id, to_id, MoveKind.KIT_MADE, sets * ONE, document)], at
    )
    _require_admitted(session, GoodsQuery(kit.id, kit_lot.id, to_id), at)
    record(session, "sets_made", by=by, at=at, subject=kit_lot, seals=parts, sealed=seals, sets=sets)
    return kit_lot


def take_apart(
    session: Session,
    kit_lot: Lot,
    from_id: int,
    sets: int,
    back: Sequence[ComponentUse],
    *,
    by: Actor,
    at: datetime,
) -> None:
    """Take sets apart: their components are stock of their own lots again.

    Raises Refused (`no_set`, `quantity_odd`, `parts_differ`, `not_on_hand`, on the floor the gate's reasons),
    NotAllowed (`manager_needed`).
    """
    require_manager(by, None)
    kit = get_product(session, kit_lot.product_id)
    _require_set(kit)
    if sets < 1:
        raise Refused.because("quantity_odd", product=kit.name)
    require_on_hand(session, kit_lot, kit, from_id, sets * ONE)
    back = [item for item in back if item.quantity_milli > 0]
    _require_recipe(session, _needs_by_product(session, kit_lot, sets), back)
    left = remaining_parts_milli(session, kit_lot)
    for item in back:
        if item.quantity_milli > left.get(item.lot_id, 0):
            lot = get_lot(session, item.lot_id)
            raise Refused.because("not_on_hand", product=f"{kit.name} · {lot.number}", on_hand=left.get(item.lot_id, 0),
                                  asked=item.quantity_milli)  # fmt: skip
    document = kit_document(kit_lot.id)
    steps = [
        StockStep(item.lot_id, item.place_id, MoveKind.KIT_PART_BACK, item.quantity_milli, document)
        for item in back
    ]
    seals = post_moves(
        session, [StockStep(kit_lot.id, from_id, MoveKind.KIT_UNMADE, -sets * ONE, document), *steps], at
    )
    for item in back:
        if Zone(get_place(session, item.place_id).zone).on_floor:
            _require_admitted(
                session, GoodsQuery(get_lot(session, item.lot_id).product_id, item.lot_id, item.place_id), at
            )
    record(session, "sets_taken_apart", by=by, at=at, subject=kit_lot, sealed=seals, sets=sets)


def kit_document(kit_lot_id: int) -> str:
    """What a stock move names as its cause."""
    return f"kit:{kit_lot_id}"


def remaining_parts_milli(session: Session, kit_lot: Lot) -> dict[int, int]:
    """How much of each component lot the sets hold, less what came back out."""
    rows = session.execute(
        select(StockMove.lot_id, func.sum(StockMove.quantity_milli))
        .where(
            StockMove.document == kit_document(kit_lot.id),
            StockMove.kind.in_((MoveKind.KIT_PART, MoveKind.KIT_PART_BACK)),
        )
        .group_by(StockMove.lot_id)
    )
    return {lot: -int(total) for lot, total in rows}


def _require_set(kit: Product) -> None:
    if kit.kind != GoodsKind.KIT:
        raise Refused.because("no_set")


def _require_recipe(session: Session, needed: dict[int, int], taken: Sequence[ComponentUse]) -> None:
    """Of each component just what the sets need, however many lots it comes from."""
    chosen: dict[int, int] = defaultdict(int)
    for item in taken:
        chosen[get_lot(session, item.lot_id).product_id] += item.quantity_milli
    for product_id in needed.keys() | chosen.keys():
        product = get_product(session, product_id)
        if needed.get(product_id, 0) != chosen[product_id]:
            raise Refused.because("parts_differ", product=product.name, needed=format_quantity(needed.get(product_id, 0), product.unit),
                                  chosen=format_quantity(chosen[product_id], product.unit))  # fmt: skip
        if Unit(product.unit) is Unit.PIECE and any(item.quantity_milli % ONE for item in taken
                                                    if get_lot(session, item.lot_id).product_id == product_id):  # fmt: skip
            raise Refused.because("quantity_odd", product=product.name)


def _needs_by_product(session: Session, kit_lot: Lot, sets: int) -> dict[int, int]:
    """What so many sets of this very lot hold of each component, whatever the recipe says today."""
    made = session.scalar(
        select(func.sum(StockMove.quantity_milli)).where(
            StockMove.lot_id == kit_lot.id, StockMove.kind == MoveKind.KIT_MADE
        )
    )
    whole: dict[int, int] = defaultdict(int)
    for part, _lot, product in list_kit_parts(session, kit_lot.id):
        whole[product.id] += part.quantity_milli
    return {product_id: total * sets * ONE // int(made or ONE) for product_id, total in whole.items()}


def _new_lot(session: Session, kit: Product, parts: Sequence[Lot], by: Actor, at: datetime) -> Lot:
    today = business_day(at)
    terms = find_terms(session, kit.producer_id, today)
    ends = [lot.expires_on for lot in parts if lot.expires_on is not None]
    number = _next_number(session, kit, f"SET{today:%y%m%d}", today)
    lot = Lot(
        product_id=kit.id, number=number, producer_id=kit.producer_id, made_on=today, expires_on=min(ends, default=None),
        origin_place=get_shop(session).address or get_producer(session, kit.producer_id).address or get_shop(session).name,
        delivery_note=number, terms_id=terms.id if terms else None,
    )  # fmt: skip
    return save_lot(session, lot, by=by, at=at)


def _next_number(session: Session, kit: Product, start: str, today: date) -> str:
    taken = session.scalar(
        select(func.count()).select_from(Lot).where(Lot.product_id == kit.id, Lot.number.startswith(start))
    )
    left_out = session.scalar(
        select(func.sum(NumberGap.up_to - NumberGap.after)).where(
            NumberGap.series == KIT_SERIES, NumberGap.at >= day_start(today)
        )
    )
    return f"{start}-{(taken or 0) + (left_out or 0) + 1}"


def _make_parts(kit_lot: Lot, taken: Sequence[ComponentUse]) -> list[KitLotPart]:
    whole: dict[int, int] = defaultdict(int)
    for item in taken:
        whole[item.lot_id] += item.quantity_milli
    return [
        KitLotPart(kit_lot_id=kit_lot.id, part_lot_id=lot, quantity_milli=total)
        for lot, total in whole.items()
    ]


def _require_admitted(session: Session, wanted: GoodsQuery, at: datetime) -> None:
    (verdict,) = judge_goods(session, [wanted], Act.SHELVE, business_day(at))
    if not verdict.admitted:
        raise Refused(*verdict.refusals)
