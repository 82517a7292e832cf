"""counting/candidates.py — what a counter's scan or word may mean: goods with their lots, without a look at quantities."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from hardware.symbology import read_code

from ..catalog.models import Product
from ..catalog.products import list_packs, search_products
from ..kernel.quantity import ONE
from ..stock.lots import find_lot, has_conflicting_dates, list_lots_ending
from ..stock.models import Lot, OnHand

NEWEST_LOTS = 12


@dataclass(frozen=True, slots=True)
class CountCandidates:
    """The products that it may be. `lot`: the very lot, where the code names one that the books know;
    `lot_said`: the lot as the code names it. `quantity_milli`: what the pack holds, None for a weight to be told.
    `dates_differ`: the code names another end or day of making than the books have for that lot.
    """

    said: str
    products: Sequence[Product]
    lot: Lot | None = None
    lot_said: str = ""
    quantity_milli: int | None = ONE
    dates_differ: bool = False


def find_candidates(session: Session, text: str) -> CountCandidates:
    """A scan, a product's number or the beginning of its name. Finds nothing rather than raise."""
    scan = read_code(text)
    if scan.gtin is None:
        by_sku = session.scalars(select(Product).where(Product.sku == scan.text.upper())).first()
        return CountCandidates(scan.text, [by_sku] if by_sku else search_products(session, scan.text))
    found = list_packs(session, scan)
    products = [pack.product for pack in found]
    if len(found) != 1:
        return CountCandidates(scan.text, products, lot_said=scan.lot or "")
    lot = find_lot(session, products[0].id, scan.lot) if scan.lot else None
    if lot is None and not scan.lot and scan.expires_on is not None:
        ending = list_lots_ending(session, products[0].id, scan.expires_on)
        lot = ending[0] if len(ending) == 1 else None
    differs = lot is not None and has_conflicting_dates(lot, scan.expires_on, scan.made_on)
    return CountCandidates(
        scan.text, products, lot, scan.lot or "", found[0].quantity_milli, dates_differ=differs
    )


def list_lots_to_choose(session: Session, product_id: int) -> Sequence[Lot]:
    """The lots that a pack may be of: all with stock anywhere, then the newest; by their end, as on a shelf."""
    here = select(Lot.id).join(OnHand).where(Lot.product_id == product_id, OnHand.quantity_milli != 0)
    newest = select(Lot.id).where(Lot.product_id == product_id).order_by(Lot.id.desc()).limit(NEWEST_LOTS)
    query = select(Lot).where(Lot.id.in_(here) | Lot.id.in_(newest))
    return session.scalars(query.order_by(Lot.expires_on.is_(None), Lot.expires_on, Lot.id)).all()
