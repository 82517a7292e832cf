"""storeroom/write_off_views.py — lots that end, and goods that leave unsold."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import timedelta
from itertools import islice
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from ..catalog.products import get_product
from ..files.check import CheckedFile
from ..files.upload import check_upload, store_upload, upload_error_fields
from ..identity.forms import AT_PIN
from ..kernel.actor import Approval, Role
from ..kernel.database import open_reading, unit_of_work
from ..kernel.errors import Refused
from ..kernel.parsers import read_quantity
from ..kernel.quantity import Unit
from ..stock.models import MoveKind
from ..stock.queries import get_lot, list_place_choices
from ..web.context import current_day, current_time
from ..web.forms import answer_form, choose_from
from ..web.numbers import parse_row_id
from ..web.reasons import render_reason
from ..web.repeated import is_first_request
from ..web.rights import current_actor, requires_role
from .expired import ExpiredStock, count_expired, list_expired_stock
from .forms import ExpiredForm, WriteOffForm
from .views import blueprint
from .write_off import list_ending_lots, list_write_offs, write_off

SHOWN = timedelta(days=30)
AT_ONCE = 20  # rows a unit of work: a till waits for one such part at the most
AT_ROW = {"quantity_odd", "not_on_hand"}  # what is wrong with one row, and stops no other


@blueprint.get("/ends")
@requires_role(Role.MANAGER)
def list_ends() -> ResponseReturnValue:
    """Lots by days left, ended ones first; and what left unsold so far."""
    with open_reading() as session:
        rows = list_ending_lots(session, current_day(), SHOWN)
        return render_template(
            "storeroom/ends.html", rows=rows, gone=list_write_offs(session), on=current_day()
        )


@blueprint.route("/lots/<int:lot_id>/write-off", methods=["GET", "POST"])
@requires_role(Role.MANAGER)
def write_lot_off(lot_id: int) -> ResponseReturnValue:
    form: Any = WriteOffForm(place_id=request.args.get("place", type=parse_row_id))
    with open_reading() as session:
        lot = get_lot(session, lot_id)
        product_name = get_product(session, lot.product_id).name
        choose_from(form.place_id, list_place_choices(session))

    def save() -> ResponseReturnValue:
        agreed, picture = form.second_person(), check_upload("photo")
        with unit_of_work() as session:
            if is_first_request(session):
                photo = store_upload(session, picture) if picture else None
                write_off(
                    session, get_lot(session, lot_id), form.place_id.data, form.quantity_milli.data or 0,
                    MoveKind(form.kind.data), reason=form.reason.data, photo=photo, approval=agreed, by=current_actor(), at=current_time(),
                )  # fmt: skip
        flash(_("It is out of the books, and the journal says why."))
        return redirect(url_for("storeroom.list_ends"))

    places = {
        **AT_PIN,
        "second_person_needed": "login",
        "quantity_odd": "quantity_milli",
        "not_on_hand": "quantity_milli",
    } | upload_error_fields("photo")
    if (answer := answer_form(form, save, places)) is not None:
        return answer
    return render_template("form.html", form=form, title=_("%(product)s, lot %(number)s leaves unsold", product=product_name, number=lot.number),
                           back=url_for("stock.show_lot", lot_id=lot_id))  # fmt: skip


@blueprint.route("/ends/write-off", methods=["GET", "POST"])
@requires_role(Role.MANAGER)
def write_expired_off() -> ResponseReturnValue:
    """All that has ended, ticked and with its quantity: written off in one go, with one witness and a photo a group."""
    with open_reading() as session:
        groups = list_expired_stock(session, current_day())
    form: Any = ExpiredForm()
    faults: dict[str, str] = {}
    stock = {item.row_key: item for _group, items in groups for item in items}

    def save() -> ResponseReturnValue:
        agreed, photos = form.second_person(), {group.code: check_upload(f"photo-{group.code}") for group, _items in groups}  # fmt: skip
        wanted, wrong = _read_quantities(stock)
        faults.update(wrong)
        if not wanted and not wrong:
            raise Refused.because("lines_missing")
        if wrong:
            raise Refused.because("boxes_wrong")
        done = _write_in_parts(wanted, photos, form, agreed, faults)
        if done is None:
            return redirect(url_for("storeroom.list_ends"))
        if faults:
            form.once.data = secrets.token_urlsafe(8)  # what is left is another request
            raise Refused.because("partly_written_off", done=done, left=len(faults))
        flash(ngettext("%(num)s lot is out of the books.", "%(num)s lots are out of the books.", done))
        return redirect(url_for("storeroom.list_ends"))

    places = {**AT_PIN, "second_person_needed": "login", "second_person_new": "login"}
    if (answer := answer_form(form, save, places)) is not None:
        return answer
    with open_reading() as session:
        groups = list_expired_stock(session, current_day())  # what was written in part is gone from it
    return render_template(
        "storeroom/expired.html", groups=groups, count=count_expired(groups), form=form, faults=faults, on=current_day(),
        is_first=request.method == "GET",
    )  # fmt: skip


def _read_quantities(stock: Mapping[str, ExpiredStock]) -> tuple[list[tuple[ExpiredStock, int]], dict[str, str]]:  # fmt: skip
    """The ticked rows that are still there with their quantities, and what is wrong with a quantity, by row."""
    wanted, wrong = [], {}
    for key in dict.fromkeys(request.form.getlist("row")):
        if key not in stock:
            continue  # somebody was quicker
        item = stock[key]
        quantity = read_quantity(request.form.get(f"quantity-{key}", ""), Unit(item.product.unit))
        if quantity is None or not Unit(item.product.unit).allows(quantity):
            wrong[key] = _("Type a number like 3 or 0,450.")
        else:
            wanted.append((item, quantity))
    return wanted, wrong


def _write_in_parts(
    wanted: Sequence[tuple[ExpiredStock, int]],
    photos: Mapping[str, CheckedFile | None],
    form: Any,
    agreed: Approval,
    faults: dict[str, str],
) -> int | None:
    """Write the rows off, some at a time, so that no till waits for all of them. Returns how many; adds to `faults`.

    None where this request was done before: its key is spent with the first part that is written, and not with a refusal.
    """
    done, is_begun = 0, False
    rows = iter(wanted)
    while part := list(islice(rows, AT_ONCE)):
        with unit_of_work() as session:
            if not is_begun and not is_first_request(session):
                return None
            is_begun = True
            for item, quantity in part:
                photo = photos.get(item.product.group_code)
                try:
                    write_off(
                        session, get_lot(session, item.lot.id), item.place.id, quantity, MoveKind(form.kind.data), reason=form.reason.data,
                        photo=store_upload(session, photo) if photo else None, approval=agreed, by=current_actor(), at=current_time(),
                    )  # fmt: skip
                    done += 1
                except Refused as no:
                    if any(reason.code not in AT_ROW for reason in no.reasons):
                        raise
                    faults[item.row_key] = render_reason(no.reasons[0]).sentence
    return done
