"""till/account_views.py — debts are paid, money received beforehand is given back, a way of paying is corrected."""

from flask import g, request
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from ..kernel.errors import Stale
from ..printing.send import send_to_printer
from ..sales import basket as baskets
from ..sales.correct_tender import correct_tender
from ..sales.debt_slip import make_debt_slip
from ..sales.debts import find_debt, list_debts
from ..sales.models import TenderKind
from ..sales.refund import get_sale
from ..sales.takings import get_taking, give_basket_up, pay_debt, undo_taking
from ..shop.models import get_shop
from ..web.context import current_config, current_time
from ..web.numbers import parse_row_id
from ..web.rights import current_actor
from .action import blueprint, form_panel, read_tender_kind, read_typed_vnd, till_action
from .panels import DebtPaidPanel, DebtsPanel, Panel, PayPanel
from .pay_views import ask_about_reference
from .sale_views import sale_panel


def make_debts_panel(session: Session) -> Panel:
    return DebtsPanel(debts=list_debts(session))


@blueprint.post("/debt")
@till_action
@form_panel(make_debts_panel)
def take_debt(session: Session) -> Panel:
    """A buyer pays for a sale on account, all of it or a part."""
    if read_tender_kind() is TenderKind.CARD:
        ask_about_reference(session, request.form.get("reference", "").strip())
    taking = pay_debt(
        session, request.form.get("sale", 0, type=parse_row_id), read_typed_vnd("amount"), read_tender_kind(),
        reference=request.form.get("reference", ""), station=current_actor().station, by=current_actor(), at=current_time(),
    )  # fmt: skip
    debt = find_debt(session, taking.debt_of or 0)
    if debt is not None:
        with force_locale(current_config().till.language):
            slip = make_debt_slip(get_shop(session), debt, taking, _)
            title = _("A debt is paid")
        send_to_printer(session, title, f"taking:{taking.number}", slip)
    return DebtPaidPanel(debts=list_debts(session), paid=taking, debt=debt)


@blueprint.post("/taking/<int:number>/give-back")
@till_action
def give_taking_back(session: Session, number: int) -> Panel:
    """What a card paid for the open basket goes back on it, with a manager's word."""
    taking, basket = get_taking(session, number), baskets.get_open_basket(session, current_actor().station)
    if taking.basket_id != basket.id:
        raise Stale.because("basket_gone")
    undo_taking(
        session, taking, request.form.get("reason", ""), station=current_actor().station,
        by=current_actor(), at=current_time(), approval=g.approval,
    )  # fmt: skip
    return PayPanel(sound="look")


@blueprint.post("/give-up")
@till_action
@form_panel("money")
def give_up_basket(session: Session) -> Panel:
    """The buyer is gone and has paid a part: the goods are free again, the money is to be given back."""
    give_basket_up(
        session, baskets.get_open_basket(session, current_actor().station), request.form.get("reason", ""),
        by=current_actor(), at=current_time(), approval=g.approval,
    )  # fmt: skip
    return PayPanel(sound="look")


@blueprint.post("/correct/<int:number>")
@till_action
@form_panel(lambda session, number: sale_panel(session, get_sale(session, number)))
def correct_way(session: Session, number: int) -> Panel:
    """A sale was noted as paid by card and was paid in cash, or the other way round."""
    sale = get_sale(session, number)
    correct_tender(
        session, sale, read_tender_kind(), read_typed_vnd("amount", needs_reason=True), reference=request.form.get("reference", ""),
        reason=request.form.get("reason", ""), station=current_actor().station, by=current_actor(), at=current_time(),
        approval=g.approval,
    )  # fmt: skip
    return sale_panel(session, sale)
