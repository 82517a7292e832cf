"""counting/candidates.py — what a counter's scan or word may mean: goods with their lots, without a look at quantities."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..catalog.models import Product
from ..catalog.products import search_products
from ..kernel.quantity import ONE
from ..scanning.resolve import resolve_scan
from ..stock.lots import has_conflicting_dates
from ..stock.models import Lot, OnHand

NEWEST_LOTS = 12


@dataclass(frozen=True, slots=True)
class CountCandidates:
    """The products that it may be. `lot`: the very lot, where the code names one that the books know;
    `lot_said`: the lot as the code names it. `quantity_milli`: what the pack holds, None for a weight to be told.
    `dates_differ`: the code names another end or day of making than the books have for that lot. `ends_on`, `made_on`: as
    the code names them.
    """

    said: str
    products: Sequence[Product]
    lot: Lot | None = None
    lot_said: str = ""
    quantity_milli: int | None = ONE
    dates_differ: bool = False
    ends_on: date | None = None
    made_on: date | None = None


def find_candidates(session: Session, text: str) -> CountCandidates:
    """A scan, a product's number or the beginning of its name. Finds nothing rather than raise."""
    result = resolve_scan(session, text)
    if not result.items:
        words = [] if result.code.gtin else search_products(session, result.text)
        return CountCandidates(result.text, words)
    if len(result.items) != 1:
        return CountCandidates(result.text, result.products, lot_said=result.code.lot or "")
    (item,) = result.items
    lot = session.get(Lot, item.lot_id) if item.lot_id is not None else None
    differs = lot is not None and has_conflicting_dates(lot, item.ends_on, item.made_on)
    return CountCandidates(
        result.text, result.products, lot, item.lot_text, item.pack_milli, dates_differ=differs,
        ends_on=item.ends_on, made_on=item.made_on,
    )  # fmt: skip


def list_lots_to_choose(
    session: Session, product_id: int, ends_on: date | None = None, made_on: date | None = None
) -> Sequence[Lot]:
    """The lots that a pack may be of: all with stock anywhere, then the newest; by their end, as on a shelf.

    Where the pack's code names days, only those that have them; all, where none has.
    """
    here = select(Lot.id).join(OnHand).where(Lot.product_id == product_id, OnHand.quantity_milli != 0)
    newest = select(Lot.id).where(Lot.product_id == product_id).order_by(Lot.id.desc()).limit(NEWEST_LOTS)
    query = select(Lot).where(Lot.id.in_(here) | Lot.id.in_(newest))
    lots = session.scalars(query.order_by(Lot.expires_on.is_(None), Lot.expires_on, Lot.id)).all()
    return [lot for lot in lots if not has_conflicting_dates(lot, ends_on, made_on)] or lots
