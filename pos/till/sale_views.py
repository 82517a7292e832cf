"""till/sale_views.py — what happens to a sale at the till: paid, printed, found again, voided, given back."""

import re
from collections.abc import Sequence
from datetime import time, timedelta

from flask import Response, g, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from hardware.slips import picture

from ..kernel.database import open_reading
from ..kernel.errors import Refused
from ..kernel.money import looks_mistyped
from ..kernel.own_codes import parse_receipt_number
from ..kernel.parsers import LONGEST_TYPED, read_latest_day, read_quantity, read_vnd
from ..kernel.quantity import Unit
from ..kernel.reason import Reason
from ..sales import basket as baskets
from ..sales.models import Sale, SaleLine
from ..sales.pay import pay_cash
from ..sales.priced_basket import price_basket
from ..sales.queries import find_last_sale, find_reference_used, find_sales, list_lines, list_tenders
from ..sales.questions import IsAmountRight, IsReferenceRight
from ..sales.refund import get_sale, refund_sale, sum_refunded_milli
from ..sales.tenders import CardPart
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
from .panels import DonePanel, Panel, RefundPanel, SalePanel, SalesPanel
from .screen import render_till

REFERENCE_LOOKED_FOR = timedelta(days=30)


def _done_panel(session: Session, number: int) -> Panel:
    return DonePanel(sale=get_sale(session, number), tenders=list_tenders(session, number))


@blueprint.post("/pay")
@till_action
@form_panel("cash")
@answered_again_by(_done_panel)
def pay(session: Session) -> Panel:
    """Cash handed over. One transaction: sale, stock, money, journal, and the receipt's print job."""
    given_vnd = read_typed_vnd("given")
    basket_id, version = (request.form.get(name, 0, type=parse_row_id) for name in ("basket_id", "version"))
    if "sure" not in request.form and _is_far_too_much(session, basket_id, given_vnd):
        raise IsAmountRight(given_vnd)
    sale = pay_cash(
        session,
        basket_id,
        version,
        given_vnd,
        station=current_actor().station,
        by=current_actor(),
        at=current_time(),
    )
    return _print_and_show(session, sale)


@blueprint.post("/pay-card")
@till_action
@form_panel("card")
@answered_again_by(_done_panel)
def pay_by_card(session: Session) -> Panel:
    """What the bank's own terminal took, and the rest in cash: as one sale."""
    card = CardPart(read_typed_vnd("card"), request.form.get("reference", "").strip())
    given_vnd = read_typed_vnd("given") if request.form.get("given", "").strip() else 0
    used = (
        find_reference_used(session, card.reference, current_time() - REFERENCE_LOOKED_FOR)
        if card.reference
        else None
    )
    if used is not None and "sure" not in request.form:
        raise IsReferenceRight(card.reference, used)
    basket_id, version = (request.form.get(name, 0, type=parse_row_id) for name in ("basket_id", "version"))
    sale = pay_cash(
        session, basket_id, version, given_vnd, card=card, station=current_actor().station, by=current_actor(),
        at=current_time(),
    )  # fmt: skip
    return _print_and_show(session, sale)


def _print_and_show(session: Session, sale: Sale) -> Panel:
    """A new sale, refund or void: its receipt queued, then what was paid."""
    tenders = list_tenders(session, sale.number)
    print_first(session, sale, tenders)
    return DonePanel(sale=sale, tenders=tenders)


def _is_far_too_much(session: Session, basket_id: int, given_vnd: int) -> bool:
    """A nought too many? Asked only of the basket that is being paid and still lies here."""
    if not looks_mistyped(given_vnd, 0):
        return False
    open_basket = baskets.find_open_basket(session, current_actor().station)
    return (
        open_basket is not None
        and open_basket.id == basket_id
        and looks_mistyped(given_vnd, price_basket(session, open_basket, current_day()).due_vnd)
    )


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
    return RefundPanel(sale=sale, lines=lines, back_milli=back_milli, key=key)


def _refund_form(session: Session, number: int) -> Panel:
    """The same form, which answers a repeated request as before."""
    return refund_panel(session, get_sale(session, number), key=request.form.get("key", ""))


@blueprint.post("/refund/<int:number>")
@till_action
@form_panel(_refund_form)
@answered_again_by(_done_panel)
def give_back(session: Session, number: int) -> Panel:
    sale = get_sale(session, number)
    parts = _read_parts_milli(list_lines(session, number))
    returned = refund_sale(
        session, sale, parts, reason=request.form.get("reason", ""), request=request.form.get("key", ""),
        station=current_actor().station, by=current_actor(), at=current_time(), approval=g.approval,
    )  # fmt: skip
    return _print_and_show(session, returned)


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
        is_last=is_last,
        is_printed=printed,
        language=language,
    )


@blueprint.post("/void/<int:number>")
@till_action
@form_panel(lambda session, number: sale_panel(session, get_sale(session, number)))
@answered_again_by(_done_panel)
def void_sale(session: Session, number: int) -> Panel:
    """The last sale is undone, with a manager's approval."""
    voided = undo_sale(session, get_sale(session, number), reason=request.form.get("reason", ""), station=current_actor().station,
                  by=current_actor(), at=current_time(), approval=g.approval)  # fmt: skip
    return _print_and_show(session, voided)
