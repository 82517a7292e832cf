"""labelling/print_request.py — what the form for printing tags asks for: from which day, of which goods."""

from collections.abc import Sequence
from datetime import date, timedelta

from flask import request
from sqlalchemy import select
from sqlalchemy.orm import Session

from hardware.symbology import LONGEST

from ..catalog.models import Product
from ..kernel.errors import NotFound, Refused
from ..kernel.parsers import read_day
from ..kernel.reason import Reason
from ..pricing.models import Price as PriceRow
from ..scanning.resolve import resolve_goods
from ..stock.models import Lot, Zone
from ..stock.queries import list_all_places
from ..storeroom.models import ReceivingLine
from ..tags.truth import find_truth, list_changed_products
from ..web.context import current_day
from ..web.numbers import parse_row_id


def read_start() -> date:
    """The day from which the tags are to hold: today, or a later one of a price that is set already."""
    text = request.form.get("starts", "").strip()
    typed = read_day(text)
    if text and typed is None:
        raise Refused.because("day_odd")
    if typed is not None and not current_day() <= typed <= current_day() + timedelta(days=366):
        raise Refused.because("starts_in_past", starts=typed)
    return typed or current_day()


def read_until() -> date | None:
    """The last day of a lowered price, where the form has one. Raises Refused (`day_odd`)."""
    text = request.form.get("until", "").strip()
    typed = read_day(text)
    if text and typed is None:
        raise Refused.because("day_odd")
    return typed


def find_wanted_products(session: Session, of: str) -> tuple[str, Sequence[int]]:
    """`list_changed_products`, `codes` (those that were scanned), `delivery:3`, `zone:ocop`, `place:2`, `change:5`, `product:7`."""
    kind, _colon, which = of.partition(":")
    if kind == "changed":
        return of, list_changed_products(find_truth(session, read_start()))
    ids = {
        "delivery": lambda n: select(Lot.product_id).join(ReceivingLine, ReceivingLine.lot_id == Lot.id).where(ReceivingLine.receiving_number == n),
        "place": lambda n: select(Product.id).where(Product.shelf_place_id == n, ~Product.archived).order_by(Product.search_key),
        "change": lambda n: select(PriceRow.product_id).where(PriceRow.change_id == n),
        "product": lambda n: select(Product.id).where(Product.id == n),
    }  # fmt: skip
    if kind == "codes":
        return of, _find_scanned_products(session, request.form.get("codes", ""))
    if kind == "zone" and which in {Zone.OCOP, Zone.OTHER}:
        zone = [place.id for place in list_all_places(session) if place.zone == which]
        query = select(Product.id).where(Product.shelf_place_id.in_(zone), ~Product.archived)
        return of, session.scalars(query.order_by(Product.search_key)).all()
    try:
        query = ids[kind](parse_row_id(which))
    except (KeyError, ValueError):
        raise NotFound.because("nothing_to_tag") from None
    return of, session.scalars(query).all()


def _find_scanned_products(session: Session, lines: str) -> list[int]:
    """A product for each line that says something. Raises Refused (`unknown_code`) with the first that nobody knows."""
    found = [
        item for line in lines.splitlines() if line.strip() for item in resolve_goods(session, line[:LONGEST])
    ]
    past = [item for item in found if item.ends_on is not None and item.ends_on < current_day()]
    if past:  # a pack whose own code says that it is over gets no tag
        raise Refused(
            *(Reason.make("expired", product=item.product.name, lot="–", ended=item.ends_on) for item in past)
        )
    return [item.product.id for item in found]
