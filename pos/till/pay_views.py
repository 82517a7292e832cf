"""till/pay_views.py — the basket is paid: in cash, by card, on account, or in parts."""

from datetime import timedelta

from flask import g, request
from sqlalchemy.orm import Session

from ..kernel.money import looks_mistyped
from ..sales import basket as baskets
from ..sales.buyers import list_buyers
from ..sales.debts import sum_owed_by_buyer
from ..sales.models import TenderKind
from ..sales.pay import pay_basket
from ..sales.priced_basket import price_basket
from ..sales.queries import find_reference_taken, find_reference_used
from ..sales.questions import IsAmountRight, IsReferenceRight
from ..sales.takings import take_card_part
from ..sales.tenders.part import TenderPart
from ..web.context import current_day, current_time
from ..web.numbers import parse_row_id
from ..web.rights import current_actor
from .action import answered_again_by, blueprint, form_panel, read_typed_vnd, till_action
from .panels import AccountPanel, Panel, PayPanel
from .sale_views import make_done_panel, print_and_show

REFERENCE_LOOKED_FOR = timedelta(days=30)


@blueprint.post("/pay")
@till_action
@form_panel("cash")
@answered_again_by(make_done_panel)
def pay(session: Session) -> Panel:
    """Cash handed over. One transaction: sale, stock, money, journal, and the receipt's print job."""
    given_vnd = read_typed_vnd("given")
    basket_id, version = (request.form.get(name, 0, type=parse_row_id) for name in ("basket_id", "version"))
    if "sure" not in request.form and _is_far_too_much(session, basket_id, given_vnd):
        raise IsAmountRight(given_vnd)
    sale = pay_basket(
        session,
        basket_id,
        version,
        given_vnd,
        station=current_actor().station,
        by=current_actor(),
        at=current_time(),
        approval=g.approval,
    )
    return print_and_show(session, sale)


@blueprint.post("/pay-card")
@till_action
@form_panel("card")
@answered_again_by(make_done_panel)
def pay_by_card(session: Session) -> Panel:
    """What the bank's own terminal took, and the rest in cash: as one sale."""
    card = TenderPart(TenderKind.CARD, read_typed_vnd("card"), request.form.get("reference", "").strip())
    given_vnd = read_typed_vnd("given") if request.form.get("given", "").strip() else 0
    ask_about_reference(session, card.reference)
    basket_id, version = (request.form.get(name, 0, type=parse_row_id) for name in ("basket_id", "version"))
    sale = pay_basket(
        session, basket_id, version, given_vnd, parts=[card], station=current_actor().station, by=current_actor(),
        at=current_time(), approval=g.approval,
    )  # fmt: skip
    return print_and_show(session, sale)


def ask_about_reference(session: Session, reference: str) -> None:
    """Raises IsReferenceRight where this slip's number has been typed in the last days."""
    if not reference or "sure" in request.form:
        return
    since = current_time() - REFERENCE_LOOKED_FOR
    if (used := find_reference_used(session, reference, since)) is not None:
        raise IsReferenceRight(reference, used.number, used.at)
    if (taken := find_reference_taken(session, reference, since)) is not None:
        raise IsReferenceRight(reference, None, taken.at)


@blueprint.post("/pay-card-part")
@till_action
@form_panel("card")
def keep_card_part(session: Session) -> Panel:
    """A card paid a part; the rest is paid by another card, a voucher, on account, or in cash."""
    reference = request.form.get("reference", "").strip()
    ask_about_reference(session, reference)
    basket = baskets.get_open_basket(session, current_actor().station)
    take_card_part(
        session, basket, read_typed_vnd("card"), reference, station=current_actor().station, by=current_actor(), at=current_time()
    )  # fmt: skip
    return PayPanel(sound="ok")


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


def make_account_panel(session: Session) -> Panel:
    return AccountPanel(buyers=list_buyers(session), owed_vnd=sum_owed_by_buyer(session))


@blueprint.post("/pay-account")
@till_action
@form_panel(make_account_panel)
@answered_again_by(make_done_panel)
def pay_on_account(session: Session) -> Panel:
    """So much goes on a buyer's account, with a manager's word; the rest is handed over in cash."""
    buyer_id = request.form.get("buyer", 0, type=parse_row_id)
    part = TenderPart(TenderKind.ACCOUNT, read_typed_vnd("amount"), buyer_id=buyer_id)
    given_vnd = read_typed_vnd("given") if request.form.get("given", "").strip() else 0
    basket_id, version = (request.form.get(name, 0, type=parse_row_id) for name in ("basket_id", "version"))
    sale = pay_basket(
        session, basket_id, version, given_vnd, parts=[part], station=current_actor().station, by=current_actor(),
        at=current_time(), approval=g.approval,
    )  # fmt: skip
    return print_and_show(session, sale)
