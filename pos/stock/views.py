"""stock/views.py — lots with what is on hand, one lot's life, places, stops."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from ..catalog.models import Product
from ..catalog.products import get_product
from ..identity.forms import AT_SECOND_PERSON, waits_message
from ..journal.record import record
from ..kernel.actor import Role
from ..kernel.database import reading, unit_of_work
from ..kernel.errors import Refused, ShopError
from ..kernel.tables import holds_words
from ..producers.names import producer_choices
from ..shop.views import cashiers_by_policy_alone
from ..web.now import now, today
from ..web.numbers import page_asked, row_id
from ..web.rights import actor, allowed
from .change_lot import FACTS, change_lot
from .forms import LotForm, PlaceForm, ReleaseForm, StopForm
from .lots import release, stop
from .models import Lot, OnHand, Place
from .queries import active_holds, get_hold, get_lot, moves_of, parts_of_kit, places

pages = Blueprint("stock", __name__)
PAGE = 100


pages.before_request(cashiers_by_policy_alone)


@pages.get("/stock")
@allowed(Role.MANAGER, Role.VIEWER, Role.CASHIER)
def list_lots() -> ResponseReturnValue:
    words, place = request.args.get("q", ""), request.args.get("place", type=row_id)
    page = page_asked()
    query = (
        select(Lot, Product, Place.name.label("place"), OnHand.quantity_milli)
        .join(OnHand, OnHand.lot_id == Lot.id)
        .join(Place, Place.id == OnHand.place_id)
        .join(Product, Product.id == Lot.product_id)
        .where(OnHand.quantity_milli != 0, *holds_words(Product.search_key, words))
        .order_by(Lot.expires_on.is_(None), Lot.expires_on, Lot.id)
    )
    if place:
        query = query.where(OnHand.place_id == place)
    with reading() as session:
        rows = session.execute(query.offset((page - 1) * PAGE).limit(PAGE + 1)).all()
        return render_template(
            "stock/lots.html", rows=rows[:PAGE], more=len(rows) > PAGE, page=page, words=words, place=place,
            places=places(session), on=today(),
        )  # fmt: skip


@pages.get("/lots/<int:lot_id>")
@allowed(Role.MANAGER, Role.VIEWER, Role.CASHIER)
def show_lot(lot_id: int) -> ResponseReturnValue:
    with reading() as session:
        lot = get_lot(session, lot_id)
        lying = session.execute(
            select(OnHand, Place).join(Place, Place.id == OnHand.place_id).where(OnHand.lot_id == lot_id)
        ).all()
        moves = moves_of(session, lot_id, before=request.args.get("before", type=row_id), limit=PAGE + 1)
        return render_template(
            "stock/lot.html", lot=lot, product=get_product(session, lot.product_id), lying=lying,
            moves=moves[:PAGE], more=len(moves) > PAGE, places={place.id: place.name for place in places(session)},
            parts=parts_of_kit(session, lot_id), holds=active_holds(session, lot), stop_form=StopForm(), release_form=ReleaseForm(),
        )  # fmt: skip


@pages.route("/lots/<int:lot_id>/edit", methods=["GET", "POST"])
@allowed(Role.MANAGER)
def edit_lot(lot_id: int) -> ResponseReturnValue:
    """Complete a lot's origin; what it said before stays in the journal."""
    with reading() as session:
        lot = get_lot(session, lot_id)
        form: Any = LotForm(obj=lot)
        form.producer_id.choices = [("", ""), *producer_choices(session)]
    if form.validate_on_submit():
        try:
            agreed = form.second_person()
            with unit_of_work() as session:
                wanted = {name: form[name].data for name in FACTS}
                change = change_lot(
                    session, get_lot(session, lot_id), wanted, by=actor(), at=now(), approval=agreed
                )
                waits_until = change.due_on if change else None
        except ShopError as no:
            form.refuse(no, {"made_after_end": "expires_on", "made_in_future": "made_on", **AT_SECOND_PERSON})
        else:
            flash(waits_message(waits_until) if waits_until else _("Saved."))
            return redirect(url_for("stock.show_lot", lot_id=lot_id))
    return render_template("form.html", form=form, title=_("Lot %(number)s", number=lot.number),
                           back=url_for("stock.show_lot", lot_id=lot_id))  # fmt: skip


@pages.post("/lots/<int:lot_id>/stop")
@allowed(Role.MANAGER)
def stop_lot(lot_id: int) -> ResponseReturnValue:
    with unit_of_work() as session:
        stop(
            session,
            lot_id=get_lot(session, lot_id).id,
            reason=request.form.get("reason", ""),
            by=actor(),
            at=now(),
        )
    flash(_("Stopped: no till sells it any more."))
    return redirect(url_for("stock.show_lot", lot_id=lot_id))


@pages.post("/products/<int:product_id>/stop")
@allowed(Role.MANAGER)
def stop_product(product_id: int) -> ResponseReturnValue:
    """Stop all lots of a product at once, those still to come too."""
    with unit_of_work() as session:
        stop(session, product_id=get_product(session, product_id).id, reason=request.form.get("reason", ""),
             by=actor(), at=now())  # fmt: skip
    flash(_("Stopped: no till sells it any more."))
    return redirect(url_for("admission.show_product", product_id=product_id))


@pages.post("/holds/<int:hold_id>/release/<int:lot_id>")
@allowed(Role.MANAGER)
def release_hold(hold_id: int, lot_id: int) -> ResponseReturnValue:
    form: Any = ReleaseForm()
    if not form.validate_on_submit():
        raise Refused.because("reason_missing")
    agreed = form.second_person()
    with unit_of_work() as session:
        release(
            session,
            get_hold(session, hold_id),
            reason=form.reason.data,
            by=actor(),
            at=now(),
            approval=agreed,
        )
    flash(_("It may be sold again."))
    return redirect(url_for("stock.show_lot", lot_id=lot_id))


@pages.route("/places", methods=["GET", "POST"])
@allowed(Role.MANAGER)
def list_places() -> ResponseReturnValue:
    form: Any = PlaceForm()
    if form.validate_on_submit():
        try:
            with unit_of_work() as session:
                if session.scalars(select(Place).where(Place.code == form.code.data)).first():
                    raise Refused.because("place_taken", name=form.code.data)
                place = Place(code=form.code.data, name=form.name.data, zone=form.zone.data)
                session.add(place)
                session.flush()
                record(session, "place_added", by=actor(), at=now(), subject=place, facts=[place])
        except ShopError as no:
            form.refuse(no, {"place_taken": "code"})
        else:
            flash(_("Saved."))
            return redirect(url_for("stock.list_places"))
    with reading() as session:
        return render_template("stock/places.html", places=places(session), form=form)
