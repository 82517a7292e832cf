"""till/count_views.py — the books say none, the pack is in hand: the lot is counted at the till, with approval."""

from flask import g, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from ..catalog.models import Product
from ..catalog.products import get_product
from ..kernel.database import reading
from ..kernel.errors import NotAllowed, Refused
from ..kernel.quantity import Unit
from ..kernel.typed import read_quantity
from ..stock.queries import get_lot, on_hand_by_lot
from ..storeroom.move import count_lot
from ..web.now import config, now
from ..web.numbers import row_id
from ..web.rights import actor, allowed
from .act import AT_TILL, pages, shown_again_in, till_action
from .screen import Panel, render

SHOWN_LOTS = 8


@pages.get("/count/<int:product_id>")
@allowed(*AT_TILL)
def open_count(product_id: int) -> ResponseReturnValue:
    """Which lot is it, and how many stand on its shelf?"""
    with reading() as session:
        return render(session, actor(), config(), _panel(session, get_product(session, product_id)))


def _panel(session: Session, product: Product) -> Panel:
    lots = {row.Lot.id: row.Lot for row in on_hand_by_lot(session, product.id)}
    newest = sorted(lots.values(), key=lambda lot: lot.id, reverse=True)[:SHOWN_LOTS]
    return Panel("count", "look", {"product": product, "lots": newest})


@pages.post("/count/<int:product_id>")
@till_action
@shown_again_in(lambda session, product_id: _panel(session, get_product(session, product_id)))
def count_here(session: Session, product_id: int) -> Panel:
    """Set the books to what was counted of one lot on the product's shelf; a manager's word and a reason are needed."""
    product = get_product(session, product_id)
    lot = get_lot(session, request.form.get("lot_id", 0, type=row_id))
    counted = read_quantity(request.form.get("counted", ""), Unit(product.unit))
    if counted is None or lot.product_id != product.id or product.shelf_place_id is None:
        raise Refused.because("quantity_odd", product=product.name)
    if g.approval is None:
        raise NotAllowed.because("manager_needed")
    count_lot(session, lot, product.shelf_place_id, counted, reason=request.form.get("reason", ""), approval=g.approval,
              by=actor(), at=now())  # fmt: skip
    return Panel("pay", "ok")
