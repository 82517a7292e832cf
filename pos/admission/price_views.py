"""admission/price_views.py — a product as the gate sees it, with its price and what the shelf's tag shows."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ..catalog.products import get_product
from ..identity.fact_changes import changed_fields, list_waiting
from ..journal.record import row_name
from ..kernel.actor import Role
from ..kernel.database import open_reading, unit_of_work
from ..kernel.errors import Refused
from ..kernel.quantity import Content, unit_price_vnd
from ..pricing.prices import (
    find_price,
    find_shelf_price,
    list_product_prices,
    note_shelf_price,
    refuse_far_off_price,
    set_price,
)
from ..producers.terms import get_producer
from ..stock.queries import list_on_hand
from ..web.context import current_day, current_time
from ..web.rights import current_actor, requires_role
from .forms import PriceForm, ShelfPriceForm
from .gate import Act
from .goods import judge_products
from .papers import list_papers_by_product
from .views import blueprint

_PLACES = {"price_not_positive": "price_vnd", "price_too_high": "price_vnd", "price_far_off": "price_vnd"}


@blueprint.get("/products/<int:product_id>")
@requires_role(Role.MANAGER, Role.VIEWER)
def show_product(product_id: int) -> ResponseReturnValue:
    return _product_page(product_id)


def _product_page(product_id: int, *, price_form: Any = None, shelf_form: Any = None) -> str:
    """The product's page, with a form that was sent and refused."""
    price_form = price_form or PriceForm(formdata=None, starts=current_day())
    with open_reading() as session:
        product = get_product(session, product_id)
        price = find_price(session, product_id, current_day())
        prices = list_product_prices(session, product_id)
        per_unit = (
            unit_price_vnd(price, product.net_content_milli, Content(product.net_content_unit))
            if price
            else None
        )
        return render_template(
            "admission/product.html", product=product, producer=get_producer(session, product.producer_id),
            lots=list_on_hand(session, product_id), verdict=judge_products(session, [product_id], Act.SHELVE, current_day())[product_id],
            price=price, per_unit=per_unit, prices=prices, barcodes=list(product.barcodes),
            shelf=find_shelf_price(session, product_id),
            papers=list_papers_by_product(session, [product])[product_id],
            price_form=price_form, shelf_form=shelf_form or ShelfPriceForm(formdata=None),
            waiting=[(change, changed_fields(change)) for change in list_waiting(session, row_name(product))],
        )  # fmt: skip


@blueprint.post("/products/<int:product_id>/price")
@requires_role(Role.MANAGER)
def new_price(product_id: int) -> ResponseReturnValue:
    form: Any = PriceForm()
    if form.validate_on_submit():
        try:
            with unit_of_work() as session:
                if not form.is_confirmed():
                    refuse_far_off_price(session, product_id, form.price_vnd.data, form.starts.data)
                set_price(session, get_product(session, product_id), form.price_vnd.data, starts=form.starts.data,
                          by=current_actor(), at=current_time())  # fmt: skip
        except Refused as no:
            form.refuse(no, _PLACES)
            form.asks_to_confirm = no.reasons[0].code == "price_far_off"
        else:
            flash(_("Saved."))
            return redirect(url_for("admission.show_product", product_id=product_id))
    return _product_page(product_id, price_form=form), Refused.status


@blueprint.post("/products/<int:product_id>/shelf-price")
@requires_role(Role.MANAGER)
def new_shelf_price(product_id: int) -> ResponseReturnValue:
    form: Any = ShelfPriceForm()
    if form.validate_on_submit():
        try:
            with unit_of_work() as session:
                product = get_product(session, product_id)
                note_shelf_price(session, product, form.price_vnd.data, by=current_actor(), at=current_time())
        except Refused as no:
            form.refuse(no, _PLACES)
        else:
            flash(_("Saved."))
            return redirect(url_for("admission.show_product", product_id=product_id))
    return _product_page(product_id, shelf_form=form), Refused.status
