"""tags/label_views.py — labels that go on goods one by one: of a pack just weighed, of a lot."""

import secrets
from dataclasses import replace

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from hardware.labels.label import Label

from ..catalog.products import get_product
from ..kernel.database import open_reading, unit_of_work
from ..kernel.own_codes import format_tag_code
from ..printing.send import send_to_printer
from ..shop.models import get_shop
from ..stock.queries import get_lot
from ..tags.models import Design
from ..tags.print_tags import PrintedBatch, print_tags
from ..tags.render import make_slip
from ..web.context import current_config, current_time
from ..web.refused_forms import returns_to
from ..web.rights import current_actor, requires_role
from .views import FLOOR, blueprint, draw_tags
from .weighed_packs import get_item_code, read_weight


@blueprint.route("/weigh/<int:product_id>", methods=["GET", "POST"])
@requires_role(*FLOOR)
def weigh(product_id: int) -> ResponseReturnValue:
    """A pack laid on the scale gets its label: weight, price, the shop's own code."""
    with open_reading() as session:
        product = get_product(session, product_id)
    if request.method == "POST":
        return _print_weight(product_id=product_id)
    station = current_config().station(current_actor().station)
    return render_template("labelling/weigh.html", product=product, station=station)


@returns_to("tags.weigh", "weight")
def _print_weight(product_id: int) -> ResponseReturnValue:
    weight = read_weight(request.form.get("weight", "") or request.form.get("scale_weight", ""))
    with unit_of_work() as session:
        item = get_item_code(get_product(session, product_id), get_shop(session).price_code_prefix)
        printed = _print_card(session, product_id, Design.WEIGHT, f"product:{product_id}")
        weighed = [(tag, replace(says, gtin=item)) for tag, says in printed.tags]
        _send_cards(session, printed, draw_tags(session, weighed, weight_milli=weight))
    flash(_("The label is on its way."))
    return redirect(url_for("tags.weigh", product_id=product_id))


@blueprint.post("/lot/<int:lot_id>")
@requires_role(*FLOOR)
def print_lot(lot_id: int) -> ResponseReturnValue:
    """A lot's label with its GTIN, lot and end as GS1-128 and DataMatrix."""
    with unit_of_work() as session:
        lot = get_lot(session, lot_id)
        printed = _print_card(session, lot.product_id, Design.LOT, f"lot:{lot.id}", lot.id)
        _send_cards(session, printed, draw_tags(session, printed.tags))
    flash(_("The label is on its way."))
    return redirect(url_for("stock.show_lot", lot_id=lot_id))


def _print_card(
    session: Session, product_id: int, design: Design, about: str, lot_id: int | None = None
) -> PrintedBatch:
    return print_tags(
        session, [product_id], design, about=about, output="printer", lot_id=lot_id,
        key=request.form.get("once", "") or secrets.token_hex(8), by=current_actor(), at=current_time(),
    )  # fmt: skip


def _send_cards(session: Session, printed: PrintedBatch, cards: list[Label]) -> None:
    """Out of the station's printer of labels; a request that came twice is one label."""
    if printed.is_new:
        send_to_printer(
            session,
            format_tag_code(printed.tags[0][0].id),
            f"tags:{printed.batch.id}",
            make_slip(cards),
            "label",
        )
