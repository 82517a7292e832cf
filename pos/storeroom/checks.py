"""storeroom/checks.py — what is looked at when goods arrive: the shop's own list, by group of goods."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..journal.record import record
from ..kernel.actor import Actor
from ..kernel.errors import Refused
from ..kernel.reason import Reason
from ..kernel.tables import get_row
from ..kernel.text import normalize_text
from .models import QualityCheck


@dataclass(frozen=True, slots=True)
class CheckResult:
    """A check carried out. `tenths`: what the thermometer said, in tenths of °C."""

    name: str
    is_good: bool
    tenths: int | None = None
    file_id: int | None = None


def list_checks(session: Session) -> Sequence[QualityCheck]:
    query = select(QualityCheck).where(~QualityCheck.archived)
    return session.scalars(
        query.order_by(QualityCheck.group_code.is_not(None), QualityCheck.group_code, QualityCheck.id)
    ).all()


def list_checks_for(session: Session, group_code: str) -> list[QualityCheck]:
    """Those of all goods, and those of this group."""
    return [check for check in list_checks(session) if check.group_code in {None, group_code}]


def get_check(session: Session, check_id: int) -> QualityCheck:
    return get_row(session, QualityCheck, check_id, "check_not_found")


def save_check(session: Session, check: QualityCheck, *, by: Actor, at: datetime) -> QualityCheck:
    """Keep a new or changed check. Raises Refused (`name_missing`, `limits_crossed`)."""
    check.name = normalize_text(check.name or "")
    if not check.name:
        raise Refused.because("name_missing")
    least, most = check.least_tenths, check.most_tenths
    if (least is None) != (most is None) or (least is not None and most is not None and least >= most):
        raise Refused.because("limits_crossed")
    session.add(check)
    session.flush()
    record(session, "check_kept", by=by, at=at, subject=check, facts=[check])
    return check


def make_check_result(
    check: QualityCheck, *, is_good: bool | None, tenths: int | None, file_id: int | None
) -> CheckResult | None:
    """An answer as it was given; None where there is none. A temperature is good within its limits, both included."""
    if check.least_tenths is not None and check.most_tenths is not None:
        if tenths is None:
            return None
        return CheckResult(check.name, check.least_tenths <= tenths <= check.most_tenths, tenths, file_id)
    return None if is_good is None else CheckResult(check.name, is_good, None, file_id)


def check_faults(looked: Sequence[CheckResult]) -> tuple[Reason, ...]:
    return tuple(
        Reason.make("quality_failed", check=item.name, tenths=item.tenths)
        for item in looked
        if not item.is_good
    )
