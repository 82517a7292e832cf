"""counting/cycle.py — what to count today: the lots whose turn has come, what sells most more often."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..catalog.models import Product
from ..kernel.clock import business_day
from ..reports.ranking import TakingsClass, rank_products, sum_takings_by_product
from ..stock.models import Lot, MoveKind, OnHand, Place, StockMove
from .models import CountEnd, CountResult

EVERY = {TakingsClass.A: 30, TakingsClass.B: 60, TakingsClass.C: 120}  # days between two counts of a lot


@dataclass(frozen=True, slots=True)
class DueLot:
    """A lot at its place, and how many days it has lain since it was last counted (or first came there)."""

    lot: Lot
    product: Product
    place: Place
    ranked: TakingsClass
    days: int

    @property
    def is_due(self) -> bool:
        return self.days >= EVERY[self.ranked]


def list_due_lots(session: Session, on: date, limit: int) -> Sequence[DueLot]:
    """Lots on hand, the most overdue first: by how much of its class's time each has had."""
    ranks = rank_products(sum_takings_by_product(session, on))
    last = _find_last_counted(session)
    rows = session.execute(
        select(Lot, Product, Place)
        .join(OnHand, OnHand.lot_id == Lot.id)
        .join(Product, Product.id == Lot.product_id)
        .join(Place, Place.id == OnHand.place_id)
        .where(OnHand.quantity_milli > 0)
    )
    found = [
        DueLot(lot, product, place, ranks.get(product.id, TakingsClass.C), (on - business_day(last[lot.id, place.id])).days)
        for lot, product, place in rows
    ]  # fmt: skip
    found.sort(
        key=lambda due: (-due.days / EVERY[due.ranked], due.place.code, due.product.search_key, due.lot.id)
    )
    return found[:limit]


def _find_last_counted(session: Session) -> dict[tuple[int, int], datetime]:
    """When each lot was last counted at its place; else when it first came there."""
    where = (StockMove.lot_id, StockMove.place_id)
    came = select(*where, func.min(StockMove.at)).group_by(*where)
    counted_alone = (
        select(*where, func.max(StockMove.at)).where(StockMove.kind == MoveKind.COUNTED).group_by(*where)
    )
    counted = (
        select(CountResult.lot_id, CountResult.place_id, func.max(CountEnd.at))
        .join(CountEnd, CountEnd.count_number == CountResult.count_number)
        .group_by(CountResult.lot_id, CountResult.place_id)
    )
    found: dict[tuple[int, int], datetime] = {}
    for query in (came, counted_alone, counted):
        for lot, place, at in session.execute(query):
            found[lot, place] = max(at, found.get((lot, place), at))
    return found
