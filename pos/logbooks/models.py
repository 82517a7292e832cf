"""logbooks/models.py — coolers and their log, complaints."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from ..kernel.tables import Base, BigKey, Key


class Cooler(Base):
    """A fridge or freezer with the limits it must keep, in tenths of a degree Celsius. Working table."""

    __tablename__ = "cooler"

    id: Mapped[Key]
    name: Mapped[str]
    least_tenths: Mapped[int]
    most_tenths: Mapped[int]
    archived: Mapped[bool] = mapped_column(default=False)


class Temperature(Base):
    """One reading of a cooler. Out of its limits it says what was done. Ledger."""

    __tablename__ = "temperature"
    __ledger__ = True
    __table_args__ = (Index("ix_temperature_business_day", "business_day"),)

    id: Mapped[Key]
    cooler_id: Mapped[int] = mapped_column(ForeignKey("cooler.id"), index=True)
    tenths: Mapped[int]
    is_within: Mapped[bool]
    done: Mapped[str]
    business_day: Mapped[date]
    at: Mapped[datetime]
    by_name: Mapped[str]


class Complaint(Base):
    """A line of the complaint book and its answer. Working table: it may hold a buyer's personal data,
    which the journal, that forgets nothing, must not. The journal keeps a digest; with the row its `salt` goes,
    and nobody can guess a telephone number from the digest alone.
    """

    __tablename__ = "complaint"
    __sealed_state__ = ("number", "at", "taken_by", "about", "said", "contact", "answer", "answered_at", "answered_by", "salt")  # fmt: skip

    number: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    taken_by: Mapped[str]
    about: Mapped[str]
    said: Mapped[str]
    contact: Mapped[str] = mapped_column(default="")
    answer: Mapped[str] = mapped_column(default="")
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[str] = mapped_column(default="")
    salt: Mapped[str | None]
