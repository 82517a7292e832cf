"""identity/accept_clock.py — a manager says that the computer's date is right, though the books' newest row is later."""

from datetime import datetime

from sqlalchemy.orm import Session

from ..journal.record import CLOCK_CONFIRMED, record
from ..kernel.actor import Actor, Approval
from .second_person import has_settled_second, require_settled_second
from .sign_in import describe_approval


def accept_clock(session: Session, *, by: Actor, at: datetime, approval: Approval | None) -> None:
    """Write that the date is right. Where a second person could agree, one must: a date set back makes expired goods look good.

    Raises as `require_settled_second`.
    """
    if approval is not None or has_settled_second(session, by, at):
        require_settled_second(session, by, approval, at)
    record(session, CLOCK_CONFIRMED, by=by, at=at, **describe_approval(approval))
