"""storeroom/views.py — the room's blueprint; moving, counting a lot."""

from typing import Any

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from ..identity.approvals import MANAGERS, verify_approval
from ..identity.attempt_origin import find_attempt_origin
from ..identity.forms import AT_PIN
from ..kernel.actor import Approval, Role
from ..kernel.database import open_reading, unit_of_work
from ..shop.views import refuse_cashiers_without_policy
from ..stock.queries import get_lot, list_place_choices
from ..web.context import current_time
from ..web.forms import answer_form, choose_from
from ..web.menu import CASHIER, MANAGER, MenuEntry, MenuGroup, add_to_menu
from ..web.numbers import parse_row_id
from ..web.repeated import is_first_request
from ..web.rights import current_actor, requires_role
from .forms import CountForm, MoveForm
from .move import count_lot, find_usual_move, move_stock

blueprint = Blueprint("storeroom", __name__)


BY_POLICY = (Role.MANAGER, Role.CASHIER)


blueprint.before_request(refuse_cashiers_without_policy)


def drop_own_approval(form: Any) -> Any:
    if current_actor().role is Role.MANAGER:
        form.without_approval()
    return form


def require_managers_approval(form: Any) -> Approval | None:
    """A manager's word in a cashier's form; the manager's own form needs none. Raises NotAllowed (`pin_wrong`)."""
    if current_actor().role is Role.MANAGER or not form.login.data:
        return None
    return verify_approval(
        MANAGERS, form.login.data, form.pin.data or "", "", asker=find_attempt_origin(), station=current_actor().station, at=current_time()
    )  # fmt: skip


@blueprint.route("/lots/<int:lot_id>/move", methods=["GET", "POST"])
@requires_role(*BY_POLICY)
def move_lot(lot_id: int) -> ResponseReturnValue:
    with open_reading() as session:
        lot = get_lot(session, lot_id)
        where = list_place_choices(session)
        source, target = find_usual_move(session, lot)
    form: Any = drop_own_approval(
        MoveForm(place_id=request.args.get("place", type=parse_row_id) or source, to_id=target)
    )
    choose_from(form.place_id, where)
    choose_from(form.to_id, [("", ""), *where])

    def save() -> ResponseReturnValue:
        agreed = require_managers_approval(form)
        with unit_of_work() as session:
            if is_first_request(session):
                move_stock(session, get_lot(session, lot_id), form.place_id.data, form.to_id.data,
                     form.quantity_milli.data or 0, by=current_actor(), at=current_time(), approval=agreed)  # fmt: skip
        flash(_("Moved."))
        return redirect(url_for("stock.show_lot", lot_id=lot_id))

    places = {
        "quantity_odd": "quantity_milli",
        "not_on_hand": "quantity_milli",
        "wrong_zone": "to_id",
        **AT_PIN,
        "manager_needed": "login",
    }
    if (answer := answer_form(form, save, places)) is not None:
        return answer
    return render_template("form.html", form=form, title=_("Move lot %(number)s", number=lot.number),
                           back=url_for("stock.show_lot", lot_id=lot_id))  # fmt: skip


@blueprint.route("/lots/<int:lot_id>/count", methods=["GET", "POST"])
@requires_role(*BY_POLICY)
def count(lot_id: int) -> ResponseReturnValue:
    form: Any = CountForm(place_id=request.args.get("place", type=parse_row_id))
    with open_reading() as session:
        lot = get_lot(session, lot_id)
        choose_from(form.place_id, list_place_choices(session))

    def save() -> ResponseReturnValue:
        agreed = form.second_person()
        with unit_of_work() as session:
            if is_first_request(session):
                count_lot(
                    session, get_lot(session, lot_id), form.place_id.data, form.counted_milli.data or 0,
                    reason=form.reason.data, approval=agreed, by=current_actor(), at=current_time(),
                )  # fmt: skip
        flash(_("The books say now what was counted."))
        return redirect(url_for("stock.show_lot", lot_id=lot_id))

    if (answer := answer_form(form, save, {**AT_PIN, "second_person_needed": "login"})) is not None:
        return answer
    return render_template("form.html", form=form, title=_("Count lot %(number)s", number=lot.number),
                           back=url_for("stock.show_lot", lot_id=lot_id))  # fmt: skip


def register(app: Flask) -> None:
    """Add the room's pages and its lines of the menu to the application."""
    from . import kit_views, receiving_views, refusal_views, write_off_views  # noqa: F401  their routes hang on the same blueprint

    app.register_blueprint(blueprint)
    add_to_menu(
        app,
        MenuEntry("storeroom.list_receivings", _l("Receiving"), "truck", MANAGER | CASHIER, MenuGroup.STOCK, 1, by_policy=True),
        parents={"storeroom.list_ends": "stock.list_lots", "storeroom.write_lot_off": "stock.list_lots", "storeroom.write_expired_off": "stock.list_lots",
                 "storeroom.move_lot": "stock.list_lots", "storeroom.count": "stock.list_lots", "storeroom.apart": "stock.list_lots",
                 "storeroom.pack_sets": "catalog.list_products"},
    )  # fmt: skip
