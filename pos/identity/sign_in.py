"""identity/sign_in.py — from a PIN to a sign-in, and back."""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..journal.record import record
from ..kernel.actor import Approval, Role
from ..kernel.text import folded
from .models import Person, SignIn
from .pins import count_failure, count_success, is_right

LASTS = {Role.CASHIER: timedelta(hours=12), Role.MANAGER: timedelta(hours=12)}
LASTS_OTHERWISE = timedelta(days=7)


def check_pin(
    session: Session, login: str, pin: str, *, at: datetime, only: Role | None = None
) -> Person | None:
    """The person if name and PIN are right, else None. Counts failures; a locked person is always None.

    With `only`, people of other roles are none, whatever they type: at the public door a manager's PIN can't
    be guessed at. Call it in a unit of work that is committed whatever comes out, or the count is lost.
    """
    person = session.scalars(select(Person).where(Person.login == folded(login).replace(" ", "-"))).first()
    if person is None or not person.active or only not in {None, person.role}:
        return None
    if person.until is not None and at >= person.until:
        return None
    if person.locked_until is not None and at < person.locked_until:
        return None
    if not is_right(person, pin):
        count_failure(person, at)
        record(session, "pin_wrong", by=person.actor(), at=at, subject=person, failed=person.failed)
        return None
    count_success(person)
    return person


def start(session: Session, person: Person, station: str, *, at: datetime) -> str:
    """A new sign-in; returns the token for the browser's cookie. Only its hash is stored."""
    token = secrets.token_urlsafe(32)
    sign_in = SignIn(
        token_hash=_hash(token), person_id=person.id, station=station, started_at=at, locked=False
    )
    session.add(sign_in)
    record(session, "signed_in", by=person.actor(station), at=at, subject=person, state_seals=[sign_in])
    return token


def find(session: Session, token: str, *, at: datetime) -> tuple[Person, SignIn] | None:
    """Who this token stands for, if they are still active and signed in not too long ago."""
    sign_in = session.get(SignIn, _hash(token))
    if sign_in is None:
        return None
    person = session.get_one(Person, sign_in.person_id)
    if person.until is not None and at >= person.until:
        return None
    if not person.active or at - sign_in.started_at > LASTS.get(Role(person.role), LASTS_OTHERWISE):
        return None
    return person, sign_in


def end(session: Session, token: str, *, at: datetime) -> None:
    found = find(session, token, at=at)
    if found:
        person, sign_in = found
        session.delete(sign_in)
        record(session, "signed_out", by=person.actor(sign_in.station), at=at, subject=person,
               removed=[sign_in])  # fmt: skip


def lock(session: Session, token: str, *, at: datetime) -> None:
    """Lock the screen: the basket stays, the next PIN opens it again, whoever's it is."""
    found = find(session, token, at=at)
    if found:
        found[1].locked = True
        record(session, "locked", by=found[0].actor(found[1].station), at=at)


def approval(
    session: Session, login: str, pin: str, reason: str, *, station: str, at: datetime
) -> Approval | None:
    """A manager's approval by PIN at the till; None if the name or PIN is wrong or it is no manager's."""
    person = check_pin(session, login, pin, at=at)
    if person is None or person.role != Role.MANAGER:
        return None
    return Approval(by=person.actor(station), reason=reason, at=at)


def approved_by(approval_: Approval | None) -> dict[str, Any]:
    """For the journal."""
    if approval_ is None:
        return {}
    return {"approved_by": approval_.by.name, "approver_id": approval_.by.person_id, "why": approval_.reason}


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
