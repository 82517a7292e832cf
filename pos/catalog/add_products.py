"""catalog/add_products.py — many new products at once, by the same rules as one: in few statements however many they are."""

from collections.abc import Container, Iterator, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hardware.symbology import parse_gtin

from ..journal.record import JournalAct, record_acts, row_name
from ..kernel.actor import Actor
from ..kernel.errors import Refused
from ..kernel.inserts import fill_defaults, insert_rows, insert_values
from ..kernel.own_codes import is_own_code
from ..kernel.tables import Base
from ..kernel.text import fold_text, normalize_text
from .models import Barcode, GoodsKind, Product
from .products import TypedCode


def add_products(
    session: Session, new: Sequence[tuple[Product, Sequence[TypedCode]]], *, by: Actor, at: datetime
) -> Sequence[Product]:
    """Keep new products with their barcodes, each with its own act in the journal; returned in their order.

    Raises Refused as `save_product` does; a gift set, which needs its parts, is refused (`set_empty`).
    """
    if not new:
        return []
    _settle_names(session, [product for product, _codes in new])
    _settle_skus(session, [product for product, _codes in new])
    wanted = _check_codes(session, new)
    for product, _codes in new:
        product.search_key = fold_text(
            f"{product.name_vi} {product.pack} {product.name_en or ''} {product.sku}"
        )
        fill_defaults(product)
    products = insert_rows(session, [product for product, _codes in new])
    rows = [
        {"gtin": gtin, "product_id": product.id, "pack_milli": pack}
        for product, codes in zip(products, wanted, strict=True)
        for gtin, pack in sorted(codes.items())
    ]
    if rows:
        insert_values(session, Barcode, rows)
    acts = []
    for product, codes in zip(products, wanted, strict=True):
        barcodes = [[gtin, pack] for gtin, pack in sorted(codes.items())]
        facts = Base.facts(product) | {"barcodes": barcodes, "recipe": []}
        acts.append(
            JournalAct.make("product_added", row_name(product), {"facts": {row_name(product): facts}})
        )
    record_acts(session, acts, by=by, at=at)
    return products


def _settle_names(session: Session, products: Sequence[Product]) -> None:
    makers = {product.producer_id for product in products}
    query = select(Product.producer_id, Product.name_vi, Product.pack)
    known = {
        tuple(row) for row in session.execute(query.where(Product.producer_id.in_(makers), ~Product.archived))
    }
    for product in products:
        product.name_vi, product.pack = (
            normalize_text(product.name_vi or ""),
            normalize_text(product.pack or ""),
        )
        if not product.name_vi:
            raise Refused.because("name_missing")
        if product.kind == GoodsKind.KIT:
            raise Refused.because("set_empty")
        name = product.producer_id, product.name_vi, product.pack
        if name in known:
            raise Refused.because("product_twice", name=product.name)
        known.add(name)


def _settle_skus(session: Session, products: Sequence[Product]) -> None:
    """A new number is no other product's in another case, and none that the shop gives its tags and receipts."""
    wanted = {product.sku.upper() for product in products if product.sku}
    query = select(func.upper(Product.sku), Product.name_vi).where(func.upper(Product.sku).in_(wanted))
    taken = {sku: name for sku, name in session.execute(query)} if wanted else {}  # noqa: C416
    for product in products:
        if not product.sku:
            continue
        if is_own_code(product.sku):
            raise Refused.because("sku_is_ours", sku=product.sku)
        if product.sku.upper() in taken:
            raise Refused.because("sku_taken", sku=product.sku, name=taken[product.sku.upper()])
        taken[product.sku.upper()] = product.name_vi
    free = _list_free_skus(session, sum(not product.sku for product in products), taken)
    for product in products:
        product.sku = product.sku or next(free)


def _list_free_skus(session: Session, needed: int, taken: Container[str]) -> Iterator[str]:
    """The shop's next numbers: each as `save_product` would give it, without those that something has already."""
    number = session.scalar(select(func.max(Product.id))) or 0
    found = 0
    while found < needed:
        likely = [f"SP{n:05}" for n in range(number + 1, number + 1 + needed)]
        number += needed
        used = set(session.scalars(select(Product.sku).where(Product.sku.in_(likely))))
        for sku in likely:
            if sku not in used and sku not in taken and found < needed:
                found += 1
                yield sku


def _check_codes(
    session: Session, new: Sequence[tuple[Product, Sequence[TypedCode]]]
) -> list[dict[str, int]]:
    """By product the barcodes as 14 digits, with what their packs hold."""
    owners: dict[str, str] = {}
    wanted: list[dict[str, int]] = []
    for product, codes in new:
        packs: dict[str, int] = {}
        for code in codes:
            gtin = parse_gtin(code.digits)
            if gtin is None:
                raise Refused.because("gtin_check_digit", digits=code.digits)
            if owners.setdefault(gtin, product.name) != product.name:
                raise Refused.because("gtin_taken", digits=gtin, name=owners[gtin])
            packs[gtin] = code.pack_milli
        wanted.append(packs)
    if owners:
        query = select(Barcode.gtin, Product.name_vi).join(Product, Product.id == Barcode.product_id)
        taken = session.execute(query.where(Barcode.gtin.in_(owners))).first()
        if taken is not None:
            raise Refused.because("gtin_taken", digits=taken.gtin, name=taken.name_vi)
    return wanted
