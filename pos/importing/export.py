"""importing/export.py — the shop's goods as a workbook that reads back as the same, and the empty template."""

from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from hardware.symbology import format_gtin

from ..admission.models import Paper
from ..catalog.models import Product
from ..documents.workbook import render_workbook
from ..pricing.prices import price_in_force
from ..producers.models import Producer
from ..stock.models import Lot, OnHand, Place
from ..stock.queries import active_hold_code
from .columns import HEADINGS

SHEETS = {
    "Chủ thể": ("producer_name", "producer_address", "producer_phone", "suspended_on", "suspended_why"),
    "Sản phẩm": (
        "sku", "producer_name", "name_vi", "pack", "unit", "name_en", "barcode", "group_code", "goods_class", "kind",
        "net_content",
        "storage", "ingredients", "allergens", "story_vi", "story_en", "alcohol", "label_entries", "vat_category", "banned",
    ),
    "Giấy tờ": (
        "producer_name", "paper_kind", "paper_number", "paper_issuer", "paper_issued", "paper_starts", "paper_ends",
        "sku", "stars", "name_written", "revoked_on", "revoked_by",
    ),
    "Giá": ("sku", "price", "price_starts"),
    "Lô đầu kỳ": ("sku", "lot_number", "made_on", "expires_on", "quantity", "place", "origin_place", "delivery_note", "held_because"),
}  # fmt: skip


def render_empty_workbook() -> bytes:
    """A workbook with the headings only."""
    return _save_workbook({})


def render_export(session: Session, today: date) -> bytes:
    """Producers, products, papers, prices in force and lots with what is on hand of them."""
    return _save_workbook({
        "Chủ thể": _producers(session),
        "Sản phẩm": _products(session),
        "Giấy tờ": _papers(session),
        "Giá": _prices(session, today),
        "Lô đầu kỳ": _lots(session),
    })  # fmt: skip


def _save_workbook(rows: dict[str, list[tuple[Any, ...]]]) -> bytes:
    return render_workbook(
        (name, [HEADINGS[field][0] for field in fields], rows.get(name, ()))
        for name, fields in SHEETS.items()
    )


def _producers(session: Session) -> list[tuple[Any, ...]]:
    return [
        (p.name, p.address, p.phone, p.suspended_on, p.suspended_why)
        for p in session.scalars(select(Producer).order_by(Producer.id))
    ]


def _products(session: Session) -> list[tuple[Any, ...]]:
    rows = session.execute(
        select(Product, Producer.name)
        .join(Producer, Producer.id == Product.producer_id)
        .where(~Product.archived)
        .options(selectinload(Product.barcodes))
        .order_by(Product.id)
    )
    return [
        (
            p.sku, producer, p.name_vi, p.pack, p.unit, p.name_en, _codes(p), p.group_code, p.goods_class, p.kind,
            f"{p.net_content_milli / 1000:g} {p.net_content_unit}" if p.net_content_milli else None,
            p.storage, p.ingredients, p.allergens, p.story_vi, p.story_en,
            f"{p.alcohol_permille / 10:g}".replace(".", ",") if p.alcohol_permille else None, p.label_entries,
            p.vat_category, "x" if p.banned else None,
        )
        for p, producer in rows
    ]  # fmt: skip


def _codes(product: Product) -> str:
    return "; ".join(
        format_gtin(code.gtin) + (f" x{code.pack_milli // 1000}" if code.pack_milli != 1000 else "")
        for code in product.barcodes
    )


def _papers(session: Session) -> list[tuple[Any, ...]]:
    names = dict(session.execute(select(Producer.id, Producer.name)).all())
    skus = dict(session.execute(select(Product.id, Product.sku)).all())
    rows: list[tuple[Any, ...]] = []
    for paper in session.scalars(select(Paper).options(selectinload(Paper.covers)).order_by(Paper.id)):
        head = (
            names.get(paper.producer_id or 0),
            paper.kind,
            paper.number,
            paper.issuer,
            paper.issued,
            paper.starts,
            paper.ends,
        )
        tail = (paper.revoked_on, paper.revoked_by)
        rows += [(*head, skus[c.product_id], c.stars, c.name_written, *tail) for c in paper.covers] or [
            (*head, None, None, None, *tail)
        ]
    return rows


def _prices(session: Session, today: date) -> list[tuple[Any, ...]]:
    rows = session.execute(
        select(Product.sku, price_in_force(Product.id, today)).where(~Product.archived).order_by(Product.id)
    )
    return [(sku, price, today) for sku, price in rows if price is not None]


def _lots(session: Session) -> list[tuple[Any, ...]]:
    """A row a lot and place, with what stops it: goods set aside must not come back as goods for sale."""
    held = func.coalesce(active_hold_code(lot_id=Lot.id), active_hold_code(product_id=Product.id))
    rows = session.execute(
        select(Product.sku, Lot, Place.name, OnHand.quantity_milli, held)
        .join(Product, Product.id == Lot.product_id)
        .join(OnHand, OnHand.lot_id == Lot.id)
        .join(Place, Place.id == OnHand.place_id)
        .where(OnHand.quantity_milli > 0, ~Product.archived)
        .order_by(Lot.id, Place.id)
    )
    return [
        (
            sku, lot.number, lot.made_on, lot.expires_on, int(quantity) / 1000, place, lot.origin_place,
            lot.delivery_note, because,
        )
        for sku, lot, place, quantity, because in rows
    ]  # fmt: skip
