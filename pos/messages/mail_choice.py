"""messages/mail_choice.py — what a producer's person wants by e-mail."""

import re
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from ..identity.models import Person
from ..journal.record import record
from ..kernel.actor import Actor
from ..kernel.clock import business_day
from ..kernel.errors import Refused
from ..kernel.tables import get_row
from .models import DigestPace, MailChoice

LONGEST_ADDRESS = 254
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@([A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,63}")


def is_mail_address(text: str) -> bool:
    """Is it one plain address, without a name, a space or a line's end?"""
    local = text.partition("@")[0]
    is_dotted_well = not local.startswith(".") and not local.endswith(".") and ".." not in local
    return len(text) <= LONGEST_ADDRESS and is_dotted_well and bool(_ADDRESS.fullmatch(text))


def find_mail_choice(session: Session, person_id: int) -> MailChoice | None:
    return session.get(MailChoice, person_id)


def find_last_digest_day(pace: DigestPace, on: date) -> date:
    """The last day that a summary made on this day covers: yesterday, or the last Sunday before it."""
    return on - timedelta(days=on.weekday() + 1 if pace is DigestPace.WEEKLY else 1)


def choose_mail(
    session: Session,
    address: str,
    digest: DigestPace,
    language: str,
    *,
    each_message: bool,
    by: Actor,
    at: datetime,
) -> MailChoice:
    """What the person wants from now on. Raises Refused (`mail_address_odd`, `mail_address_missing`)."""
    address = address.strip()
    if address and not is_mail_address(address):
        raise Refused.because("mail_address_odd")
    if not address and (each_message or digest is not DigestPace.NONE):
        raise Refused.because("mail_address_missing")
    person = get_row(session, Person, by.person_id, "person_not_found")
    choice = session.get(MailChoice, person.id)
    if choice is None:
        choice = MailChoice(person_id=person.id, digest=DigestPace.NONE, digest_through=None)
        session.add(choice)
    if choice.digest != digest:
        choice.digest_through = find_last_digest_day(digest, business_day(at))
    choice.address, choice.digest = address, digest
    choice.each_message, choice.language = each_message, language
    session.flush()
    record(session, "mail_chosen", by=by, at=at, subject=person)
    return choice
