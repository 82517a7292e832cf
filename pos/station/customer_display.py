"""station/customer_display.py — the address by which a station's buyers' screen is opened: its key is the only thing that lets in."""

import hmac
import secrets
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..journal.record import record
from ..kernel.actor import Actor
from .models import CustomerDisplay

KEY_BYTES = 18


def make_display_key(session: Session, station: str, *, by: Actor, at: datetime) -> CustomerDisplay:
    """A new address for the station's buyers' screen; the one before is worth nothing from now on."""
    display = find_display(session, station) or CustomerDisplay(station=station)
    display.key, display.made_at, display.by_name = secrets.token_urlsafe(KEY_BYTES), at, by.name
    session.add(display)
    session.flush()
    record(session, "display_address_made", by=by, at=at, station=station, state_seals=[display])
    return display


def find_display(session: Session, station: str) -> CustomerDisplay | None:
    return session.scalars(select(CustomerDisplay).where(CustomerDisplay.station == station)).first()


def find_station_of_key(session: Session, key: str) -> str | None:
    """The station whose key this is. Every key is compared whole, so that the time it takes tells nothing of any."""
    rows = session.execute(select(CustomerDisplay.station, CustomerDisplay.key)).all()
    matches = [station for station, known in rows if hmac.compare_digest(known.encode(), key.encode())]
    return matches[0] if matches else None
