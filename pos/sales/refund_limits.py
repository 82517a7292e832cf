"""sales/refund_limits.py — how much a cashier may give back alone: of a sale, at a till in a day, how old, of whom."""

from datetime import date, datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session, aliased

from ..kernel.actor import Actor, Approval, has_managers_word
from ..kernel.clock import business_day, day_end, day_start
from ..kernel.errors import NotAllowed
from ..kernel.reason import Reason
from ..shifts.models import Shift, ShiftClose
from ..shop.limits import CashLimits, get_limits
from ..shop.models import get_shop
from .models import Sale


def refuse_beyond_limits(
    session: Session, sale: Sale, payout_vnd: int, shift: Shift, *, by: Actor, at: datetime, approval: Approval | None
) -> None:  # fmt: skip
    """Raises NotAllowed with each limit of a cashier that giving back so much goes beyond, unless a manager agrees."""
    if has_managers_word(by, approval):
        return
    of_sale = _sum_refunded_vnd(session, sale) + payout_vnd
    of_day = _sum_refunded_on_day(session, shift, at) + payout_vnd
    limits = get_limits(get_shop(session))
    if needed := reasons_for_approval(sale, of_sale, of_day, limits, by, business_day(at)):
        raise NotAllowed(*needed)


def reasons_for_approval(
    sale: Sale, of_sale_vnd: int, of_day_vnd: int, limits: CashLimits, by: Actor, today: date
) -> tuple[Reason, ...]:
    """Every limit of a cashier that a refund goes beyond; empty where a cashier may give it back alone.

    `of_sale_vnd` and `of_day_vnd`: what is given back with it, of this sale and at this till today. Pure.
    """
    age_days = (today - sale.business_day).days
    checks = (
        (
            of_sale_vnd > limits.refund_vnd,
            Reason.make("approval_needed", limit_vnd=limits.refund_vnd),
        ),
        (
            of_day_vnd > limits.refund_shift_vnd,
            Reason.make("approval_needed_shift", limit_vnd=limits.refund_shift_vnd),
        ),
        (age_days > limits.refund_days, Reason.make("approval_needed_age", days=limits.refund_days)),
        (
            sale.cashier_id != by.person_id and not limits.refund_others,
            Reason.make("approval_needed_other", cashier=sale.cashier_name),
        ),
    )
    return tuple(reason for fails, reason in checks if fails)


def _sum_refunded_on_day(session: Session, shift: Shift, at: datetime) -> int:
    """What this till gave back so far that day by any tender, in whatever shift and by whatever approval."""
    ended_before = select(ShiftClose.shift_number).where(
        ShiftClose.shift_number == Shift.number, ShiftClose.closed_at < day_start(business_day(at))
    )
    of_till = select(Shift.number).where(Shift.station == shift.station, ~ended_before.exists())
    of_day = (Sale.at >= day_start(business_day(at))) & (Sale.at < day_end(business_day(at)))
    return _sum_given_back(
        session, (Sale.shift_number == shift.number) | (Sale.shift_number.in_(of_till) & of_day)
    )


def _sum_refunded_vnd(session: Session, sale: Sale) -> int:
    """What went back of this sale so far: a limit that counts each refund by itself is none."""
    return _sum_given_back(session, Sale.refunds == sale.number)


def _sum_given_back(session: Session, which: ColumnElement[bool]) -> int:
    """What these refunds gave out; of an exchange only what was worth more than the new goods."""
    new = aliased(Sale)
    rows = session.execute(
        select(Sale.total_vnd - Sale.rounding_vnd, new.total_vnd - new.rounding_vnd)
        .outerjoin(new, (new.shift_number == Sale.shift_number) & (new.exchange_of == Sale.number))
        .where(Sale.refunds.is_not(None), which)
    )
    return sum(max(0, -int(back) - int(new_due or 0)) for back, new_due in rows)
