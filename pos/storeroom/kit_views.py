"""storeroom/kit_views.py — gift sets packed and taken apart."""

import re
from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ..catalog.products import get_product
from ..kernel.actor import Role
from ..kernel.database import reading, unit_of_work
from ..kernel.errors import Refused, ShopError
from ..kernel.once import is_first
from ..kernel.typed import read_quantity
from ..stock.queries import get_lot, parts_of_kit, place_choices
from ..web.forms import choose_from
from ..web.now import now
from ..web.numbers import row_id
from ..web.rights import actor, allowed
from .forms import ApartForm, SetsForm
from .kits import Taken, components, make_sets, still_inside, take_apart
from .views import pages


@pages.route("/products/<int:product_id>/sets", methods=["GET", "POST"])
@allowed(Role.MANAGER)
def pack_sets(product_id: int) -> ResponseReturnValue:
    """How many, out of which lots: those that end first are filled in; the packs in hand may be others."""
    asked = request.values.get("sets", 1, type=row_id) or 1
    with reading() as session:
        kit = get_product(session, product_id)
        form: Any = SetsForm(sets=asked, to_id=kit.shelf_place_id)
        choose_from(form.to_id, place_choices(session))
        parts = components(session, kit, asked)
    if "again" not in request.form and form.validate_on_submit():
        try:
            with unit_of_work() as session:
                if not is_first(session, form.once.data or "", now()):
                    return redirect(url_for("admission.show_product", product_id=product_id))
                lot = make_sets(session, get_product(session, product_id), form.sets.data, _taken(), form.to_id.data or 0,
                                by=actor(), at=now())  # fmt: skip
        except ShopError as no:
            form.refuse(no, {"wrong_zone": "to_id"})
        else:
            flash(_("Packed: lot %(number)s.", number=lot.number))
            return redirect(url_for("stock.show_lot", lot_id=lot.id))
    typed = _typed() if "once" in request.form and "again" not in request.form else {}
    return render_template("storeroom/sets.html", kit=kit, form=form, parts=parts, typed=typed)


def _typed() -> dict[str, str]:
    return {name: value for name, value in request.form.items() if name.startswith("part-")}


def _taken() -> Sequence[Taken]:
    """Fields `part-LOT-PLACE`. Raises Refused (`quantity_odd`) for what is no quantity."""
    named = ((_PART.fullmatch(name), name) for name in _typed())
    return [Taken(int(found[1]), int(found[2]), _typed_quantity(name)) for found, name in named if found]


_PART = re.compile(r"part-([0-9]{1,18})-([0-9]{1,18})")


def _typed_quantity(name: str) -> int:
    """What was typed into this field; none for nothing. Raises Refused (`quantity_odd`) for what is no quantity."""
    typed = request.form.get(name, "").strip()
    quantity = read_quantity(typed) if typed else 0
    if quantity is None:
        raise Refused.because("quantity_odd", product="")
    return quantity


@pages.route("/lots/<int:lot_id>/apart", methods=["GET", "POST"])
@allowed(Role.MANAGER)
def apart(lot_id: int) -> ResponseReturnValue:
    """Sets taken apart; where a component came from two lots, the packs in hand say which come back."""
    with reading() as session:
        lot = get_lot(session, lot_id)
        kit = get_product(session, lot.product_id)
        inside, parts = still_inside(session, lot), parts_of_kit(session, lot.id)
        form: Any = ApartForm(sets=1, place_id=kit.shelf_place_id)
        for field in (form.place_id, form.to_id):
            choose_from(field, place_choices(session))
    if form.validate_on_submit():
        try:
            back = [
                Taken(part_lot.id, form.to_id.data, _typed_quantity(f"back-{part_lot.id}"))
                for _part, part_lot, _product in parts
            ]
            with unit_of_work() as session:
                if is_first(session, form.once.data or "", now()):
                    take_apart(
                        session,
                        get_lot(session, lot_id),
                        form.place_id.data,
                        form.sets.data,
                        back,
                        by=actor(),
                        at=now(),
                    )
        except ShopError as no:
            form.refuse(no, {"wrong_zone": "to_id"})
        else:
            flash(_("Taken apart: the components are stock again."))
            return redirect(url_for("stock.show_lot", lot_id=lot_id))
    return render_template("storeroom/apart.html", lot=lot, kit=kit, form=form, parts=parts, inside=inside)
