"""till/count_views.py — the books say none, the pack is in hand: the lot is counted at the till, with approval."""

from flask import g, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from ..admission.default_place import find_default_place
from ..catalog.models import Product
from ..catalog.products import get_product
from ..kernel.database import open_reading
from ..kernel.errors import NotAllowed, Refused
from ..kernel.parsers import read_quantity
from ..kernel.quantity import Unit
from ..stock.models import Zone
from ..stock.queries import get_lot, list_on_hand
from ..storeroom.move import count_lot
from ..web.context import current_config, current_time
from ..web.numbers import parse_row_id
from ..web.rights import current_actor, requires_role
from .action import AT_TILL, blueprint, form_panel, till_action
from .panels import CountPanel, Panel, PayPanel
from .screen import render_till

SHOWN_LOTS = 8


@blueprint.get("/count/<int:product_id>")
@requires_role(*AT_TILL)
def open_count(product_id: int) -> ResponseReturnValue:
    """Which lot is it, and how many stand on its shelf?"""
    with open_reading() as session:
        return render_till(
            session,
            current_actor(),
            current_config(),
            _count_panel(session, get_product(session, product_id)),
        )


def _count_panel(session: Session, product: Product) -> Panel:
    rows = list_on_hand(session, product.id)
    lots = {row.Lot.id: row.Lot for row in rows}
    newest = sorted(lots.values(), key=lambda lot: lot.id, reverse=True)[:SHOWN_LOTS]
    elsewhere = [
        row for row in rows if row.quantity_milli and row.quantity_milli > 0 and not Zone(row.zone).on_floor
    ]
    return CountPanel(product=product, lots=newest, elsewhere=elsewhere)


@blueprint.post("/count/<int:product_id>")
@till_action
@form_panel(lambda session, product_id: _count_panel(session, get_product(session, product_id)))
def count_here(session: Session, product_id: int) -> Panel:
    """Set the books to what was counted of one lot on the product's shelf; a manager's word and a reason are needed."""
    product = get_product(session, product_id)
    lot = get_lot(session, request.form.get("lot_id", 0, type=parse_row_id))
    counted = read_quantity(request.form.get("counted", ""), Unit(product.unit))
    if counted is None or lot.product_id != product.id:
        raise Refused.because("quantity_odd", product=product.name)
    if g.approval is None:
        raise NotAllowed.because("manager_needed")
    count_lot(session, lot, find_default_place(session, product).id, counted, reason=request.form.get("reason", ""), approval=g.approval,
              by=current_actor(), at=current_time())  # fmt: skip
    return PayPanel(sound="ok")
