"""identity/people.py — adding people, giving them new PINs, letting them go."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..journal.record import record
from ..kernel.actor import Actor, Role
from ..kernel.clock import business_day, day_end
from ..kernel.errors import Refused
from ..kernel.tables import get_row
from ..kernel.text import fold_text, normalize_text
from .models import Person, SignIn
from .pins import hash_pin, make_pin, refuse_weak_pin
from .sign_in import has_ended


def add_person(
    session: Session,
    name: str,
    role: Role,
    *,
    by: Actor,
    at: datetime,
    login: str = "",
    producer_id: int | None = None,
    pin: str | None = None,
    until: datetime | None = None,
) -> tuple[Person, str]:
    """A new person and their PIN in clear, which is told once and kept nowhere; good `until` a moment, if given.

    Raises Refused (`name_missing`, `login_taken`, `pin_weak`, `producer_missing`).
    """
    name = normalize_text(name)
    if not name:
        raise Refused.because("name_missing")
    if (role is Role.PRODUCER) != (producer_id is not None):
        raise Refused.because("producer_missing")
    login = fold_text(login or name).replace(" ", "-")
    if session.scalars(select(Person).where(Person.login == login)).first() is not None:
        raise Refused.because("login_taken", login=login)
    pin = pin or make_pin()
    refuse_weak_pin(pin)
    person = Person(login=login, name=name, role=role.value, producer_id=producer_id, pin_hash=hash_pin(pin),
                    until=until)  # fmt: skip
    session.add(person)
    session.flush()
    record(session, "person_added", by=by, at=at, subject=person, facts=[person], state_seals=[person])
    return person, pin


def get_person(session: Session, person_id: int) -> Person:
    return get_row(session, Person, person_id, "person_not_found")


def list_persons(session: Session) -> Sequence[Person]:
    return session.scalars(select(Person).order_by(Person.active.desc(), Person.role, Person.name)).all()


def list_active_persons(session: Session, roles: Collection[Role]) -> Sequence[Person]:
    """Whose name may be chosen where somebody of these roles signs."""
    return [person for person in list_persons(session) if person.active and person.role in roles]


def list_persons_named(session: Session, words: str) -> list[Person]:
    """Those whose name, or name to sign in, has all of these words, whatever their accents; who left last."""
    wanted = fold_text(words).split()
    return [
        person
        for person in list_persons(session)
        if wanted and all(word in f"{fold_text(person.name)} {person.login}" for word in wanted)
    ]


def reset_pin(session: Session, person: Person, *, by: Actor, at: datetime, pin: str | None = None) -> str:
    """A new PIN in clear, told once. Ends the person's sign-ins everywhere."""
    pin = pin or make_pin()
    refuse_weak_pin(pin)
    person.pin_hash = hash_pin(pin)
    if has_ended(person, at):
        person.until = day_end(business_day(at))  # an inspector who comes again has a new day
    ended = sign_out_everywhere(session, person)
    record(session, "pin_reset", by=by, at=at, subject=person, state_seals=[person], removed=ended)
    return pin


def add_inspector(session: Session, *, by: Actor, at: datetime) -> tuple[Person, str]:
    """A sign-in that reads everything an inspection asks for and changes nothing, until the day ends."""
    today = business_day(at)
    name = f"Đoàn kiểm tra {today:%d/%m}"
    taken = session.scalars(select(Person.login).where(Person.login.like("doan-kiem-tra-%"))).all()
    return add_person(session, name, Role.VIEWER, by=by, at=at, login=f"doan-kiem-tra-{today:%d%m}-{len(taken) + 1}",
                      until=day_end(today))  # fmt: skip


def change_own_pin(session: Session, person: Person, new: str, *, by: Actor, at: datetime) -> None:
    """The person's own choice; the old PIN was asked by the caller. Ends all sign-ins. Raises Refused (`pin_weak`)."""
    refuse_weak_pin(new)
    person.pin_hash = hash_pin(new)
    ended = sign_out_everywhere(session, person)
    record(session, "pin_changed", by=by, at=at, subject=person, state_seals=[person], removed=ended)


def set_active(session: Session, person: Person, active: bool, *, by: Actor, at: datetime) -> None:
    """Let a person go, or take them back. Raises Refused (`last_manager`)."""
    if not active and person.role == Role.MANAGER and _is_last_manager(session, person):
        raise Refused.because("last_manager")
    person.active = active
    ended = [] if active else sign_out_everywhere(session, person)
    record(
        session,
        "person_returned" if active else "person_left",
        by=by,
        at=at,
        subject=person,
        facts=[person],
        removed=ended,
    )


def _is_last_manager(session: Session, person: Person) -> bool:
    others = select(Person.id).where(Person.role == Role.MANAGER, Person.active, Person.id != person.id)
    return session.execute(others).first() is None


def sign_out_everywhere(session: Session, person: Person) -> Sequence[SignIn]:
    """Ends the person's sign-ins; the caller's act notes which."""
    ended = session.scalars(select(SignIn).where(SignIn.person_id == person.id)).all()
    for sign_in in ended:
        session.delete(sign_in)
    return ended
