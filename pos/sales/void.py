"""sales/void.py — the last sale never was: money back, goods where they stood. Only while the buyer is still there."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from ..kernel.actor import Actor, Approval, require_manager
from ..kernel.errors import Refused
from ..shifts.drawer import expected_cash_vnd, get_open_shift
from ..stock.models import MoveKind
from .models import Sale, SaleLine
from .pay import find_answer
from .queries import find_last_sale, list_lines
from .refund import sum_refunded_milli, sum_tenders, write_back
from .tenders.kinds import CASH, TRANSFER
from .transfers_back import owe_transfer_back

WITHIN = timedelta(minutes=30)


def undo_sale(
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
    if (done := find_answer(session, key, "")) is not None:
        return done
    if not reason.strip():
        raise Refused.because("reason_missing")
    shift = get_open_shift(session, station)
    newest = find_last_sale(session, shift.number)
    if newest is not sale or at - sale.at > WITHIN or sum_refunded_milli(session, sale):
        raise Refused.because("not_last_sale", minutes=WITHIN.seconds // 60)
    require_manager(by, approval)
    back = [(line, line.quantity_milli, line.paid_vnd) for line in list_lines(session, sale.number)]
    paid, _given_back = sum_tenders(session, sale)
    payout = {key: vnd for key, vnd in paid.items() if vnd} or {CASH: 0}
    if expected_cash_vnd(session, shift) < payout.get(CASH, 0):
        raise Refused.because("drawer_short")
    voided = write_back(session, sale, back, shift, _return_place, MoveKind.VOIDED, payout=payout, key=key, body="",
                        reason=reason, by=by, at=at, approval=approval, is_void=True)  # fmt: skip
    owe_transfer_back(session, sale, voided, payout.get(TRANSFER, 0), station=station, by=by, at=at)
    return voided


def _return_place(line: SaleLine) -> int:
    assert line.place_id is not None  # noqa: S101  asked only of lines with a lot, which were taken from a place
    return line.place_id
