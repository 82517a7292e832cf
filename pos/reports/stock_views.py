"""reports/stock_views.py — pages of the stock: as it was, what to order, what brings most and lies longest."""

import re
from collections.abc import Sequence
from datetime import datetime, time

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _

from ..documents.workbook import Sheet, render_workbook
from ..kernel.actor import Role
from ..kernel.clock import SHOP_ZONE
from ..kernel.database import open_reading
from ..kernel.errors import Refused
from ..kernel.parsers import read_day
from ..producers.models import Producer
from ..shop.models import get_shop
from ..web.context import current_day, current_time, format_with_unit
from ..web.download import send_download
from ..web.forms import explain_odd_day
from ..web.reasons import render_reason
from ..web.rights import requires_role
from .markdown import list_suggestions
from .stock import (
    AgedLot,
    LowStock,
    RankedProduct,
    list_ages,
    list_low_stock,
    list_ranking,
    list_stock_at,
    sum_by_age,
)
from .views import blueprint

MOST_SHOWN = 500


@blueprint.get("/stock/past")
@requires_role(Role.MANAGER, Role.VIEWER)
def past_stock() -> ResponseReturnValue:
    """What lay where at the end of a day, or at a time of it."""
    words = request.args.get("q", "")
    moment, faults = _read_moment()
    with open_reading() as session:
        rows = [] if faults else list_stock_at(session, moment, words)
        if not faults and request.args.get("as") == "xlsx":
            sheet: Sheet = (
                _("Stock"), [_("Product"), _("Lot"), _("Place"), _("Quantity"), _("Best before")],
                [[p.name, lot.number, place.name, milli / 1000, lot.expires_on] for lot, p, place, milli in rows],
            )  # fmt: skip
            return send_download(
                render_workbook([sheet]), f"ton-kho-{moment.astimezone(SHOP_ZONE):%Y%m%d-%H%M}.xlsx"
            )
        page = render_template("reports/past_stock.html", rows=rows[:MOST_SHOWN], more=len(rows) - MOST_SHOWN, moment=moment, faults=faults,
                               words=words, day=request.args.get("day", ""), hour=request.args.get("hour", ""))  # fmt: skip
    return page, Refused.status if faults else 200


def _read_moment() -> tuple[datetime, dict[str, str]]:
    """The moment asked for, and what is wrong by box. The end of its day without a time; of today without a day; now without both."""
    typed, hour = request.args.get("day", "").strip(), request.args.get("hour", "").strip()
    on, at, faults = current_day(), time.max, {}
    if typed:
        found = read_day(typed)
        if found is None:
            faults["day"] = explain_odd_day(typed)
        on = found or on
    if hour:
        found_time = re.fullmatch(r"([01]?[0-9]|2[0-3])(?:[:hg]([0-5][0-9])?)?", hour.lower())
        if found_time is None:
            faults["hour"] = _("Type a time like 14:30.")
        else:
            at = time(int(found_time[1]), int(found_time[2] or 0))
    if faults or not (typed or hour):
        return current_time(), faults
    return datetime.combine(on, at, SHOP_ZONE), faults


@blueprint.get("/reorder")
@requires_role(Role.MANAGER)
def reorder() -> ResponseReturnValue:
    """What runs out within a week, and a message to each producer, ready to be sent."""
    with open_reading() as session:
        low, shop = list_low_stock(session, current_day()), get_shop(session)
        rows = [
            (producer, low_stock, _message(shop.name, producer, low_stock))
            for producer, low_stock in low.items()
        ]
    return render_template("reports/reorder.html", rows=rows)


def _message(shop: str, producer: Producer, low: list[LowStock]) -> str:
    """In Vietnamese whatever the screen's language: its reader is the producer."""
    with force_locale("vi"):
        wanted = [
            f"- {item.product.name}: {format_with_unit(item.ordered_milli, item.product.unit)}"
            for item in low
            if not item.refusals
        ]
        stopped = [
            f"- {item.product.name}: {' '.join(render_reason(r).sentence for r in item.refusals)}"
            for item in low
            if item.refusals
        ]
        parts = [_("Hello %(name)s, %(shop)s needs more of your goods:", name=producer.name, shop=shop), *wanted] if wanted else [
            _("Hello %(name)s, a word from %(shop)s:", name=producer.name, shop=shop)]  # fmt: skip
        if stopped:
            parts += [_("These we can't take until it is mended:"), *stopped]
        return "\n".join([*parts, _("Please announce the delivery on your page. Thank you.")])


@blueprint.get("/ranking")
@requires_role(Role.MANAGER)
def show_ranking() -> ResponseReturnValue:
    """What brings most (ABC), and what lies longest."""
    with open_reading() as session:
        aged = list_ages(session, current_day())
        ranked = list_ranking(session, current_day())
        if request.args.get("as") == "xlsx":
            return send_download(
                render_workbook(_ranking_sheets(ranked, aged)), f"xep-hang-{current_day()}.xlsx"
            )
        return render_template(
            "reports/ranking.html", ranked=ranked, aged=aged[:100], by_age=sum_by_age(aged)
        )


def _ranking_sheets(ranked: Sequence[RankedProduct], aged: Sequence[AgedLot]) -> list[Sheet]:
    return [
        ("ABC", [_("Product"), _("Takings"), _("Class"), "%"],
         [[r.product.name, r.takings_vnd, r.ranked.value, r.share_bp / 100] for r in ranked]),
        (_("Age"), [_("Product"), _("Lot"), _("Quantity"), _("Days"), _("Worth")],
         [[a.product.name, a.lot.number, a.quantity_milli / 1000, a.days, a.worth_vnd] for a in aged]),
    ]  # fmt: skip


@blueprint.get("/left-over")
@requires_role(Role.MANAGER)
def left_over() -> ResponseReturnValue:
    """Lots that won't sell out before they end, with how much less to ask."""
    with open_reading() as session:
        return render_template("reports/left_over.html", rows=list_suggestions(session, current_day()))
