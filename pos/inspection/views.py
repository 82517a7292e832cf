"""inspection/views.py — the page Đoàn kiểm tra, the same as a PDF, and the price list."""

from datetime import timedelta
from pathlib import Path

from flask import Blueprint, Flask, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from ..admission.papers import list_papers
from ..catalog.products import list_group_names
from ..documents.annex import append_annex
from ..files.queries import list_files
from ..kernel.actor import Role
from ..kernel.database import open_reading
from ..kernel.formats import format_moment
from ..logbooks.complaints import list_complaints
from ..logbooks.coolers import list_coolers, list_log_days
from ..shop.models import get_shop
from ..shop.taxes import has_vat
from ..web.context import current_config, current_day, current_time
from ..web.download import send_download
from ..web.menu import CASHIER, READERS, MenuEntry, MenuGroup, add_to_menu
from ..web.numbers import requested_page
from ..web.pages import current_language
from ..web.rights import requires_role
from .annexes import draw_annexes, unreadable_message
from .floor import filter_floor_goods, list_floor_goods, list_prices
from .report import render_inspection, render_price_list

blueprint = Blueprint("inspection", __name__)
PAGE = 25
LOG_DAYS = timedelta(days=29)


@blueprint.get("/inspection")
@requires_role(Role.MANAGER, Role.VIEWER)
def show() -> ResponseReturnValue:
    """Goods on the floor now, each with its lot, note, papers and price; page by page, those that are asked for."""
    words, only_stopped, page = request.args.get("q", ""), "stopped" in request.args, requested_page()
    with open_reading() as session:
        goods = list_floor_goods(session, current_day())
        found = filter_floor_goods(goods, words, only_stopped=only_stopped)
        return render_template(
            "inspection/floor.html", goods=goods, stopped=[item for item in goods if not item.verdict.admitted],
            rows=found[(page - 1) * PAGE : page * PAGE], found=len(found), page=page, more=len(found) > page * PAGE,
            words=words, only_stopped=only_stopped,
            dossier=list_papers(session), on=current_day(), open_complaints=len(list_complaints(session, open_only=True)),
            has_coolers=bool(list_coolers(session)),
        )  # fmt: skip


@blueprint.get("/inspection.pdf")
@requires_role(Role.MANAGER, Role.VIEWER)
def as_pdf() -> ResponseReturnValue:
    with open_reading() as session:
        goods, dossier = list_floor_goods(session, current_day()), list_papers(session)
        papers = [*(cell.paper for item in goods for cell in item.papers if cell.paper), *dossier]
        scans = list_files(session, {paper.file_id for paper in papers if paper.file_id is not None})
        document, files = render_inspection(
            get_shop(session), goods, dossier, list_log_days(session, current_day() - LOG_DAYS, current_day()), scans,
            Path(current_config().data.folder), current_day(), format_moment(current_time()),
        )  # fmt: skip
    pdf = append_annex(document, draw_annexes(files), unreadable_message())
    return send_download(pdf, f"doan-kiem-tra-{current_day():%Y%m%d}.pdf")


@blueprint.get("/price-list")
@requires_role(Role.MANAGER, Role.CASHIER, Role.VIEWER)
def prices() -> ResponseReturnValue:
    with open_reading() as session:
        return render_template(
            "inspection/prices.html", lines=list_prices(session, current_day()), groups=list_group_names(session, english=current_language() == "en"), on=current_day(),
            has_vat=has_vat(session, current_day()),
        )  # fmt: skip


@blueprint.get("/price-list.pdf")
@requires_role(Role.MANAGER, Role.CASHIER, Role.VIEWER)
def prices_as_pdf() -> ResponseReturnValue:
    with open_reading() as session:
        pdf = render_price_list(
            get_shop(session), list_prices(session, current_day()), list_group_names(session, english=current_language() == "en"), current_day(),
            has_vat=has_vat(session, current_day()),
        )  # fmt: skip
    return send_download(pdf, f"bang-niem-yet-{current_day():%Y%m%d}.pdf")


def register(app: Flask) -> None:
    """Add the room's pages and its lines of the menu to the application."""
    app.register_blueprint(blueprint)
    add_to_menu(
        app,
        MenuEntry("inspection.show", _l("Inspection"), "shield-check", READERS, MenuGroup.SHOP, 1),
        MenuEntry("inspection.prices", _l("Price list"), "tag", CASHIER, MenuGroup.GOODS, 4),
        parents={"inspection.prices": "inspection.prices"},
    )  # fmt: skip
