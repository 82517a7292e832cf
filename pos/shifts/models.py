"""shifts/models.py — shifts, the drawer, and the documents of the cash book. Ledger, but for what can be erased."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from ..kernel.tables import Base, Big, BigKey, Key, Vnd


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
    """The end of a shift: what the drawer should hold and what was counted in it, blind.

    `stays_vnd`: what was left in the drawer as the next float, the rest went to the safe; null before revision 0021.
    """

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
    stays_vnd: Mapped[int | None] = mapped_column(Big)


class DrawerKind(StrEnum):
    SALE = "sale"
    REFUND = "refund"
    CASH_IN = "cash_in"
    CASH_OUT = "cash_out"
    TAKING = "taking"
    CORRECTION = "correction"
    DIFFERENCE = "difference"  # missing or over when one cashier handed the drawer over to another


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


class CashDocumentKind(StrEnum):
    RECEIPT = "receipt"  # phiếu thu: from outside
    PAYMENT = "payment"  # phiếu chi: to outside
    MOVE = "move"  # phiếu chuyển quỹ: from one place of the shop's to another
    OPENING = "opening"  # what a place held when its book began


class CashCategory(StrEnum):
    """What a document's money is for, a closed set. Moves are named by their places."""

    OPENING = "opening"
    OTHER_INCOME = "other_income"
    OWNER_IN = "owner_in"
    SUPPLIES = "supplies"
    TRANSPORT = "transport"
    WAGES = "wages"
    RENT = "rent"
    PRODUCER = "producer"
    OWNER_OUT = "owner_out"
    OTHER_COST = "other_cost"
    CARD_FEE = "card_fee"
    BANK_FEE = "bank_fee"
    DIFFERENCE_OVER = "difference_over"
    DIFFERENCE_SHORT = "difference_short"
    FLOAT_OVER = "float_over"  # counted at the next opening, against what stayed in the drawer
    FLOAT_SHORT = "float_short"
    FLOAT = "float"
    TO_SAFE = "to_safe"
    TO_BANK = "to_bank"
    FROM_BANK = "from_bank"
    CARD_CREDIT = "card_credit"
    OTHER_MOVE = "other_move"


SAFE, BANK, CARD = "safe", "bank", "card"
DRAWER = "drawer:"


def name_drawer(station: str) -> str:
    """'drawer:Quầy 1': the place that a station's drawer is."""
    return f"{DRAWER}{station}"


class CashDocument(Base):
    """A numbered document that moves `amount_vnd` from one place to another; a place that is null is outside the shop.

    Places: 'drawer:<station>', 'safe', 'bank', and 'card', the card takings that are on their way to the bank. Each kind
    has numbers of its own without gaps: the one of `kind` is filled in, the other three are null. `drawer_move_id`: the
    move of the drawer that the document stands beside; null where it touches none, and for those of a shift's opening
    and close, which the float and the count have in them. `shift_number`: of the shift whose drawer it touches; between
    two shifts the one that closed. An opening may be 0, any other amount is above it. Ledger.
    """

    __tablename__ = "cash_document"
    __ledger__ = True
    __table_args__ = (Index("ix_cash_document_at", "at"),)

    id: Mapped[Key]
    kind: Mapped[str]
    receipt_number: Mapped[int | None] = mapped_column(unique=True)
    payment_number: Mapped[int | None] = mapped_column(unique=True)
    transfer_number: Mapped[int | None] = mapped_column(unique=True)
    opening_number: Mapped[int | None] = mapped_column(unique=True)
    amount_vnd: Mapped[Vnd]
    from_place: Mapped[str | None] = mapped_column(index=True)
    to_place: Mapped[str | None] = mapped_column(index=True)
    category: Mapped[str]
    reason: Mapped[str]
    shift_number: Mapped[int | None] = mapped_column(ForeignKey("shift.number"), index=True)
    drawer_move_id: Mapped[int | None] = mapped_column(ForeignKey("drawer_move.id"), unique=True)
    at: Mapped[datetime]
    business_day: Mapped[date]
    by_name: Mapped[str]
    approved_by: Mapped[str | None]

    @property
    def number(self) -> int:
        """Its number among the documents of its kind."""
        numbers = self.receipt_number, self.payment_number, self.transfer_number, self.opening_number
        return next(number for number in numbers if number is not None)


class CashDocumentNote(Base):
    """Who paid or was paid, and the picture of their paper. Working table, erasable: it may name a buyer.

    The journal never shows it.
    """

    __tablename__ = "cash_document_note"

    document_id: Mapped[int] = mapped_column(
        ForeignKey("cash_document.id"), primary_key=True, autoincrement=False
    )
    person: Mapped[str] = mapped_column(default="")
    photo_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))


class HandOver(Base):
    """The drawer passed from one cashier to another within a shift: counted blind by who left, confirmed by who came.

    `n` counts a shift's hand-overs from 1. Ledger.
    """

    __tablename__ = "hand_over"
    __ledger__ = True

    shift_number: Mapped[int] = mapped_column(
        ForeignKey("shift.number"), primary_key=True, autoincrement=False
    )
    n: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    from_name: Mapped[str]
    to_name: Mapped[str]
    to_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    expected_vnd: Mapped[Vnd]
    counted_vnd: Mapped[Vnd]
