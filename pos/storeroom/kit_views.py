"""storeroom/kit_views.py — gift sets packed and taken apart."""

import re
from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ..catalog.products import get_product
from ..kernel.actor import Role
from ..kernel.database import open_reading, unit_of_work
from ..kernel.errors import Refused, ShopError
from ..kernel.parsers import read_quantity
from ..stock.queries import get_lot, list_kit_parts, list_place_choices
from ..web.context import current_time
from ..web.forms import answer_form, choose_from
from ..web.numbers import parse_row_id
from ..web.repeated import is_first_request
from ..web.rights import current_actor, requires_role
from .forms import SetsForm, TakeApartForm
from .kits import ComponentUse, list_components, make_sets, remaining_parts_milli, take_apart
from .views import blueprint


@blueprint.route("/products/<int:product_id>/sets", methods=["GET", "POST"])
@requires_role(Role.MANAGER)
def pack_sets(product_id: int) -> ResponseReturnValue:
    """How many, out of which lots: those that end first are filled in; the packs in hand may be others."""
    asked = request.values.get("sets", 1, type=parse_row_id) or 1
    with open_reading() as session:
        kit = get_product(session, product_id)
        form: Any = SetsForm(sets=asked, to_id=kit.shelf_place_id)
        choose_from(form.to_id, list_place_choices(session))
        parts = list_components(session, kit, asked)
    if "again" not in request.form and form.validate_on_submit():
        try:
            with unit_of_work() as session:
                if not is_first_request(session):
                    return redirect(url_for("admission.show_product", product_id=product_id))
                lot = make_sets(session, get_product(session, product_id), form.sets.data, _read_components(), form.to_id.data or 0,
                                by=current_actor(), at=current_time())  # fmt: skip
        except ShopError as no:
            form.refuse(no, {"wrong_zone": "to_id"})
        else:
            flash(_("Packed: lot %(number)s.", number=lot.number))
            return redirect(url_for("stock.show_lot", lot_id=lot.id))
    typed = _typed_parts() if "once" in request.form and "again" not in request.form else {}
    return render_template("storeroom/sets.html", kit=kit, form=form, parts=parts, typed=typed)


def _typed_parts() -> dict[str, str]:
    return {name: value for name, value in request.form.items() if name.startswith("part-")}


def _read_components() -> Sequence[ComponentUse]:
    """Fields `part-LOT-PLACE`. Raises Refused (`quantity_odd`) for what is no quantity."""
    named = ((_PART.fullmatch(name), name) for name in _typed_parts())
    return [
        ComponentUse(int(found[1]), int(found[2]), _typed_quantity(name)) for found, name in named if found
    ]


_PART = re.compile(r"part-([0-9]{1,18})-([0-9]{1,18})")


def _typed_quantity(name: str) -> int:
    """What was typed into this field; none for nothing. Raises Refused (`quantity_odd`) for what is no quantity."""
    typed = request.form.get(name, "").strip()
    quantity = read_quantity(typed) if typed else 0
    if quantity is None:
        raise Refused.because("quantity_odd", product="")
    return quantity


@blueprint.route("/lots/<int:lot_id>/apart", methods=["GET", "POST"])
@requires_role(Role.MANAGER)
def apart(lot_id: int) -> ResponseReturnValue:
    """Sets taken apart; where a component came from two lots, the packs in hand say which come back."""
    with open_reading() as session:
        lot = get_lot(session, lot_id)
        kit = get_product(session, lot.product_id)
        inside, parts = remaining_parts_milli(session, lot), list_kit_parts(session, lot.id)
        form: Any = TakeApartForm(sets=1, place_id=kit.shelf_place_id)
        for field in (form.place_id, form.to_id):
            choose_from(field, list_place_choices(session))

    def save() -> ResponseReturnValue:
        back = [
            ComponentUse(part_lot.id, form.to_id.data, _typed_quantity(f"back-{part_lot.id}"))
            for _part, part_lot, _product in parts
        ]
        with unit_of_work() as session:
            if is_first_request(session):
                take_apart(
                    session,
                    get_lot(session, lot_id),
                    form.place_id.data,
                    form.sets.data,
                    back,
                    by=current_actor(),
                    at=current_time(),
                )
        flash(_("Taken apart: the components are stock again."))
        return redirect(url_for("stock.show_lot", lot_id=lot_id))

    if (answer := answer_form(form, save, {"wrong_zone": "to_id"})) is not None:
        return answer
    return render_template("storeroom/apart.html", lot=lot, kit=kit, form=form, parts=parts, inside=inside)
