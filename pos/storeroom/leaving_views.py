"""storeroom/leaving_views.py — lots that end, and goods that leave unsold."""

from datetime import timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ..files.upload import at_field, check_upload, kept
from ..kernel.actor import Role
from ..kernel.database import reading, unit_of_work
from ..kernel.errors import ShopError
from ..kernel.once import is_first
from ..stock.models import MoveKind
from ..stock.queries import get_lot, place_choices
from ..web.forms import choose_from
from ..web.now import now, today
from ..web.numbers import row_id
from ..web.rights import actor, allowed
from .forms import WriteOffForm
from .views import pages
from .write_off import ending, write_off, write_offs

SHOWN = timedelta(days=30)


@pages.get("/ends")
@allowed(Role.MANAGER)
def list_ends() -> ResponseReturnValue:
    """Lots by days left, ended ones first; and what left unsold so far."""
    with reading() as session:
        rows = ending(session, today(), SHOWN)
        return render_template("storeroom/ends.html", rows=rows, gone=write_offs(session), on=today())


@pages.route("/lots/<int:lot_id>/write-off", methods=["GET", "POST"])
@allowed(Role.MANAGER)
def write_lot_off(lot_id: int) -> ResponseReturnValue:
    form: Any = WriteOffForm(place_id=request.args.get("place", type=row_id))
    with reading() as session:
        lot = get_lot(session, lot_id)
        choose_from(form.place_id, place_choices(session))
    if form.validate_on_submit():
        try:
            agreed, picture = form.second_person(), check_upload(form.photo.data)
            with unit_of_work() as session:
                if is_first(session, form.once.data or "", now()):
                    photo = kept(session, picture) if picture else None
                    write_off(
                        session, get_lot(session, lot_id), form.place_id.data, form.quantity_milli.data or 0,
                        MoveKind(form.kind.data), reason=form.reason.data, photo=photo, approval=agreed, by=actor(), at=now(),
                    )  # fmt: skip
        except ShopError as no:
            form.refuse(no, {"pin_wrong": "pin", "second_person_needed": "login", "quantity_odd": "quantity_milli",
                             "not_on_hand": "quantity_milli"} | at_field("photo"))  # fmt: skip
        else:
            flash(_("It is out of the books, and the journal says why."))
            return redirect(url_for("storeroom.list_ends"))
    return render_template("form.html", form=form, title=_("Lot %(number)s leaves unsold", number=lot.number),
                           back=url_for("stock.show_lot", lot_id=lot_id))  # fmt: skip
