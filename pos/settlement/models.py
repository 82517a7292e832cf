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
    `lot_id`. `cash_document_id`: the voucher of the cash book by which it was paid, from a drawer, the safe or the bank.
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
    cash_document_id: Mapped[int | None] = mapped_column(ForeignKey("cash_document.id"), unique=True)
    reverses: Mapped[int | None] = mapped_column(ForeignKey("producer_entry.number"), unique=True)


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


class PayoutAccount(Base):
    """The bank account that a producer is paid to, encrypted (`payout_accounts.py`). Working table; the journal proves it and shows none of it.

    `masked`: what people see of it. `sealed_text`: bank, number and holder, as the shop's own key encrypted them.
    """

    __tablename__ = "payout_account"
    __sealed_state__ = ("id", "producer_id", "sealed_text", "masked", "changed_at", "by_name")

    id: Mapped[Key]
    producer_id: Mapped[int] = mapped_column(ForeignKey("producer.id"), unique=True)
    sealed_text: Mapped[str]
    masked: Mapped[str]
    changed_at: Mapped[datetime]
    by_name: Mapped[str]


class PayoutOrder(Base):
    """A transfer to a producer that was begun: its code was shown, or it stands in a file for the bank. Working table.

    `code`: the purpose that the transfer bears, by which it is found when the bank tells of it. `entry_number`: the entry that
    was written when it was paid; `dropped_at`: nobody will send it; `filed_at`: when it was last put into a file for the bank.
    """

    __tablename__ = "payout_order"

    id: Mapped[Key]
    producer_id: Mapped[int] = mapped_column(ForeignKey("producer.id"), index=True)
    amount_vnd: Mapped[Vnd]
    is_advance: Mapped[bool]
    reason: Mapped[str]
    code: Mapped[str] = mapped_column(unique=True)
    masked: Mapped[str]
    approved_by: Mapped[str | None]
    by_name: Mapped[str]
    made_at: Mapped[datetime]
    filed_at: Mapped[datetime | None]
    dropped_at: Mapped[datetime | None]
    entry_number: Mapped[int | None] = mapped_column(ForeignKey("producer_entry.number"))


class BulkFormat(Base):
    """How a bank wants its file of many transfers: its name and the columns in their order. Working table.

    `columns`: JSON of pairs, the heading and the field (`bulk_file.py: FIELDS`).
    """

    __tablename__ = "bulk_format"

    id: Mapped[Key]
    name: Mapped[str] = mapped_column(unique=True)
    columns: Mapped[str]


class Dispute(Base):
    """A producer says that a line of a statement is wrong. Ledger."""

    __tablename__ = "dispute"
    __ledger__ = True
    __table_args__ = (Index("ix_dispute_statement_number_row_n", "statement_number", "row_n"),)

    number: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=False)
    statement_number: Mapped[int] = mapped_column(ForeignKey("statement.number"))
    row_n: Mapped[int]
    by_name: Mapped[str]
    at: Mapped[datetime]


class DisputeNote(Base):
    """What one side wrote about a disputed line, in its order. Ledger: both keep the whole history.

    `entry_number`: the correction that the shop answered with; `is_end`: the shop's answer ends the dispute.
    """

    __tablename__ = "dispute_note"
    __ledger__ = True

    dispute_number: Mapped[int] = mapped_column(
        ForeignKey("dispute.number"), primary_key=True, autoincrement=False
    )
    n: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    is_producers: Mapped[bool]
    text: Mapped[str]
    by_name: Mapped[str]
    at: Mapped[datetime]
    entry_number: Mapped[int | None] = mapped_column(ForeignKey("producer_entry.number"))
    is_end: Mapped[bool]
