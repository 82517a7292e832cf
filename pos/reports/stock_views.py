"""reports/stock_views.py — pages of the stock: as it was, what to order, what brings most and lies longest."""

from collections.abc import Sequence
from datetime import datetime, time

from flask import render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _

from ..documents.workbook import Sheet, workbook
from ..kernel.actor import Role
from ..kernel.clock import SHOP_ZONE
from ..kernel.database import reading
from ..kernel.errors import Refused
from ..kernel.typed import read_day
from ..kernel.words import quantity
from ..producers.models import Producer
from ..shop.models import get_shop
from ..web.download import download
from ..web.now import now, today
from ..web.reasons import said
from ..web.rights import allowed
from .markdown import suggestions
from .stock import Aged, Low, Ranked, ages, by_age, ranking, running_out, stock_at
from .views import pages

MOST_SHOWN = 500


@pages.get("/stock/past")
@allowed(Role.MANAGER, Role.VIEWER)
def past_stock() -> ResponseReturnValue:
    """What lay where at the end of a day, or at a time of it."""
    moment, words = _moment(), request.args.get("q", "")
    with reading() as session:
        rows = stock_at(session, moment, words)
        if request.args.get("as") == "xlsx":
            sheet: Sheet = (
                _("Stock"), [_("Product"), _("Lot"), _("Place"), _("Quantity"), _("Best before")],
                [[p.name, lot.number, place.name, milli / 1000, lot.expires_on] for lot, p, place, milli in rows],
            )  # fmt: skip
            return download(workbook([sheet]), f"ton-kho-{moment.astimezone(SHOP_ZONE):%Y%m%d-%H%M}.xlsx")
        return render_template("reports/past_stock.html", rows=rows[:MOST_SHOWN], more=len(rows) - MOST_SHOWN, moment=moment,
                               words=words, day=request.args.get("day", ""), hour=request.args.get("hour", ""))  # fmt: skip


def _moment() -> datetime:
    """The moment asked for; the end of its day without a time, now without a day. Raises Refused (`day_odd`)."""
    typed, hour = request.args.get("day", "").strip(), request.args.get("hour", "").strip()
    if not typed:
        return now()
    on = read_day(typed)
    try:
        at = time.fromisoformat(hour) if hour else time.max
    except ValueError:
        on = None
    if on is None:
        raise Refused.because("day_odd")
    return datetime.combine(on, at, SHOP_ZONE)


@pages.get("/reorder")
@allowed(Role.MANAGER)
def reorder() -> ResponseReturnValue:
    """What runs out within a week, and a message to each producer, ready to be sent."""
    with reading() as session:
        low, shop = running_out(session, today()), get_shop(session)
        rows = [(producer, some, _message(shop.name, producer, some)) for producer, some in low.items()]
    return render_template("reports/reorder.html", rows=rows)


def _message(shop: str, producer: Producer, low: list[Low]) -> str:
    """In Vietnamese whatever the screen's language: its reader is the producer."""
    with force_locale("vi"):
        wanted = [
            f"- {one.product.name}: {quantity(one.ordered_milli, one.product.unit)}"
            for one in low
            if not one.refusals
        ]
        stopped = [
            f"- {one.product.name}: {' '.join(said(r).sentence for r in one.refusals)}"
            for one in low
            if one.refusals
        ]
        parts = [_("Hello %(name)s, %(shop)s needs more of your goods:", name=producer.name, shop=shop), *wanted] if wanted else [
            _("Hello %(name)s, a word from %(shop)s:", name=producer.name, shop=shop)]  # fmt: skip
        if stopped:
            parts += [_("These we can't take until it is mended:"), *stopped]
        return "\n".join([*parts, _("Please announce the delivery on your page. Thank you.")])


@pages.get("/ranking")
@allowed(Role.MANAGER)
def show_ranking() -> ResponseReturnValue:
    """What brings most (ABC), and what lies longest."""
    with reading() as session:
        aged = ages(session, today())
        ranked = ranking(session, today())
        if request.args.get("as") == "xlsx":
            return download(workbook(_ranking_sheets(ranked, aged)), f"xep-hang-{today()}.xlsx")
        return render_template("reports/ranking.html", ranked=ranked, aged=aged[:100], by_age=by_age(aged))


def _ranking_sheets(ranked: Sequence[Ranked], aged: Sequence[Aged]) -> list[Sheet]:
    return [
        ("ABC", [_("Product"), _("Takings"), _("Class"), "%"],
         [[r.product.name, r.takings_vnd, r.ranked.value, r.share_bp / 100] for r in ranked]),
        (_("Age"), [_("Product"), _("Lot"), _("Quantity"), _("Days"), _("Worth")],
         [[a.product.name, a.lot.number, a.quantity_milli / 1000, a.days, a.worth_vnd] for a in aged]),
    ]  # fmt: skip


@pages.get("/left-over")
@allowed(Role.MANAGER)
def left_over() -> ResponseReturnValue:
    """Lots that won't sell out before they end, with how much less to ask."""
    with reading() as session:
        return render_template("reports/left_over.html", rows=suggestions(session, today()))
