"""journal/models.py — the chain itself. Ledger."""

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from ..kernel.tables import Base, BigKey


class JournalRow(Base):
    """One act. `seq` has no gaps; `hash` covers the previous hash and every other column.

    `subject` is the row the act is about ("product:12"); `payload` is canonical JSON: details,
    `facts` (the whole of versioned rows) and `seals` (digests of ledger rows written with it).
    """

    __tablename__ = "journal"
    __ledger__ = True
    __table_args__ = (
        Index("ix_journal_subject_seq", "subject", "seq"),
        Index("ix_journal_kind_seq", "kind", "seq"),
        Index("ix_journal_actor_seq", "actor", "seq"),
    )

    seq: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    kind: Mapped[str]
    actor_id: Mapped[int | None]
    actor: Mapped[str]
    role: Mapped[str]
    station: Mapped[str]
    subject: Mapped[str | None]
    payload: Mapped[str]
    previous_hash: Mapped[str]
    hash: Mapped[str]
