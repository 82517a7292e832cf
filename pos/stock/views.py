"""stock/views.py — lots with what is on hand, one lot's life, places, stops."""

from typing import Any

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from ..catalog.products import get_product
from ..identity.fact_changes import changed_fields, list_waiting
from ..identity.forms import AT_SECOND_PERSON, tell_saved
from ..identity.models import FactChange
from ..journal.record import row_name
from ..kernel.actor import Role
from ..kernel.database import open_reading, unit_of_work
from ..producers.names import list_producer_choices
from ..shop.views import refuse_cashiers_without_policy
from ..web.context import current_day, current_time
from ..web.forms import answer_form
from ..web.menu import CASHIER, READERS, MenuEntry, MenuGroup, add_to_menu
from ..web.numbers import parse_row_id, requested_page
from ..web.refused_forms import fill_refused_form, list_form_faults, returns_to, show_again
from ..web.rights import current_actor, requires_role
from ..web.row_names import name_documents
from .change_lot import FACTS, change_lot
from .forms import HoldForm, LotForm, PlaceForm, ReleaseForm
from .lots import end_hold, place_hold
from .models import Lot, Place
from .places import add_place
from .queries import (
    get_hold,
    get_lot,
    list_active_holds,
    list_all_places,
    list_kit_parts,
    list_lots_on_hand,
    list_moves,
    list_places_of_lot,
)

blueprint = Blueprint("stock", __name__)
PAGE = 100


blueprint.before_request(refuse_cashiers_without_policy)


@blueprint.get("/stock")
@requires_role(Role.MANAGER, Role.VIEWER, Role.CASHIER)
def list_lots() -> ResponseReturnValue:
    words, place = request.args.get("q", ""), request.args.get("place", type=parse_row_id)
    page = requested_page()
    with open_reading() as session:
        rows = list_lots_on_hand(
            session, words=words, place_id=place, offset=(page - 1) * PAGE, limit=PAGE + 1
        )
        return render_template(
            "stock/lots.html", rows=rows[:PAGE], more=len(rows) > PAGE, page=page, words=words, place=place,
            places=list_all_places(session), on=current_day(),
        )  # fmt: skip


@blueprint.get("/lots/<int:lot_id>")
@requires_role(Role.MANAGER, Role.VIEWER, Role.CASHIER)
def show_lot(lot_id: int) -> ResponseReturnValue:
    with open_reading() as session:
        lot = get_lot(session, lot_id)
        on_hand = list_places_of_lot(session, lot_id)
        moves = list_moves(
            session, lot_id, before=request.args.get("before", type=parse_row_id), limit=PAGE + 1
        )
        holds = list_active_holds(session, lot)
        release_forms = {
            hold.id: fill_refused_form(
                ReleaseForm(), url_for("stock.release_hold", hold_id=hold.id, lot_id=lot_id)
            )
            for hold in holds
        }
        stop_form = fill_refused_form(HoldForm(), url_for("stock.stop_lot", lot_id=lot_id))
        return render_template(
            "stock/lot.html", lot=lot, product=get_product(session, lot.product_id), lying=on_hand,
            documents=name_documents(session, {move.document for move in moves}), moves=moves[:PAGE], more=len(moves) > PAGE, places={place.id: place.name for place in list_all_places(session)},
            waiting=_list_waiting_changes(session, lot), parts=list_kit_parts(session, lot_id), holds=holds, stop_form=stop_form, release_forms=release_forms,
        )  # fmt: skip


@blueprint.route("/lots/<int:lot_id>/edit", methods=["GET", "POST"])
@requires_role(Role.MANAGER)
def edit_lot(lot_id: int) -> ResponseReturnValue:
    """Complete a lot's origin; what it said before stays in the journal."""
    with open_reading() as session:
        lot = get_lot(session, lot_id)
        form: Any = LotForm(obj=lot)
        waiting = _list_waiting_changes(session, lot)
        form.producer_id.choices = [("", ""), *list_producer_choices(session)]

    def save() -> ResponseReturnValue:
        agreed = form.second_person()
        with unit_of_work() as session:
            wanted = {name: form[name].data for name in FACTS}
            change = change_lot(
                session,
                get_lot(session, lot_id),
                wanted,
                by=current_actor(),
                at=current_time(),
                approval=agreed,
            )
            waits_until = change.due_on if change else None
        tell_saved(waits_until)
        return redirect(url_for("stock.show_lot", lot_id=lot_id))

    places = {"made_after_end": "expires_on", "made_in_future": "made_on", **AT_SECOND_PERSON}
    if (answer := answer_form(form, save, places)) is not None:
        return answer
    return render_template("form.html", form=form, title=_("Lot %(number)s", number=lot.number), waiting=waiting,
                           back=url_for("stock.show_lot", lot_id=lot_id))  # fmt: skip


def _list_waiting_changes(session: Session, lot: Lot) -> list[tuple[FactChange, dict[str, Any]]]:
    """The lot's facts that change later, and how."""
    return [(change, changed_fields(change)) for change in list_waiting(session, row_name(lot))]


@blueprint.post("/lots/<int:lot_id>/stop")
@requires_role(Role.MANAGER)
@returns_to("stock.show_lot", "reason")
def stop_lot(lot_id: int) -> ResponseReturnValue:
    with unit_of_work() as session:
        place_hold(
            session,
            lot_id=get_lot(session, lot_id).id,
            reason=request.form.get("reason", ""),
            by=current_actor(),
            at=current_time(),
        )
    flash(_("Stopped: no till sells it any more."))
    return redirect(url_for("stock.show_lot", lot_id=lot_id))


@blueprint.post("/products/<int:product_id>/stop")
@requires_role(Role.MANAGER)
@returns_to("admission.show_product", "reason")
def stop_product(product_id: int) -> ResponseReturnValue:
    """Stop all lots of a product at once, those still to come too."""
    with unit_of_work() as session:
        place_hold(session, product_id=get_product(session, product_id).id, reason=request.form.get("reason", ""),
             by=current_actor(), at=current_time())  # fmt: skip
    flash(_("Stopped: no till sells it any more."))
    return redirect(url_for("admission.show_product", product_id=product_id))


@blueprint.post("/holds/<int:hold_id>/release/<int:lot_id>")
@requires_role(Role.MANAGER)
@returns_to("stock.show_lot", "reason", **AT_SECOND_PERSON)
def release_hold(hold_id: int, lot_id: int) -> ResponseReturnValue:
    form: Any = ReleaseForm()
    if not form.validate_on_submit():
        return show_again("stock.show_lot", list_form_faults(form), lot_id=lot_id)
    agreed = form.second_person()
    with unit_of_work() as session:
        end_hold(
            session,
            get_hold(session, hold_id),
            reason=form.reason.data,
            by=current_actor(),
            at=current_time(),
            approval=agreed,
        )
    flash(_("It may be sold again."))
    return redirect(url_for("stock.show_lot", lot_id=lot_id))


@blueprint.route("/places", methods=["GET", "POST"])
@requires_role(Role.MANAGER)
def list_places() -> ResponseReturnValue:
    form: Any = PlaceForm()

    def save() -> ResponseReturnValue:
        with unit_of_work() as session:
            place = Place(code=form.code.data, name=form.name.data, zone=form.zone.data)
            add_place(session, place, by=current_actor(), at=current_time())
        flash(_("Saved."))
        return redirect(url_for("stock.list_places"))

    if (answer := answer_form(form, save, {"place_taken": "code"})) is not None:
        return answer
    with open_reading() as session:
        return render_template("stock/places.html", places=list_all_places(session), form=form)


def register(app: Flask) -> None:
    """Add the room's pages and its lines of the menu to the application."""
    app.register_blueprint(blueprint)
    add_to_menu(
        app,
        MenuEntry("stock.list_lots", _l("Stock"), "boxes", READERS | CASHIER, MenuGroup.STOCK, 2, by_policy=True),
    )  # fmt: skip
