"""stock/find.py — what a scan means in this shop: one product, several, a lot, a slip, or nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from hardware.symbology import ScannedCode, read_code

from ..catalog.models import Product
from ..catalog.products import list_packs
from ..kernel.errors import Refused
from ..kernel.quantity import ONE, Unit
from .lots import find_lot, list_lots_ending


@dataclass(frozen=True, slots=True)
class ScannedItem:
    """A product as scanned. `pack_milli` is what the pack holds; None: a weight is still to be told.

    `label_vnd`: what the pack's label asks, where its code has that and no weight. `ends_on`, `made_on`: the days that
    the code itself names; `lot_id` without a lot in the code: the only lot that ends on that day.
    """

    product: Product
    pack_milli: int | None
    lot_id: int | None = None
    label_vnd: int | None = None
    ends_on: date | None = None
    made_on: date | None = None


def resolve_goods_code(session: Session, text: str) -> tuple[ScannedCode, Sequence[ScannedItem]]:
    """Raises Refused (`unknown_code`) for a code that nobody registered, or a lot nobody received."""
    scan = read_code(text)
    if scan.receipt is not None:
        return scan, ()
    found = [
        _scanned_item(session, scan, pack.product, pack.quantity_milli, pack.label_vnd)
        for pack in list_packs(session, scan)
    ]
    if scan.gtin is None:
        by_sku = session.scalars(select(Product).where(Product.sku == scan.text.upper())).first()
        found = (
            [_scanned_item(session, scan, by_sku, ONE if by_sku.unit == Unit.PIECE else None)]
            if by_sku
            else []
        )
    if not found:
        raise Refused.because("unknown_code", scanned=scan.text[:60])
    return scan, found


def _scanned_item(
    session: Session,
    scan: ScannedCode,
    product: Product,
    quantity_milli: int | None,
    label_vnd: int | None = None,
) -> ScannedItem:
    lot = find_lot(session, product.id, scan.lot) if scan.lot else None
    if scan.lot and lot is None:
        raise Refused.because("unknown_code", scanned=f"{product.name} · {scan.lot}")
    if lot is None and scan.expires_on is not None:
        ending = list_lots_ending(session, product.id, scan.expires_on)
        if not ending:  # the lot of that date is meant, and nobody received one
            raise Refused.because("unknown_code", scanned=f"{product.name} · {scan.expires_on:%d/%m/%Y}")
        lot = ending[0] if len(ending) == 1 else None
    return ScannedItem(
        product, quantity_milli, lot.id if lot else None, label_vnd, scan.expires_on, scan.made_on
    )
