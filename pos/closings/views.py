"""closings/views.py — the list of closings, each closing, an X at any time; as pages, PDF and slip."""

import json
from datetime import datetime

from flask import Blueprint, Flask, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from ..catalog.products import list_group_names
from ..kernel.actor import Role
from ..kernel.clock import business_day
from ..kernel.database import open_reading, unit_of_work
from ..printing.send import send_to_printer, wake_printers
from ..shifts.drawer import find_close, get_shift, list_open_shifts
from ..shop.models import get_shop
from ..web.context import current_time
from ..web.download import send_download
from ..web.menu import MANAGER, MenuEntry, MenuGroup, add_to_menu
from ..web.numbers import parse_row_id
from ..web.pages import current_language
from ..web.rights import requires_role
from . import till_views  # noqa: F401  its routes hang on the till's blueprint
from .close import NOTES_VND
from .figures import Figures, read_shift_figures
from .keys import list_keys
from .models import PeriodClosing, ZReport
from .pdf import name_closing, name_period_in_words, render_closing
from .queries import (
    find_public_key,
    find_z_of,
    get_period_closing,
    get_z,
    is_seal_right,
    list_period_closings,
    list_z_reports,
    render_z_slip,
)
from .seal import format_public_key
from .sections import list_sections
from .z_slip import describe_opening

blueprint = Blueprint("closings", __name__, url_prefix="/closings")
blueprint.add_app_template_filter(format_public_key, "public_key")
blueprint.after_request(wake_printers)


@blueprint.app_template_filter("period_name")
def name_period(closing: PeriodClosing) -> str:
    return name_period_in_words(closing, _)


@blueprint.app_context_processor
def list_notes() -> dict[str, object]:
    return {"NOTES_VND": NOTES_VND}


@blueprint.get("")
@requires_role(Role.MANAGER)
def list_closings() -> ResponseReturnValue:
    with open_reading() as session:
        reports = list_z_reports(session, before=request.args.get("before", type=parse_row_id))
        return render_template(
            "closings/list.html", reports=reports, figures={report.number: json.loads(report.figures) for report in reports},
            periods=list_period_closings(session), open_shifts=list_open_shifts(session), keys=list_keys(session),
            seal=current_app.extensions["ocop_seal"],
        )  # fmt: skip


@blueprint.get("/x/<int:shift_number>")
@requires_role(Role.MANAGER)
def show_x(shift_number: int) -> ResponseReturnValue:
    """What a shift has come to so far; a closed one's Z instead, where it has one."""
    with open_reading() as session:
        shift = get_shift(session, shift_number)
        if (report := find_z_of(session, shift_number)) is not None:
            return redirect(url_for("closings.show_z", number=report.number))
        figures = read_shift_figures(session, shift, find_close(session, shift))
        names = list_group_names(session, english=current_language() == "en")
        return render_template(
            "closings/x.html", shift=shift, sections=list_sections(figures, names, _), span=find_span(figures, current_time())
        )  # fmt: skip


@blueprint.get("/z/<int:number>")
@requires_role(Role.MANAGER)
def show_z(number: int) -> ResponseReturnValue:
    with open_reading() as session:
        return _show_closing(session, get_z(session, number))


@blueprint.get("/period/<int:number>")
@requires_role(Role.MANAGER)
def show_period(number: int) -> ResponseReturnValue:
    with open_reading() as session:
        return _show_closing(session, get_period_closing(session, number))


def _show_closing(session: Session, closing: ZReport | PeriodClosing) -> str:
    figures = json.loads(closing.figures)
    names = list_group_names(session, english=current_language() == "en")
    return render_template(
        "closings/closing.html", closing=closing, figures=figures, sections=list_sections(figures, names, _),
        public_key=find_public_key(session, closing), is_right=is_seal_right(session, closing),
        is_z=isinstance(closing, ZReport), opened=describe_opening(figures, _) if isinstance(closing, ZReport) else "", span=find_span(figures, closing.at), title=name_closing(closing, get_shop(session).code, _),
    )  # fmt: skip


def find_span(figures: Figures, until: datetime) -> dict[str, str]:
    """The first and the last business day of what a closing covers; of a shift from its opening to then."""
    if "first_day" in figures:
        return {"first": figures["first_day"], "last": figures["last_day"]}
    opened = business_day(datetime.fromisoformat(figures["opened_at"]))
    return {"first": opened.isoformat(), "last": business_day(until).isoformat()}


@blueprint.get("/<any(z, period):what>/<int:number>.pdf")
@requires_role(Role.MANAGER)
def as_pdf(what: str, number: int) -> ResponseReturnValue:
    with open_reading() as session:
        closing = get_z(session, number) if what == "z" else get_period_closing(session, number)
        names = list_group_names(session, english=current_language() == "en")
        shop, public_key = get_shop(session), find_public_key(session, closing)
    return send_download(render_closing(shop, closing, public_key, names, _), f"{what}-{number}.pdf")


@blueprint.post("/z/<int:number>/print")
@requires_role(Role.MANAGER)
def print_z(number: int) -> ResponseReturnValue:
    with unit_of_work() as session:
        report = get_z(session, number)
        send_to_printer(
            session, _("Z no. %(number)s", number=number), f"z:{number}", render_z_slip(session, report, _)
        )
    flash(_("It is on its way to the printer."))
    return redirect(url_for("closings.show_z", number=number))


def register(app: Flask) -> None:
    """Add the room's pages and its line of the menu to the application."""
    app.register_blueprint(blueprint)
    add_to_menu(
        app,
        MenuEntry("closings.list_closings", _l("Closings"), "lock", MANAGER, MenuGroup.MONEY, 3),
    )  # fmt: skip
