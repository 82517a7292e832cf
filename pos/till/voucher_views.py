"""till/voucher_views.py — gift vouchers at the till: sold, used, put back, taken back."""

from datetime import date, timedelta

from flask import g, request
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from ..identity.attempt_origin import current_guesses
from ..identity.guesses import VOUCHER
from ..kernel.errors import NotFound, Refused
from ..kernel.parsers import read_day
from ..kernel.reason import Reason
from ..printing.send import send_to_printer
from ..sales import basket as baskets
from ..sales.models import TenderKind
from ..sales.takings import release_voucher, reserve_voucher, sell_voucher, take_voucher_back
from ..sales.voucher_slip import make_voucher_slip
from ..shop.limits import GOOD_FOR_DAYS
from ..shop.models import get_shop
from ..vouchers.models import Voucher
from ..vouchers.queries import find_by_code, sum_balance
from ..web.context import current_config, current_day, current_time
from ..web.rights import current_actor
from .action import blueprint, form_panel, read_tender_kind, read_typed_vnd, till_action
from .panels import Panel, PayPanel, VoucherDonePanel, VoucherSalePanel
from .pay_views import ask_about_reference


def find_voucher_typed(session: Session, code: str) -> Voucher:
    """The voucher of a code that was scanned or typed. Wrong ones are counted by till, and slowed.

    Raises NotFound (`voucher_not_found`), Refused (`voucher_shut`).
    """
    guesses, keys = current_guesses(), [(VOUCHER, current_actor().station)]
    if not guesses.begin(keys):
        raise Refused.because("voucher_shut", seconds=int(guesses.find_wait(keys)) + 1)
    voucher = find_by_code(session, code)
    if voucher is None:
        raise NotFound.because("voucher_not_found")
    guesses.was_right(keys)
    return voucher


@blueprint.post("/voucher")
@till_action
@form_panel("voucher")
def use_voucher(session: Session) -> Panel:
    """The voucher is to pay of the basket, as far as it goes."""
    return use_scanned_voucher(session, request.form.get("code", ""))


def use_scanned_voucher(session: Session, code: str) -> Panel:
    voucher = find_voucher_typed(session, code)
    basket = baskets.get_open_basket(session, current_actor().station)
    reserve_voucher(session, basket, voucher, by=current_actor(), at=current_time())
    return PayPanel(sound="ok")


@blueprint.post("/voucher/<int:number>/put-back")
@till_action
def put_voucher_back(session: Session, number: int) -> Panel:
    basket = baskets.get_open_basket(session, current_actor().station)
    release_voucher(session, basket, number, by=current_actor(), at=current_time())
    return PayPanel(sound="look")


def make_sale_panel(session: Session) -> Panel:
    days = get_shop(session).voucher_days or GOOD_FOR_DAYS
    return VoucherSalePanel(until=current_day() + timedelta(days=days))


@blueprint.post("/voucher/sell")
@till_action
@form_panel(make_sale_panel)
def sell_gift_voucher(session: Session) -> Panel:
    """Cash or card for a voucher; its code is shown and printed this once."""
    if read_tender_kind() is TenderKind.CARD:
        ask_about_reference(session, request.form.get("reference", "").strip())
    voucher, letters = sell_voucher(
        session, read_typed_vnd("value"), read_tender_kind(), reference=request.form.get("reference", ""),
        expires_on=_read_end(), station=current_actor().station, by=current_actor(), at=current_time(),
    )  # fmt: skip
    with force_locale(current_config().till.language):
        slip = make_voucher_slip(get_shop(session), voucher, letters, _)
        title = _("Voucher no. %(number)s", number=voucher.number)
    send_to_printer(session, title, f"voucher:{voucher.number}", slip)
    return VoucherDonePanel(voucher=voucher, letters=letters)


def _read_end() -> date | None:
    """The voucher's last day as typed; None for none. Raises Refused (`day_odd`)."""
    typed = request.form.get("until", "").strip()
    found = read_day(typed) if typed else None
    if typed and found is None:
        raise Refused(Reason.make("day_odd", field="until"))
    return found


@blueprint.post("/voucher/take-back")
@till_action
@form_panel("voucher_back")
def take_back_voucher(session: Session) -> Panel:
    """A sold voucher that nobody has used comes back: the money is given back as it was paid."""
    voucher = find_voucher_typed(session, request.form.get("code", ""))
    back = take_voucher_back(
        session, voucher, request.form.get("reason", ""), station=current_actor().station, by=current_actor(),
        at=current_time(), approval=g.approval,
    )  # fmt: skip
    return VoucherDonePanel(voucher=voucher, back=back)


@blueprint.post("/voucher/look")
@till_action
@form_panel("voucher")
def look_at_voucher(session: Session) -> Panel:
    """What is left on a voucher, without using it."""
    return show_voucher(session, request.form.get("code", ""))


def show_voucher(session: Session, code: str) -> Panel:
    voucher = find_voucher_typed(session, code)
    return VoucherDonePanel(voucher=voucher, left_vnd=sum_balance(session, voucher.number))
