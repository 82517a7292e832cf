"""reports/models.py — what closed days and months come to, kept so that a year is read in a moment. Working: made from the ledger."""

from datetime import date

from sqlalchemy.orm import Mapped, mapped_column

from ..kernel.tables import Base, Milli, Vnd


class SoldSum(Base):
    """What the lines of one closed day or month come to for one product, group, producer, cashier or tender. Working.

    `by`: a word of `SoldBy`; that of days for the whole, whose `key` is "". `span`: "day" or "month"; `starts`: its first
    day. `group_code`: a product's group when the sums were made; "" where it had several within the month. A sale counts
    once in `receipts`, as it does when the lines are read: it is of one day, so that the days' counts add up.
    Written at closing, never by a payment; `verify` proves them by the lines.
    """

    __tablename__ = "sold_sum"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012  as SQLAlchemy declares it

    by: Mapped[str] = mapped_column(primary_key=True)
    span: Mapped[str] = mapped_column(primary_key=True)
    starts: Mapped[date] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    paid_vnd: Mapped[Vnd]
    refunded_vnd: Mapped[Vnd]
    receipts: Mapped[int]
    quantity_milli: Mapped[Milli | None]
    group_code: Mapped[str | None]
