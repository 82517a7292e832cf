"""shifts/models.py — shifts and the drawer. Ledger."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from ..kernel.tables import Base, BigKey, Key, Vnd


class Shift(Base):
    """A shift opened at a station. Its number has no gaps; it lasts until a ShiftClose names it."""

    __tablename__ = "shift"
    __ledger__ = True

    number: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=False)
    station: Mapped[str] = mapped_column(index=True)
    opened_at: Mapped[datetime]
    opened_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    opener_name: Mapped[str]
    float_vnd: Mapped[Vnd]


class ShiftClose(Base):
    """The end of a shift: what the drawer should hold and what was counted in it, blind."""

    __tablename__ = "shift_close"
    __ledger__ = True

    shift_number: Mapped[int] = mapped_column(
        ForeignKey("shift.number"), primary_key=True, autoincrement=False
    )
    closed_at: Mapped[datetime]
    closer_name: Mapped[str]
    expected_vnd: Mapped[Vnd]
    counted_vnd: Mapped[Vnd]
    sales_count: Mapped[int]
    sales_vnd: Mapped[Vnd]
    refunds_vnd: Mapped[Vnd]


class DrawerKind(StrEnum):
    SALE = "sale"
    REFUND = "refund"
    CASH_IN = "cash_in"
    CASH_OUT = "cash_out"
    TAKING = "taking"
    CORRECTION = "correction"


class DrawerMove(Base):
    """Cash into (+) or out of (−) the drawer of a shift, besides its float.

    `taking`: cash for a voucher or a debt, or given back of it; `correction`: a sale was paid in cash or by card after all.

    `by_name` and `approved_by`: who put it in or took it out, and which manager agreed; null for sales and refunds,
    which say it themselves, and for moves older than revision 0011.
    """

    __tablename__ = "drawer_move"
    __ledger__ = True

    id: Mapped[Key]
    shift_number: Mapped[int] = mapped_column(ForeignKey("shift.number"), index=True)
    kind: Mapped[str]
    amount_vnd: Mapped[Vnd]
    document: Mapped[str]
    reason: Mapped[str]
    at: Mapped[datetime]
    by_name: Mapped[str | None]
    approved_by: Mapped[str | None]
