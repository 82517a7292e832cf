"""stock/places.py — where goods may lie: shelves, rooms, the quarantine."""

from datetime import datetime

from sqlalchemy.orm import Session

from ..journal.record import record
from ..kernel.actor import Actor
from ..kernel.errors import Refused
from .models import Place
from .queries import find_place


def add_place(session: Session, place: Place, *, by: Actor, at: datetime) -> Place:
    """Keep a new place. Raises Refused (`place_taken`) where another has its code."""
    if find_place(session, place.code) is not None:
        raise Refused.because("place_taken", name=place.code)
    session.add(place)
    session.flush()
    record(session, "place_added", by=by, at=at, subject=place, facts=[place])
    return place
