"""portal/stock_views.py — own goods in the shop with how long they last, and what was spoiled, returned, corrected."""

from flask import render_template
from flask.typing import ResponseReturnValue

from ..kernel.actor import Role
from ..kernel.database import open_reading
from ..producers.terms import get_producer
from ..web.context import current_day
from ..web.deal_terms import BEARERS
from ..web.rights import requires_role
from ..web.settlement_terms import ROW_KINDS
from .losses import list_own_losses
from .own_goods import blueprint, own_producer_id
from .queries import list_own_stock


@blueprint.get("/stock")
@requires_role(Role.PRODUCER)
def show_stock() -> ResponseReturnValue:
    """Own lots with the days left, and how many days each product lasts at its pace."""
    with open_reading() as session:
        own = own_producer_id()
        return render_template(
            "portal/stock.html", rows=list_own_stock(session, own, current_day()), on=current_day(), producer=get_producer(session, own)
        )  # fmt: skip


@blueprint.get("/losses")
@requires_role(Role.PRODUCER)
def losses() -> ResponseReturnValue:
    """Own goods that came back, were written off or were missed at a count, and what was put right: who bears it, as the account says."""
    with open_reading() as session:
        own = own_producer_id()
        return render_template(
            "portal/losses.html", rows=list_own_losses(session, own), producer=get_producer(session, own), ROW_KINDS=ROW_KINDS, BEARERS=BEARERS
        )  # fmt: skip
