"""importing/delivery.py — the lines of a delivery from a workbook, for the receiving form: read, never written."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..catalog.models import Barcode, Product
from ..catalog.products import list_products
from ..kernel.text import fold_text
from .cells import CellError, read_cell
from .mapping import MappedSheet, map_sheets
from .sheets import Sheet

FIELDS = ("sku", "barcode", "name_vi", "lot_number", "made_on", "expires_on", "quantity", "delivery_note")


def read_delivery_lines(
    session: Session, sheets: Sequence[Sheet], producer_id: int, today: date
) -> tuple[list[dict[str, Any]], str, list[int]]:
    """What each row of the first sheet brings, as the receiving form takes it; the note's number, where one stands;
    and the numbers of rows that can't be read or name no product of this producer.
    """
    sheet = map_sheets(sheets[:1])[0]
    products = list_products(session, producer_id)
    lines: list[dict[str, Any]] = []
    note, odd = "", []
    for number, values in _read(sheet, today):
        product = None if values is None else _find_product(session, products, values)
        if values is None or product is None:
            odd.append(number)
            continue
        note = note or values.get("delivery_note") or ""
        lines.append({
            "product_id": product.id, "lot_number": values.get("lot_number") or "", "made_on": values.get("made_on"),
            "expires_on": values.get("expires_on"), "quantity_milli": values.get("quantity"),
        })  # fmt: skip
    return lines, note, odd


def _read(sheet: MappedSheet, today: date) -> list[tuple[int, dict[str, Any] | None]]:
    found: list[tuple[int, dict[str, Any] | None]] = []
    for number, cells in sheet.rows:
        try:
            read = {
                name: read_cell(name, cells.get(name), today, sheet.hows.get(name, "")) for name in FIELDS
            }
        except CellError:
            found.append((number, None))
        else:
            found.append((number, read))
    return found


def _find_product(session: Session, products: Sequence[Product], values: dict[str, Any]) -> Product | None:
    """By number, by code, or by name (with its pack or without, where that is plain)."""
    codes = [gtin for gtin, _pack in values.get("barcode") or ()]
    by_code = (
        set(session.scalars(select(Barcode.product_id).where(Barcode.gtin.in_(codes)))) if codes else set()
    )
    name = fold_text(values.get("name_vi") or "")
    for fits in (
        [p for p in products if values.get("sku") and p.sku == values["sku"].upper()],
        [p for p in products if p.id in by_code],
        [p for p in products if name and fold_text(p.name) == name],
        [p for p in products if name and fold_text(p.name_vi) == name],
    ):
        if len(fits) == 1:
            return fits[0]
    return None
