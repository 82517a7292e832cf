"""pricing/proposal_views.py — prices that producers propose: accepted, or declined with a reason."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ..kernel.actor import Role
from ..kernel.database import open_reading, unit_of_work
from ..producers.names import list_producer_choices
from ..web.context import current_day, current_time
from ..web.refused_forms import returns_to
from ..web.rights import current_actor, requires_role
from .prices import find_price, is_far_off
from .proposals import accept_price, decline_price, get_proposed_price, list_waiting_prices
from .views import blueprint


@blueprint.get("/prices/proposed")
@requires_role(Role.MANAGER)
def list_proposals() -> ResponseReturnValue:
    """What waits, each beside the price that holds on its day."""
    rows = []
    with open_reading() as session:
        for proposed, product in list_waiting_prices(session):
            before_vnd = find_price(session, product.id, max(proposed.starts, current_day()))
            rows.append((proposed, product, before_vnd, is_far_off(proposed.price_vnd, before_vnd)))
        names = dict(list_producer_choices(session))
    return render_template("pricing/proposed.html", rows=rows, names=names, on=current_day())


@blueprint.post("/prices/proposed/<int:proposed_id>/accept")
@requires_role(Role.MANAGER)
@returns_to("pricing.list_proposals", "accept")
def accept_proposal(proposed_id: int) -> ResponseReturnValue:
    with unit_of_work() as session:
        accept_price(session, get_proposed_price(session, proposed_id), by=current_actor(), at=current_time())
    flash(_("The price is set, and the producer is told."))
    return redirect(url_for("pricing.list_proposals"))


@blueprint.post("/prices/proposed/<int:proposed_id>/decline")
@requires_role(Role.MANAGER)
@returns_to("pricing.list_proposals", "reason")
def decline_proposal(proposed_id: int) -> ResponseReturnValue:
    with unit_of_work() as session:
        proposed = get_proposed_price(session, proposed_id)
        decline_price(
            session, proposed, request.form.get("reason", ""), by=current_actor(), at=current_time()
        )
    flash(_("Declined. The producer reads why."))
    return redirect(url_for("pricing.list_proposals"))
