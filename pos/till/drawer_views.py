"""till/drawer_views.py — the shift and the drawer: opened, counted, cash in and out."""

from flask import g, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from hardware.slips.slip import Kick, Slip

from ..journal.queries import find_head_of
from ..kernel.errors import NotFound
from ..printing.send import send_to_printer
from ..sales.basket import list_parked_at
from ..sales.questions import IsCountRight
from ..shifts.drawer import (
    close_shift,
    expected_cash_vnd,
    find_close,
    get_open_shift,
    get_shift,
    move_cash,
    open_drawer,
    open_shift,
    sum_takings,
)
from ..shifts.explain_difference import explain_difference, list_explanations
from ..shifts.queries import find_handover_before, list_acts, sum_by_cashier
from ..web.context import current_time
from ..web.rights import current_actor
from .action import answered_again_by, blueprint, form_panel, read_typed_vnd, till_action
from .panels import Panel, PayPanel, ShiftClosedPanel


@blueprint.post("/shift/open")
@till_action
@form_panel("shift_open")
def start_shift(session: Session) -> Panel:
    shift = open_shift(
        session, current_actor().station, read_typed_vnd("float"), by=current_actor(), at=current_time()
    )
    handover = find_handover_before(session, shift)
    return PayPanel(sound="ok", handover=handover if handover and handover.difference_vnd else None)


def _shift_closed_panel(session: Session, number: int) -> Panel:
    shift = get_shift(session, number)
    close = find_close(session, shift)
    if close is None:
        raise NotFound.because("shift_not_found")
    return ShiftClosedPanel(
        close=close,
        shift=shift,
        takings=sum_takings(session, shift),
        parked=list_parked_at(session, shift.station),
        head=find_head_of(session, "shift_closed", f"shift:{number}"),
        cashiers=sum_by_cashier(list_acts(session, shift)),
        explanations=list_explanations(session, shift),
    )


@blueprint.post("/shift/close")
@till_action
@form_panel("shift_close")
@answered_again_by(_shift_closed_panel)
def end_shift(session: Session) -> Panel:
    counted = read_typed_vnd("counted")
    shift = get_open_shift(session, current_actor().station)
    question = IsCountRight(shift.number, counted, expected_cash_vnd(session, shift))
    if question.difference_vnd and request.form.get(IsCountRight.answer) != str(question.difference_vnd):
        raise question
    close_shift(session, shift, counted, by=current_actor(), at=current_time())
    return _shift_closed_panel(session, shift.number)


@blueprint.post("/shift/<int:number>/reason")
@till_action
@form_panel(_shift_closed_panel)
@answered_again_by(_shift_closed_panel)
def explain_shift(session: Session, number: int) -> Panel:
    """Why more or less was counted: the shift is closed already, whether this is told or not."""
    shift = get_shift(session, number)
    if shift.station != current_actor().station:
        raise NotFound.because("shift_not_found")
    explain_difference(session, shift, request.form.get("reason", ""), by=current_actor(), at=current_time())
    return _shift_closed_panel(session, number)


@blueprint.post("/cash")
@till_action
@form_panel("cash_move")
def cash(session: Session) -> Panel:
    amount = read_typed_vnd("amount", needs_reason=True)
    signed = -amount if request.form.get("way") == "out" else amount
    move_cash(session, get_open_shift(session, current_actor().station), signed, request.form.get("reason", ""),
              by=current_actor(), at=current_time(), approval=g.approval)  # fmt: skip
    _kick(session)
    return PayPanel(sound="ok")


@blueprint.post("/drawer")
@till_action
@form_panel("drawer")
def open_without_sale(session: Session) -> Panel:
    """The drawer opens, with a reason and, for a cashier, a manager's approval."""
    shift = get_open_shift(session, current_actor().station)
    open_drawer(
        session,
        shift,
        request.form.get("reason", ""),
        by=current_actor(),
        at=current_time(),
        approval=g.approval,
    )
    _kick(session)
    return PayPanel(sound="ok")


def _kick(session: Session) -> None:
    send_to_printer(session, _("Open the drawer"), "drawer", Slip((Kick(),)))
