"""recalls/recall.py — a stop's lists: what came in, what is here, what was sold to whom it may concern, what came back.

One step back, one step forward (law on food safety 55/2010/QH12, art. 54 and 55).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..catalog.models import Product
from ..kernel.errors import NotFound
from ..sales.models import LotKnownBy, Sale, SaleLine
from ..sales.queries import sum_returned_milli
from ..stock.lots import find_release, list_hold_batch
from ..stock.models import Hold, Lot, OnHand, Place, StockMove
from ..stock.queries import get_hold, list_kit_lots
from ..storeroom.models import Receiving, ReceivingLine, WriteOff


@dataclass(frozen=True, slots=True)
class SoldLine:
    """A sold line that the stop concerns. `is_certain`: the lot was seen; else this buyer may hold such a pack."""

    number: int
    n: int
    at: datetime
    product: str
    unit: str
    lot_number: str
    quantity_milli: int
    back_milli: int
    is_certain: bool


@dataclass(frozen=True, slots=True)
class Recall:
    hold: Hold
    together: Sequence[Hold]
    released: Hold | None
    lots: Sequence[tuple[Lot, Product]]
    came_in: Sequence[Any]
    on_hand: Sequence[Any]
    sold: Sequence[SoldLine]
    gone: Sequence[Any]

    @property
    def slips_certain(self) -> int:
        return list_receipts(self.sold, is_certain=True)

    @property
    def slips_possible(self) -> int:
        return list_receipts(self.sold, is_certain=False)


def list_receipts(sold: Iterable[SoldLine], *, is_certain: bool) -> int:
    """How many slips surely hold such a pack, or only may."""
    return len({item.number for item in sold if item.is_certain == is_certain})


def get_recall(session: Session, hold_id: int) -> Recall:
    """Everything that a stop concerns, complete: each list is a reading of the ledger. Raises NotFound (`hold_not_found`)."""
    hold = get_hold(session, hold_id)
    if hold.releases_id is not None:
        raise NotFound.because("hold_not_found")
    together = list_hold_batch(session, hold)
    ends = [find_release(session, item) for item in together]
    concerned = Lot.id.in_([item.lot_id for item in together if item.lot_id]) | Lot.product_id.in_(
        [item.product_id for item in together if item.product_id]
    )
    named = session.scalars(select(Lot.id).where(concerned)).all()
    lots = [(lot, product) for lot, product in session.execute(
        select(Lot, Product).join(Product, Product.id == Lot.product_id)
        .where(Lot.id.in_([*named, *list_kit_lots(session, named)])).order_by(Lot.id)
    )]  # fmt: skip
    ids = [lot.id for lot, _product in lots]
    return Recall(
        hold=hold,
        together=together,
        released=ends[-1] if all(ends) else None,
        lots=lots,
        came_in=_list_received(session, ids),
        on_hand=_list_on_hand(session, ids),
        sold=list_sold(session, ids),
        gone=session.execute(
            select(WriteOff, Lot).join(Lot, Lot.id == WriteOff.lot_id).where(WriteOff.lot_id.in_(ids)).order_by(WriteOff.number)
        ).all(),
    )  # fmt: skip


def _list_received(session: Session, ids: Sequence[int]) -> Sequence[Any]:
    return session.execute(
        select(Receiving, Lot, ReceivingLine.quantity_milli)
        .join(ReceivingLine, ReceivingLine.receiving_number == Receiving.number)
        .join(Lot, Lot.id == ReceivingLine.lot_id)
        .where(ReceivingLine.lot_id.in_(ids))
        .order_by(Receiving.number, ReceivingLine.id)
    ).all()


def _list_on_hand(session: Session, ids: Sequence[int]) -> Sequence[Any]:
    return session.execute(
        select(Lot, Place, OnHand.quantity_milli)
        .join(Lot, Lot.id == OnHand.lot_id)
        .join(Place, Place.id == OnHand.place_id)
        .where(OnHand.lot_id.in_(ids), OnHand.quantity_milli != 0)
        .order_by(Lot.id, Place.code)
    ).all()


def list_sold(session: Session, ids: Sequence[int]) -> list[SoldLine]:
    """Lines booked on these lots, and lines of the same products whose lot was only assumed while one of these lay
    in the shop: the pack that left may have been of a stopped lot.
    """
    if not ids:
        return []
    first_in, last_out = session.execute(
        select(func.min(StockMove.at), func.max(StockMove.at)).where(StockMove.lot_id.in_(ids))
    ).one()
    is_here = session.scalar(select(func.sum(OnHand.quantity_milli)).where(OnHand.lot_id.in_(ids)))
    products = select(Lot.product_id).where(Lot.id.in_(ids))
    assumed = (
        SaleLine.product_id.in_(products)
        & (SaleLine.lot_known_by == LotKnownBy.ASSUMED)
        & (Sale.at >= first_in)
    )
    if not is_here:
        assumed &= Sale.at <= last_out
    concerned = Sale.refunds.is_(None) & (SaleLine.lot_id.in_(ids) | assumed)
    rows = session.execute(
        select(
            SaleLine.sale_number,
            SaleLine.n,
            Sale.at,
            SaleLine.name,
            SaleLine.unit,
            SaleLine.quantity_milli,
            SaleLine.lot_id,
            SaleLine.lot_known_by,
            Lot.number.label("lot_number"),
        )
        .join(Sale, Sale.number == SaleLine.sale_number)
        .outerjoin(Lot, Lot.id == SaleLine.lot_id)
        .where(concerned)
        .order_by(SaleLine.sale_number, SaleLine.n)
    ).all()
    slips = select(Sale.number).join(SaleLine, SaleLine.sale_number == Sale.number).where(concerned)
    back = sum_returned_milli(session, Sale.refunds.in_(slips.correlate(None)))
    return [
        SoldLine(
            line.sale_number, line.n, line.at, line.name, line.unit, line.lot_number or "", line.quantity_milli,
            back.get((line.sale_number, line.n), 0),
            is_certain=line.lot_id in ids and line.lot_known_by != LotKnownBy.ASSUMED,
        )
        for line in rows
    ]  # fmt: skip


def list_holds(session: Session) -> Sequence[tuple[Hold, Product | None, Lot | None, bool]]:
    """Every stop so far, the newest first: on what, and whether it still holds."""
    released = set(session.scalars(select(Hold.releases_id).where(Hold.releases_id.is_not(None))))
    rows = session.execute(
        select(Hold, Lot, Product)
        .outerjoin(Lot, Lot.id == Hold.lot_id)
        .outerjoin(Product, (Product.id == Hold.product_id) | (Product.id == Lot.product_id))
        .where(Hold.releases_id.is_(None))
        .order_by(Hold.id.desc())
    )
    return [(hold, product, lot, hold.id not in released) for hold, lot, product in rows]
