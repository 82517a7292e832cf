"""A request that came twice is done once: a double click, a reload, a lost answer. Working table."""

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Mapped, Session, mapped_column

from .tables import Base

KEPT = timedelta(days=7)
LONGEST = 80


class Once(Base):
    """The key of a request that was carried out, committed with what it did."""

    __tablename__ = "once"

    key: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)


def is_first(session: Session, key: str, at: datetime) -> bool:
    """True the first time a key is seen, and for no key at all. A refused act is rolled back with its key."""
    if not key:
        return True
    key = key[:LONGEST]
    if session.get(Once, key) is not None:
        return False
    session.add(Once(key=key, at=at))
    session.flush()
    return True


def forget_old(session: Session, at: datetime) -> None:
    """Keys of last week's requests: nobody sends those again."""
    session.execute(delete(Once).where(Once.at < at - KEPT))
