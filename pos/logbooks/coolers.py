"""logbooks/coolers.py — the daily log of fridges and freezers: a reading a day, and what was done when it was wrong."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..journal.record import record
from ..kernel.actor import Actor
from ..kernel.clock import business_day
from ..kernel.errors import Refused
from ..kernel.tables import get_row
from ..kernel.text import normalize_text
from .models import Cooler, Temperature

COLDEST_TENTHS, WARMEST_TENTHS = -600, 600  # beyond them it is a slip of the finger


def list_coolers(session: Session) -> Sequence[Cooler]:
    return session.scalars(select(Cooler).where(~Cooler.archived).order_by(Cooler.id)).all()


def get_cooler(session: Session, cooler_id: int) -> Cooler:
    return get_row(session, Cooler, cooler_id, "cooler_not_found")


def save_cooler(session: Session, cooler: Cooler, *, by: Actor, at: datetime) -> Cooler:
    """Keep a new or changed cooler. Raises Refused (`name_missing`, `limits_crossed`)."""
    cooler.name = normalize_text(cooler.name or "")
    if not cooler.name:
        raise Refused.because("name_missing")
    if cooler.least_tenths >= cooler.most_tenths:
        raise Refused.because("limits_crossed")
    session.add(cooler)
    session.flush()
    record(session, "cooler_kept", by=by, at=at, subject=cooler, facts=[cooler])
    return cooler


def record_temperature(
    session: Session, cooler: Cooler, tenths: int, done: str, *, by: Actor, at: datetime
) -> Temperature:
    """Note what the thermometer says, in tenths of a degree Celsius.

    Raises Refused (`temperature_odd`, `done_missing`: out of the limits it must say what was done).
    """
    if not COLDEST_TENTHS <= tenths <= WARMEST_TENTHS:
        raise Refused.because("temperature_odd")
    is_within = cooler.least_tenths <= tenths <= cooler.most_tenths
    if not is_within and not done.strip():
        raise Refused.because("done_missing", name=cooler.name)
    reading = Temperature(cooler_id=cooler.id, tenths=tenths, is_within=is_within, done=normalize_text(done),
                          business_day=business_day(at), at=at, by_name=by.name)  # fmt: skip
    session.add(reading)
    session.flush()
    record(session, "temperature_read", by=by, at=at, subject=cooler, seals=[reading], tenths=tenths)
    return reading


def list_readings(session: Session, since: date, until: date) -> Sequence[Temperature]:
    """All readings of these days, newest first."""
    return session.scalars(
        select(Temperature)
        .where(Temperature.business_day.between(since, until))
        .order_by(Temperature.at.desc(), Temperature.id.desc())
    ).all()


def list_unread_coolers(session: Session, on: date) -> list[Cooler]:
    """Coolers that nobody has looked at yet on this day."""
    read = set(session.scalars(select(Temperature.cooler_id).where(Temperature.business_day == on)))
    return [cooler for cooler in list_coolers(session) if cooler.id not in read]


@dataclass(frozen=True, slots=True)
class LogDay:
    """A day of one cooler: its readings, or none, which an inspector will ask about."""

    day: date
    cooler: Cooler
    readings: tuple[Temperature, ...]


def list_log_days(session: Session, since: date, until: date) -> list[LogDay]:
    """Every day of every cooler, newest first, days without a reading too."""
    by_day: dict[tuple[date, int], list[Temperature]] = {}
    for reading in reversed(list_readings(session, since, until)):
        by_day.setdefault((reading.business_day, reading.cooler_id), []).append(reading)
    all_coolers = list_coolers(session)
    days = [until - timedelta(days=n) for n in range((until - since).days + 1)]
    return [
        LogDay(day, cooler, tuple(by_day.get((day, cooler.id), ()))) for day in days for cooler in all_coolers
    ]
