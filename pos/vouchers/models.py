"""vouchers/models.py — vouchers and what moved on them. Ledger."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from ..kernel.tables import Base, BigKey, Key, Vnd


class VoucherKind(StrEnum):
    """Sold: paid for, so a debt of the shop until it is used. Given: nothing was paid, using it is a discount."""

    SOLD = "sold"
    GIVEN = "given"


class Voucher(Base):
    """A voucher of the shop. Its number has no gaps; its code is known to the paper alone.

    `code_digest`: SHA-256 of the code, in hexadecimal; `code_end`: its last four characters, to tell vouchers apart.
    `expires_on`: the last day on which it is good; null: none.
    """

    __tablename__ = "voucher"
    __ledger__ = True

    number: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=False)
    kind: Mapped[str]
    value_vnd: Mapped[Vnd]
    code_digest: Mapped[str] = mapped_column(unique=True)
    code_end: Mapped[str]
    expires_on: Mapped[date | None]
    reason: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]
    business_day: Mapped[date]
    by_name: Mapped[str]
    approved_by: Mapped[str | None]


class VoucherMoveKind(StrEnum):
    ISSUED = "issued"
    USED = "used"
    RETURNED = "returned"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


class VoucherMove(Base):
    """What came onto a voucher (+) or went off it (−); its balance is their sum. `sale_number`: the sale or refund that did it."""

    __tablename__ = "voucher_move"
    __ledger__ = True

    id: Mapped[Key]
    voucher_number: Mapped[int] = mapped_column(ForeignKey("voucher.number"), index=True)
    kind: Mapped[str]
    amount_vnd: Mapped[Vnd]
    sale_number: Mapped[int | None] = mapped_column(ForeignKey("sale.number"))
    at: Mapped[datetime]
    business_day: Mapped[date]
    by_name: Mapped[str]
