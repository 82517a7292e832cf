"""sales/money_models.py — money that is no sale's yet or no more: received beforehand, paid on a debt, corrected; buyers on account."""

from datetime import date, datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from ..kernel.tables import Base, BigKey, Key, Vnd


class Taking(Base):
    """Money received without a sale of its own (below 0: given back). Ledger.

    Exactly one says what for: `basket_id` (a part of a basket that is not paid yet; the sale's tenders name it),
    `debt_of` (the sale on account that it pays), `voucher_number` (the voucher that was sold). `kind`: the tender's, or
    `written_off` where a manager lets a debt go. `undoes`: the taking that this one gives back. `shift_number`: null where no till took it.
    """

    __tablename__ = "taking"
    __ledger__ = True

    number: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=False)
    kind: Mapped[str]
    amount_vnd: Mapped[Vnd]
    basket_id: Mapped[int | None] = mapped_column(ForeignKey("basket.id"), index=True)
    debt_of: Mapped[int | None] = mapped_column(ForeignKey("sale.number"), index=True)
    voucher_number: Mapped[int | None] = mapped_column(ForeignKey("voucher.number"), index=True)
    reference: Mapped[str | None]
    shift_number: Mapped[int | None] = mapped_column(ForeignKey("shift.number"), index=True)
    undoes: Mapped[int | None] = mapped_column(ForeignKey("taking.number"), unique=True)
    reason: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]
    business_day: Mapped[date] = mapped_column(index=True)
    by_name: Mapped[str]


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
