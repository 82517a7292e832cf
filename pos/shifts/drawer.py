"""shifts/drawer.py — open a shift, put cash in and out, count and close."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from ..identity.sign_in import describe_approval
from ..journal.record import record
from ..kernel.actor import Actor, Approval, has_managers_word, require_manager
from ..kernel.clock import business_day, day_end, day_start
from ..kernel.errors import NotAllowed, Refused
from ..kernel.reason import Reason
from ..kernel.tables import get_row, next_number
from ..shop.limits import get_limits
from ..shop.models import get_shop
from .models import DrawerKind, DrawerMove, Shift, ShiftClose

LEAST_NOTE_VND = 200  # the smallest note in use (State Bank of Việt Nam): less only opens the drawer
MOVES_ALONE = 3
MOST_FLOAT_VND = 50_000_000
_CLOSED = select(ShiftClose.shift_number).where(ShiftClose.shift_number == Shift.number)
_OPEN = (
    select(Shift)
    .where(Shift.station == bindparam("station"), ~_CLOSED.exists())
    .order_by(Shift.number.desc())
    .limit(1)
)


def find_open_shift(session: Session, station: str) -> Shift | None:
    return session.scalars(_OPEN, {"station": station}).first()


def list_open_shifts(session: Session) -> Sequence[Shift]:
    return session.scalars(select(Shift).where(~_CLOSED.exists()).order_by(Shift.number)).all()


def get_open_shift(session: Session, station: str) -> Shift:
    """Raises Refused (`no_open_shift`): every sale belongs to a shift."""
    shift = find_open_shift(session, station)
    if shift is None:
        raise Refused.because("no_open_shift")
    return shift


def get_shift(session: Session, number: int) -> Shift:
    return get_row(session, Shift, number, "shift_not_found")


def is_odd_float(float_vnd: int) -> bool:
    """Would nobody begin a shift with that: less than a thousand, coins that are out of use, or more than a drawer holds?"""
    return float_vnd != 0 and (float_vnd < 1_000 or float_vnd % 500 != 0 or float_vnd > MOST_FLOAT_VND)


def open_shift(session: Session, station: str, float_vnd: int, *, by: Actor, at: datetime) -> Shift:
    """Open a shift with the float counted in the drawer. Raises Refused (`shift_already_open`, `amount_odd`).

    The journal keeps by how much the float differs from what was counted when the till's shift before closed.
    """
    if float_vnd < 0:
        raise Refused.because("amount_odd")
    if find_open_shift(session, station) is not None:
        raise Refused.because("shift_already_open")
    previous_vnd = _find_last_counted_vnd(session, station)
    shift = Shift(
        number=next_number(session, Shift.number),
        station=station, opened_at=at, opened_by=by.person_id, opener_name=by.name, float_vnd=float_vnd,
    )  # fmt: skip
    session.add(shift)
    session.flush()
    handed_over: dict[str, Any] = (
        {}
        if previous_vnd is None
        else {"previous_counted_vnd": previous_vnd, "difference_vnd": float_vnd - previous_vnd}
    )
    record(session, "shift_opened", by=by, at=at, subject=shift, seals=[shift], **handed_over)
    return shift


def _find_last_counted_vnd(session: Session, station: str) -> int | None:
    """What was counted when the till's newest shift closed; None where none has."""
    counted = (
        select(ShiftClose.counted_vnd)
        .join(Shift, Shift.number == ShiftClose.shift_number)
        .where(Shift.station == station)
    )
    return session.scalar(counted.order_by(Shift.number.desc()).limit(1))


def move_cash(
    session: Session,
    shift: Shift,
    amount_vnd: int,
    reason: str,
    *,
    by: Actor,
    at: datetime,
    approval: Approval | None = None,
) -> DrawerMove:
    """Cash in (+) or out (−) that is no sale.

    Raises Refused (`reason_missing`, `amount_odd`, `drawer_short`). Beyond the till's limit of a day, and after
    `MOVES_ALONE` moves whatever their sums (each opens the drawer), a cashier needs a manager's approval
    (NotAllowed `cash_approval_needed`).
    """
    checks = (("amount_odd", abs(amount_vnd) < LEAST_NOTE_VND), ("reason_missing", not reason.strip()))
    if wrong := [Reason.make(code) for code, fails in checks if fails]:
        raise Refused(*wrong)
    if amount_vnd < 0 and expected_cash_vnd(session, shift) + amount_vnd < 0:
        raise Refused.because("drawer_short")
    if not has_managers_word(by, approval):
        _refuse_beyond_limit(session, shift, abs(amount_vnd), at)
    kind = DrawerKind.CASH_IN if amount_vnd > 0 else DrawerKind.CASH_OUT
    move = DrawerMove(shift_number=shift.number, kind=kind.value, amount_vnd=amount_vnd, document="",
                      reason=reason.strip(), at=at, by_name=by.name,
                      approved_by=approval.by.name if approval else None)  # fmt: skip
    session.add(move)
    session.flush()
    record(
        session,
        "cash_moved",
        by=by,
        at=at,
        subject=shift,
        seals=[move],
        amount_vnd=amount_vnd,
        reason=move.reason,
        **describe_approval(approval),
    )
    return move


def is_move_of_day(shift: Shift, at: datetime) -> ColumnElement[bool]:
    """For a query: is a drawer's move one that counts towards what a cashier does alone at this till on the day of `at`?

    The moves of that day in whatever shift of the till: closing a shift and opening another begins no new limit. And all
    of the shift that is open, if it began on an earlier day: midnight begins none either.
    """
    today = business_day(at)
    ended_before = select(ShiftClose.shift_number).where(
        ShiftClose.shift_number == Shift.number, ShiftClose.closed_at < day_start(today)
    )
    of_till = select(Shift.number).where(Shift.station == shift.station, ~ended_before.exists())
    return or_(
        DrawerMove.shift_number == shift.number,
        and_(
            DrawerMove.shift_number.in_(of_till),
            DrawerMove.at >= day_start(today),
            DrawerMove.at < day_end(today),
        ),
    )


def _refuse_beyond_limit(session: Session, shift: Shift, amount_vnd: int, at: datetime) -> None:
    """Raises NotAllowed (`cash_approval_needed`) where the till's moves without approval would go beyond the day's limit."""
    limit_vnd = get_limits(get_shop(session)).cash_move_vnd
    moved_vnd, moves = session.execute(
        select(func.coalesce(func.sum(func.abs(DrawerMove.amount_vnd)), 0), func.count()).where(
            is_move_of_day(shift, at),
            DrawerMove.kind.in_((DrawerKind.CASH_IN, DrawerKind.CASH_OUT)),
            DrawerMove.approved_by.is_(None),
        )
    ).one()
    if int(moved_vnd) + amount_vnd > limit_vnd or moves >= MOVES_ALONE:
        raise NotAllowed.because("cash_approval_needed", limit_vnd=limit_vnd, moves=MOVES_ALONE)


def open_drawer(
    session: Session, shift: Shift, reason: str, *, by: Actor, at: datetime, approval: Approval | None
) -> None:
    """The drawer opens without a sale, to look or to change a note: a journal row, no money.

    A cashier needs a manager's approval (NotAllowed `manager_needed`). Raises Refused (`reason_missing`).
    """
    if not reason.strip():
        raise Refused.because("reason_missing")
    require_manager(by, approval)
    approval_facts = describe_approval(approval) or {"approved_by": ""}
    record(session, "drawer_opened", by=by, at=at, subject=shift, reason=reason.strip(), **approval_facts)


@dataclass(frozen=True, slots=True)
class ShiftTakings:
    """What a shift has taken so far; refunds are positive here.

    `other_vnd`: cash for vouchers and debts, and corrected tenders.
    """

    float_vnd: int
    sales_vnd: int
    refunds_vnd: int
    cash_in_vnd: int
    cash_out_vnd: int
    sales_count: int
    other_vnd: int = 0

    @property
    def expected_vnd(self) -> int:
        cash_moves = self.cash_in_vnd - self.cash_out_vnd
        return self.float_vnd + self.sales_vnd - self.refunds_vnd + cash_moves + self.other_vnd


def sum_takings(session: Session, shift: Shift) -> ShiftTakings:
    """The drawer's moves added up by kind."""
    rows = session.execute(
        select(DrawerMove.kind, func.sum(DrawerMove.amount_vnd), func.count())
        .where(DrawerMove.shift_number == shift.number)
        .group_by(DrawerMove.kind)
    ).all()
    sums = {kind: (int(amount), count) for kind, amount, count in rows}
    return ShiftTakings(
        float_vnd=shift.float_vnd,
        sales_vnd=sums.get(DrawerKind.SALE, (0, 0))[0],
        refunds_vnd=-sums.get(DrawerKind.REFUND, (0, 0))[0],
        cash_in_vnd=sums.get(DrawerKind.CASH_IN, (0, 0))[0],
        cash_out_vnd=-sums.get(DrawerKind.CASH_OUT, (0, 0))[0],
        sales_count=sums.get(DrawerKind.SALE, (0, 0))[1],
        other_vnd=sums.get(DrawerKind.TAKING, (0, 0))[0] + sums.get(DrawerKind.CORRECTION, (0, 0))[0],
    )


def expected_cash_vnd(session: Session, shift: Shift) -> int:
    return sum_takings(session, shift).expected_vnd


def close_shift(session: Session, shift: Shift, counted_vnd: int, *, by: Actor, at: datetime) -> ShiftClose:
    """Close with what was counted, blind; the difference is told afterwards.

    Raises Refused (`amount_odd`, `shift_already_closed`).
    """
    if counted_vnd < 0:
        raise Refused.because("amount_odd")
    if find_close(session, shift) is not None:
        raise Refused.because("shift_already_closed")
    so_far = sum_takings(session, shift)
    close = ShiftClose(
        shift_number=shift.number, closed_at=at, closer_name=by.name, expected_vnd=so_far.expected_vnd,
        counted_vnd=counted_vnd, sales_count=so_far.sales_count, sales_vnd=so_far.sales_vnd,
        refunds_vnd=so_far.refunds_vnd,
    )  # fmt: skip
    session.add(close)
    session.flush()
    record(session, "shift_closed", by=by, at=at, subject=shift, seals=[close],
           expected_vnd=close.expected_vnd, counted_vnd=counted_vnd)  # fmt: skip
    return close


def find_close(session: Session, shift: Shift) -> ShiftClose | None:
    return session.get(ShiftClose, shift.number)


def list_recent_shifts(session: Session, limit: int = 50) -> Sequence[tuple[Shift, ShiftClose | None]]:
    rows = session.execute(
        select(Shift, ShiftClose)
        .outerjoin(ShiftClose, ShiftClose.shift_number == Shift.number)
        .order_by(Shift.number.desc())
        .limit(limit)
    )
    return [(shift, close) for shift, close in rows]
