"""vouchers/issue.py — a voucher comes into being, is moved, ends."""

import secrets
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from ..identity.sign_in import describe_approval
from ..journal.record import record
from ..kernel.actor import SYSTEM, Actor, Approval
from ..kernel.clock import business_day
from ..kernel.errors import Refused
from ..kernel.own_codes import VOUCHER_ALPHABET, VOUCHER_LENGTH
from ..kernel.reason import Reason
from ..kernel.tables import next_number
from .models import Voucher, VoucherKind, VoucherMove, VoucherMoveKind
from .queries import digest_code, list_ended, sum_balance

LEAST_VND, MOST_VND = 1_000, 10_000_000


def issue_voucher(
    session: Session,
    kind: VoucherKind,
    value_vnd: int,
    *,
    expires_on: date | None,
    reason: str = "",
    by: Actor,
    at: datetime,
    approval: Approval | None = None,
) -> tuple[Voucher, str]:
    """A new voucher and the sixteen letters of its code, which are told this once (80 random bits).

    A given one needs a reason. Raises Refused with each of `voucher_value_odd`, `day_past`, `reason_missing`.
    """
    today = business_day(at)
    checks = (
        (not LEAST_VND <= value_vnd <= MOST_VND, Reason.make("voucher_value_odd", least_vnd=LEAST_VND, most_vnd=MOST_VND)),
        (expires_on is not None and expires_on < today, Reason.make("voucher_end_past")),
        (kind is VoucherKind.GIVEN and not reason.strip(), Reason.make("reason_missing")),
    )  # fmt: skip
    if wrong := [no for fails, no in checks if fails]:
        raise Refused(*wrong)
    letters = "".join(secrets.choice(VOUCHER_ALPHABET) for _ in range(VOUCHER_LENGTH))
    voucher = Voucher(
        number=next_number(session, Voucher.number), kind=kind.value, value_vnd=value_vnd, code_digest=digest_code(letters),
        code_end=letters[-4:], expires_on=expires_on, reason=reason.strip(), at=at, business_day=today, by_name=by.name,
        approved_by=approval.by.name if approval else None,
    )  # fmt: skip
    session.add(voucher)
    session.flush()
    move = add_move(session, voucher.number, VoucherMoveKind.ISSUED, value_vnd, by=by, at=at)
    details: dict[str, Any] = {"reason": voucher.reason} if voucher.reason else {}
    record(session, "voucher_issued", by=by, at=at, subject=voucher, seals=[voucher, move], amount_vnd=value_vnd,
           **details, **describe_approval(approval))  # fmt: skip
    return voucher, letters


def add_move(
    session: Session, number: int, kind: VoucherMoveKind, amount_vnd: int, *, by: Actor, at: datetime,
    sale_number: int | None = None,
) -> VoucherMove:  # fmt: skip
    """Move the balance of a voucher; the caller's journal row seals it."""
    move = VoucherMove(
        voucher_number=number, kind=kind.value, amount_vnd=amount_vnd, sale_number=sale_number, at=at,
        business_day=business_day(at), by_name=by.name,
    )  # fmt: skip
    session.add(move)
    session.flush()
    return move


def cancel_voucher(
    session: Session, voucher: Voucher, reason: str, *, by: Actor, at: datetime
) -> VoucherMove:
    """Take what is left off a voucher that was given. Raises Refused (`reason_missing`, `voucher_sold`, `voucher_empty`)."""
    left_vnd = sum_balance(session, voucher.number)
    checks = (
        (voucher.kind == VoucherKind.SOLD, "voucher_sold"),
        (left_vnd <= 0, "voucher_empty"),
        (not reason.strip(), "reason_missing"),
    )
    if wrong := [Reason.make(code) for fails, code in checks if fails]:
        raise Refused(*wrong)
    move = add_move(session, voucher.number, VoucherMoveKind.CANCELLED, -left_vnd, by=by, at=at)
    record(session, "voucher_cancelled", by=by, at=at, subject=voucher, seals=[move], amount_vnd=left_vnd, reason=reason.strip())  # fmt: skip
    return move


def expire_vouchers(session: Session, on: date, *, at: datetime) -> int:
    """What is left on vouchers whose last day is before `on` goes off them: of sold ones an income of the day of `at`. Returns how many."""
    ended = list_ended(session, on)
    for each in ended:
        move = add_move(
            session, each.voucher.number, VoucherMoveKind.EXPIRED, -each.left_vnd, by=SYSTEM, at=at
        )
        record(session, "voucher_expired", by=SYSTEM, at=at, subject=each.voucher, seals=[move], amount_vnd=each.left_vnd)  # fmt: skip
    return len(ended)
