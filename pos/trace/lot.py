"""trace/lot.py — what a buyer may know of a lot: who made it, where, which papers, is it recalled."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..admission.gate import Goods, stars
from ..admission.goods import Wanted, assemble
from ..admission.models import NAMES_PRODUCTS, Paper, PaperKind
from ..admission.papers import papers_of
from ..catalog.models import Barcode, Product
from ..kernel.clock import business_day
from ..kernel.errors import NotFound
from ..producers.models import Producer
from ..stock.models import SOURCES, Lot, MoveKind, Place, StockMove
from ..stock.queries import FLOOR, parts_of_kit

SOON_DAYS = 30
SHOWN = NAMES_PRODUCTS | {  # papers that say something to a buyer; the rest is between producer and shop
    PaperKind.FOOD_SAFETY, PaperKind.SAFE_VEGETABLE, PaperKind.QUARANTINE, PaperKind.ALCOHOL_LICENCE,
    PaperKind.TRACE_STAMP, PaperKind.TRADE_MARK,
}  # fmt: skip


class State(StrEnum):
    """What the page says first, in words and colour."""

    GOOD = "good"
    SOON = "soon"
    ENDED = "ended"
    RECALLED = "recalled"


@dataclass(frozen=True, slots=True)
class Traced:
    product: Product
    producer: Producer | None
    lot: Lot
    stars: int
    state: State
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


def traced(session: Session, lot: Lot | None, on: date) -> Traced:
    """Everything the buyer's page shows. Raises NotFound (`lot_not_found`)."""
    if lot is None:
        raise NotFound.because("lot_not_found")
    product = session.get_one(Product, lot.product_id)
    (goods,) = assemble(session, [Wanted(product.id, lot.id)], on)
    because = next((why for one in (goods, *goods.parts) if (why := _stopped(one))), "")
    producer = session.get(Producer, lot.producer_id) if lot.producer_id else None
    named = papers_of(session, product_id=product.id)
    general = [p for p in papers_of(session, producer_id=product.producer_id) if not p.covers]
    return Traced(
        product=product, producer=producer, lot=lot, stars=stars(goods, on), state=_state(lot, because, on),
        recalled_because=because,
        papers=[p for p in (*named, *general) if p.kind in SHOWN and not (p.ends and _replaced(p, named, general))],
        parts=parts_of_kit(session, lot.id),
        received_on=_first_move(session, lot, StockMove.kind.in_(SOURCES)),
        shelved_on=_first_move(session, lot, StockMove.place_id.in_(select(Place.id).where(Place.zone.in_(FLOOR)))),
    )  # fmt: skip


def _stopped(goods: Goods) -> str | None:
    return goods.held_because or (goods.lot.held_because if goods.lot else None)


def _state(lot: Lot, because: str, on: date) -> State:
    if because:
        return State.RECALLED
    if lot.expires_on is None:
        return State.GOOD
    left = (lot.expires_on - on).days
    return State.ENDED if left < 0 else State.SOON if left <= SOON_DAYS else State.GOOD


def _replaced(paper: Paper, *dossier: Sequence[Paper]) -> bool:
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
