"""till/transfer_views.py — the basket is paid by bank transfer: its code on the screen, the money that comes, the next buyer meanwhile."""

from flask import g, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from ..kernel.database import open_reading
from ..payments.accounts import get_account, list_accounts
from ..payments.banks import name_bank
from ..payments.code_picture import draw_code_svg
from ..payments.codes import get_code, make_code_text
from ..payments.models import PaymentCode
from ..printing.send import send_to_printer
from ..sales import basket as baskets
from ..sales.models import BasketState
from ..sales.transfer_slip import make_transfer_slip
from ..sales.transfers import (
    CodeStateKind,
    confirm_by_hand,
    list_on_till,
    read_code_state,
    show_basket_code,
)
from ..shop.limits import get_limits
from ..shop.models import get_shop
from ..web.context import current_config, current_time
from ..web.rights import current_actor, requires_role
from .action import AT_TILL, answered_again_by, blueprint, form_panel, till_action
from .panels import Panel, PayPanel, TransferPanel
from .sale_views import make_done_panel, print_and_show
from .screen import render_till


def make_transfer_panel(session: Session, code: PaymentCode, sound: str = "") -> Panel:
    """How the code stands; once it has paid, the sale."""
    state = read_code_state(session, code, current_time())
    if state.kind is CodeStateKind.PAID and state.sale is not None:
        return make_done_panel(session, state.sale.number)
    account = get_account(session, code.account_id)
    return TransferPanel(
        sound=sound, state=state, account=account, bank_name=name_bank(account.bank_bin), limit_vnd=get_limits(get_shop(session)).transfer_vnd,
        picture=draw_code_svg(make_code_text(account, code)),
    )  # fmt: skip


@blueprint.post("/transfer")
@till_action
def show_transfer_code(session: Session) -> Panel:
    """F9: the code for what is left to pay, at once on this screen and the buyer's."""
    code = show_basket_code(session, station=current_actor().station, by=current_actor(), at=current_time())
    return make_transfer_panel(session, code)


@blueprint.get("/transfer/<int:code_id>")
@requires_role(*AT_TILL)
def open_transfer(code_id: int) -> ResponseReturnValue:
    """The till with the code as it stands now."""
    with open_reading() as session:
        panel = make_transfer_panel(session, get_code(session, code_id), "ok")
        return render_till(session, current_actor(), current_config(), panel)


@blueprint.get("/transfer/<int:code_id>/state")
@requires_role(*AT_TILL)
def watch_transfer(code_id: int) -> ResponseReturnValue:
    """Has it changed since the page has `seen` it? Mostly not (204)."""
    with open_reading() as session:
        state = read_code_state(session, get_code(session, code_id), current_time())
    return ("", 204) if state.fingerprint == request.args.get("seen", "") else ("", 200)


@blueprint.get("/transfers")
@requires_role(*AT_TILL)
def list_transfers() -> ResponseReturnValue:
    """The codes of this till that wait for money while the next buyers are served, and those that were just paid."""
    with open_reading() as session:
        states = list_on_till(session, current_actor().station, current_time())
        is_used = bool(list_accounts(session))
        shown = request.args.get("basket", "")  # what lies on the counter as this page has it
        sold = next((each for each in states if each.sale and str(each.code.basket_id) == shown), None)
        return render_template("till/transfers.html", states=states, is_used=is_used, sold=sold)


def _make_panel_of(session: Session, code_id: int) -> Panel:
    return make_transfer_panel(session, get_code(session, code_id))


@blueprint.post("/transfer/<int:code_id>/confirm")
@till_action
@form_panel(_make_panel_of)
@answered_again_by(make_done_panel)
def confirm_transfer(session: Session, code_id: int) -> Panel:
    """Somebody has seen the money in the bank's app: sold, and unproved until a source tells of it."""
    sale = confirm_by_hand(
        session, get_code(session, code_id), station=current_actor().station, by=current_actor(), at=current_time(),
        approval=g.approval,
    )  # fmt: skip
    return print_and_show(session, sale)


@blueprint.post("/transfer/<int:code_id>/wait")
@till_action
def keep_waiting(session: Session, code_id: int) -> Panel:
    """Esc: the code keeps waiting, its basket is set aside, and the next buyer is served."""
    code = get_code(session, code_id)
    basket = baskets.get_basket(session, code.basket_id)
    if basket.state == BasketState.OPEN and basket.station == current_actor().station:
        label = _("Transfer %(purpose)s", purpose=code.purpose)
        baskets.park_basket(session, basket, label, by=current_actor(), at=current_time())
    return PayPanel()


@blueprint.post("/transfer/<int:code_id>/take-up")
@till_action
def take_up(session: Session, code_id: int) -> Panel:
    """The basket of a waiting code comes back to the counter."""
    code = get_code(session, code_id)
    basket = baskets.get_basket(session, code.basket_id)
    if basket.state == BasketState.PARKED:
        baskets.take_over_basket(
            session, basket, current_actor().station, by=current_actor(), at=current_time()
        )
    return make_transfer_panel(session, code)


@blueprint.post("/transfer/<int:code_id>/print")
@till_action
def print_transfer_code(session: Session, code_id: int) -> Panel:
    """The code on paper, for a buyer who can't see the screen."""
    code = get_code(session, code_id)
    account = get_account(session, code.account_id)
    with force_locale(current_config().till.language):
        slip = make_transfer_slip(get_shop(session), account, name_bank(account.bank_bin), code, _)
    send_to_printer(session, code.purpose, f"payment_code:{code.id}", slip)
    return make_transfer_panel(session, code)
