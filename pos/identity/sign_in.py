"""identity/sign_in.py — from a PIN to a sign-in, and back."""

import hashlib
import math
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from ..journal.models import JournalRow
from ..journal.payload import read_payload
from ..journal.record import TOLERATED_SKEW, record, row_name
from ..kernel.actor import SYSTEM, Actor, Approval, Role
from ..kernel.database import open_reading, unit_of_work
from ..kernel.reason import Reason
from ..kernel.slow_work import refuse_inside_unit_of_work
from ..kernel.text import fold_text
from .attempt_origin import PinAttemptOrigin
from .guesses import ALL_STRANGERS, COLLEAGUE, DEVICE, RULES, Key
from .models import Person, SignIn
from .pins import is_right_pin

COOKIE_KEY = "token"
LASTS = {Role.CASHIER: timedelta(hours=12), Role.MANAGER: timedelta(hours=12)}
LASTS_OTHERWISE = timedelta(days=7)
LONGEST_UNTIL = timedelta(days=1)
A_DAY = timedelta(days=1)
MOST_RECALLED = 4 * RULES[ALL_STRANGERS].most


def parse_login(typed: str) -> str:
    """The name to sign in that these letters stand for."""
    return fold_text(typed).replace(" ", "-")


def find_by_login(session: Session, login: str) -> Person | None:
    return session.scalars(select(Person).where(Person.login == parse_login(login))).first()


def may_sign_in(person: Person, at: datetime, only: Role | None = None) -> bool:
    """Is the person still with the shop, and (an inspector) is it their day?"""
    return person.active and only in {None, person.role} and not has_ended(person, at)


def has_ended(person: Person, at: datetime) -> bool:
    """Is an inspector's day over? A day further off than one was made by a clock that stood ahead: it is none."""
    return person.until is not None and not at < person.until <= at + LONGEST_UNTIL


def find_person_allowed(
    session: Session, login: str, at: datetime, only: Role | None = None
) -> Person | None:
    """The person of this name who may sign in now.

    With `only`, people of other roles are none, whatever they type: at the public door a manager's PIN can't
    be guessed at.
    """
    person = find_by_login(session, login)
    return person if person is not None and may_sign_in(person, at, only) else None


def try_pin(
    login: str,
    pin: str,
    *,
    asker: PinAttemptOrigin,
    at: datetime,
    station: str = "",
    only: Role | None = None,
) -> Actor | None:
    """Who it is, if name and PIN are right and this door isn't shut; else None, and it counts (guesses.py).

    Call it outside a unit of work: the hash is slow, and no till waits for it. Known, unknown, shut and left names
    answer after the same time and leave the same trace.
    """
    refuse_inside_unit_of_work("a PIN's hash")
    login = parse_login(login)
    with open_reading() as session:
        person = find_person_allowed(session, login, at, only)
        if person is not None and not asker.guesses.is_recalled(login):
            asker.guesses.recall(login, _count_wrong_by_strangers(session, person, at))
        doors = asker.doors(session, login, person)
    may_try = asker.guesses.begin(doors)
    if is_right_pin(person if may_try else None, pin) and person is not None:
        asker.guesses.was_right(doors)
        return person.actor(station)
    if may_try:
        _note_wrong(person, doors, asker.guesses.wrong_today(doors), at)
    return None


def explain_wrong_pin(
    login: str, *, asker: PinAttemptOrigin, at: datetime, only: Role | None = None
) -> Reason:
    """Why `try_pin` returned None: `pin_wrong`, or `pin_shut` with the minutes for which nothing more is looked at here.

    Strangers are told the one sentence, whatever it was: how long a name is shut would say that others try it. Who
    stands in the shop or at their own device is told.
    """
    login = parse_login(login)
    with open_reading() as session:
        doors = asker.doors(session, login, find_person_allowed(session, login, at, only))
    wait = asker.guesses.find_wait(doors) if doors[0][0] in {COLLEAGUE, DEVICE} else 0.0
    return Reason.make("pin_shut", minutes=math.ceil(wait / 60)) if wait else Reason.make("pin_wrong")


def _note_wrong(person: Person | None, doors: Sequence[Key], failed: int, at: datetime) -> None:
    """The journal doesn't name who isn't there: what was typed as a name may be a PIN."""
    with unit_of_work() as session:
        by = person.actor() if person else SYSTEM
        record(session, "pin_wrong", by=by, at=at, subject=person, failed=failed, door=doors[0][0])


def _count_wrong_by_strangers(session: Session, person: Person, at: datetime) -> int:
    """Wrong PINs that strangers typed for this person in the last day, and (by a clock ahead) after it."""
    tried = select(JournalRow.at, JournalRow.payload).where(
        JournalRow.subject == row_name(person), JournalRow.kind == "pin_wrong"
    )
    newest = session.execute(tried.order_by(JournalRow.seq.desc()).limit(MOST_RECALLED)).all()
    return sum(
        row.at > at - A_DAY and read_payload(row.payload).get("door", ALL_STRANGERS) == ALL_STRANGERS for row in newest
    )  # fmt: skip


def start_sign_in(session: Session, person: Person, station: str, *, at: datetime) -> str:
    """A new sign-in; returns the token for the browser's cookie. Only its hash is stored."""
    token = secrets.token_urlsafe(32)
    sign_in = SignIn(
        token_hash=hash_token(token),
        person_id=person.id,
        station=person.actor(station).station,
        started_at=at,
        locked=False,
        seen_at=at,
    )
    session.add(sign_in)
    record(session, "signed_in", by=person.actor(station), at=at, subject=person, state_seals=[sign_in])
    return token


_WITH_PERSON = (
    select(SignIn, Person)
    .join(Person, Person.id == SignIn.person_id)
    .where(SignIn.token_hash == bindparam("token_hash"))
)


def find_sign_in(session: Session, token: str, *, at: datetime) -> tuple[Person, SignIn] | None:
    """Who this token stands for, if they are still active and signed in not too long ago."""
    row = session.execute(_WITH_PERSON, {"token_hash": hash_token(token)}).first()
    if row is None:
        return None
    sign_in, person = row
    lasts = LASTS.get(Role(person.role), LASTS_OTHERWISE)
    # One that began after now began by a clock that stood ahead: it mustn't last until that day comes.
    if not person.active or has_ended(person, at) or not -TOLERATED_SKEW <= at - sign_in.started_at <= lasts:
        return None
    return person, sign_in


def end_sign_in(session: Session, token: str, *, at: datetime) -> None:
    found = find_sign_in(session, token, at=at)
    if found:
        person, sign_in = found
        session.delete(sign_in)
        record(session, "signed_out", by=person.actor(sign_in.station), at=at, subject=person,
               removed=[sign_in])  # fmt: skip


def lock_sign_in(session: Session, token: str, *, at: datetime) -> None:
    """Lock the screen: the basket stays, the next PIN opens it again, whoever's it is."""
    found = find_sign_in(session, token, at=at)
    if found:
        found[1].locked = True
        record(session, "locked", by=found[0].actor(found[1].station), at=at)


def describe_approval(approval_: Approval | None) -> dict[str, Any]:
    """For the journal."""
    if approval_ is None:
        return {}
    return {"approved_by": approval_.by.name, "approver_id": approval_.by.person_id, "why": approval_.reason}


def hash_token(token: str) -> str:
    """How a browser's token is kept here."""
    return hashlib.sha256(token.encode()).hexdigest()
