"""messages/models.py — messages, who has read them, and e-mails on their way. Working tables: words and addresses can be erased."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ..kernel.tables import Base, Key


class DigestPace(StrEnum):
    """How often a person is sent a summary by e-mail."""

    NONE = "none"
    DAILY = "daily"
    WEEKLY = "weekly"


class Message(Base):
    """A message between the shop and a producer. Working table: the journal keeps that it was sent, never its words.

    `code` and `facts` (canonical JSON) where the program wrote it, to be rendered in the reader's language; else `text`,
    as somebody typed it.
    """

    __tablename__ = "message"
    __table_args__ = (Index("ix_message_producer_id_id", "producer_id", "id"),)

    id: Mapped[Key]
    producer_id: Mapped[int] = mapped_column(ForeignKey("producer.id"))
    is_from_shop: Mapped[bool]
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    by_name: Mapped[str]
    code: Mapped[str]
    facts_json: Mapped[str]
    text: Mapped[str]


class MessageReading(Base):
    """Who has read a message, and when first. Working table."""

    __tablename__ = "message_reading"

    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"), primary_key=True, autoincrement=False)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, autoincrement=False)
    at: Mapped[datetime]


class MailChoice(Base):
    """What a producer's person wants by e-mail, where to, and in which language. Working table.

    `digest_through`: the last day that a summary has covered.
    """

    __tablename__ = "mail_choice"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, autoincrement=False)
    address: Mapped[str]
    digest: Mapped[str]
    each_message: Mapped[bool]
    language: Mapped[str]
    digest_through: Mapped[date | None]


class Mail(Base):
    """An e-mail to a producer's person that is to be sent: the outbox. Working table; forgotten a month after it is done with.

    Of a message (`message_id`, written when it is sent) or a summary up to the day `digest_ends`. `token`: its Message-ID,
    the same at every try, so that a post office that got it twice knows it. `problem`: why the newest try failed.
    """

    __tablename__ = "mail"
    __table_args__ = (
        UniqueConstraint("person_id", "digest_ends", name="uq_mail_person_id_digest_ends"),
        UniqueConstraint("person_id", "message_id", name="uq_mail_person_id_message_id"),
    )

    id: Mapped[Key]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    message_id: Mapped[int | None] = mapped_column(ForeignKey("message.id"))
    digest_ends: Mapped[date | None]
    subject: Mapped[str]
    body: Mapped[str]
    token: Mapped[str] = mapped_column(unique=True)
    at: Mapped[datetime]
    next_try_at: Mapped[datetime] = mapped_column(index=True)
    tries: Mapped[int]
    problem: Mapped[str]
    sent_at: Mapped[datetime | None]
    given_up_at: Mapped[datetime | None]
