"""trace/lot.py — what a buyer may know of a lot: who made it, where, which papers, is it recalled."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..admission.gate import NEEDS, Goods, stars_in_force
from ..admission.goods import GoodsQuery, assemble_goods
from ..admission.models import NAMES_PRODUCTS, Paper, PaperKind
from ..admission.papers import list_papers
from ..catalog.models import Barcode, GoodsClass, GoodsKind, Product
from ..kernel.clock import business_day
from ..kernel.errors import NotFound
from ..producers.models import Producer
from ..stock.models import SOURCES, Lot, MoveKind, Place, StockMove
from ..stock.queries import FLOOR, find_newest_lot, list_kit_parts, list_lots_on_floor
from ..tags.models import Tag

SOON_DAYS = 30
SHOWN = NAMES_PRODUCTS | {  # papers that say something to a buyer; the rest is between producer and shop
    PaperKind.FOOD_SAFETY, PaperKind.SAFE_VEGETABLE, PaperKind.QUARANTINE, PaperKind.ALCOHOL_LICENCE,
    PaperKind.TRACE_STAMP, PaperKind.TRADE_MARK,
}  # fmt: skip


class TraceState(StrEnum):
    """What the page says first, in words and colour."""

    GOOD = "good"
    SOON = "soon"
    ENDED = "ended"
    RECALLED = "recalled"


@dataclass(frozen=True, slots=True)
class TracedLot:
    product: Product
    producer: Producer | None
    lot: Lot
    stars: int
    state: TraceState
    recalled_because: str
    papers: Sequence[Paper]
    received_on: date | None
    shelved_on: date | None
    parts: Sequence[Any]  # of a gift set: its component lots with their products


def find_lot_by_code(session: Session, code: str) -> Lot | None:
    return session.scalars(select(Lot).where(Lot.trace_code == code)).first()


def find_lot_by_gtin(session: Session, gtin: str, number: str) -> Lot | None:
    """The lot of a product that carries this GTIN (14 digits)."""
    return session.scalars(
        select(Lot)
        .join(Barcode, Barcode.product_id == Lot.product_id)
        .where(Barcode.gtin == gtin, Lot.number == number)
        .order_by(Lot.id)
    ).first()


def find_lot_of_tag(session: Session, tag: Tag) -> Lot | None:
    """The lot that a tag names; else that of its goods which a buyer takes next, or the last there was."""
    if tag.lot_id:
        return session.get(Lot, tag.lot_id)
    lots = list_lots_on_floor(session, tag.product_id)
    if lots:
        return session.get(Lot, lots[0].id)
    return find_newest_lot(session, tag.product_id)


def get_traced_lot(session: Session, lot: Lot | None, on: date) -> TracedLot:
    """Everything the buyer's page shows. Raises NotFound (`lot_not_found`)."""
    if lot is None:
        raise NotFound.because("lot_not_found")
    product = session.get_one(Product, lot.product_id)
    (goods,) = assemble_goods(session, [GoodsQuery(product.id, lot.id)], on)
    because = next((why for item in (goods, *goods.parts) if (why := _find_hold(item))), "")
    producer = session.get(Producer, lot.producer_id) if lot.producer_id else None
    named = list_papers(session, product_id=product.id)
    general = [
        p
        for p in list_papers(session, producer_id=product.producer_id)
        if not p.covers and _is_about(p, product)
    ]
    return TracedLot(
        product=product, producer=producer, lot=lot, stars=stars_in_force(goods, on), state=_find_state(lot, because, on),
        recalled_because=because,
        papers=[p for p in (*named, *general) if p.kind in SHOWN and not (p.ends and _is_replaced(p, named, general))],
        parts=list_kit_parts(session, lot.id),
        received_on=_first_move(session, lot, StockMove.kind.in_(SOURCES)),
        shelved_on=_first_move(session, lot, StockMove.place_id.in_(select(Place.id).where(Place.zone.in_(FLOOR)))),
    )  # fmt: skip


def _is_about(paper: Paper, product: Product) -> bool:
    """Does a paper of the producer's as a whole say something of these goods? No alcohol licence stands behind a cake."""
    needs = NEEDS[GoodsKind(product.kind)]
    asked = {
        PaperKind.FOOD_SAFETY: needs.food_safety is PaperKind.FOOD_SAFETY,
        PaperKind.QUARANTINE: needs.food_safety is PaperKind.QUARANTINE,
        PaperKind.ALCOHOL_LICENCE: needs.licence,
        PaperKind.SAFE_VEGETABLE: product.goods_class == GoodsClass.SAFE_VEGETABLE,
    }
    return asked.get(PaperKind(paper.kind), True)


def _find_hold(goods: Goods) -> str | None:
    return goods.held_because or (goods.lot.held_because if goods.lot else None)


def _find_state(lot: Lot, because: str, on: date) -> TraceState:
    if because:
        return TraceState.RECALLED
    if lot.expires_on is None:
        return TraceState.GOOD
    left = (lot.expires_on - on).days
    return TraceState.ENDED if left < 0 else TraceState.SOON if left <= SOON_DAYS else TraceState.GOOD


def _is_replaced(paper: Paper, *dossier: Sequence[Paper]) -> bool:
    """A newer paper of the same kind took its place."""
    return any(
        other.kind == paper.kind
        and other.revoked_on is None
        and (other.ends is None or other.ends > (paper.ends or date.min))
        for papers in dossier
        for other in papers
        if other is not paper
    )


def _first_move(session: Session, lot: Lot, what: object) -> date | None:
    at = session.scalar(
        select(func.min(StockMove.at)).where(
            StockMove.lot_id == lot.id,
            StockMove.quantity_milli > 0,
            StockMove.kind.not_in((MoveKind.RETURNED, MoveKind.VOIDED)),
            what,  # type: ignore[arg-type]
        )
    )
    return business_day(at) if at else None
