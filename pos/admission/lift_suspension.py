"""admission/lift_suspension.py — a producer's goods may be sold again: agreed by two people, or a day later."""

from datetime import datetime

from sqlalchemy.orm import Session

from ..identity.fact_changes import decide_change
from ..identity.models import FactChange
from ..kernel.actor import Actor, Approval
from ..kernel.errors import Stale
from ..producers.models import Producer
from ..producers.terms import save_producer


def lift_suspension(
    session: Session, producer: Producer, *, by: Actor, at: datetime, approval: Approval | None
) -> FactChange:
    """End the suspension, at once or, where nobody else could agree, on the next business day.

    Returns the change. Raises Stale (`not_suspended`), and as `decide_change` does.
    """
    if producer.suspended_on is None:
        raise Stale.because("not_suspended", name=producer.name)
    wanted = {"suspended_on": (producer.suspended_on, None)}
    change = decide_change(session, producer, producer.name, wanted, by=by, at=at, approval=approval)
    if change.applied_at is not None:
        end_suspension(session, producer, by=by, at=at)
    return change


def end_suspension(session: Session, producer: Producer, *, by: Actor, at: datetime) -> None:
    """What was agreed is carried out."""
    producer.suspended_on, producer.suspended_why = None, ""
    save_producer(session, producer, by=by, at=at, may_lift=True)
