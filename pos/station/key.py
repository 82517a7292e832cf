"""station/key.py — the token by which a station's computer proves itself."""

import hashlib
import secrets
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from ..journal.record import record
from ..kernel.actor import Actor
from .models import StationKey


def create_key(session: Session, station: str, *, by: Actor, at: datetime) -> str:
    """A token for this station, shown this once; the one before it ends."""
    end_keys(session, station, by=by, at=at)
    token = secrets.token_urlsafe(32)
    key = StationKey(station=station, token_hash=_hash_token(token), at=at, by_name=by.name)
    session.add(key)
    session.flush()
    record(session, "station_key_made", by=by, at=at, station=station, state_seals=[key])
    return token


def end_keys(session: Session, station: str, *, by: Actor, at: datetime) -> None:
    """Whoever has this station's token is let in no longer."""
    for key in session.scalars(_select_valid_keys().where(StationKey.station == station)):
        key.ended_at = at
        record(session, "station_key_ended", by=by, at=at, station=station, state_seals=[key])


def find_key(session: Session, station: str) -> StationKey | None:
    return session.scalars(_select_valid_keys().where(StationKey.station == station)).first()


def find_station(session: Session, token: str) -> str | None:
    """The station whose token this is; None for one that was never made, or was ended."""
    key = session.scalars(_select_valid_keys().where(StationKey.token_hash == _hash_token(token))).first()
    return key.station if key else None


def _select_valid_keys() -> Select[StationKey]:
    return select(StationKey).where(StationKey.ended_at.is_(None))


def _hash_token(token: str) -> str:
    """Plain SHA-256 will do: a token has 256 random bits, and no one guesses those."""
    return hashlib.sha256(token.encode()).hexdigest()
