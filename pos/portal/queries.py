"""portal/queries.py — what a producer may know of their own goods in the shop."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import String, cast, func, literal, select
from sqlalchemy.orm import Session

from ..admission.gate import Act
from ..admission.goods import GoodsQuery, judge_goods
from ..catalog.models import Product
from ..kernel.reason import Reason
from ..producers.models import ProducerTerms
from ..stock.models import LEAVING, Lot, MoveKind, StockMove
from ..stock.queries import list_producer_lots
from ..storeroom.models import WriteOff

LOSSES = (MoveKind.RETURNED, MoveKind.COUNTED, *LEAVING)
OF_A_LOT = {"no_origin", "trace_broken", "expired", "no_expiry", "recalled", "wrong_zone"}


@dataclass(frozen=True, slots=True)
class OwnLot:
    """A lot of one's own in the shop; `refusals` are what stops this lot (what stops the product stands elsewhere)."""

    lot: Lot
    product: Product
    quantity_milli: int
    refusals: tuple[Reason, ...]


def list_losses(
    session: Session, producer_id: int, limit: int = 200
) -> Sequence[tuple[StockMove, Lot, Product, str | None]]:
    """Moves of a producer's goods that came back, were written off or were missed at a count, and who bears each; newest first."""
    return session.execute(
        select(
            StockMove,
            Lot,
            Product,
            func.coalesce(WriteOff.borne_by, ProducerTerms.spoilage_borne_by).label("borne_by"),
        )
        .outerjoin(WriteOff, literal("write_off:") + cast(WriteOff.number, String) == StockMove.document)
        .join(Lot, Lot.id == StockMove.lot_id)
        .join(Product, Product.id == Lot.product_id)
        .outerjoin(ProducerTerms, ProducerTerms.id == Lot.terms_id)
        .where(Product.producer_id == producer_id, StockMove.kind.in_(LOSSES))
        .order_by(StockMove.id.desc())
        .limit(limit)
    ).all()


def list_own_lots(session: Session, producer_id: int, on: date) -> list[OwnLot]:
    """A producer's lots in the shop with the gate's word on each, the one that ends first first."""
    rows = list_producer_lots(session, producer_id)
    wanted = [GoodsQuery(product.id, lot.id, place_id) for lot, product, _quantity, place_id in rows]
    verdicts = judge_goods(session, wanted, Act.SHELVE, on)
    return [
        OwnLot(lot, product, quantity_milli, tuple(r for r in verdict.refusals if r.code in OF_A_LOT))
        for (lot, product, quantity_milli, _place_id), verdict in zip(rows, verdicts, strict=True)
    ]
