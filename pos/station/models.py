"""station/models.py — what is known of a till's devices. Working tables: the journal tells who changed them."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from ..kernel.tables import Base, Key


class StationKey(Base):
    """The right of another computer to drive a station's devices. Only the hash of its token is kept."""

    __tablename__ = "station_key"
    __sealed_state__ = ("id", "station", "token_hash", "at", "by_name", "ended_at")

    id: Mapped[Key]
    station: Mapped[str] = mapped_column(index=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    at: Mapped[datetime]
    by_name: Mapped[str]
    ended_at: Mapped[datetime | None]


class CustomerDisplay(Base):
    """The address of the screen that a station's buyers look at: who knows the key sees it, and can do nothing. Working table."""

    __tablename__ = "customer_display"
    __sealed_state__ = ("id", "station", "key", "made_at", "by_name")

    id: Mapped[Key]
    station: Mapped[str] = mapped_column(unique=True)
    key: Mapped[str]
    made_at: Mapped[datetime]
    by_name: Mapped[str]


class ScannerHabit(Base):
    """What a station's scanner puts around a code, and what it sends for GS1's separator; learnt from two samples."""

    __tablename__ = "scanner_habit"

    station: Mapped[str] = mapped_column(primary_key=True)
    prefix: Mapped[str] = mapped_column(default="")
    suffix: Mapped[str] = mapped_column(default="")
    separator: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]
    by_name: Mapped[str]


class PrinterChoice(Base):
    """How the manager wants a printer spoken to, whatever the configuration says."""

    __tablename__ = "printer_choice"

    printer: Mapped[str] = mapped_column(primary_key=True)
    profile: Mapped[str]
    mode: Mapped[str]
    charset: Mapped[str]
    at: Mapped[datetime]
    by_name: Mapped[str]
