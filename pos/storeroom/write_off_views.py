"""storeroom/write_off_views.py — lots that end, and goods that leave unsold."""

from datetime import timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ..files.upload import check_upload, store_upload, upload_error_fields
from ..identity.forms import AT_PIN
from ..kernel.actor import Role
from ..kernel.database import open_reading, unit_of_work
from ..stock.models import MoveKind
from ..stock.queries import get_lot, list_place_choices
from ..web.context import current_day, current_time
from ..web.forms import answer_form, choose_from
from ..web.numbers import parse_row_id
from ..web.repeated import is_first_request
from ..web.rights import current_actor, requires_role
from .forms import WriteOffForm
from .views import blueprint
from .write_off import list_ending_lots, list_write_offs, write_off

SHOWN = timedelta(days=30)


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
    return render_template("form.html", form=form, title=_("Lot %(number)s leaves unsold", number=lot.number),
                           back=url_for("stock.show_lot", lot_id=lot_id))  # fmt: skip
