"""journal/sealed_states.py — the working tables whose columns the journal proves without showing them."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..kernel.actor import SYSTEM
from ..kernel.tables import Base
from .models import JournalRow
from .record import record

STATES_SEALED = "states_sealed"  # the act from which on each row with a sealed state must have its seal


def has_sealed_states(session: Session) -> bool:
    """Does the journal say that sealing began: with the shop itself, or with the act that sealed an older one?"""
    opened = (JournalRow.kind == "shop_opened") & JournalRow.payload.contains(f'"{STATES_SEALED}":true')
    return bool(session.scalar(select(func.count()).where((JournalRow.kind == STATES_SEALED) | opened)))


def list_sealed_models() -> list[type[Base]]:
    """The working tables with columns that the journal proves without showing them."""
    mappers = (mapper.class_ for mapper in Base.registry.mappers)
    return sorted((m for m in mappers if m.__sealed_state__), key=lambda m: m.__tablename__)


def seal_states(session: Session, *, at: datetime) -> bool:
    """Seal once what PINs, sign-ins, stations' keys and complaints are now: from here on `verify` proves them.

    A shop made by an earlier version does it when it is first started under this one; a new shop never needs it.
    """
    if has_sealed_states(session):
        return False
    rows = [row for model in list_sealed_models() for row in session.scalars(select(model))]
    record(session, STATES_SEALED, by=SYSTEM, at=at, state_seals=rows)
    return True
