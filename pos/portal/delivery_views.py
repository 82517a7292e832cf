"""portal/delivery_views.py — deliveries that a producer announces, and how each came in: what was taken, what went back."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from ..catalog.products import get_product, list_products
from ..kernel.actor import Role
from ..kernel.database import open_reading, unit_of_work
from ..kernel.errors import NotFound, ShopError
from ..kernel.reason import Reason
from ..producers.terms import get_producer
from ..storeroom.announce import (
    announce_delivery,
    cancel_announced,
    change_announced,
    get_announced,
    list_announced,
    number_note,
    require_expected,
    require_new_note,
)
from ..storeroom.judge_delivery import judge_announced, list_refused_lines
from ..storeroom.models import AnnouncedDelivery, AnnouncedLine, Receiving, RefusedLine
from ..web.context import current_day, current_time
from ..web.forms import choose_from
from ..web.numbers import parse_row_id
from ..web.repeated import is_first_request
from ..web.rights import current_actor, requires_role
from .forms import BringForm
from .own_goods import blueprint, list_stopped, own_producer_id
from .queries import ComparedLine, compare_lines


@blueprint.get("/deliveries")
@requires_role(Role.PRODUCER)
def deliveries() -> ResponseReturnValue:
    with open_reading() as session:
        rows = [
            (coming, came, *_list_outcome(session, coming, came))
            for coming, came in list_announced(session, own_producer_id())
        ]
        return render_template(
            "portal/deliveries.html",
            rows=rows,
            on=current_day(),
            wrong={
                coming.id: _list_refused(session, coming)
                for coming, came, *_rest in rows
                if came is None and not coming.withdrawn_at
            },
            names={
                product_id: get_product(session, product_id).name
                for coming, _came, compared, _back in rows
                for product_id in {line.product_id for line in coming.lines}
                | {line.product_id for line in compared}
            },
            producer=get_producer(session, own_producer_id()),
        )


def _list_refused(
    session: Session, coming: AnnouncedDelivery
) -> list[tuple[AnnouncedLine, tuple[Reason, ...]]]:
    """Which announced lines the gate would send back on their day, before anybody makes the trip."""
    producer = get_producer(session, coming.producer_id)
    return [(line, reasons) for line, reasons in judge_announced(session, producer, coming) if reasons]


def _list_outcome(
    session: Session, coming: AnnouncedDelivery, came: Receiving | None
) -> tuple[list[ComparedLine], list[tuple[RefusedLine, Any]]]:
    """How much of each line was received, and which went back, with the reasons."""
    if came is None:
        return [], []
    return compare_lines(session, coming, came), list_refused_lines(session, came.number)


@blueprint.route("/deliveries/new", methods=["GET", "POST"], defaults={"announced_id": None})
@blueprint.route("/deliveries/<int:announced_id>", methods=["GET", "POST"])
@requires_role(Role.PRODUCER)
def bring(announced_id: int | None) -> ResponseReturnValue:
    """Say what will come, or change what was said, so that it is typed once; the gate is asked at the door.

    `again`: a delivery of before whose goods come again, or that was withdrawn: a new one, filled like it.
    """
    with open_reading() as session:
        known = _get_own(session, announced_id) if announced_id else None
        if known is not None:
            require_expected(session, known)
        again = request.args.get("again", type=parse_row_id)
        form: Any = BringForm(
            data=_fill_boxes(known or (_get_own(session, again) if again else None), known is None)
        )
        if "more" in request.form:
            form.one_more()
        producer, stopped = (
            get_producer(session, own_producer_id()),
            list_stopped(session, own_producer_id(), current_day()),
        )
        goods = [("", ""), *((str(p.id), p.name) for p in list_products(session, own_producer_id()))]
        for entry in form.lines:
            choose_from(entry.form.product_id, goods)
    if "more" not in request.form and form.validate_on_submit():
        try:
            _tell_shop(form, announced_id)
        except ShopError as wrong:
            form.refuse(
                wrong,
                {"note_missing": "delivery_note", "announced_twice": "delivery_note", "day_past": "comes_on"},
            )
        else:
            flash(_("The shop knows now what you bring."))
            return redirect(url_for("portal.deliveries"))
    return render_template("portal/bring.html", form=form, producer=producer, stopped=stopped, known=known)


def _fill_boxes(announced: AnnouncedDelivery | None, is_new: bool) -> dict[str, Any]:
    """The form's boxes as a delivery has them; a new one has a note of its own and comes on the day of the one before, if that is not past."""
    if announced is None:
        return {"comes_on": current_day()}
    lines = [
        {"product_id": line.product_id, "lot_number": line.lot_number, "made_on": line.made_on, "expires_on": line.expires_on,
         "quantity_milli": line.quantity_milli}
        for line in announced.lines
    ]  # fmt: skip
    head = {"comes_on": max(current_day(), announced.comes_on)} if is_new else {"comes_on": announced.comes_on, "delivery_note": announced.delivery_note}  # fmt: skip
    return head | {"lines": lines}


def _tell_shop(form: Any, announced_id: int | None) -> None:
    """Announce what was typed, or change what was announced. Raises as the use cases do."""
    with unit_of_work() as session:
        if not is_first_request(session):
            return
        producer, lines = get_producer(session, own_producer_id()), _read_lines(form)
        if announced_id is None:
            note = form.delivery_note.data or number_note(session, producer, form.comes_on.data)
            require_new_note(session, producer, note)
            announce_delivery(session, producer, lines, delivery_note=note,
                              comes_on=form.comes_on.data, by=current_actor(), at=current_time())  # fmt: skip
        else:
            change_announced(session, _get_own(session, announced_id), producer, lines,
                             delivery_note=form.delivery_note.data or _get_own(session, announced_id).delivery_note,
                             comes_on=form.comes_on.data, by=current_actor(), at=current_time())  # fmt: skip


def _read_lines(form: Any) -> list[AnnouncedLine]:
    return [
        AnnouncedLine(
            product_id=line.product_id.data, lot_number=line.lot_number.data or "", made_on=line.made_on.data,
            expires_on=line.expires_on.data, quantity_milli=line.quantity_milli.data or 0,
        )
        for line in (entry.form for entry in form.lines)
        if line.product_id.data
    ]  # fmt: skip


@blueprint.post("/deliveries/<int:announced_id>/withdraw")
@requires_role(Role.PRODUCER)
def withdraw_delivery(announced_id: int) -> ResponseReturnValue:
    with unit_of_work() as session:
        cancel_announced(session, _get_own(session, announced_id), by=current_actor(), at=current_time())
    flash(_("Withdrawn."))
    return redirect(url_for("portal.deliveries"))


def _get_own(session: Session, announced_id: int) -> AnnouncedDelivery:
    found = get_announced(session, announced_id)
    if found.producer_id != own_producer_id():
        raise NotFound.because("delivery_not_found")
    return found
