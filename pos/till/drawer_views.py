"""till/drawer_views.py — the shift and the drawer: opened, counted, cash in and out."""

from flask import g, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from hardware.slip import Kick, Slip

from ..journal.queries import find_head_of
from ..printing.send import send
from ..shifts.drawer import close_shift, get_open_shift, get_shift, move_cash, open_drawer, open_shift
from ..shifts.queries import list_acts, sum_by_cashier
from ..web.now import now
from ..web.rights import actor
from .act import pages, shown_again_in, till_action, typed_vnd
from .screen import Panel


@pages.post("/shift/open")
@till_action
@shown_again_in("shift_open")
def start_shift(session: Session) -> Panel:
    open_shift(session, actor().station, typed_vnd("float"), by=actor(), at=now())
    return Panel(sound="ok")


@pages.post("/shift/close")
@till_action
@shown_again_in("shift_close")
def end_shift(session: Session) -> Panel:
    counted = typed_vnd("counted")
    shift = get_open_shift(session, actor().station)
    close = close_shift(session, shift, counted, by=actor(), at=now())
    shown = {
        "close": close,
        "shift": get_shift(session, shift.number),
        "head": find_head_of(session, "shift_closed", f"shift:{shift.number}"),
        "cashiers": sum_by_cashier(list_acts(session, shift)),
    }
    return Panel("shift_closed", "done", shown)


@pages.post("/cash")
@till_action
@shown_again_in("cash_move")
def cash(session: Session) -> Panel:
    amount = typed_vnd("amount")
    signed = -amount if request.form.get("way") == "out" else amount
    move_cash(session, get_open_shift(session, actor().station), signed, request.form.get("reason", ""),
              by=actor(), at=now(), approval=g.approval)  # fmt: skip
    _kick(session)
    return Panel(sound="ok")


@pages.post("/drawer")
@till_action
@shown_again_in("drawer")
def open_without_sale(session: Session) -> Panel:
    """The drawer opens, with a reason and, for a cashier, a manager's approval."""
    shift = get_open_shift(session, actor().station)
    open_drawer(session, shift, request.form.get("reason", ""), by=actor(), at=now(), approval=g.approval)
    _kick(session)
    return Panel(sound="ok")


def _kick(session: Session) -> None:
    send(session, _("Open the drawer"), "drawer", Slip((Kick(),)))
