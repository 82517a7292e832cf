"""closings/keys.py — the shop's signing key in the books: made once, replaced on purpose, never silently."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..journal.record import record
from ..kernel.actor import Actor
from .models import SealKey
from .seal import Seal, find_seal, make_seal


def list_keys(session: Session) -> Sequence[SealKey]:
    """Every key that the shop has had, the newest last."""
    return session.scalars(select(SealKey).order_by(SealKey.id)).all()


def enter_key(session: Session, seal: Seal, *, by: Actor, at: datetime) -> SealKey:
    """Write the key's public half into the books, with the one before it; one that is there stays as it is."""
    keys = list_keys(session)
    known = next((key for key in keys if key.public_key == seal.public_key), None)
    if known is not None:
        return known
    key = SealKey(public_key=seal.public_key, at=at)
    session.add(key)
    session.flush()
    record(session, "seal_key_made", by=by, at=at, subject=key, seals=[key], public_key=key.public_key,
           previous_key=keys[-1].public_key if keys else "")  # fmt: skip
    return key


def begin_sealing(session: Session, folder: Path, *, by: Actor, at: datetime) -> Seal | None:
    """The shop's key; made where neither the folder nor the books have one. None: the books know one that is lost.

    A lost key is not replaced by itself: from then on closings are unsigned, and say so. Raises OSError, SealUnreadable.
    """
    seal = find_seal(folder)
    if seal is None:
        if list_keys(session):
            return None
        seal = make_seal(folder)
    enter_key(session, seal, by=by, at=at)
    return seal


def replace_key(session: Session, folder: Path, *, by: Actor, at: datetime) -> SealKey:
    """A new key from now on; what the old one signed stays proved by its public half. Raises OSError."""
    return enter_key(session, make_seal(folder), by=by, at=at)
