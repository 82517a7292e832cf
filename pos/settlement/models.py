"""settlement/models.py — producers' accounts: statements that freeze a period, what was paid, deducted and put right. Ledger."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ..kernel.tables import Base, BigKey, Key, Milli, Vnd


class TenderFee(Base):
    """What the bank takes of money paid by a kind of tender, from a day on (basis points). Ledger: a newer row takes over."""

    __tablename__ = "tender_fee"
    __ledger__ = True

    id: Mapped[Key]
    kind: Mapped[str]
    starts: Mapped[date]
    rate_bp: Mapped[int]
    at: Mapped[datetime]


class RecallFault(Base):
    """A recall was the shop's own fault: what was recalled is owed all the same. Ledger; with a second person's word."""

    __tablename__ = "recall_fault"
    __ledger__ = True

    id: Mapped[Key]
    hold_id: Mapped[int] = mapped_column(ForeignKey("hold.id"), unique=True)
    reason: Mapped[str]
    by_name: Mapped[str]
    witness: Mapped[str]
    at: Mapped[datetime]


class EntryKind(StrEnum):
    """What stands in a producer's account besides goods."""

    OPENING = "opening"
    TRANSFER = "transfer"
    CASH = "cash"
    ADVANCE = "advance"
    SHELF_RENT = "shelf_rent"
    PACKAGING = "packaging"
    LABORATORY = "laboratory"
    OTHER_DEDUCTION = "other_deduction"
    OFFSET = "offset"
    CORRECTION = "correction"
    TERMS = "terms"


class ProducerEntry(Base):
    """An entry of a producer's account that is no movement of goods: above 0 the shop owes more, below 0 less. Ledger.

    Its number has no gaps. `reverses`: the entry that it takes back. `about`: the row of the books that it is about, of
    `lot_id`. `cash_document_number`: the payment voucher of what was paid in cash.
    """

    __tablename__ = "producer_entry"
    __ledger__ = True
    __table_args__ = (Index("ix_producer_entry_producer_id_number", "producer_id", "number"),)

    number: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=False)
    producer_id: Mapped[int] = mapped_column(ForeignKey("producer.id"))
    kind: Mapped[str]
    amount_vnd: Mapped[Vnd]
    reason: Mapped[str]
    at: Mapped[datetime]
    by_name: Mapped[str]
    approved_by: Mapped[str | None]
    lot_id: Mapped[int | None] = mapped_column(ForeignKey("lot.id"))
    about: Mapped[str | None]
    cash_document_number: Mapped[int | None] = mapped_column(BigKey)
    reverses: Mapped[int | None] = mapped_column(ForeignKey("producer_entry.number"), unique=True)


class LotTerms(Base):
    """Other terms of a lot, from this moment on. Ledger: newer ones take over; the lot's own row stays as it came.

    What was sold before is put right by an entry (`entry_number`), where the lot had terms; a lot that had none is reckoned
    by these from its first day.
    """

    __tablename__ = "lot_terms"
    __ledger__ = True

    id: Mapped[Key]
    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"), index=True)
    terms_id: Mapped[int] = mapped_column(ForeignKey("terms.id"))
    entry_number: Mapped[int | None] = mapped_column(ForeignKey("producer_entry.number"))
    reason: Mapped[str]
    by_name: Mapped[str]
    approved_by: Mapped[str]
    at: Mapped[datetime]


class Statement(Base):
    """A producer's statement (bảng kê): it freezes what is owed of the days `starts` to `ends`. Ledger; its number has no gaps.

    `closing_vnd` = `opening_vnd` + `goods_vnd` (its rows of goods) + `entries_vnd` (those of entries). `up_to_…`: rows of the
    books with this number or a smaller one were looked at; what of them is on no statement stands in `StatementLeftOut`.
    `check_code`: behind the QR code by which a paper is checked.
    """

    __tablename__ = "statement"
    __ledger__ = True
    __table_args__ = (UniqueConstraint("producer_id", "ends"),)

    number: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=False)
    producer_id: Mapped[int] = mapped_column(ForeignKey("producer.id"))
    starts: Mapped[date]
    ends: Mapped[date]
    opening_vnd: Mapped[Vnd]
    goods_vnd: Mapped[Vnd]
    entries_vnd: Mapped[Vnd]
    closing_vnd: Mapped[Vnd]
    rows_count: Mapped[int]
    up_to_sale: Mapped[int]
    up_to_write_off: Mapped[int]
    up_to_count: Mapped[int]
    up_to_receiving: Mapped[int]
    up_to_fault: Mapped[int]
    up_to_entry: Mapped[int]
    check_code: Mapped[str] = mapped_column(unique=True)
    by_name: Mapped[str]
    at: Mapped[datetime]


class StatementRow(Base):
    """One row of the books, of one lot, as a statement froze it: it stands on this statement alone. Ledger.

    `source`: the row ("sale_line:17.2"); `lot_id`: 0 for a service or an entry. `parts`: into which bands of commission the sum
    fell, as "đồng@basis points" with spaces between. `back_to`: the row that it takes back or puts right.
    """

    __tablename__ = "statement_row"
    __ledger__ = True
    __table_args__ = (UniqueConstraint("source", "lot_id", name="uq_statement_row_source_lot_id"),)

    statement_number: Mapped[int] = mapped_column(
        ForeignKey("statement.number"), primary_key=True, autoincrement=False
    )
    n: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    source: Mapped[str]
    lot_id: Mapped[int]
    kind: Mapped[str]
    day: Mapped[date]
    name: Mapped[str]
    unit: Mapped[str]
    quantity_milli: Mapped[Milli]
    gross_vnd: Mapped[Vnd]
    borne_vnd: Mapped[Vnd]
    commission_vnd: Mapped[Vnd]
    fee_vnd: Mapped[Vnd]
    owed_vnd: Mapped[Vnd]
    terms_id: Mapped[int | None] = mapped_column(ForeignKey("terms.id"))
    parts: Mapped[str | None]
    borne_by: Mapped[str | None]
    vat_category: Mapped[str | None]
    back_to: Mapped[str | None]


class StatementLeftOut(Base):
    """A row of the books that a statement had to leave out, because its goods are under no terms. Ledger."""

    __tablename__ = "statement_left_out"
    __ledger__ = True

    statement_number: Mapped[int] = mapped_column(
        ForeignKey("statement.number"), primary_key=True, autoincrement=False
    )
    source: Mapped[str] = mapped_column(primary_key=True)
    lot_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


class StatementDraft(Base):
    """What a statement up to a day would say, until it is approved: its sums. Working table; a newer run replaces it."""

    __tablename__ = "statement_draft"
    __table_args__ = (UniqueConstraint("producer_id"),)

    id: Mapped[Key]
    producer_id: Mapped[int] = mapped_column(ForeignKey("producer.id"))
    ends: Mapped[date]
    opening_vnd: Mapped[Vnd]
    goods_vnd: Mapped[Vnd]
    entries_vnd: Mapped[Vnd]
    closing_vnd: Mapped[Vnd]
    rows_count: Mapped[int]
    left_out_count: Mapped[int]
    by_name: Mapped[str]
    at: Mapped[datetime]
