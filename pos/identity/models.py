"""identity/models.py — people and their sign-ins. Working tables: the journal tells their history."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from ..kernel.actor import AT_STATIONS, Actor, Role
from ..kernel.tables import Base, Key


class Person(Base):
    """Who may sign in. The PIN is kept only as an argon2id hash, which the journal never sees.

    `until`: after that moment nobody signs in by this name any more (an inspector's day).
    """

    __tablename__ = "person"
    __sealed_state__ = ("id", "login", "pin_hash")

    id: Mapped[Key]
    login: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    role: Mapped[str]
    producer_id: Mapped[int | None] = mapped_column(ForeignKey("producer.id"), index=True)
    pin_hash: Mapped[str]
    active: Mapped[bool] = mapped_column(default=True)
    until: Mapped[datetime | None]

    def facts(self) -> dict[str, Any]:
        return {k: v for k, v in super().facts().items() if k != "pin_hash"}

    def actor(self, station: str = "") -> Actor:
        """Who acts; at this station only where people of their role stand at one."""
        role = Role(self.role)
        return Actor(self.id, self.name, role, station if role in AT_STATIONS else "", self.producer_id)


class SignIn(Base):
    """A person at a station (producers and viewers: at none), from PIN to sign-out. Keyed by the hash of the browser's token.

    `seen_at`: when they did something last, to a minute, for a process that begins anew (idle.py).
    """

    __tablename__ = "sign_in"
    __sealed_state__ = ("token_hash", "person_id", "station", "started_at")

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    station: Mapped[str]
    started_at: Mapped[datetime]
    locked: Mapped[bool] = mapped_column(default=False)
    seen_at: Mapped[datetime | None]


class Invitation(Base):
    """One more person of a producer may come in by a link that is used once and a PIN that is told besides. Working table.

    Link and PIN are kept only as hashes, which the journal never sees. `wrong_pins`: how often a wrong PIN was typed.
    """

    __tablename__ = "invitation"
    __sealed_state__ = ("id", "producer_id", "token_hash", "pin_hash")

    id: Mapped[Key]
    producer_id: Mapped[int] = mapped_column(ForeignKey("producer.id"), index=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    pin_hash: Mapped[str]
    at: Mapped[datetime]
    by_name: Mapped[str]
    ends_at: Mapped[datetime]
    wrong_pins: Mapped[int] = mapped_column(default=0)
    withdrawn_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    def facts(self) -> dict[str, Any]:
        return {k: v for k, v in super().facts().items() if k not in {"token_hash", "pin_hash"}}


class FactChange(Base):
    """A change of facts that decide what may be sold, and who agreed to it. Working table, with its history in the journal.

    `changes`: canonical JSON, by field [before, after]. In force since `applied_at`; without, it waits until `due_on`,
    because nobody was there to agree, unless it is withdrawn.
    """

    __tablename__ = "fact_change"

    id: Mapped[Key]
    subject: Mapped[str] = mapped_column(index=True)
    name: Mapped[str]
    changes: Mapped[str]
    at: Mapped[datetime] = mapped_column(index=True)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    by_name: Mapped[str]
    approved_by: Mapped[str] = mapped_column(default="")
    due_on: Mapped[date | None]
    applied_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[str] = mapped_column(default="")
