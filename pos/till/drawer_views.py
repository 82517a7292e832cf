"""till/drawer_views.py — the shift and the drawer: opened, cash in and out. It is counted and closed in `closings/till_views.py`."""

from flask import g, request
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from hardware.slips.slip import Kick, Slip

from ..kernel.errors import Refused
from ..kernel.reason import Reason
from ..printing.send import send_to_printer
from ..sales.questions import IsFloatRight
from ..shifts.drawer import get_open_shift, is_odd_float, move_cash, open_drawer, open_shift
from ..shifts.models import CashCategory
from ..shifts.print_document import print_cash_document
from ..shifts.queries import find_float_before
from ..web.context import current_time
from ..web.rights import current_actor
from .action import blueprint, form_panel, list_missing_reason, read_typed_vnd, till_action
from .panels import Panel, PayPanel

LONGEST_PERSON = 120


@blueprint.post("/shift/open")
@till_action
@form_panel("shift_open")
def start_shift(session: Session) -> Panel:
    float_vnd = read_typed_vnd("float")
    if is_odd_float(float_vnd) and "sure" not in request.form:
        raise IsFloatRight(float_vnd)
    shift = open_shift(session, current_actor().station, float_vnd, by=current_actor(), at=current_time())
    before = find_float_before(session, shift)
    return PayPanel(sound="ok", next_float=before if before and before.difference_vnd else None)


@blueprint.post("/cash")
@till_action
@form_panel("cash_move")
def cash(session: Session) -> Panel:
    """A document of the cash book; the drawer opens, and the document is printed for who signs it."""
    amount = read_typed_vnd("amount", needs_reason=True)
    way = request.form.get("way", "")
    if way not in {"in", "out"}:
        raise Refused(Reason.make("way_missing", field="way"), *list_missing_reason())
    signed = -amount if way == "out" else amount
    document = move_cash(
        session, get_open_shift(session, current_actor().station), signed, request.form.get("reason", ""),
        by=current_actor(), at=current_time(), approval=g.approval, category=_read_category(),
        person=request.form.get("person", "")[:LONGEST_PERSON],
    )  # fmt: skip
    print_cash_document(session, document, _, kicks=True)
    return PayPanel(sound="ok", cash_document=document)


def _read_category() -> CashCategory | None:
    """What was chosen; None for nothing. Raises Refused (`category_odd`)."""
    chosen = request.form.get("category", "")
    try:
        return CashCategory(chosen) if chosen else None
    except ValueError:
        raise Refused.because("category_odd") from None


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
