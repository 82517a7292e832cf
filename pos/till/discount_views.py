"""till/discount_views.py — a discount is given at the till, and taken back."""

from flask import g, request
from sqlalchemy.orm import Session

from ..kernel.errors import Refused
from ..kernel.parsers import read_percent_bp, read_vnd
from ..kernel.reason import Reason
from ..sales import basket as baskets
from ..sales.models import WHOLE_BASKET, DiscountKind
from ..sales.set_discount import remove_discount, set_discount
from ..shop.models import get_shop
from ..web.context import current_time
from ..web.numbers import parse_row_id
from ..web.rights import current_actor
from .action import blueprint, form_panel, list_missing_reason, till_action
from .panels import DiscountPanel, Panel, PayPanel


def make_discount_panel(session: Session) -> Panel:
    return DiscountPanel(staff_bp=get_shop(session).staff_discount_bp or 0)


@blueprint.post("/discount")
@till_action
@form_panel(make_discount_panel)
def give_discount(session: Session) -> Panel:
    """Off one line, or off the whole basket: a rate where the cashier typed a per-cent sign, else an amount."""
    basket = baskets.get_open_basket(session, current_actor().station)
    line_n = request.form.get("line", WHOLE_BASKET, type=parse_row_id)
    kind = DiscountKind.LINE if line_n else DiscountKind.BASKET
    rate_bp, amount_vnd = _read_discount(request.form.get("off", ""))
    set_discount(
        session, basket, kind, line_n, rate_bp=rate_bp, amount_vnd=amount_vnd, reason=request.form.get("reason", ""),
        by=current_actor(), at=current_time(), approval=g.approval,
    )  # fmt: skip
    return PayPanel(sound="ok")


def _read_discount(typed: str) -> tuple[int | None, int | None]:
    """'10 %' as a rate, '5.000' as an amount. Raises Refused (`discount_odd`) for anything else, with a reason that is missing."""
    rate_bp = read_percent_bp(typed) if "%" in typed else None
    amount_vnd = read_vnd(typed) if "%" not in typed else None
    if rate_bp is None and amount_vnd is None:
        raise Refused(Reason.make("discount_odd"), *list_missing_reason())
    return rate_bp, amount_vnd


@blueprint.post("/discount/staff")
@till_action
@form_panel(make_discount_panel)
def give_staff_discount(session: Session) -> Panel:
    """One of the shop's people buys: the shop's own rate, with a manager's word. The reason is their name."""
    set_discount(
        session, baskets.get_open_basket(session, current_actor().station), DiscountKind.STAFF,
        reason=request.form.get("reason", ""), by=current_actor(), at=current_time(), approval=g.approval,
    )  # fmt: skip
    return PayPanel(sound="ok")


@blueprint.post("/discount/<kind>/<int:line_n>/remove")
@till_action
@form_panel(lambda session, **_: make_discount_panel(session))
def take_discount_back(session: Session, kind: str, line_n: int) -> Panel:
    if kind not in set(DiscountKind):
        raise Refused.because("discount_odd")
    remove_discount(
        session, baskets.get_open_basket(session, current_actor().station), DiscountKind(kind), line_n, by=current_actor(),
        at=current_time(),
    )  # fmt: skip
    return make_discount_panel(session)
