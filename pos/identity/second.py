"""identity/second.py — the second person: who agreed, and what holds where there is only one.

Write-off, release of a stop and corrections ask for a second person; where there is one manager a cashier
witnesses. Who is quite alone approves their own act, and `verify` lists it (domain.md §1, rights).
"""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..kernel.actor import Actor, Approval, Role
from ..kernel.database import unit_of_work
from ..kernel.errors import NotAllowed, Refused
from .models import Person
from .sign_in import check_pin


def is_alone(session: Session, by: Actor) -> bool:
    """Is there no other manager or cashier who could agree?"""
    others = select(Person.id).where(
        Person.active, Person.role.in_((Role.MANAGER, Role.CASHIER)), Person.id != by.person_id
    )
    return session.execute(others.limit(1)).first() is None


def require_second(session: Session, by: Actor, approval: Approval) -> None:
    """Raises Refused (`second_person_needed`) unless somebody else agreed, or there is nobody else."""
    if approval.by.person_id == by.person_id and not is_alone(session, by):
        raise Refused.because("second_person_needed")


def word_of(
    how: Callable[..., Approval | None], login: str, pin: str, reason: str, *, station: str, at: datetime
) -> Approval:
    """The word of a manager (`approval`) or of anybody else in the shop (`witness`). Raises NotAllowed (`pin_wrong`).

    In a unit of work of its own, so that a wrong PIN is counted whatever becomes of the act.
    """
    with unit_of_work() as session:
        given = how(session, login, pin, reason, station=station, at=at)
    if given is None:
        raise NotAllowed.because("pin_wrong")
    return given


def witness(
    session: Session, login: str, pin: str, reason: str, *, station: str, at: datetime
) -> Approval | None:
    """Another's word by name and PIN; None if they are wrong or it is neither a manager nor a cashier."""
    person = check_pin(session, login, pin, at=at)
    if person is None or person.role not in {Role.MANAGER, Role.CASHIER}:
        return None
    return Approval(by=person.actor(station), reason=reason, at=at)
