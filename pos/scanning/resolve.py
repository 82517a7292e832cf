"""scanning/resolve.py — what a text means in this shop, whether scanned, seen by a camera, typed or sent as an address.

The one place that knows: every screen with a scan or search box asks here.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from hardware.symbology import RunTogether, ScannedCode, read_code

from ..catalog.models import Product
from ..catalog.products import find_packs_by_code, list_by_own_code
from ..kernel.errors import Refused
from ..kernel.own_codes import parse_lot_address, parse_receipt_code, parse_tag_address, parse_tag_code
from ..kernel.quantity import ONE, Unit
from ..stock.lots import find_lot, list_lots_ending
from ..stock.models import Lot
from ..tags.models import Tag


@dataclass(frozen=True, slots=True)
class ScannedItem:
    """A product as scanned. `pack_milli` is what the pack holds; None: a weight is still to be told.

    `label_vnd`: what the pack's label asks, where its code has that and no weight. `ends_on`, `made_on`: the days that
    the code itself names; `lot_id` without a lot in the code: the only lot that ends on that day. `lot_text`: the lot as
    the code names it. `unknown`: what of the code the books don't know, a lot or an end; "" where they know all of it.
    `is_run_together`: the scanner left out GS1's separator, so that nobody can tell where the lot's number ends.
    """

    product: Product
    pack_milli: int | None
    lot_id: int | None = None
    label_vnd: int | None = None
    ends_on: date | None = None
    made_on: date | None = None
    lot_text: str = ""
    unknown: str = ""
    is_run_together: bool = False


@dataclass(frozen=True, slots=True)
class ScanResult:
    """All that a text may mean. `receipt`: a receipt's number, whether or not there is such a receipt."""

    text: str
    code: ScannedCode
    receipt: int | None = None
    tag: Tag | None = None
    items: Sequence[ScannedItem] = ()

    @property
    def products(self) -> list[Product]:
        return [item.product for item in self.items]


def resolve_scan(session: Session, text: str) -> ScanResult:
    """Everything that the text may be; never raises. A tag stands for its product, too."""
    code = read_code(text)
    tag = _find_tag(session, code.text)
    items = [
        _scanned_item(session, code, pack.product, pack.quantity_milli, pack.label_vnd)
        for pack in find_packs_by_code(session, code)
    ]
    named = list_by_own_code(session, code.text)
    if tag is not None and (tagged := session.get(Product, tag.product_id)) is not None:
        named = [*named, tagged]
    for product in named:
        if product.id not in {item.product.id for item in items}:
            items.append(make_item(product))
    if not items and (lot := _find_lot_by_label(session, code.text)) is not None:
        items.append(replace(make_item(session.get_one(Product, lot.product_id)), lot_id=lot.id))
    return ScanResult(code.text, code, parse_receipt_code(code.text), tag, items)


def _find_lot_by_label(session: Session, text: str) -> Lot | None:
    trace_code = parse_lot_address(text)
    return session.scalars(select(Lot).where(Lot.trace_code == trace_code)).first() if trace_code else None


def make_item(product: Product) -> ScannedItem:
    """A product that was named and not scanned as a pack: one piece of it, or a weight that is still to be told."""
    return ScannedItem(product, ONE if product.unit == Unit.PIECE else None)


def resolve_goods(session: Session, text: str) -> Sequence[ScannedItem]:
    """The goods that the text means. Raises Refused (`unknown_code`) for a code, lot or end that the books don't know."""
    return require_goods(resolve_scan(session, text))


def require_goods(result: ScanResult) -> Sequence[ScannedItem]:
    """The goods found. Raises Refused (`unknown_code`) for a code, lot or end that the books don't know."""
    if not result.items:
        raise Refused.because("unknown_code", scanned=result.text[:60])
    for item in result.items:
        if item.unknown and not item.is_run_together:
            raise Refused.because("unknown_code", scanned=f"{item.product.name} · {item.unknown}")
    return result.items


def _find_tag(session: Session, text: str) -> Tag | None:
    if (tag_id := parse_tag_code(text)) is not None:
        return session.get(Tag, tag_id)
    trace_code = parse_tag_address(text)
    return find_tag_by_trace_code(session, trace_code) if trace_code else None


def find_tag_by_trace_code(session: Session, trace_code: str) -> Tag | None:
    return session.scalars(select(Tag).where(Tag.trace_code == trace_code)).first()


def _scanned_item(
    session: Session, code: ScannedCode, product: Product, quantity_milli: int | None, label_vnd: int | None
) -> ScannedItem:
    item = ScannedItem(
        product, quantity_milli, None, label_vnd, code.expires_on, code.made_on, code.lot or ""
    )
    if code.lot:
        lot = find_lot(session, product.id, code.lot)
        if lot is not None:
            return replace(item, lot_id=lot.id)
        if code.run_together is not None:
            return _read_apart(item, code.run_together)
        return replace(item, unknown=code.lot)
    if code.expires_on is None:
        return item
    ending = list_lots_ending(session, product.id, code.expires_on)
    if not ending:  # the lot of that date is meant, and nobody received one
        return replace(item, unknown=f"{code.expires_on:%d/%m/%Y}")
    return replace(item, lot_id=ending[0].id) if len(ending) == 1 else item


def _read_apart(item: ScannedItem, apart: RunTogether) -> ScannedItem:
    """As the code would say with its separator, of two ends the earlier one; a person compares it with the pack."""
    ends = [day for day in (item.ends_on, apart.expires_on) if day is not None]
    return replace(
        item,
        ends_on=min(ends, default=None),
        made_on=item.made_on or apart.made_on,
        unknown=item.lot_text,
        is_run_together=True,
    )
