"""shop/taxes.py — what the shop is before the tax office, from which day, and how its VAT is reckoned."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from ..journal.record import record
from ..kernel.actor import Actor
from ..kernel.clock import business_day
from ..kernel.errors import Refused
from ..law.rates import vat_bp
from ..law.taxpayers import TaxStatus, VatMethod, find_taxpayer_rule
from .models import OpeningTurnover, TaxRegistration, get_shop

MOST_TURNOVER_VND = 10**12
# The status in force on the day `day`, as a part of another statement: a sale asks no statement more for it.
STATUS_ON_DAY = (
    select(TaxRegistration.status)
    .where(TaxRegistration.starts <= bindparam("day"))
    .order_by(TaxRegistration.starts.desc(), TaxRegistration.id.desc())
    .limit(1)
    .scalar_subquery()
)


def find_tax_status(session: Session, on: date) -> TaxStatus | None:
    """What the shop is on a day; None where it has not said."""
    status = session.scalar(select(STATUS_ON_DAY), {"day": on})
    return TaxStatus(status) if status else None


def find_vat_method(status: str | None, on: date) -> VatMethod | None:
    """How VAT is reckoned on a day by a shop of that status; None where it has not said what it is."""
    return find_taxpayer_rule(TaxStatus(status), on).vat_method if status else None


def has_vat(session: Session, on: date) -> bool:
    """Do the shop's prices of a day hold VAT? A shop that owes none says nothing of it; one that hasn't said what it is does."""
    return find_vat_method(find_tax_status(session, on), on) is not VatMethod.NONE


def find_line_vat_bp(method: VatMethod | None, category: str, on: date) -> int:
    """The rate in basis points that a sale's line carries: 0 under a method that has none on the line.

    A shop that hasn't said what it is keeps the category's rate, as earlier versions did.
    """
    return 0 if method in {VatMethod.NONE, VatMethod.DIRECT} else vat_bp(category, on)


def list_tax_registrations(session: Session) -> Sequence[TaxRegistration]:
    """The newest first."""
    newest = TaxRegistration.starts.desc(), TaxRegistration.id.desc()
    return session.scalars(select(TaxRegistration).order_by(*newest)).all()


def record_tax_status(
    session: Session, status: TaxStatus, *, starts: date, by: Actor, at: datetime
) -> TaxRegistration:
    """The shop is this from a day on. What it was when earlier sales were made stays with them.

    Raises Refused (`tax_status_past`) for a change that begins before today; the first may have begun earlier.
    """
    if starts < business_day(at) and list_tax_registrations(session):
        raise Refused.because("tax_status_past")
    registration = TaxRegistration(starts=starts, status=status.value, at=at)
    session.add(registration)
    session.flush()
    record(session, "tax_status_told", by=by, at=at, subject=get_shop(session), seals=[registration],
           status=status.value, starts=starts)  # fmt: skip
    return registration


def find_opening_turnover(session: Session, year: int) -> int | None:
    """What the shop took in that year before its sales were in the books; None where nobody has said."""
    newest = (
        select(OpeningTurnover.amount_vnd)
        .where(OpeningTurnover.year == year)
        .order_by(OpeningTurnover.id.desc())
    )
    return session.scalar(newest.limit(1))


def record_opening_turnover(
    session: Session, year: int, amount_vnd: int, *, by: Actor, at: datetime
) -> OpeningTurnover:
    """Raises Refused (`turnover_odd`): it is from 0 to a thousand billion đồng."""
    if not 0 <= amount_vnd <= MOST_TURNOVER_VND:
        raise Refused.because("turnover_odd")
    opening = OpeningTurnover(year=year, amount_vnd=amount_vnd, at=at)
    session.add(opening)
    session.flush()
    record(session, "opening_turnover_told", by=by, at=at, subject=get_shop(session), seals=[opening],
           year=year, amount_vnd=amount_vnd)  # fmt: skip
    return opening
