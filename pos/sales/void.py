"""sales/void.py — the last sale never was: money back, goods where they stood. Only while the buyer is still there."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from ..kernel.actor import Actor, Approval, require_manager
from ..kernel.errors import Refused
from ..shifts.drawer import expected_vnd, get_open_shift
from ..stock.models import MoveKind
from .models import Sale, SaleLine
from .pay import answered
from .queries import last_sale, lines_of
from .refund import refunded_milli, write_back

WITHIN = timedelta(minutes=30)


def void(
    session: Session,
    sale: Sale,
    *,
    reason: str,
    station: str,
    by: Actor,
    at: datetime,
    approval: Approval | None,
) -> Sale:
    """Undo the newest sale of the open shift, whole; its goods go back to the places they were taken from.

    A cashier needs a manager's approval (NotAllowed `manager_needed`). Raises Refused (`reason_missing`,
    `not_last_sale`, `drawer_short`, `no_open_shift`). Asked again it answers with the same void.
    """
    key = f"void:{sale.number}"
    if (done := answered(session, key, "")) is not None:
        return done
    if not reason.strip():
        raise Refused.because("reason_missing")
    shift = get_open_shift(session, station)
    newest = last_sale(session, shift.number)
    if newest is not sale or at - sale.at > WITHIN or refunded_milli(session, sale):
        raise Refused.because("not_last_sale", minutes=WITHIN.seconds // 60)
    require_manager(by, approval)
    back = [(line, line.quantity_milli, line.paid_vnd) for line in lines_of(session, sale.number)]
    if expected_vnd(session, shift) < sale.due_vnd:
        raise Refused.because("drawer_short")
    return write_back(session, sale, back, shift, _place, MoveKind.VOIDED, payout_vnd=sale.due_vnd, key=key, body="",
                      reason=reason, by=by, at=at, approval=approval, is_void=True)  # fmt: skip


def _place(line: SaleLine) -> int:
    assert line.place_id is not None  # noqa: S101  asked only of lines with a lot, which were taken from a place
    return line.place_id
