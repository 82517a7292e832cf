"""portal/bring_views.py — deliveries that a producer announces, and how each came in: what was taken, what went back."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from ..catalog.products import products_of
from ..kernel.actor import Role
from ..kernel.database import reading, unit_of_work
from ..kernel.errors import NotFound, ShopError
from ..kernel.once import is_first
from ..producers.terms import get_producer
from ..storeroom.announce import announce, announcements, get_announced, withdraw
from ..storeroom.judged import back_of
from ..storeroom.models import AnnouncedDelivery, AnnouncedLine, Receiving, RefusedLine
from ..web.forms import choose_from
from ..web.now import now, today
from ..web.rights import actor, allowed
from .forms import BringForm
from .own import own_id, pages, stopped


@pages.get("/deliveries")
@allowed(Role.PRODUCER)
def deliveries() -> ResponseReturnValue:
    with reading() as session:
        rows = [(coming, came, *_outcome(session, came)) for coming, came in announcements(session, own_id())]
        return render_template(
            "portal/deliveries.html", rows=rows, on=today(), producer=get_producer(session, own_id())
        )


def _outcome(session: Session, came: Receiving | None) -> tuple[int, list[tuple[RefusedLine, Any]]]:
    """How many lines were taken, and which went back, with the reasons."""
    if came is None:
        return 0, []
    return len(came.lines), back_of(session, came.number)


@pages.route("/deliveries/new", methods=["GET", "POST"])
@allowed(Role.PRODUCER)
def bring() -> ResponseReturnValue:
    """Say what will come, so that it is typed once; the gate is asked at the door."""
    form: Any = BringForm(data={"comes_on": today()})
    if "more" in request.form:
        form.one_more()
    with reading() as session:
        producer, no = get_producer(session, own_id()), stopped(session)
        goods = [("", ""), *((str(p.id), p.name) for p in products_of(session, own_id()))]
        for entry in form.lines:
            choose_from(entry.form.product_id, goods)
    if "more" not in request.form and form.validate_on_submit():
        try:
            with unit_of_work() as session:
                if is_first(session, form.once.data or "", now()):
                    announce(session, get_producer(session, own_id()), _lines(form), delivery_note=form.delivery_note.data,
                             comes_on=form.comes_on.data, by=actor(), at=now())  # fmt: skip
        except ShopError as wrong:
            form.refuse(wrong, {"note_missing": "delivery_note", "day_past": "comes_on"})
        else:
            flash(_("The shop knows now what you bring."))
            return redirect(url_for("portal.deliveries"))
    return render_template("portal/bring.html", form=form, producer=producer, stopped=no)


def _lines(form: Any) -> list[AnnouncedLine]:
    return [
        AnnouncedLine(
            product_id=line.product_id.data, lot_number=line.lot_number.data or "", made_on=line.made_on.data,
            expires_on=line.expires_on.data, quantity_milli=line.quantity_milli.data or 0,
        )
        for line in (entry.form for entry in form.lines)
        if line.product_id.data
    ]  # fmt: skip


@pages.post("/deliveries/<int:announced_id>/withdraw")
@allowed(Role.PRODUCER)
def withdraw_delivery(announced_id: int) -> ResponseReturnValue:
    with unit_of_work() as session:
        withdraw(session, _own(session, announced_id), by=actor(), at=now())
    flash(_("Withdrawn."))
    return redirect(url_for("portal.deliveries"))


def _own(session: Session, announced_id: int) -> AnnouncedDelivery:
    found = get_announced(session, announced_id)
    if found.producer_id != own_id():
        raise NotFound.because("delivery_not_found")
    return found
