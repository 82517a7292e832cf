"""storeroom/views.py — the room's blueprint; moving, counting a lot."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ..identity.asker import find_asker
from ..identity.second import MANAGERS, word_of
from ..kernel.actor import Approval, Role
from ..kernel.database import reading, unit_of_work
from ..kernel.errors import ShopError
from ..kernel.once import is_first
from ..shop.views import cashiers_by_policy_alone
from ..stock.queries import get_lot, place_choices
from ..web.forms import choose_from
from ..web.now import now
from ..web.numbers import row_id
from ..web.rights import actor, allowed
from .forms import CountForm, MoveForm
from .move import count_lot, move

pages = Blueprint("storeroom", __name__)


BY_POLICY = (Role.MANAGER, Role.CASHIER)


pages.before_request(cashiers_by_policy_alone)


def without_own_approval(form: Any) -> Any:
    if actor().role is Role.MANAGER:
        form.without_approval()
    return form


def manager_agrees(form: Any) -> Approval | None:
    """A manager's word in a cashier's form; the manager's own form needs none. Raises NotAllowed (`pin_wrong`)."""
    if actor().role is Role.MANAGER or not form.login.data:
        return None
    return word_of(
        MANAGERS, form.login.data, form.pin.data or "", "", asker=find_asker(), station=actor().station, at=now()
    )  # fmt: skip


@pages.route("/lots/<int:lot_id>/move", methods=["GET", "POST"])
@allowed(*BY_POLICY)
def move_lot(lot_id: int) -> ResponseReturnValue:
    form: Any = without_own_approval(MoveForm(place_id=request.args.get("place", type=row_id)))
    with reading() as session:
        lot = get_lot(session, lot_id)
        where = place_choices(session)
    choose_from(form.place_id, where)
    choose_from(form.to_id, where)
    if form.validate_on_submit():
        try:
            agreed = manager_agrees(form)
            with unit_of_work() as session:
                if is_first(session, form.once.data or "", now()):
                    move(session, get_lot(session, lot_id), form.place_id.data, form.to_id.data,
                         form.quantity_milli.data or 0, by=actor(), at=now(), approval=agreed)  # fmt: skip
        except ShopError as no:
            form.refuse(
                no,
                {
                    "quantity_odd": "quantity_milli",
                    "not_on_hand": "quantity_milli",
                    "wrong_zone": "to_id",
                    "pin_wrong": "pin",
                    "manager_needed": "login",
                },
            )
        else:
            flash(_("Moved."))
            return redirect(url_for("stock.show_lot", lot_id=lot_id))
    return render_template("form.html", form=form, title=_("Move lot %(number)s", number=lot.number),
                           back=url_for("stock.show_lot", lot_id=lot_id))  # fmt: skip


@pages.route("/lots/<int:lot_id>/count", methods=["GET", "POST"])
@allowed(*BY_POLICY)
def count(lot_id: int) -> ResponseReturnValue:
    form: Any = CountForm(place_id=request.args.get("place", type=row_id))
    with reading() as session:
        lot = get_lot(session, lot_id)
        choose_from(form.place_id, place_choices(session))
    if form.validate_on_submit():
        try:
            agreed = form.second_person()
            with unit_of_work() as session:
                if is_first(session, form.once.data or "", now()):
                    count_lot(
                        session, get_lot(session, lot_id), form.place_id.data, form.counted_milli.data or 0,
                        reason=form.reason.data, approval=agreed, by=actor(), at=now(),
                    )  # fmt: skip
        except ShopError as no:
            form.refuse(no, {"pin_wrong": "pin", "second_person_needed": "login"})
        else:
            flash(_("The books say now what was counted."))
            return redirect(url_for("stock.show_lot", lot_id=lot_id))
    return render_template("form.html", form=form, title=_("Count lot %(number)s", number=lot.number),
                           back=url_for("stock.show_lot", lot_id=lot_id))  # fmt: skip
