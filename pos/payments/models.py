"""payments/models.py — the shop's bank accounts, the payment codes that were shown, transfers and who told of them."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ..kernel.tables import Base, Big, BigKey, Key, Vnd


class BankAccount(Base):
    """An account of the shop's that buyers pay to. Working table; its changes are kept in the journal.

    `bank_bin`: the bank's six digits at NAPAS. `station`: the till that shows it, "" for all that have none of their own. `feed`: who
    tells of its transfers (`feeds/kinds.py`), "" for statements and people alone. `key`: part of its webhook's address.
    """

    __tablename__ = "bank_account"

    id: Mapped[Key]
    bank_bin: Mapped[str]
    number: Mapped[str]
    holder: Mapped[str]
    station: Mapped[str] = mapped_column(default="")
    feed: Mapped[str] = mapped_column(default="")
    key: Mapped[str] = mapped_column(unique=True)
    archived: Mapped[bool] = mapped_column(default=False)
    changed_at: Mapped[datetime]


class PaymentCode(Base):
    """A code that was shown for a basket at one of its versions: so much, to this account, under this purpose. Working table.

    `replaced_at`: a newer one is shown for the basket; money for the old one counts all the same. `waits_for`: why the basket
    is not sold though its money came (`sales/transfers.py: WAITS`), "" for none. `link_text`: the text of the provider's own code,
    where it makes one for each payment (payOS).
    """

    __tablename__ = "payment_code"
    __table_args__ = (Index("ix_payment_code_basket_id", "basket_id"),)

    id: Mapped[Key]
    purpose: Mapped[str] = mapped_column(unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("bank_account.id"))
    basket_id: Mapped[int] = mapped_column(BigKey)
    basket_version: Mapped[int]
    amount_vnd: Mapped[Vnd]
    station: Mapped[str]
    shown_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    shown_by_name: Mapped[str]
    shown_at: Mapped[datetime] = mapped_column(index=True)
    replaced_at: Mapped[datetime | None]
    waits_for: Mapped[str] = mapped_column(default="")
    link_text: Mapped[str | None]


class BankTransfer(Base):
    """Money that came to an account or left it: one row, whoever told of it. Ledger.

    `direction`: 'in' or 'out'. `at`: the bank's own time; `is_day_only`: it named no more than a day. `purpose`: the payment code that
    its text holds, "" for none. `text_digest`: SHA-256 of the text, which itself can be erased (`TransferReport`).
    """

    __tablename__ = "bank_transfer"
    __ledger__ = True

    number: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=False)
    account_id: Mapped[int] = mapped_column(ForeignKey("bank_account.id"))
    direction: Mapped[str]
    amount_vnd: Mapped[Vnd]
    at: Mapped[datetime] = mapped_column(index=True)
    is_day_only: Mapped[bool]
    reference: Mapped[str]
    purpose: Mapped[str] = mapped_column(index=True)
    text_digest: Mapped[str]
    received_at: Mapped[datetime]
    business_day: Mapped[date] = mapped_column(index=True)
    by_name: Mapped[str]


class TransferReport(Base):
    """What one source told of one transfer. Working table and erasable: `text`, `payer_name`, `payer_account` and `raw` may name a buyer.

    `source_key` is the same whenever the source tells it again. `transfer_number` null: which transfer it is, or whether it is a
    new one, a person must say.
    """

    __tablename__ = "transfer_report"
    __table_args__ = (
        UniqueConstraint("account_id", "source", "source_key", name="uq_transfer_report_told_once"),
    )

    id: Mapped[Key]
    account_id: Mapped[int] = mapped_column(ForeignKey("bank_account.id"))
    source: Mapped[str]
    source_key: Mapped[str]
    transfer_number: Mapped[int | None] = mapped_column(ForeignKey("bank_transfer.number"), index=True)
    direction: Mapped[str]
    amount_vnd: Mapped[Vnd]
    at: Mapped[datetime]
    is_day_only: Mapped[bool]
    reference: Mapped[str]
    purpose: Mapped[str]
    text: Mapped[str]
    payer_name: Mapped[str]
    payer_account: Mapped[str]
    raw: Mapped[str]
    received_at: Mapped[datetime]


class FeedState(Base):
    """How far an account's feed has been read, and how it is. Working table. `failing_since`: null while it answers."""

    __tablename__ = "feed_state"

    account_id: Mapped[int] = mapped_column(
        ForeignKey("bank_account.id"), primary_key=True, autoincrement=False
    )
    cursor: Mapped[str] = mapped_column(default="")
    asked_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    failing_since: Mapped[datetime | None]
    failure: Mapped[str] = mapped_column(default="")
    balance_vnd: Mapped[int | None] = mapped_column(Big)
