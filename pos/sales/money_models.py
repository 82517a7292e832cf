"""sales/money_models.py — money that is no sale's yet or no more: received beforehand, paid on a debt, corrected; buyers on account."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from ..kernel.tables import Base, BigKey, Key, Vnd


class Taking(Base):
    """Money received without a sale of its own (below 0: given back). Ledger.

    Exactly one says what for: `basket_id` (a part of a basket that is not paid yet; the sale's tenders name it),
    `debt_of` (the sale on account that it pays), `voucher_number` (the voucher that was sold). `kind`: the tender's, or
    `written_off` where a manager lets a debt go. `undoes`: the taking that this one gives back. `shift_number`: null where no till took it.
    `is_surplus`: it pays nothing of the basket, because it is more than was due or came when the basket was sold or given up: it is
    to give back. `refund_number`: a transfer's part of that refund, which is to be sent back. `is_claim`: a transfer that a person
    says has come, and that no source has told of when this was written (`TransferAllocation` says what came of it).
    """

    __tablename__ = "taking"
    __ledger__ = True
    __table_args__ = (  # of the few that are one
        Index(
            "ix_taking_is_surplus",
            "is_surplus",
            sqlite_where=text("is_surplus IS 1"),
            postgresql_where=text("is_surplus"),
        ),
        Index(
            "ix_taking_is_claim",
            "is_claim",
            sqlite_where=text("is_claim IS 1"),
            postgresql_where=text("is_claim"),
        ),
    )

    number: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=False)
    kind: Mapped[str]
    amount_vnd: Mapped[Vnd]
    basket_id: Mapped[int | None] = mapped_column(ForeignKey("basket.id"), index=True)
    debt_of: Mapped[int | None] = mapped_column(ForeignKey("sale.number"), index=True)
    voucher_number: Mapped[int | None] = mapped_column(ForeignKey("voucher.number"), index=True)
    reference: Mapped[str | None]
    shift_number: Mapped[int | None] = mapped_column(ForeignKey("shift.number"), index=True)
    undoes: Mapped[int | None] = mapped_column(ForeignKey("taking.number"), unique=True)
    is_surplus: Mapped[bool | None]
    refund_number: Mapped[int | None] = mapped_column(BigKey)
    is_claim: Mapped[bool | None]
    reason: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]
    business_day: Mapped[date] = mapped_column(index=True)
    by_name: Mapped[str]


class AllocationKind(StrEnum):
    """What a transfer was for, or how the claim of a taking that was confirmed by hand ended."""

    RECEIVED = (
        "received"  # the transfer is the taking's money; one that was confirmed by hand is proved by it
    )
    SENT = "sent"  # the transfer carries what the taking gives back
    DOCUMENT = "document"  # the transfer is a document of the cash book
    REFUNDED = "refunded"  # goods came back before the money: the claim is lowered, nothing is paid out
    OWED = "owed"  # the money never came: the buyer owes it
    LOST = "lost"  # the money never came: a manager let it go


class TransferAllocation(Base):
    """So much of a transfer belongs to a taking or a document of the cash book; or of a taking's claim nothing will come. Ledger.

    `transfer_number` is null for the last three kinds. `sale_number`: of the refund that lowered a claim; of the sale that a buyer
    owes. `reverses`: the allocation that was a mistake; its amount is below 0.
    """

    __tablename__ = "transfer_allocation"
    __ledger__ = True

    number: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=False)
    kind: Mapped[str]
    amount_vnd: Mapped[Vnd]
    transfer_number: Mapped[int | None] = mapped_column(ForeignKey("bank_transfer.number"), index=True)
    taking_number: Mapped[int | None] = mapped_column(ForeignKey("taking.number"), index=True)
    document_id: Mapped[int | None] = mapped_column(ForeignKey("cash_document.id"), index=True)
    sale_number: Mapped[int | None] = mapped_column(ForeignKey("sale.number"))
    buyer_id: Mapped[int | None] = mapped_column(BigKey)
    reverses: Mapped[int | None] = mapped_column(ForeignKey("transfer_allocation.number"), unique=True)
    reason: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]
    business_day: Mapped[date] = mapped_column(index=True)
    by_name: Mapped[str]
    approved_by: Mapped[str | None]


class TenderCorrection(Base):
    """A tender of a sale was noted as another kind than it was: so much of it belongs to `to_kind`. Ledger.

    A document of the shift in which it is written; the shift of the sale, and its Z, stay as they are.
    """

    __tablename__ = "tender_correction"
    __ledger__ = True

    number: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=False)
    sale_number: Mapped[int] = mapped_column(ForeignKey("sale.number"), index=True)
    shift_number: Mapped[int] = mapped_column(ForeignKey("shift.number"), index=True)
    from_kind: Mapped[str]
    to_kind: Mapped[str]
    amount_vnd: Mapped[Vnd]
    reference: Mapped[str | None]
    reason: Mapped[str]
    at: Mapped[datetime]
    business_day: Mapped[date]
    by_name: Mapped[str]
    approved_by: Mapped[str | None]


class Buyer(Base):
    """Who buys on account. Working table and erasable: the ledger and the journal know the row's number alone.

    `limit_vnd`: how much may be owed in all.
    """

    __tablename__ = "buyer"

    id: Mapped[Key]
    name: Mapped[str]
    phone: Mapped[str] = mapped_column(default="")
    address: Mapped[str] = mapped_column(default="")
    tax_code: Mapped[str] = mapped_column(default="")
    limit_vnd: Mapped[Vnd]
    archived: Mapped[bool] = mapped_column(default=False)
