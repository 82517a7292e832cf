"""messages/queries.py — threads, what is unread in them, and who has read what."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import Session

from ..identity.models import Person
from ..journal.record import canonical_json
from ..kernel.actor import Actor, Role
from ..kernel.errors import NotFound
from ..kernel.tables import get_row
from ..producers.models import Producer
from .models import Message, MessageReading
from .templates import MessageTemplate

PAGE = 50


@dataclass(frozen=True, slots=True)
class MessageThread:
    """A producer's messages in short: the newest, and how many of the producer's nobody of the shop has read, with the newest of those."""

    producer: Producer
    newest: Message | None
    unread: int
    unread_message: Message | None


@dataclass(frozen=True, slots=True)
class ReadMessage:
    """A message with who has read it, by name and time.

    `is_new`: no person of the reader's side had read it (the shop's), or not the reader (a producer's); `is_to_mark`: not the reader.
    """

    message: Message
    readers: tuple[tuple[str, datetime], ...]
    is_new: bool
    is_to_mark: bool


@dataclass(frozen=True, slots=True)
class ToldMessage:
    """What the program told a producer. `readers`: their people who have read it, by name and time."""

    message: Message
    readers: tuple[tuple[str, datetime], ...]


def _is_unread_by_shop() -> ColumnElement[bool]:
    by_shop = (
        select(MessageReading.message_id)
        .join(Person, Person.id == MessageReading.person_id)
        .where(MessageReading.message_id == Message.id, Person.role != Role.PRODUCER)
    )
    return ~Message.is_from_shop & ~exists(by_shop)


def _is_unread_by(person_id: int | None) -> ColumnElement[bool]:
    own = select(MessageReading.message_id).where(
        MessageReading.message_id == Message.id, MessageReading.person_id == person_id
    )
    return Message.is_from_shop & ~exists(own)


def list_threads(session: Session) -> list[MessageThread]:
    """Every producer's thread: the unread ones first, then by the newest message; who never wrote is last, by name."""
    unread = dict(
        session.execute(
            select(Message.producer_id, func.count())
            .where(_is_unread_by_shop())
            .group_by(Message.producer_id)
        )
        .tuples()
        .all()
    )
    newest_ids = select(func.max(Message.id)).group_by(Message.producer_id)
    newest = _load_by_producer(session, newest_ids)
    unread_newest = _load_by_producer(session, newest_ids.where(_is_unread_by_shop()))
    producers = session.scalars(select(Producer).order_by(Producer.search_key)).all()
    threads = [
        MessageThread(
            producer, newest.get(producer.id), unread.get(producer.id, 0), unread_newest.get(producer.id)
        )
        for producer in producers
        if not producer.archived or producer.id in newest
    ]
    return sorted(threads, key=lambda thread: (not thread.unread, -thread.newest.id if thread.newest else 1))


def _load_by_producer(session: Session, ids: Select[Any]) -> dict[int, Message]:
    return {each.producer_id: each for each in session.scalars(select(Message).where(Message.id.in_(ids)))}


def list_unread_by_shop(session: Session) -> Sequence[tuple[Message, str]]:
    """Producers' messages that nobody of the shop has read, the oldest first, each with the producer's name."""
    return (
        session.execute(
            select(Message, Producer.name)
            .join(Producer, Producer.id == Message.producer_id)
            .where(_is_unread_by_shop())
            .order_by(Message.id)
        )
        .tuples()
        .all()
    )


def count_unread_by(session: Session, producer_id: int, person_id: int | None) -> int:
    """How many of the shop's messages to a producer this person has not read."""
    found = select(func.count()).where(Message.producer_id == producer_id, _is_unread_by(person_id))
    return session.scalar(found) or 0


def list_messages(
    session: Session, producer_id: int, reader: Actor, *, before: int | None = None
) -> list[ReadMessage]:
    """A page of a producer's messages, the newest first; `before` is a message's id to page on from."""
    query = select(Message).where(Message.producer_id == producer_id).order_by(Message.id.desc()).limit(PAGE)
    if before is not None:
        query = query.where(Message.id < before)
    messages = session.scalars(query).all()
    readers = _list_readers(session, [message.id for message in messages])
    return [_judge_reading(message, readers[message.id], reader) for message in messages]


def find_told(session: Session, producer_id: int, content: MessageTemplate) -> ToldMessage | None:
    """When a producer was first told this, and which of their people have read it; None where they never were."""
    message = session.scalars(
        select(Message)
        .where(
            Message.producer_id == producer_id,
            Message.code == content.code,
            Message.facts_json == canonical_json(dict(content.facts)),
        )
        .order_by(Message.id)
        .limit(1)
    ).first()
    if message is None:
        return None
    readers = _list_readers(session, [message.id])[message.id]
    return ToldMessage(message, tuple((each.name, each.at) for each in readers if each.role == Role.PRODUCER))


def _judge_reading(message: Message, readers: Sequence["_Reader"], reader: Actor) -> ReadMessage:
    is_producer = reader.role is Role.PRODUCER
    is_theirs = message.is_from_shop is is_producer
    is_own_read = any(each.person_id == reader.person_id for each in readers)
    is_shop_read = any(each.role != Role.PRODUCER for each in readers)
    return ReadMessage(
        message,
        tuple((each.name, each.at) for each in readers),
        is_new=is_theirs and not (is_own_read if is_producer else is_shop_read),
        is_to_mark=is_theirs and not is_own_read,
    )


@dataclass(frozen=True, slots=True)
class _Reader:
    person_id: int
    name: str
    role: str
    at: datetime


def _list_readers(session: Session, message_ids: Iterable[int]) -> dict[int, list[_Reader]]:
    found: dict[int, list[_Reader]] = defaultdict(list)
    rows = session.execute(
        select(MessageReading.message_id, Person.id, Person.name, Person.role, MessageReading.at)
        .join(Person, Person.id == MessageReading.person_id)
        .where(MessageReading.message_id.in_(message_ids))
        .order_by(MessageReading.at)
    )
    for message_id, person_id, name, role, at in rows.tuples():
        found[message_id].append(_Reader(person_id, name, role, at))
    return found


def get_message(session: Session, producer_id: int, message_id: int) -> Message:
    """One of a producer's messages. Raises NotFound (`message_not_found`)."""
    message = get_row(session, Message, message_id, "message_not_found")
    if message.producer_id != producer_id:
        raise NotFound.because("message_not_found")
    return message


def list_unread_ids(session: Session, producer_id: int, reader: Actor) -> Sequence[int]:
    """The other side's messages that this person has not read."""
    own = select(MessageReading.message_id).where(
        MessageReading.message_id == Message.id, MessageReading.person_id == reader.person_id
    )
    return session.scalars(
        select(Message.id).where(
            Message.producer_id == producer_id,
            Message.is_from_shop == (reader.role is Role.PRODUCER),
            ~exists(own),
        )
    ).all()
