"""closings/models.py — closings and the keys that sign them. Ledger."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ..kernel.tables import Base, BigKey, Key, Vnd


class PeriodKind(StrEnum):
    DAY = "day"
    MONTH = "month"
    YEAR = "year"


class SealKey(Base):
    """A key that signs closings: its public half (Ed25519, RFC 8032: 32 bytes in hexadecimal). The newest one signs."""

    __tablename__ = "seal_key"
    __ledger__ = True

    id: Mapped[Key]
    public_key: Mapped[str] = mapped_column(unique=True)
    at: Mapped[datetime]


class SignedClosing:
    """What every closing holds. Its number has no gaps; `figures` are canonical JSON (`closings/figures.py`).

    `sales_vnd` and `refunds_vnd`: all that the shop has ever sold and given back, through the sale `up_to_sale`; they
    are never reset. `head_seq` and `head_hash`: the journal's newest row before the closing's own. `key_id` and
    `signature` (Ed25519 over `closings/seal.py: text_to_sign`, in hexadecimal) are null where the shop had no key.
    """

    number: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    by_name: Mapped[str]
    figures: Mapped[str]
    up_to_sale: Mapped[int]
    sales_vnd: Mapped[Vnd]
    refunds_vnd: Mapped[Vnd]
    head_seq: Mapped[int]
    head_hash: Mapped[str]
    key_id: Mapped[int | None] = mapped_column(ForeignKey("seal_key.id"))
    signature: Mapped[str | None]


class ZReport(SignedClosing, Base):
    """The Z of a shift: written with its close. Shifts that closed before revision 0018 have none."""

    __tablename__ = "z_report"
    __ledger__ = True

    shift_number: Mapped[int] = mapped_column(ForeignKey("shift.number"), unique=True)


class PeriodClosing(SignedClosing, Base):
    """The closing of a day, a month or a year. `period`: '2026-11-24', '2026-11' or '2026'."""

    __tablename__ = "period_closing"
    __ledger__ = True
    __table_args__ = (UniqueConstraint("kind", "period", name="uq_period_closing_kind_period"),)

    kind: Mapped[str]
    period: Mapped[str]
