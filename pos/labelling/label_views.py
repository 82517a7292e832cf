"""tags/label_views.py — labels that go on goods one by one: of a pack just weighed, of a lot."""

import secrets
from dataclasses import replace

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from hardware.labels.label import Label
from hardware.symbology import parse_in_store_code

from ..catalog.models import Product
from ..catalog.products import get_product
from ..kernel.database import open_reading, unit_of_work
from ..kernel.errors import Refused
from ..kernel.own_codes import format_tag_code
from ..kernel.parsers import read_quantity
from ..kernel.quantity import Unit
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
    weight = read_quantity(request.form.get("weight", "") or request.form.get("scale_weight", ""), Unit.KG)
    if not weight or weight > 99_999:
        raise Refused.because("weight_odd")
    with unit_of_work() as session:
        item = _get_item_code(get_product(session, product_id), get_shop(session).price_code_prefix)
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


def _get_item_code(product: Product, price_prefix: str) -> str:
    """The number under which the shop's scale knows the goods by weight. Raises Refused (`no_item_code`)."""
    for code in product.barcodes:
        if parse_in_store_code(code.gtin) == (code.gtin, 0) and code.gtin[1:3] != price_prefix:
            return code.gtin
    raise Refused.because("no_item_code", product=product.name)


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
