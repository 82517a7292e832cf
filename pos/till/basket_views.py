"""till/basket_views.py — what changes a basket besides goods put on: quantities, lines, extras, parking."""

from flask import request
from sqlalchemy.orm import Session

from ..catalog.products import get_product
from ..kernel.errors import Refused, Stale
from ..kernel.parsers import read_quantity
from ..kernel.quantity import ONE, Unit
from ..sales import basket as baskets
from ..sales.confirm_lot import confirm_lot
from ..sales.extras import get_extra, list_all_extras
from ..sales.noted_acts import call_manager_for, note_pack_set_aside
from ..sales.questions import WhichLot
from ..web.context import current_time
from ..web.numbers import parse_row_id
from ..web.rights import current_actor
from .action import blueprint, form_panel, read_typed_vnd, till_action
from .panels import ExtrasPanel, Panel, PayPanel
from .views import find_newest_line, has_confirmed_dates, name_product


def _extras_form(session: Session, extra_id: int) -> Panel:
    return ExtrasPanel(sound="look", extras=list_all_extras(session), asked=get_extra(session, extra_id))


@blueprint.post("/extra/<int:extra_id>")
@till_action
@form_panel(_extras_form)
def add_extra(session: Session, extra_id: int) -> Panel:
    """A bag, wrapping, shipping: what the manager's list has, at its price or the one typed."""
    extra = get_extra(session, extra_id)
    price = extra.price_vnd or (read_typed_vnd("price") if "price" in request.form else 0)
    if not price:
        return _extras_form(session, extra_id)
    baskets.add_extra(session, current_actor().station, extra, price, at=current_time())
    return PayPanel(sound="ok")


@blueprint.post("/language")
@till_action
def switch_language(session: Session) -> Panel:
    """The buyer's display and receipt in English, or back: one touch."""
    open_basket = baskets.find_open_basket(session, current_actor().station) or baskets.new_basket(
        session, current_actor().station, current_time()
    )
    baskets.set_language(open_basket, "" if open_basket.language else "en", current_time())
    return PayPanel(sound="ok")


@blueprint.post("/set-aside")
@till_action
def set_aside(session: Session) -> Panel:
    """A pack whose code and lot differ is not sold: noted for the manager."""
    name, lot = request.form.get("product", "")[:200], request.form.get("lot", "")[:60]
    note_pack_set_aside(session, name, lot, by=current_actor(), at=current_time())
    return PayPanel(sound="look", was_called=True)


@blueprint.post("/call")
@till_action
def call_manager(session: Session) -> Panel:
    """Put what was refused on the manager's list, as called for."""
    name, codes = request.form.get("product", "")[:200], request.form.get("codes", "")[:200].split()
    call_manager_for(session, name, codes, by=current_actor(), at=current_time())
    return PayPanel(sound="look", was_called=True)


@blueprint.post("/line/<int:n>/quantity")
@till_action
def change_quantity(session: Session, n: int) -> tuple[Panel, int]:
    basket = baskets.get_open_basket(session, current_actor().station)
    line = next((line for line in basket.lines if line.n == n), None)
    if line is None:
        raise Stale.because("line_gone")
    product = get_product(session, line.product_id) if line.product_id is not None else None
    step, unit = request.form.get("step", ""), Unit(product.unit) if product else Unit.PIECE
    typed = read_quantity(request.form.get("quantity", ""), unit)
    wanted = line.quantity_milli + int(step) * ONE if step in {"1", "-1"} else typed
    if wanted is None:
        raise Refused.because("quantity_odd")
    if wanted > baskets.MOST_MILLI:
        raise Refused.because("quantity_too_much", most=baskets.MOST_MILLI // ONE)
    if wanted <= 0:  # typed or stepped down to; a slip of the finger looks the same
        baskets.set_quantity(session, basket, n, 0, by=current_actor(), at=current_time())
        # stepped down to, the newest line is marked then, which + and − mean next
        return PayPanel(sound="look", taken_off=product.name if product else ""), 0 if step else n
    arguments = (session, basket, n, wanted)
    if product is None:
        baskets.set_quantity(*arguments, by=current_actor(), at=current_time())
        return PayPanel(sound="ok"), n
    name_product(
        product, baskets.set_quantity, *arguments, by=current_actor(), at=current_time(),
        chosen_lot_id=request.form.get(WhichLot.answer, type=parse_row_id), at_shelf_price="at_shelf_price" in request.form,
        are_dates_confirmed=has_confirmed_dates(),
    )  # fmt: skip
    return PayPanel(sound="ok"), find_newest_line(basket, product)


@blueprint.post("/line/<int:n>/void")
@till_action
def void(session: Session, n: int) -> Panel:
    baskets.void_line(
        session,
        baskets.get_open_basket(session, current_actor().station),
        n,
        by=current_actor(),
        at=current_time(),
    )
    return PayPanel(sound="look")


@blueprint.post("/line/<int:n>/lot")
@till_action
def compare_lot(session: Session, n: int) -> tuple[Panel, int]:
    """The pack in hand is of the line's lot: what is marked down for it counts now."""
    basket = baskets.get_open_basket(session, current_actor().station)
    confirm_lot(session, basket, n, by=current_actor(), at=current_time())
    return PayPanel(sound="ok"), n


@blueprint.post("/park")
@till_action
def park(session: Session) -> Panel:
    baskets.park_basket(
        session,
        baskets.get_open_basket(session, current_actor().station),
        request.form.get("label", ""),
        by=current_actor(),
        at=current_time(),
    )
    return PayPanel(sound="look")


@blueprint.post("/take/<int:basket_id>")
@till_action
def take(session: Session, basket_id: int) -> Panel:
    baskets.take_over_basket(
        session,
        baskets.get_basket(session, basket_id),
        current_actor().station,
        by=current_actor(),
        at=current_time(),
    )
    return PayPanel(sound="ok")
