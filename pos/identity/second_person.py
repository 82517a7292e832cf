"""identity/second_person.py — who may agree to what one person alone must not do.

Write-off, release of a stop and corrections ask for a second person; where there is one manager a cashier witnesses. An account
or PIN younger than a week is no second person while another could agree: whoever manages the shop could make one for the
occasion. Where nobody else could, who is alone approves their own act, or the new account does, and `verify` lists it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..journal.models import JournalRow
from ..journal.record import CLOCK_CONFIRMED
from ..kernel.actor import Actor, Approval, Role
from ..kernel.errors import Refused
from .models import Person

WITNESSES = frozenset({Role.MANAGER, Role.CASHIER})
SETTLED_AFTER = timedelta(days=7)
PUTS_AWAY = ("person_left", "pin_reset")
NEW_PERSON = ("person_added", "pin_reset", "pin_changed")


def list_other_approvers(session: Session, by: Actor) -> Sequence[int]:
    """The other managers and cashiers, by their ids: those who could agree."""
    others = select(Person.id).where(Person.active, Person.role.in_(WITNESSES), Person.id != by.person_id)
    return session.scalars(others.order_by(Person.id)).all()


def has_one_approver(session: Session, by: Actor) -> bool:
    return not list_other_approvers(session, by)


def is_settled(session: Session, person_id: int | None, at: datetime) -> bool:
    """Are the person's account and PIN older than a week? An account made for one approval is no second person.

    What a clock that stood ahead dated after now is as old as the confirmation of the right date that followed it.
    """
    newest = session.execute(
        select(JournalRow.seq, JournalRow.at)
        .where(JournalRow.subject == f"person:{person_id}", JournalRow.kind.in_(NEW_PERSON))
        .order_by(JournalRow.seq.desc())
        .limit(1)
    ).first()
    if newest is None:
        return True
    since = newest.at
    if since > at:
        confirmed = session.scalar(
            select(func.min(JournalRow.at)).where(
                JournalRow.kind == CLOCK_CONFIRMED, JournalRow.seq > newest.seq, JournalRow.at <= at
            )
        )
        since = confirmed or since
    return bool(at - since >= SETTLED_AFTER)


def has_settled_second(session: Session, by: Actor, at: datetime) -> bool:
    """Is there another manager or cashier who could agree today?"""
    return any(is_settled(session, person_id, at) for person_id in list_other_approvers(session, by))


def require_settled_second(session: Session, by: Actor, approval: Approval | None, at: datetime) -> None:
    """Raises Refused (`second_person_needed`, `second_person_new`)."""
    if approval is None or approval.by.person_id == by.person_id:
        raise Refused.because("second_person_needed")
    if not is_settled(session, approval.by.person_id, at):
        raise Refused.because("second_person_new")


def require_second(session: Session, by: Actor, approval: Approval) -> None:
    """Raises Refused: `second_person_needed` unless somebody else agreed, or there is nobody else; `second_person_new`
    where an account or PIN younger than a week agreed though somebody else could. Whoever put the others out of the way
    in the last week (let them go, gave them another PIN) is not the one whom nobody else could help.
    """
    if approval.by.person_id == by.person_id:
        if not has_one_approver(session, by) or _has_removed_others(session, by, approval.at):
            raise Refused.because("second_person_needed")
    elif not is_settled(session, approval.by.person_id, approval.at) and (
        has_settled_second(session, by, approval.at) or _has_removed_others(session, by, approval.at)
    ):
        raise Refused.because("second_person_new")


def require_second_where(
    needed: bool, session: Session, by: Actor, approval: Approval | None, code: str, **facts: Any
) -> Approval | None:
    """The second person's word where one is needed, else None. Raises Refused (`code` where nobody signed, and as `require_second`)."""
    if not needed:
        return None
    if approval is None:
        raise Refused.because(code, **facts)
    require_second(session, by, approval)
    return approval


def _has_removed_others(session: Session, by: Actor, at: datetime) -> bool:
    """Has this person let somebody go who could agree, or given them another PIN, within a week?"""
    acts = select(JournalRow.subject).where(
        JournalRow.actor == by.name, JournalRow.kind.in_(PUTS_AWAY), JournalRow.at > at - SETTLED_AFTER
    )
    known = session.scalars(
        select(Person.id).where(Person.role.in_(WITNESSES), Person.id != by.person_id)
    ).all()
    others = {f"person:{person_id}" for person_id in known if is_old_account(session, person_id, at)}
    return any(subject in others for subject in session.scalars(acts))


def is_old_account(session: Session, person_id: int, at: datetime) -> bool:
    """Was the account made more than a week ago?"""
    added = session.scalar(
        select(func.min(JournalRow.at)).where(
            JournalRow.subject == f"person:{person_id}", JournalRow.kind == "person_added"
        )
    )
    return added is None or at - added >= SETTLED_AFTER
