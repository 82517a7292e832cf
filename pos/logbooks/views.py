"""logbooks/views.py — the coolers' log and the complaint book."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, Flask, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from ..kernel.actor import Role
from ..kernel.database import open_reading, unit_of_work
from ..kernel.errors import ShopError
from ..web.context import current_day, current_time
from ..web.forms import answer_form
from ..web.menu import CASHIER, MenuEntry, MenuGroup, add_to_menu
from ..web.rights import current_actor, requires_role
from .complaints import get_complaint, list_complaints, record_answer, write_complaint
from .coolers import (
    get_cooler,
    list_coolers,
    list_log_days,
    list_unread_coolers,
    record_temperature,
    save_cooler,
)
from .forms import AnswerForm, ComplaintForm, CoolerForm, ReadingForm
from .models import Cooler

blueprint = Blueprint("logbooks", __name__)
SHOWN_DAYS = 30


@blueprint.get("/coolers")
@requires_role(Role.MANAGER, Role.CASHIER, Role.VIEWER)
def show_log() -> ResponseReturnValue:
    return _log_page(_reading_form())


@blueprint.post("/coolers")
@requires_role(Role.MANAGER, Role.CASHIER)
def read() -> ResponseReturnValue:
    form = _reading_form()
    if not form.validate_on_submit():
        return _log_page(form)
    try:
        with unit_of_work() as session:
            record_temperature(session, get_cooler(session, form.cooler_id.data), form.tenths.data, form.done.data or "",
                        by=current_actor(), at=current_time())  # fmt: skip
    except ShopError as no:
        form.refuse(no, {"temperature_odd": "tenths", "done_missing": "done"})
        return _log_page(form)
    flash(_("Saved."))
    return redirect(url_for("logbooks.show_log"))


def _reading_form() -> Any:
    form: Any = ReadingForm()
    with open_reading() as session:
        form.cooler_id.choices = [(str(cooler.id), cooler.name) for cooler in list_coolers(session)]
    return form


def _log_page(form: Any) -> str:
    with open_reading() as session:
        return render_template(
            "logbooks/coolers.html", form=form, coolers=list_coolers(session), unread=list_unread_coolers(session, current_day()),
            days=list_log_days(session, current_day() - timedelta(days=SHOWN_DAYS - 1), current_day()), on=current_day(),
        )  # fmt: skip


@blueprint.route("/coolers/new", methods=["GET", "POST"], defaults={"cooler_id": None})
@blueprint.route("/coolers/<int:cooler_id>/edit", methods=["GET", "POST"])
@requires_role(Role.MANAGER)
def edit_cooler(cooler_id: int | None) -> ResponseReturnValue:
    with open_reading() as session:
        known = get_cooler(session, cooler_id) if cooler_id else None
    form: Any = CoolerForm(obj=known)

    def save() -> ResponseReturnValue:
        with unit_of_work() as session:
            cooler = get_cooler(session, cooler_id) if cooler_id else Cooler(archived=False)
            form.populate_obj(cooler)
            save_cooler(session, cooler, by=current_actor(), at=current_time())
        flash(_("Saved."))
        return redirect(url_for("logbooks.show_log"))

    if (answer := answer_form(form, save, {"limits_crossed": "most_tenths"})) is not None:
        return answer
    return render_template(
        "form.html",
        form=form,
        title=known.name if known else _("New cooler"),
        back=url_for("logbooks.show_log"),
    )


@blueprint.get("/complaints")
@requires_role(Role.MANAGER, Role.CASHIER, Role.VIEWER)
def book() -> ResponseReturnValue:
    with open_reading() as session:
        return render_template("logbooks/complaints.html", rows=list_complaints(session))


@blueprint.route("/complaints/new", methods=["GET", "POST"])
@requires_role(Role.MANAGER, Role.CASHIER)
def complain() -> ResponseReturnValue:
    form: Any = ComplaintForm()
    if form.validate_on_submit():
        with unit_of_work() as session:
            write_complaint(
                session,
                form.about.data or "",
                form.said.data,
                form.contact.data or "",
                by=current_actor(),
                at=current_time(),
            )
        flash(_("Written into the book."))
        return redirect(url_for("logbooks.book"))
    return render_template("form.html", form=form, title=_("New complaint"), back=url_for("logbooks.book"))


@blueprint.route("/complaints/<int:number>", methods=["GET", "POST"])
@requires_role(Role.MANAGER)
def answer_complaint(number: int) -> ResponseReturnValue:
    with open_reading() as session:
        complaint = get_complaint(session, number)
    form: Any = AnswerForm(obj=complaint)
    if form.validate_on_submit():
        with unit_of_work() as session:
            record_answer(
                session,
                get_complaint(session, number),
                form.answer.data,
                by=current_actor(),
                at=current_time(),
            )
        flash(_("Saved."))
        return redirect(url_for("logbooks.book"))
    return render_template("logbooks/answer.html", form=form, complaint=complaint, back=url_for("logbooks.book"),
                           title=_("Complaint no. %(number)s", number=number))  # fmt: skip


def register(app: Flask) -> None:
    """Add the room's pages and its lines of the menu to the application."""
    app.register_blueprint(blueprint)
    add_to_menu(
        app,
        MenuEntry("logbooks.show_log", _l("Coolers"), "thermometer", CASHIER, MenuGroup.STOCK, 5),
        MenuEntry("logbooks.book", _l("Complaint book"), "message-square", CASHIER, MenuGroup.SELLING, 3),
        parents={"logbooks.show_log": "logbooks.show_log", "logbooks.book": "logbooks.book"},
    )  # fmt: skip
