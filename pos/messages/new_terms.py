"""messages/new_terms.py — new terms are recorded, and the producer is told of them in the same unit of work."""

from datetime import datetime
from typing import Unpack

from sqlalchemy.orm import Session

from ..kernel.actor import Actor
from ..producers.models import Producer, ProducerTerms
from ..producers.terms import Agreement, list_bands, record_terms
from .templates import make_terms_agreed
from .write import tell_producer


def agree_terms(
    session: Session, producer: Producer, *, by: Actor, at: datetime, **agreed: Unpack[Agreement]
) -> ProducerTerms:
    """Raises Refused as `draft_terms` does."""
    terms = record_terms(session, producer, by=by, at=at, **agreed)
    tell_producer(session, producer.id, make_terms_agreed(terms, list_bands(session, terms.id)), by=by, at=at)
    return terms
