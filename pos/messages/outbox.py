"""messages/outbox.py — e-mails on their way: queued with what they tell, sent later, tried again, given up after three days."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from ..identity.models import Person
from ..kernel.errors import Stale
from ..kernel.tables import get_row
from .models import DigestPace, Mail, MailChoice, Message

TRIED_FOR = timedelta(days=3)
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=1)
KEPT_FOR = timedelta(days=30)
AT_ONCE = 50  # letters that are read from the outbox together


@dataclass(frozen=True, slots=True)
class DueMail:
    """A mail that is to be sent now, with its person and where they want it."""

    mail: Mail
    person: Person
    choice: MailChoice
    message: Message | None


def queue_message_mails(session: Session, message: Message, *, at: datetime) -> None:
    """One e-mail to each of the producer's people who wants every message."""
    wanted = (
        select(Person.id)
        .join(MailChoice, MailChoice.person_id == Person.id)
        .where(
            Person.producer_id == message.producer_id,
            Person.active,
            MailChoice.each_message,
            MailChoice.address != "",
        )
    )
    for person_id in session.scalars(wanted):
        session.add(_make_mail(person_id, at, message_id=message.id))
    session.flush()


def list_due_choices(session: Session) -> list[tuple[MailChoice, Person]]:
    """Who wants summaries, with the choice: whether one is due is for `find_digest_span`."""
    rows = session.execute(
        select(MailChoice, Person)
        .join(Person, Person.id == MailChoice.person_id)
        .where(Person.active, MailChoice.digest != DigestPace.NONE, MailChoice.address != "")
        .order_by(Person.producer_id, Person.id)
    )
    return list(rows.tuples())


def queue_digest(
    session: Session, person_id: int, ends: date, letter: tuple[str, str] | None, *, at: datetime
) -> bool:
    """Note that a summary up to that day is made, and queue its subject and body; None: it had nothing to say.

    False where one up to that day was made already, by whatever started anew between.
    """
    choice = get_row(session, MailChoice, person_id, "person_not_found")
    if choice.digest_through is not None and choice.digest_through >= ends:
        return False
    choice.digest_through = ends
    if letter is not None:
        session.add(_make_mail(person_id, at, digest_ends=ends, subject=letter[0], body=letter[1]))
    session.flush()
    return letter is not None


def _make_mail(
    person_id: int,
    at: datetime,
    *,
    message_id: int | None = None,
    digest_ends: date | None = None,
    subject: str = "",
    body: str = "",
) -> Mail:
    return Mail(
        person_id=person_id, message_id=message_id, digest_ends=digest_ends, subject=subject, body=body,
        token=secrets.token_hex(16), at=at, next_try_at=at, tries=0, problem="", sent_at=None, given_up_at=None,
    )  # fmt: skip


def list_due_mails(session: Session, at: datetime) -> list[DueMail]:
    """What is to be sent now, the oldest first; nothing for who has left or gave no address."""
    rows = session.execute(
        select(Mail, Person, MailChoice, Message)
        .join(Person, Person.id == Mail.person_id)
        .join(MailChoice, MailChoice.person_id == Person.id)
        .outerjoin(Message, Message.id == Mail.message_id)
        .where(Mail.sent_at.is_(None), Mail.given_up_at.is_(None), Mail.next_try_at <= at)
        .where(Person.active, MailChoice.address != "")
        .order_by(Mail.id)
        .limit(AT_ONCE)
    )
    return [DueMail(*row) for row in rows.tuples()]


def note_sent(session: Session, mail_id: int, *, at: datetime) -> None:
    mail = get_row(session, Mail, mail_id, "mail_not_found")
    mail.sent_at, mail.tries, mail.problem = at, mail.tries + 1, ""


def note_failed(session: Session, mail_id: int, problem: str, *, is_final: bool, at: datetime) -> None:
    """It did not go out: tried again after a growing wait, and given up after three days, or at once where no try helps."""
    mail = get_row(session, Mail, mail_id, "mail_not_found")
    mail.tries, mail.problem = mail.tries + 1, problem
    mail.next_try_at = at + find_wait(mail.tries)
    if is_final or at - mail.at >= TRIED_FOR:
        mail.given_up_at = at


def find_wait(tries: int) -> timedelta:
    """How long to wait after so many tries: a minute, doubled each time, up to an hour."""
    doubled: timedelta = FIRST_WAIT * 2 ** min(tries - 1, 10)
    return min(doubled, LONGEST_WAIT)


def list_given_up(session: Session) -> Sequence[tuple[Mail, Person]]:
    """Mails that did not arrive, the newest first."""
    rows = session.execute(
        select(Mail, Person)
        .join(Person, Person.id == Mail.person_id)
        .where(Mail.given_up_at.is_not(None))
        .order_by(Mail.id.desc())
    )
    return rows.tuples().all()


def list_held_up(session: Session) -> Sequence[Mail]:
    """Mails of active people that were tried and have not gone out yet, the oldest first."""
    return session.scalars(
        select(Mail)
        .join(Person, Person.id == Mail.person_id)
        .where(Mail.sent_at.is_(None), Mail.given_up_at.is_(None), Mail.tries > 0, Person.active)
        .order_by(Mail.id)
    ).all()


def retry_mail(session: Session, mail_id: int, *, at: datetime) -> None:
    """Try one that was given up for three days more. Raises NotFound, Stale (`mail_not_given_up`)."""
    mail = _get_given_up(session, mail_id)
    mail.at = mail.next_try_at = at
    mail.tries, mail.given_up_at = 0, None


def drop_mail(session: Session, mail_id: int) -> None:
    """Forget one that was given up. Raises NotFound, Stale (`mail_not_given_up`)."""
    session.delete(_get_given_up(session, mail_id))


def _get_given_up(session: Session, mail_id: int) -> Mail:
    mail = get_row(session, Mail, mail_id, "mail_not_found")
    if mail.given_up_at is None:
        raise Stale.because("mail_not_given_up")
    return mail


def forget_old_mails(session: Session, at: datetime) -> None:
    """Forget what was sent a month ago: its message is kept, and nobody needs its words twice. And all of who left."""
    gone = select(Person.id).where(~Person.active)
    session.execute(delete(Mail).where(Mail.sent_at < at - KEPT_FOR))
    session.execute(delete(Mail).where(Mail.person_id.in_(gone)))
    session.execute(delete(MailChoice).where(MailChoice.person_id.in_(gone)))
