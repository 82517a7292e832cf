"""vouchers/queries.py — vouchers found by their code, what is left on them."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..kernel.own_codes import parse_voucher_code
from ..kernel.tables import get_row
from .models import Voucher, VoucherKind, VoucherMove


def digest_code(letters: str) -> str:
    """How a voucher's code is kept: the code itself is on its paper alone."""
    return hashlib.sha256(letters.encode()).hexdigest()


def find_by_code(session: Session, text: str) -> Voucher | None:
    """The voucher of a code as scanned or typed; None for any other text."""
    letters = parse_voucher_code(text, is_asked=True)
    if letters is None:
        return None
    return session.scalars(select(Voucher).where(Voucher.code_digest == digest_code(letters))).first()


def get_voucher(session: Session, number: int) -> Voucher:
    return get_row(session, Voucher, number, "voucher_not_found")


def sum_balance(session: Session, number: int) -> int:
    """What is left on a voucher, in đồng."""
    moved = select(func.coalesce(func.sum(VoucherMove.amount_vnd), 0))
    return int(session.scalar(moved.where(VoucherMove.voucher_number == number)) or 0)


@dataclass(frozen=True, slots=True)
class VoucherBalance:
    voucher: Voucher
    left_vnd: int


def list_balances(
    session: Session, *, is_open: bool = False, before: int | None = None, limit: int = 200
) -> list[VoucherBalance]:
    """The vouchers with what is left on each, the newest first; `is_open`: only those with something left."""
    left = func.sum(VoucherMove.amount_vnd)
    query = (
        select(Voucher, left)
        .join(VoucherMove, VoucherMove.voucher_number == Voucher.number)
        .group_by(Voucher.number)
        .order_by(Voucher.number.desc())
        .limit(limit)
    )
    if is_open:
        query = query.having(left != 0)
    if before is not None:
        query = query.where(Voucher.number < before)
    return [VoucherBalance(voucher, int(vnd)) for voucher, vnd in session.execute(query)]


def sum_liability(session: Session) -> int:
    """What the shop owes on vouchers that it sold: all that is left on them."""
    moved = (
        select(func.coalesce(func.sum(VoucherMove.amount_vnd), 0))
        .join(Voucher, Voucher.number == VoucherMove.voucher_number)
        .where(Voucher.kind == VoucherKind.SOLD)
    )
    return int(session.scalar(moved) or 0)


def list_moves(session: Session, number: int) -> Sequence[VoucherMove]:
    query = select(VoucherMove).where(VoucherMove.voucher_number == number)
    return session.scalars(query.order_by(VoucherMove.id)).all()


def list_ended(session: Session, on: date) -> list[VoucherBalance]:
    """Vouchers whose last day is past and that have something left."""
    left = func.sum(VoucherMove.amount_vnd)
    query = (
        select(Voucher, left)
        .join(VoucherMove, VoucherMove.voucher_number == Voucher.number)
        .where(Voucher.expires_on < on)
        .group_by(Voucher.number)
        .having(left > 0)
        .order_by(Voucher.number)
    )
    return [VoucherBalance(voucher, int(vnd)) for voucher, vnd in session.execute(query)]
