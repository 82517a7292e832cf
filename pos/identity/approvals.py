"""identity/approvals.py — the second person: who agreed, and what holds where there is only one.

Write-off, release of a stop and corrections ask for a second person; where there is one manager a cashier
witnesses. Who is quite alone approves their own act, and `verify` lists it.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..kernel.actor import Actor, Approval, Role
from ..kernel.errors import NotAllowed, Refused
from .attempt_origin import PinAttemptOrigin
from .models import Person
from .sign_in import explain_wrong_pin, try_pin

MANAGERS = frozenset({Role.MANAGER})
WITNESSES = frozenset({Role.MANAGER, Role.CASHIER})


def list_other_approvers(session: Session, by: Actor) -> Sequence[int]:
    """The other managers and cashiers, by their ids: those who could agree."""
    others = select(Person.id).where(Person.active, Person.role.in_(WITNESSES), Person.id != by.person_id)
    return session.scalars(others.order_by(Person.id)).all()


def has_one_approver(session: Session, by: Actor) -> bool:
    return not list_other_approvers(session, by)


def require_second(session: Session, by: Actor, approval: Approval) -> None:
    """Raises Refused (`second_person_needed`) unless somebody else agreed, or there is nobody else."""
    if approval.by.person_id == by.person_id and not has_one_approver(session, by):
        raise Refused.because("second_person_needed")


def verify_approval(
    roles: frozenset[Role],
    login: str,
    pin: str,
    reason: str,
    *,
    asker: PinAttemptOrigin,
    station: str,
    at: datetime,
) -> Approval:
    """The word of somebody of these roles, by name and PIN. Raises NotAllowed (`pin_wrong`, `pin_shut`, `not_a_manager`).

    Outside of any unit of work, so that a wrong PIN is counted whatever becomes of the act, and no till waits.
    """
    person = try_pin(login, pin, asker=asker, station=station, at=at)
    if person is None:
        raise NotAllowed(explain_wrong_pin(login, asker=asker, at=at))
    if person.role not in roles:
        # Who asks is signed in, and learns no more than by signing in with that name and PIN, by the same count.
        is_known = asker.signed_in is not None and roles == MANAGERS
        raise (
            NotAllowed.because("not_a_manager", name=person.name)
            if is_known
            else NotAllowed.because("pin_wrong")
        )
    return Approval(by=person, reason=reason, at=at)
