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
from .cash_balances import find_drawer_balance_vnd
from .cash_documents import (
    FROM_SAFE_OR_OUTSIDE,
    OTHER_PLACE,
    TO_SAFE_OR_OUTSIDE,
    note_cash_document,
    write_cash_document,
    write_difference,
)
from .models import (
    SAFE,
    CashCategory,
    CashDocument,
    DrawerKind,
    DrawerMove,
    Shift,
    ShiftClose,
    name_drawer,
)

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

    The till's first float begins the drawer's cash book; a later one that differs from what the book has in the drawer
    is a document of that difference.
    """
    if float_vnd < 0:
        raise Refused.because("amount_odd")
    if find_open_shift(session, station) is not None:
        raise Refused.because("shift_already_open")
    stayed_vnd = find_drawer_balance_vnd(session, station)
    before: dict[str, Any] = {"stayed_vnd": stayed_vnd}
    if stayed_vnd is None:
        before = {"previous_counted_vnd": _find_last_counted_vnd(session, station)}
    shift = Shift(
        number=next_number(session, Shift.number),
        station=station, opened_at=at, opened_by=by.person_id, opener_name=by.name, float_vnd=float_vnd,
    )  # fmt: skip
    session.add(shift)
    session.flush()
    documents = _write_float(session, shift, stayed_vnd, by=by, at=at)
    (before_vnd,) = before.values()
    handed_over = {} if before_vnd is None else {**before, "difference_vnd": float_vnd - before_vnd}
    record(session, "shift_opened", by=by, at=at, subject=shift, seals=[shift, *documents], **handed_over)
    return shift


def _write_float(
    session: Session, shift: Shift, stayed_vnd: int | None, *, by: Actor, at: datetime
) -> list[CashDocument]:
    """The document that begins the drawer's book, or that of the difference from what stayed in the drawer, if any."""
    place = name_drawer(shift.station)
    if stayed_vnd is None:
        return [
            write_cash_document(
                session, shift.float_vnd, CashCategory.OPENING, from_place=None, to_place=place, by=by, at=at,
                shift_number=shift.number,
            )
        ]  # fmt: skip
    categories = CashCategory.FLOAT_OVER, CashCategory.FLOAT_SHORT
    return write_difference(
        session, place, shift.float_vnd - stayed_vnd, categories, by=by, at=at, shift_number=shift.number
    )


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
    category: CashCategory | None = None,
    person: str = "",
) -> CashDocument:
    """Cash in (+) or out (−) that is no sale: a move of the drawer, and its document with the next number.

    `category`: what it is for, by default other income or other cost. `person`: who paid or was paid. Raises Refused
    (`reason_missing`, `amount_odd`, `category_odd`, `drawer_short`). Beyond the till's limit of a day, and after
    `MOVES_ALONE` moves whatever their sums (each opens the drawer), a cashier needs a manager's approval
    (NotAllowed `cash_approval_needed`).
    """
    is_in = amount_vnd > 0
    category = category or (CashCategory.OTHER_INCOME if is_in else CashCategory.OTHER_COST)
    checks = (
        ("amount_odd", abs(amount_vnd) < LEAST_NOTE_VND), ("reason_missing", not reason.strip()),
        ("category_odd", category not in (FROM_SAFE_OR_OUTSIDE if is_in else TO_SAFE_OR_OUTSIDE)),
    )  # fmt: skip
    if wrong := [Reason.make(code) for code, fails in checks if fails]:
        raise Refused(*wrong)
    if not is_in and expected_cash_vnd(session, shift) + amount_vnd < 0:
        raise Refused.because("drawer_short")
    if not has_managers_word(by, approval):
        _refuse_beyond_limit(session, shift, abs(amount_vnd), at)
    place, other = name_drawer(shift.station), OTHER_PLACE.get(category)
    document = write_drawer_document(
        session, shift, abs(amount_vnd), category, from_place=other if is_in else place, to_place=place if is_in else other,
        reason=reason, by=by, at=at, approval=approval,
    )  # fmt: skip
    note_cash_document(session, document, person)
    return document


def write_drawer_document(
    session: Session,
    shift: Shift,
    amount_vnd: int,
    category: CashCategory,
    *,
    from_place: str | None,
    to_place: str | None,
    reason: str,
    by: Actor,
    at: datetime,
    approval: Approval | None = None,
) -> CashDocument:
    """Cash into or out of the drawer of an open shift: its move, the document beside it, and the journal's row of both."""
    is_in = to_place == name_drawer(shift.station)
    kind, signed_vnd = (DrawerKind.CASH_IN, amount_vnd) if is_in else (DrawerKind.CASH_OUT, -amount_vnd)
    move = DrawerMove(shift_number=shift.number, kind=kind.value, amount_vnd=signed_vnd, document="",
                      reason=reason.strip(), at=at, by_name=by.name,
                      approved_by=approval.by.name if approval else None)  # fmt: skip
    session.add(move)
    session.flush()
    document = write_cash_document(
        session, amount_vnd, category, from_place=from_place, to_place=to_place, reason=reason, by=by, at=at,
        shift_number=shift.number, move=move, approval=approval,
    )  # fmt: skip
    record(
        session, "cash_moved", by=by, at=at, subject=shift, seals=[move, document], amount_vnd=signed_vnd,
        reason=move.reason, category=category.value, cash_document=document.id, **describe_approval(approval),
    )  # fmt: skip
    return document


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

    `takings_vnd`: cash for vouchers and debts; `corrections_vnd`: of tenders that were noted wrongly.
    """

    float_vnd: int
    sales_vnd: int
    refunds_vnd: int
    cash_in_vnd: int
    cash_out_vnd: int
    sales_count: int
    takings_vnd: int = 0
    corrections_vnd: int = 0
    difference_vnd: int = 0

    @property
    def expected_vnd(self) -> int:
        """`difference_vnd`: what hand-overs found over, less what they found missing."""
        came_vnd = self.float_vnd + self.sales_vnd + self.cash_in_vnd
        other_vnd = self.takings_vnd + self.corrections_vnd + self.difference_vnd
        return came_vnd - self.refunds_vnd - self.cash_out_vnd + other_vnd


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
        takings_vnd=sums.get(DrawerKind.TAKING, (0, 0))[0],
        corrections_vnd=sums.get(DrawerKind.CORRECTION, (0, 0))[0],
        difference_vnd=sums.get(DrawerKind.DIFFERENCE, (0, 0))[0],
    )


def expected_cash_vnd(session: Session, shift: Shift) -> int:
    return sum_takings(session, shift).expected_vnd


def close_shift(
    session: Session,
    shift: Shift,
    counted_vnd: int,
    *,
    by: Actor,
    at: datetime,
    stays_vnd: int | None = None,
) -> ShiftClose:
    """Close with what was counted, blind; the difference is told afterwards, and is a document of the cash book.

    `stays_vnd` is left in the drawer as the next float, but never more than was counted; the rest goes to the safe, by
    another document. None: all stays. Raises Refused (`amount_odd`, `shift_already_closed`).
    """
    if counted_vnd < 0 or (stays_vnd is not None and stays_vnd < 0):
        raise Refused.because("amount_odd")
    if find_close(session, shift) is not None:
        raise Refused.because("shift_already_closed")
    so_far = sum_takings(session, shift)
    close = ShiftClose(
        shift_number=shift.number, closed_at=at, closer_name=by.name, expected_vnd=so_far.expected_vnd,
        counted_vnd=counted_vnd, sales_count=so_far.sales_count, sales_vnd=so_far.sales_vnd,
        refunds_vnd=so_far.refunds_vnd, stays_vnd=counted_vnd if stays_vnd is None else min(stays_vnd, counted_vnd),
    )  # fmt: skip
    session.add(close)
    session.flush()
    documents = _write_close(session, shift, close, by=by, at=at)
    record(session, "shift_closed", by=by, at=at, subject=shift, seals=[close, *documents],
           expected_vnd=close.expected_vnd, counted_vnd=counted_vnd, stays_vnd=close.stays_vnd)  # fmt: skip
    return close


def _write_close(
    session: Session, shift: Shift, close: ShiftClose, *, by: Actor, at: datetime
) -> list[CashDocument]:
    """The documents of what was missing or over, and of what goes to the safe."""
    place = name_drawer(shift.station)
    categories = CashCategory.DIFFERENCE_OVER, CashCategory.DIFFERENCE_SHORT
    difference_vnd = close.counted_vnd - close.expected_vnd
    documents = write_difference(
        session, place, difference_vnd, categories, by=by, at=at, shift_number=shift.number
    )
    if to_safe_vnd := close.counted_vnd - (close.stays_vnd or 0):
        documents.append(
            write_cash_document(
                session, to_safe_vnd, CashCategory.TO_SAFE, from_place=place, to_place=SAFE, by=by, at=at,
                shift_number=shift.number,
            )
        )  # fmt: skip
    return documents


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
