"""identity/invitations.py — one more person of a producer: invited by a link that is used once, let in by a PIN that is told besides.

Who finds the link without the PIN has ten tries at a million values; who hears the PIN has no link.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..journal.record import record
from ..kernel.actor import SYSTEM, Actor, Role
from ..kernel.database import open_reading, unit_of_work
from ..kernel.errors import NotAllowed, NotFound, Stale
from ..kernel.slow_work import refuse_inside_unit_of_work
from ..kernel.tables import get_row
from ..kernel.text import normalize_text
from ..producers.terms import get_producer
from .guesses import ADDRESS, INVITATION, GuessCounters
from .models import Invitation, Person
from .people import add_person
from .pins import hash_pin, make_pin, matches_pin
from .sign_in import find_by_login, hash_token, parse_login

GOOD_FOR = timedelta(days=7)
MOST_WRONG_PINS = 10  # then it is over, whatever the computer was started anew between


@dataclass(frozen=True, slots=True)
class NewInvitation:
    """An invitation with what is told once and kept nowhere: the token of its link, and its PIN."""

    invitation_id: int
    producer_id: int
    ends_at: datetime
    token: str = field(repr=False)
    pin: str = field(repr=False)


def invite_person(session: Session, producer_id: int, *, by: Actor, at: datetime) -> NewInvitation:
    """Invite one more person of a producer, for a week. Raises NotFound."""
    producer = get_producer(session, producer_id)
    token, pin = secrets.token_urlsafe(24), make_pin()
    invitation = Invitation(
        producer_id=producer.id, token_hash=hash_token(token), pin_hash=hash_pin(pin), at=at, by_name=by.name,
        ends_at=at + GOOD_FOR, wrong_pins=0,
    )  # fmt: skip
    session.add(invitation)
    session.flush()
    record(session, "person_invited", by=by, at=at, subject=producer, invitation=invitation.id, facts=[invitation],
           state_seals=[invitation])  # fmt: skip
    return NewInvitation(invitation.id, producer.id, invitation.ends_at, token, pin)


def is_open(invitation: Invitation, at: datetime) -> bool:
    """Can it still be used?"""
    is_decided = invitation.withdrawn_at is not None or invitation.accepted_at is not None
    return (
        not is_decided
        and invitation.wrong_pins < MOST_WRONG_PINS
        and at < invitation.ends_at <= at + GOOD_FOR
    )


def list_open_invitations(session: Session, producer_id: int, at: datetime) -> list[Invitation]:
    """A producer's invitations that can still be used, the newest first."""
    rows = session.scalars(
        select(Invitation).where(Invitation.producer_id == producer_id).order_by(Invitation.id.desc())
    )
    return [invitation for invitation in rows if is_open(invitation, at)]


def list_producer_people(session: Session, producer_id: int) -> Sequence[Person]:
    """Who signs in for a producer; those who left last."""
    own = select(Person).where(Person.producer_id == producer_id)
    return session.scalars(own.order_by(Person.active.desc(), Person.name, Person.id)).all()


def get_producer_person(session: Session, producer_id: int, person_id: int) -> Person:
    """One of a producer's people. Raises NotFound (`person_not_found`)."""
    person = get_row(session, Person, person_id, "person_not_found")
    if person.producer_id != producer_id:
        raise NotFound.because("person_not_found")
    return person


def withdraw_invitation(
    session: Session, producer_id: int, invitation_id: int, *, by: Actor, at: datetime
) -> None:
    """The link no longer leads in. Raises NotFound (`invitation_not_found`), Stale (`invitation_over`)."""
    invitation = get_row(session, Invitation, invitation_id, "invitation_not_found")
    if invitation.producer_id != producer_id:
        raise NotFound.because("invitation_not_found")
    if not is_open(invitation, at):
        raise Stale.because("invitation_over")
    invitation.withdrawn_at = at
    record(session, "invitation_withdrawn", by=by, at=at, subject=get_producer(session, producer_id),
           invitation=invitation.id, facts=[invitation])  # fmt: skip


def get_invitation(session: Session, token: str, at: datetime) -> Invitation:
    """The invitation of this link. Raises NotFound (`invitation_gone`) for one that is none, used, withdrawn or too old."""
    found = session.scalars(select(Invitation).where(Invitation.token_hash == hash_token(token))).first()
    if found is None or not is_open(found, at):
        raise NotFound.because("invitation_gone")
    return found


def require_invitation_pin(
    token: str, pin: str, *, guesses: GuessCounters, address: str, at: datetime
) -> None:
    """Raises NotAllowed (`invitation_pin_wrong`) for another PIN than the invitation's, and counts it; NotFound (`invitation_gone`).

    Call it outside a unit of work: the hash is slow, and no till waits for it.
    """
    refuse_inside_unit_of_work("a PIN's hash")
    with open_reading() as session:
        invitation = get_invitation(session, token, at)
    doors = ((INVITATION, f"invitation:{invitation.id}"), (ADDRESS, address))
    may_try = guesses.begin(doors)
    if matches_pin(invitation.pin_hash if may_try else None, pin):
        guesses.was_right(doors)
        return
    if may_try:
        with unit_of_work() as session:
            _note_wrong_pin(session, invitation.id, at)
    raise NotAllowed.because("invitation_pin_wrong")


def _note_wrong_pin(session: Session, invitation_id: int, at: datetime) -> None:
    invitation = get_row(session, Invitation, invitation_id, "invitation_not_found")
    invitation.wrong_pins += 1
    record(session, "invitation_pin_wrong", by=SYSTEM, at=at, subject=get_producer(session, invitation.producer_id),
           failed=invitation.wrong_pins, facts=[invitation])  # fmt: skip


def accept_invitation(session: Session, token: str, name: str, pin: str, *, at: datetime) -> Person:
    """A new person of the producer, by their own name and PIN; the link is used up. The invitation's PIN was asked before.

    Raises NotFound (`invitation_gone`), Refused (`name_missing`, `pin_weak`).
    """
    invitation = get_invitation(session, token, at)
    person, _pin = add_person(
        session, name, Role.PRODUCER, by=SYSTEM, at=at, login=_find_free_login(session, name),
        producer_id=invitation.producer_id, pin=pin,
    )  # fmt: skip
    invitation.accepted_at, invitation.person_id = at, person.id
    record(session, "invitation_accepted", by=person.actor(), at=at, subject=person, invitation=invitation.id,
           facts=[invitation])  # fmt: skip
    return person


def _find_free_login(session: Session, name: str) -> str:
    """The name to sign in that this name makes; with a number, where somebody has it."""
    first, number = parse_login(normalize_text(name)), 1
    login = first
    while login and find_by_login(session, login) is not None:
        number += 1
        login = f"{first}-{number}"
    return login
