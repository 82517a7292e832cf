"""till/sale_views.py — what happens to a sale at the till: printed, found again, voided, given back, exchanged."""

import re
from collections.abc import Sequence
from datetime import time

from flask import Response, g, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from hardware.slips import picture

from ..kernel.database import open_reading
from ..kernel.errors import Refused
from ..kernel.own_codes import parse_receipt_number
from ..kernel.parsers import LONGEST_TYPED, read_latest_day, read_quantity, read_vnd
from ..kernel.quantity import Unit
from ..kernel.reason import Reason
from ..sales import basket as baskets
from ..sales.exchange import exchange_goods, plan_exchange
from ..sales.models import Sale, SaleLine, TenderKind
from ..sales.priced_basket import price_basket
from ..sales.queries import (
    find_last_sale,
    find_sales,
    list_corrections,
    list_discounts,
    list_lines,
    list_tenders,
)
from ..sales.refund import get_sale, list_parts_back, refund_sale, sum_refunded_milli, sum_tenders
from ..sales.void import undo_sale
from ..shifts.drawer import find_open_shift
from ..shop.models import get_shop
from ..web.context import current_config, current_day, current_time
from ..web.forms import explain_odd_day
from ..web.numbers import parse_row_id
from ..web.rights import current_actor, requires_role
from .action import (
    AT_TILL,
    answered_again_by,
    blueprint,
    form_panel,
    list_missing_reason,
    make_sale_receipt,
    print_again,
    print_first,
    read_typed_vnd,
    till_action,
)
from .panels import DonePanel, ExchangePanel, Panel, RefundPanel, SalePanel, SalesPanel
from .screen import render_till


def make_done_panel(session: Session, number: int) -> DonePanel:
    sale = get_sale(session, number)
    returned = list_tenders(session, sale.exchange_of) if sale.exchange_of is not None else ()
    return DonePanel(sale=sale, tenders=list_tenders(session, number), returned=returned)


def print_and_show(session: Session, sale: Sale) -> Panel:
    """A new sale, refund or void: its receipt queued, then what was paid."""
    done = make_done_panel(session, sale.number)  # first, so that the receipt finds sale and tender read
    print_first(session, sale, done.tenders)
    return done


@blueprint.post("/print/<int:number>")
@till_action
def reprint(session: Session, number: int) -> Panel:
    """A reprint, in the buyer's language or, by `language`, in the other."""
    sale = get_sale(session, number)
    asked = request.form.get("language", "")
    language = asked if asked in {"vi", "en"} else ""
    print_again(session, sale, language=language)
    return sale_panel(session, sale, printed=True, language=language)


@blueprint.get("/receipt/<int:number>.png")
@requires_role(*AT_TILL)
def receipt_picture(number: int) -> ResponseReturnValue:
    with open_reading() as session:
        slip = make_sale_receipt(session, get_sale(session, number))
    paper = request.args.get("paper", 80, type=parse_row_id)
    return Response(picture.render_png(slip, picture.WIDTH_DOTS.get(paper, 576)), mimetype="image/png")


@blueprint.post("/refund/find")
@till_action
@form_panel("refund_find")
def find_refund(session: Session) -> Panel:
    typed = request.form.get("number", "")
    number = parse_receipt_number(typed, get_shop(session).code)
    if number is None:
        raise Refused.because("sale_not_found", number=typed.strip()[:LONGEST_TYPED])
    return refund_panel(session, get_sale(session, number))


def refund_panel(session: Session, sale: Sale, key: str = "") -> Panel:
    lines, back_milli = list_lines(session, sale.number), sum_refunded_milli(session, sale)
    paid, back = sum_tenders(session, sale) if sale.refunds is None else ({}, {})
    other_vnd = sum(paid.get(kind, 0) - back.get(kind, 0) for kind in (TenderKind.CARD, TenderKind.TRANSFER))
    return RefundPanel(sale=sale, lines=lines, back_milli=back_milli, key=key, other_vnd=other_vnd)


def _refund_form(session: Session, number: int) -> Panel:
    """The same form, which answers a repeated request as before."""
    return refund_panel(session, get_sale(session, number), key=request.form.get("key", ""))


@blueprint.post("/refund/<int:number>")
@till_action
@form_panel(_refund_form)
@answered_again_by(make_done_panel)
def give_back(session: Session, number: int) -> Panel:
    sale = get_sale(session, number)
    parts = _read_parts_milli(list_lines(session, number))
    returned = refund_sale(
        session, sale, parts, reason=request.form.get("reason", ""), request=request.form.get("key", ""),
        station=current_actor().station, by=current_actor(), at=current_time(), approval=g.approval,
        is_all_in_cash="all_in_cash" in request.form,
    )  # fmt: skip
    return print_and_show(session, returned)


@blueprint.post("/exchange/<int:number>")
@till_action
@form_panel(_refund_form)
def plan_exchange_of(session: Session, number: int) -> Panel:
    """What comes back, put against what lies in the basket: looked at before it is done."""
    return _exchange_panel(session, number)


def _exchange_panel(session: Session, number: int) -> Panel:
    sale = get_sale(session, number)
    parts = _read_parts_milli(list_lines(session, number))
    reason = request.form.get("reason", "")
    back = list_parts_back(session, sale, {n: milli for n, milli in parts.items() if milli}, reason)
    basket = price_basket(session, baskets.get_open_basket(session, current_actor().station), current_day())
    return ExchangePanel(
        sale=sale, lines=list_lines(session, number), parts=parts, split=plan_exchange(session, sale, back, basket, current_day()),
        key=request.form.get("key", ""), reason=reason,
    )  # fmt: skip


@blueprint.post("/exchange/<int:number>/do")
@till_action
@form_panel(_exchange_panel)
@answered_again_by(make_done_panel)
def do_exchange(session: Session, number: int) -> Panel:
    """Goods for goods, in one act: the difference is handed over, or given."""
    given_vnd = read_typed_vnd("given") if request.form.get("given", "").strip() else 0
    basket_id, version = (request.form.get(name, 0, type=parse_row_id) for name in ("basket_id", "version"))
    sale = exchange_goods(
        session, get_sale(session, number), _read_parts_milli(list_lines(session, number)), basket_id, version, given_vnd,
        reason=request.form.get("reason", ""), request=request.form.get("key", ""), station=current_actor().station,
        by=current_actor(), at=current_time(), approval=g.approval,
    )  # fmt: skip
    return print_and_show(session, sale)


def _read_parts_milli(lines: Sequence[SaleLine]) -> dict[int, int]:
    """How much of each line comes back, as typed. Raises Refused with every box that can't be read."""
    parts, odd = {}, []
    for line in lines:
        typed = request.form.get(f"part-{line.n}", "").strip()
        quantity = read_quantity(typed, Unit(line.unit)) if typed else 0
        if quantity is None:
            odd.append(Reason.make("quantity_back_odd", product=line.name, field=f"part-{line.n}"))
        else:
            parts[line.n] = quantity
    if odd:
        raise Refused(*odd, *list_missing_reason())
    return parts


@blueprint.get("/sales")
@requires_role(*AT_TILL)
def find_lost() -> ResponseReturnValue:
    """Today's sales, and a lost receipt found by day, time, amount or product."""
    with open_reading() as session:
        return render_till(session, current_actor(), current_config(), sales_panel(session))


def sales_panel(session: Session) -> Panel:
    asked = {name: request.args.get(name, "").strip() for name in ("day", "time", "amount", "words")}
    day = read_latest_day(asked["day"], current_day()) if asked["day"] else current_day()
    around = _parse_time(asked["time"])
    paid = read_vnd(asked["amount"]) if asked["amount"] else None
    explained = (
        ("day", day, explain_odd_day(asked["day"])), ("time", around, _("Type a time like 9:30.")),
        ("amount", paid, _("Type an amount like 201.000.")),
    )  # fmt: skip
    odd = {name: text for name, value, text in explained if asked[name] and value is None}
    found = (
        []
        if odd
        else find_sales(session, day or current_day(), around=around, paid_vnd=paid, words=asked["words"])
    )
    return SalesPanel(found=found, asked=asked, odd=odd, day=day or current_day())


def _parse_time(typed: str) -> time | None:
    """'9:30', '9h30' or '14' as a time of day; None for what is none."""
    found = re.fullmatch(r"([0-9]{1,2})(?:[:h]([0-9]{1,2})?)?", typed)
    try:
        return time(int(found.group(1)), int(found.group(2) or 0)) if found else None
    except ValueError:
        return None


@blueprint.get("/sales/<int:number>")
@requires_role(*AT_TILL)
def show_sale(number: int) -> ResponseReturnValue:
    with open_reading() as session:
        return render_till(
            session, current_actor(), current_config(), sale_panel(session, get_sale(session, number))
        )


def sale_panel(session: Session, sale: Sale, *, printed: bool = False, language: str = "") -> Panel:
    """One sale with what may be done to it; `printed`: a copy was just queued, in that language."""
    shift = find_open_shift(session, current_actor().station)
    newest = find_last_sale(session, shift.number) if shift else None
    is_last = newest is not None and newest.number == sale.number and not sum_refunded_milli(session, sale)
    lines = list_lines(session, sale.number)
    return SalePanel(
        sound="ok" if printed else "",
        sale=sale,
        lines=lines,
        tenders=list_tenders(session, sale.number),
        discounts=list_discounts(session, sale.number),
        corrections=list_corrections(session, sale.number),
        is_last=is_last,
        is_printed=printed,
        language=language,
    )


@blueprint.post("/void/<int:number>")
@till_action
@form_panel(lambda session, number: sale_panel(session, get_sale(session, number)))
@answered_again_by(make_done_panel)
def void_sale(session: Session, number: int) -> Panel:
    """The last sale is undone, with a manager's approval."""
    voided = undo_sale(session, get_sale(session, number), reason=request.form.get("reason", ""), station=current_actor().station,
                  by=current_actor(), at=current_time(), approval=g.approval)  # fmt: skip
    return print_and_show(session, voided)
