"""sales/correct_tender.py — a sale was noted as paid by card and was paid in cash, or the other way round."""

from datetime import datetime

from sqlalchemy.orm import Session

from ..identity.sign_in import describe_approval
from ..journal.record import record
from ..kernel.actor import Actor, Approval, require_manager
from ..kernel.errors import Refused
from ..kernel.reason import Reason
from ..kernel.tables import next_number
from ..shifts.drawer import expected_cash_vnd, get_open_shift
from ..shifts.models import DrawerKind, DrawerMove, Shift
from .models import Sale, TenderKind
from .money_models import TenderCorrection
from .refund import sum_tenders
from .sale_day import find_sale_day
from .tenders.card import LONGEST_REFERENCE

CORRECTABLE = (TenderKind.CASH, TenderKind.CARD)


def correct_tender(
    session: Session,
    sale: Sale,
    to_kind: TenderKind,
    amount_vnd: int,
    *,
    reference: str = "",
    reason: str,
    station: str,
    by: Actor,
    at: datetime,
    approval: Approval | None,
) -> TenderCorrection:
    """So much of a sale was paid by `to_kind` and not by the other of cash and card. With a manager's word.

    It belongs to the shift that is open now: a closed Z never changes. Raises Refused with each of `not_correctable`,
    `correction_too_much`, `reference_missing`, `reason_missing`, or `no_open_shift`, `drawer_short`; NotAllowed (`manager_needed`).
    """
    from_kind = TenderKind.CARD if to_kind is TenderKind.CASH else TenderKind.CASH
    paid, back = sum_tenders(session, sale)
    most_vnd = paid.get(from_kind, 0) - back.get(from_kind, 0)
    is_named = to_kind is TenderKind.CASH or 0 < len(reference.strip()) <= LONGEST_REFERENCE
    checks = (
        (sale.refunds is not None or to_kind not in CORRECTABLE, Reason.make("not_correctable")),
        (not 0 < amount_vnd <= most_vnd, Reason.make("correction_too_much", most_vnd=max(0, most_vnd))),
        (not is_named, Reason.make("reference_missing")),
        (not reason.strip(), Reason.make("reason_missing")),
    )
    if wrong := [no for fails, no in checks if fails]:
        raise Refused(*wrong)
    require_manager(by, approval)
    shift = get_open_shift(session, station)
    if to_kind is TenderKind.CARD and expected_cash_vnd(session, shift) < amount_vnd:
        raise Refused.because("drawer_short")
    correction = TenderCorrection(
        number=next_number(session, TenderCorrection.number), sale_number=sale.number, shift_number=shift.number,
        from_kind=from_kind.value, to_kind=to_kind.value, amount_vnd=amount_vnd,
        reference=(reference.strip() or None) if to_kind is TenderKind.CARD else None, reason=reason.strip(), at=at,
        business_day=find_sale_day(session, at), by_name=by.name, approved_by=approval.by.name if approval else None,
    )  # fmt: skip
    session.add(correction)
    session.flush()
    record(session, "tender_corrected", by=by, at=at, subject=sale, seals=[correction, _move_drawer(session, shift, correction)],
           amount_vnd=amount_vnd, tender=to_kind.value, reason=correction.reason, **describe_approval(approval))  # fmt: skip
    return correction


def _move_drawer(session: Session, shift: Shift, correction: TenderCorrection) -> DrawerMove:
    """The drawer should hold what it really took: more, or less, from now on."""
    sign = 1 if correction.to_kind == TenderKind.CASH else -1
    move = DrawerMove(
        shift_number=shift.number, kind=DrawerKind.CORRECTION.value, amount_vnd=sign * correction.amount_vnd,
        document=f"tender_correction:{correction.number}", reason="", at=correction.at,
    )  # fmt: skip
    session.add(move)
    session.flush()
    return move
