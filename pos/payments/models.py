"""payments/models.py — the shop's bank accounts, the payment codes that were shown, transfers and who told of them."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy import text as sql_text
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
    new one, a person must say. `balance_vnd`: the account's after it, null where the source doesn't say. `is_open`: true while the
    transfer may belong to nothing yet, wholly or in part; a mark by which the few are found among the many.
    """

    __tablename__ = "transfer_report"
    __table_args__ = (
        UniqueConstraint("account_id", "source", "source_key", name="uq_transfer_report_told_once"),
        Index(
            "ix_transfer_report_is_open",
            "is_open",
            sqlite_where=sql_text("is_open IS 1"),
            postgresql_where=sql_text("is_open"),
        ),
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
    balance_vnd: Mapped[int | None] = mapped_column(Big)
    is_open: Mapped[bool | None]


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


class KeptMapping(Base):
    """What a person said of the columns of a bank's statements, for its next one. Working table.

    `mapping`: as JSON (`statements/mapping.py: StatementMapping`).
    """

    __tablename__ = "statement_mapping"

    bank_bin: Mapped[str] = mapped_column(primary_key=True)
    mapping: Mapped[str]
    changed_by: Mapped[str]
    changed_at: Mapped[datetime]


class StatementReading(Base):
    """A statement whose lines were used. Working table; the act is in the journal.

    `digest`: SHA-256 of the file, of which nothing else stays. `lines_new` became transfers, `lines_joined` were told of by another
    source, `lines_waiting` a person must join, `lines_known` an earlier statement had. `difference_vnd`: what the sums lack to the
    closing balance, null where the file has no balances.
    """

    __tablename__ = "statement_reading"

    id: Mapped[Key]
    account_id: Mapped[int] = mapped_column(ForeignKey("bank_account.id"))
    digest: Mapped[str]
    at: Mapped[datetime] = mapped_column(index=True)
    by_name: Mapped[str]
    starts: Mapped[date | None]
    ends: Mapped[date | None]
    opening_vnd: Mapped[int | None] = mapped_column(Big)
    closing_vnd: Mapped[int | None] = mapped_column(Big)
    difference_vnd: Mapped[int | None] = mapped_column(Big)
    lines_new: Mapped[int]
    lines_joined: Mapped[int]
    lines_waiting: Mapped[int]
    lines_known: Mapped[int]
    odd_rows: Mapped[int]
