"""stock/queries.py — readings of the stock ledger."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, ScalarSelect, bindparam, func, select, union_all
from sqlalchemy.orm import Session, aliased

from ..catalog.models import Product
from ..kernel.tables import contains_words, get_row
from .models import Hold, KitLotPart, Lot, OnHand, Place, StockMove, Zone

FLOOR = tuple(zone for zone in Zone if zone.on_floor)


def select_lots_of(producer_id: Any) -> CompoundSelect[Any]:
    """The ids of the lots that a producer brought, whoever their products are of by now; a lot that names nobody goes by its product."""
    brought = select(Lot.id).where(Lot.producer_id == producer_id)
    by_product = select(Lot.id).join(Product, Product.id == Lot.product_id)
    return union_all(brought, by_product.where(Lot.producer_id.is_(None), Product.producer_id == producer_id))


def active_hold_code(*, product_id: Any = None, lot_id: Any = None) -> ScalarSelect[str]:
    """Why the product (or the lot) is stopped now, as a subquery; null where it isn't."""
    about: ColumnElement[bool] = Hold.product_id == product_id if lot_id is None else Hold.lot_id == lot_id
    return select(Hold.reason).where(about, _is_unreleased()).limit(1).scalar_subquery()


def _is_unreleased() -> ColumnElement[bool]:
    """Of a row of `hold`: it is a stop, and nobody released it."""
    release = aliased(Hold)
    is_released = select(release.id).where(release.releases_id == Hold.id).exists()
    return Hold.releases_id.is_(None) & ~is_released


_ON_FLOOR = (
    select(
        Lot.id, Lot.number, Lot.trace_code, Lot.expires_on, Lot.made_on, Lot.terms_id,
        OnHand.place_id, OnHand.quantity_milli, Place.zone, Place.name.label("place"),
    )
    .join(OnHand, OnHand.lot_id == Lot.id)
    .join(Place, Place.id == OnHand.place_id)
    .where(Lot.product_id == bindparam("product_id"), OnHand.quantity_milli > 0, Place.zone.in_(FLOOR))
    .order_by(Lot.expires_on.is_(None), Lot.expires_on, Lot.made_on, Lot.id)
)  # fmt: skip


def find_moved_products(session: Session) -> set[int]:
    """The products of which anything ever came, went or was counted."""
    return set(session.scalars(select(Lot.product_id).join(StockMove, StockMove.lot_id == Lot.id).distinct()))


def has_moves(session: Session, product_id: int) -> bool:
    """Did anything of it ever come, go or get counted?"""
    moves = select(StockMove.id).join(Lot, Lot.id == StockMove.lot_id).where(Lot.product_id == product_id)
    return bool(session.scalar(select(moves.exists())))


def list_lots_on_floor(session: Session, product_id: int) -> Sequence[Any]:
    """Lots of a product with pieces on the shop floor, earliest expiry first, then the earliest made."""
    return session.execute(_ON_FLOOR, {"product_id": product_id}).all()


def list_lots_on_floor_of(session: Session, product_ids: Sequence[int]) -> Sequence[Any]:
    """The lots of several products with pieces on the shop floor, each with where it is and how much of it."""
    return session.execute(
        select(Lot.product_id, Lot.id, OnHand.place_id, OnHand.quantity_milli)
        .join(OnHand, OnHand.lot_id == Lot.id)
        .join(Place, Place.id == OnHand.place_id)
        .where(Lot.product_id.in_(product_ids), OnHand.quantity_milli > 0, Place.zone.in_(FLOOR))
    ).all()


def list_on_hand(session: Session, product_id: int) -> Sequence[Any]:
    """Every lot of a product, where it lies and how much of it; lots used up come last."""
    return session.execute(
        select(Lot, OnHand.quantity_milli, Place.name.label("place"), Place.zone)
        .outerjoin(OnHand, OnHand.lot_id == Lot.id)
        .outerjoin(Place, Place.id == OnHand.place_id)
        .where(Lot.product_id == product_id)
        .order_by(func.coalesce(OnHand.quantity_milli, 0) == 0, Lot.expires_on, Lot.id)
    ).all()


def list_lots_on_hand(
    session: Session, *, words: str = "", place_id: int | None = None, offset: int = 0, limit: int = 100
) -> Sequence[tuple[Lot, Product, str, int]]:
    """Lots with their product, place and quantity, the one that ends first first; at a place, with every word typed."""
    query = (
        select(Lot, Product, Place.name.label("place"), OnHand.quantity_milli)
        .join(OnHand, OnHand.lot_id == Lot.id)
        .join(Place, Place.id == OnHand.place_id)
        .join(Product, Product.id == Lot.product_id)
        .where(OnHand.quantity_milli != 0, *contains_words(Product.search_key, words))
        .order_by(Lot.expires_on.is_(None), Lot.expires_on, Lot.id)
    )
    if place_id:
        query = query.where(OnHand.place_id == place_id)
    return session.execute(query.offset(offset).limit(limit)).all()


def list_producer_lots(session: Session, producer_id: int) -> Sequence[tuple[Lot, Product, int, Place]]:
    """Lots of a producer's goods with their product, quantity and place, the one that ends first first."""
    return session.execute(
        select(Lot, Product, OnHand.quantity_milli, Place)
        .join(Product, Product.id == Lot.product_id)
        .join(OnHand, OnHand.lot_id == Lot.id)
        .join(Place, Place.id == OnHand.place_id)
        .where(Product.producer_id == producer_id, OnHand.quantity_milli > 0)
        .order_by(Lot.expires_on.is_(None), Lot.expires_on)
    ).all()


def list_ending_lots(session: Session, last: date, limit: int = 20) -> Sequence[tuple[Lot, Product, int]]:
    """Lots on hand that end by a day, or have ended, with what there is of each in the whole shop."""
    return session.execute(
        select(Lot, Product, func.sum(OnHand.quantity_milli))
        .join(Product, Product.id == Lot.product_id)
        .join(OnHand, OnHand.lot_id == Lot.id)
        .where(Lot.expires_on <= last, OnHand.quantity_milli > 0)
        .group_by(Lot.id, Product.id)
        .order_by(Lot.expires_on)
        .limit(limit)
    ).all()


def list_places_of_lot(session: Session, lot_id: int) -> Sequence[tuple[OnHand, Place]]:
    """How much of a lot lies where; a place that it left stays, with nothing of it."""
    return session.execute(
        select(OnHand, Place).join(Place, Place.id == OnHand.place_id).where(OnHand.lot_id == lot_id)
    ).all()


def find_newest_lot(session: Session, product_id: int) -> Lot | None:
    return session.scalars(select(Lot).where(Lot.product_id == product_id).order_by(Lot.id.desc())).first()


def get_lot(session: Session, lot_id: int) -> Lot:
    return get_row(session, Lot, lot_id, "lot_not_found")


def get_hold(session: Session, hold_id: int) -> Hold:
    return get_row(session, Hold, hold_id, "hold_not_found")


def get_place(session: Session, place_id: int) -> Place:
    return get_row(session, Place, place_id, "place_not_found")


def find_place(session: Session, code: str) -> Place | None:
    return session.scalars(select(Place).where(Place.code == code)).first()


def list_all_places(session: Session) -> Sequence[Place]:
    return session.scalars(select(Place).order_by(Place.code)).all()


def list_place_choices(session: Session) -> list[tuple[str, str]]:
    """Places as choices of a form."""
    return [(str(place.id), place.name) for place in list_all_places(session)]


def list_moves(
    session: Session, lot_id: int, *, before: int | None = None, limit: int = 100
) -> Sequence[StockMove]:
    """A lot's moves, the newest first; `before` is a move's id to page on from."""
    query = select(StockMove).where(StockMove.lot_id == lot_id).order_by(StockMove.id.desc()).limit(limit)
    if before is not None:
        query = query.where(StockMove.id < before)
    return session.scalars(query).all()


def list_active_holds(session: Session, lot: Lot) -> Sequence[Hold]:
    """The stops in force on a lot or on its product."""
    about = (Hold.lot_id == lot.id) | (Hold.product_id == lot.product_id)
    return session.scalars(select(Hold).where(about, _is_unreleased())).all()


def list_kit_lots(session: Session, lot_ids: Sequence[int]) -> list[int]:
    """The lots of gift sets that hold some of these lots."""
    query = select(KitLotPart.kit_lot_id).where(KitLotPart.part_lot_id.in_(lot_ids)).distinct()
    return list(session.scalars(query))


def list_kit_parts(session: Session, kit_lot_id: int) -> Sequence[Any]:
    """The component lots of a set's lot, each with its product; none for a lot that is no set."""
    return session.execute(
        select(KitLotPart, Lot, Product)
        .join(Lot, Lot.id == KitLotPart.part_lot_id)
        .join(Product, Product.id == Lot.product_id)
        .where(KitLotPart.kit_lot_id == kit_lot_id)
        .order_by(Product.search_key, Lot.id)
    ).all()
