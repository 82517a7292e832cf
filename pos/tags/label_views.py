"""tags/label_views.py — labels that go on goods one by one: of a pack just weighed, of a lot."""

import secrets
from dataclasses import replace

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from hardware.labels.label import Label
from hardware.symbology import in_store

from ..catalog.models import Product
from ..catalog.products import get_product
from ..kernel.database import reading, unit_of_work
from ..kernel.errors import Refused
from ..kernel.quantity import Unit
from ..kernel.typed import read_quantity
from ..printing.send import send
from ..shop.models import get_shop
from ..stock.queries import get_lot
from ..web.now import config, now
from ..web.rights import actor, allowed
from .find import tag_code
from .models import Design
from .put_out import slip_of
from .put_up import Printed, print_tags
from .views import FLOOR, drawn, pages


@pages.route("/weigh/<int:product_id>", methods=["GET", "POST"])
@allowed(*FLOOR)
def weigh(product_id: int) -> ResponseReturnValue:
    """A pack laid on the scale gets its label: weight, price, the shop's own code."""
    with reading() as session:
        product = get_product(session, product_id)
    if request.method == "POST":
        _print_weight(product_id)
        return redirect(url_for("tags.weigh", product_id=product_id))
    station = config().station(actor().station)
    return render_template("tags/weigh.html", product=product, station=station)


def _print_weight(product_id: int) -> None:
    weight = read_quantity(request.form.get("weight", "") or request.form.get("scale_weight", ""), Unit.KG)
    if not weight or weight > 99_999:
        raise Refused.because("weight_odd")
    with unit_of_work() as session:
        item = _item_code(get_product(session, product_id), get_shop(session).price_code_prefix)
        printed = _print(session, product_id, Design.WEIGHT, f"product:{product_id}")
        weighed = [(tag, replace(says, gtin=item)) for tag, says in printed.tags]
        _send(session, printed, drawn(session, weighed, weight_milli=weight))
    flash(_("The label is on its way."))


@pages.post("/lot/<int:lot_id>")
@allowed(*FLOOR)
def print_lot(lot_id: int) -> ResponseReturnValue:
    """A lot's label with its GTIN, lot and end as GS1-128 and DataMatrix."""
    with unit_of_work() as session:
        lot = get_lot(session, lot_id)
        printed = _print(session, lot.product_id, Design.LOT, f"lot:{lot.id}", lot.id)
        _send(session, printed, drawn(session, printed.tags))
    flash(_("The label is on its way."))
    return redirect(url_for("stock.show_lot", lot_id=lot_id))


def _item_code(product: Product, price_prefix: str) -> str:
    """The number under which the shop's scale knows the goods by weight. Raises Refused (`no_item_code`)."""
    for code in product.barcodes:
        if in_store(code.gtin) == (code.gtin, 0) and code.gtin[1:3] != price_prefix:
            return code.gtin
    raise Refused.because("no_item_code", product=product.name)


def _print(
    session: Session, product_id: int, design: Design, about: str, lot_id: int | None = None
) -> Printed:
    return print_tags(
        session, [product_id], design, about=about, output="printer", lot_id=lot_id,
        key=request.form.get("once", "") or secrets.token_hex(8), by=actor(), at=now(),
    )  # fmt: skip


def _send(session: Session, printed: Printed, cards: list[Label]) -> None:
    """Out of the station's printer of labels; a request that came twice is one label."""
    if printed.is_new:
        send(session, tag_code(printed.tags[0][0].id), f"tags:{printed.batch.id}", slip_of(cards), "label")
