"""messages/mark_read.py — who opens a thread has read it."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from ..kernel.actor import Actor
from .models import MessageReading
from .queries import list_unread_ids


def mark_thread_read(
    session: Session, producer_id: int, shown_ids: Collection[int], *, by: Actor, at: datetime
) -> None:
    """Note that this person has read those of the other side's messages that the page showed. What came since stays unread."""
    if by.person_id is None:
        return
    for message_id in list_unread_ids(session, producer_id, by):
        if message_id in shown_ids:
            session.add(MessageReading(message_id=message_id, person_id=by.person_id, at=at))
    session.flush()
