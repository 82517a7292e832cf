"""messages/write.py — the shop writes to a producer, and a producer to the shop."""

from datetime import datetime

from sqlalchemy.orm import Session

from ..journal.record import canonical_json, record
from ..kernel.actor import Actor
from ..kernel.errors import Refused
from ..kernel.text import normalize_lines
from ..producers.terms import get_producer
from .models import Message
from .outbox import queue_message_mails
from .templates import MessageTemplate

LONGEST_TEXT = 2_000


def tell_producer(
    session: Session, producer_id: int, content: MessageTemplate | str, *, by: Actor, at: datetime
) -> Message:
    """A message of the shop to a producer: a template, or what somebody typed. E-mails of it are queued with it.

    Raises NotFound, Refused (`message_empty`, `message_too_long`).
    """
    producer = get_producer(session, producer_id)
    code, facts_json, text = "", "", ""
    if isinstance(content, MessageTemplate):
        code, facts_json = content.code, canonical_json(dict(content.facts))
    else:
        text = tidy_text(content)
    message = Message(
        producer_id=producer.id, is_from_shop=True, at=at, by_id=by.person_id, by_name=by.name, code=code,
        facts_json=facts_json, text=text,
    )  # fmt: skip
    session.add(message)
    session.flush()
    record(session, "message_to_producer", by=by, at=at, subject=producer, message=message.id)
    queue_message_mails(session, message, at=at)
    return message


def write_to_shop(session: Session, producer_id: int, text: str, *, by: Actor, at: datetime) -> Message:
    """A message of a producer's person to the shop. Raises Refused (`message_empty`, `message_too_long`)."""
    producer = get_producer(session, producer_id)
    message = Message(
        producer_id=producer.id, is_from_shop=False, at=at, by_id=by.person_id, by_name=by.name, code="",
        facts_json="", text=tidy_text(text),
    )  # fmt: skip
    session.add(message)
    session.flush()
    record(session, "message_to_shop", by=by, at=at, subject=producer, message=message.id)
    return message


def tidy_text(text: str) -> str:
    """What was typed, without spaces around it and without signs that no one sees. Raises Refused (`message_empty`, `message_too_long`)."""
    text = normalize_lines(text)
    if not text:
        raise Refused.because("message_empty")
    if len(text) > LONGEST_TEXT:
        raise Refused.because("message_too_long", most=LONGEST_TEXT)
    return text
