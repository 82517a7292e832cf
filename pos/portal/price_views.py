"""portal/price_views.py — what own goods cost, and prices that the producer proposes."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ..catalog.products import list_products
from ..kernel.actor import Role
from ..kernel.database import open_reading, unit_of_work
from ..kernel.errors import Refused
from ..pricing.prices import find_price
from ..pricing.proposals import (
    get_proposed_price,
    list_proposed_prices,
    list_withdrawn,
    propose_price,
    withdraw_price,
)
from ..producers.terms import get_producer
from ..web.context import current_day, current_time
from ..web.forms import answer_form, choose_from
from ..web.repeated import is_first_request
from ..web.rights import current_actor, requires_role
from .forms import ProposePriceForm
from .own_goods import blueprint, get_own_product, own_producer_id

_PLACES = {
    "price_not_positive": "price_vnd", "price_too_high": "price_vnd", "price_same": "price_vnd", "price_doubtful": "price_vnd", "starts_in_past": "starts",
    "price_reason_missing": "reason",
}  # fmt: skip


@blueprint.route("/prices", methods=["GET", "POST"])
@requires_role(Role.PRODUCER)
def show_prices() -> ResponseReturnValue:
    form: Any = ProposePriceForm(data={"starts": current_day()})
    sure_of = form.sure_vnd.data
    own = own_producer_id()
    with open_reading() as session:
        goods = list_products(session, own)
        asked = [(product, find_price(session, product.id, current_day())) for product in goods]
        proposed, producer = list_proposed_prices(session, own), get_producer(session, own)
    choose_from(form.product_id, [("", ""), *((str(product.id), product.name) for product in goods)])

    was_doubtful = False

    def save() -> ResponseReturnValue:
        nonlocal was_doubtful
        try:
            return propose()
        except Refused as no:
            was_doubtful = any(reason.code == "price_doubtful" for reason in no.reasons)
            raise

    def propose() -> ResponseReturnValue:
        with unit_of_work() as session:
            if is_first_request(session, is_money=False):
                product = get_own_product(session, own, form.product_id.data)
                propose_price(
                    session, product, form.price_vnd.data, form.starts.data, form.reason.data, by=current_actor(), at=current_time(),
                    is_sure=sure_of == str(form.price_vnd.data),
                )  # fmt: skip
        flash(_("Sent. The price holds once the shop has accepted it."))
        return redirect(url_for("portal.show_prices"))

    if (answer := answer_form(form, save, _PLACES)) is not None:
        return answer
    form.sure_vnd.process(None, data=str(form.price_vnd.data) if was_doubtful else "")
    withdrawn = list_withdrawn([each for each, _product in proposed])
    return render_template(
        "portal/prices.html",
        form=form,
        was_doubtful=was_doubtful,
        asked=asked,
        proposed=proposed,
        producer=producer,
        withdrawn=withdrawn,
    )


@blueprint.post("/prices/<int:proposed_id>/withdraw")
@requires_role(Role.PRODUCER)
def withdraw_proposal(proposed_id: int) -> ResponseReturnValue:
    """Take a proposed price back, as long as the shop has not decided."""
    with unit_of_work() as session:
        proposed = get_proposed_price(session, proposed_id)
        withdraw_price(session, proposed, by=current_actor(), at=current_time())
    flash(_("Withdrawn."))
    return redirect(url_for("portal.show_prices"))
