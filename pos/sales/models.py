"""sales/models.py — baskets (working tables) and sales (ledger)."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..kernel.tables import Base, BigKey, Key, Milli, Vnd


class BasketState(StrEnum):
    OPEN = "open"
    PARKED = "parked"
    PAID = "paid"
    EMPTIED = "emptied"


class Basket(Base):
    """What lies on the counter: a row, so that it outlives a power cut. `version` counts its changes;
    `last_request` is written no more (`kernel/once.py` answers a repeated request).
    `age_confirmed`: the buyer was asked and is of age; `language`: what a tourist reads, "" for the shop's own.
    `is_adjusted`: discounts, vouchers or money may lie on it; else nothing of the kind is looked for.
    """

    __tablename__ = "basket"
    __table_args__ = (Index("ix_basket_state_station", "state", "station"),)

    id: Mapped[Key]
    station: Mapped[str]
    state: Mapped[str] = mapped_column(default=BasketState.OPEN)
    version: Mapped[int] = mapped_column(default=0)
    label: Mapped[str] = mapped_column(default="")
    last_request: Mapped[str] = mapped_column(default="")
    age_confirmed: Mapped[bool] = mapped_column(default=False)
    language: Mapped[str] = mapped_column(default="")
    is_adjusted: Mapped[bool | None]
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]

    lines: Mapped[list["BasketLine"]] = relationship(order_by="BasketLine.n", cascade="all, delete-orphan")


class LotKnownBy(StrEnum):
    """How sure we are which lot left the shop (a recall counts assumed ones as possible buyers)."""

    SCANNED = "scanned"
    ONLY_LOT = "only_lot"
    CHOSEN = "chosen"
    ASSUMED = "assumed"


class BasketLine(Base):
    """A product of one lot, with the price that was shown when it was scanned; or an extra, which has neither.

    `printed_ends_on`: the end that the scanned pack's own code names; it is judged like the lot's until it is paid.
    """

    __tablename__ = "basket_line"

    basket_id: Mapped[int] = mapped_column(ForeignKey("basket.id"), primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    product_id: Mapped[int | None] = mapped_column(ForeignKey("product.id"))
    extra_id: Mapped[int | None] = mapped_column(ForeignKey("extra.id"))
    lot_id: Mapped[int | None] = mapped_column(ForeignKey("lot.id"))
    lot_known_by: Mapped[str | None]
    quantity_milli: Mapped[Milli]
    place_id: Mapped[int | None] = mapped_column(ForeignKey("place.id"))
    shown_price_vnd: Mapped[Vnd]
    printed_ends_on: Mapped[date | None]


class DiscountKind(StrEnum):
    """In the order in which they are taken off, each from what the one before has left (`sales/discounts.py`)."""

    MARKDOWN = "markdown"
    LINE = "line"
    STAFF = "staff"
    BASKET = "basket"
    VOUCHER = "voucher"


WHOLE_BASKET = 0  # instead of a line's number


class BasketDiscount(Base):
    """A discount that is wanted for a line, or for the whole basket (`line_n` 0): a rate or an amount. Working table.

    `approved_vnd` of `approved_of_vnd`: how much it came to, of what the goods cost, when a manager gave or approved it
    (`approved_by`); beyond that sum and that part it is asked again.
    """

    __tablename__ = "basket_discount"

    basket_id: Mapped[int] = mapped_column(ForeignKey("basket.id"), primary_key=True)
    line_n: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(primary_key=True)
    rate_bp: Mapped[int | None]
    amount_vnd: Mapped[Vnd | None]
    reason: Mapped[str]
    approved_by: Mapped[str | None]
    approved_vnd: Mapped[Vnd | None]
    approved_of_vnd: Mapped[Vnd | None]


class BasketVoucher(Base):
    """A voucher that is to pay of a basket: so much of it is reserved until the basket is paid or lets it go. Working table."""

    __tablename__ = "basket_voucher"

    basket_id: Mapped[int] = mapped_column(ForeignKey("basket.id"), primary_key=True)
    voucher_number: Mapped[int] = mapped_column(ForeignKey("voucher.number"), primary_key=True)
    amount_vnd: Mapped[Vnd]


class Extra(Base):
    """What is sold and is no goods: a bag, wrapping, shipping. No gate, no stock, no producer.

    Working table; its changes are kept in the journal. `price_vnd` 0: the till asks for the sum.
    """

    __tablename__ = "extra"

    id: Mapped[Key]
    name_vi: Mapped[str]
    name_en: Mapped[str] = mapped_column(default="")
    price_vnd: Mapped[Vnd] = mapped_column(default=0)
    vat_category: Mapped[str] = mapped_column(default="standard")
    archived: Mapped[bool] = mapped_column(default=False)


class Sale(Base):
    """A completed sale, or the refund of one (`refunds` names it; its amounts are negative).

    `carried_vnd`, on a refund alone: the value that came back less the cash that was handed over, because no note is
    that small; it is handed over with a later refund of the sale (then negative), at the latest when all of it came
    back. Null: nothing is carried. `is_void`: a refund of the whole last sale, whose goods never left the counter.

    `vat_method`: how the shop's VAT was reckoned on that day (`law/taxpayers.py: VatMethod`), a refund's that of its sale;
    null where the shop hadn't said what it is.

    `total_vnd`: what the lines come to, less the discounts. `exchange_of`: on a sale alone, the refund that it was exchanged
    with in the same act; what that gave back paid for it.

    `number` has no gaps. `request_key` and `request_body` answer the same request twice with one sale.
    """

    __tablename__ = "sale"
    __ledger__ = True
    __table_args__ = (Index("ix_sale_business_day", "business_day"),)

    number: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=False)
    shift_number: Mapped[int] = mapped_column(ForeignKey("shift.number"), index=True)
    basket_id: Mapped[int | None] = mapped_column(ForeignKey("basket.id"))
    request_key: Mapped[str] = mapped_column(unique=True)
    request_body: Mapped[str]
    receipt_code: Mapped[str] = mapped_column(unique=True)
    at: Mapped[datetime]
    business_day: Mapped[date]
    cashier_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    cashier_name: Mapped[str]
    total_vnd: Mapped[Vnd]
    rounding_vnd: Mapped[Vnd]
    carried_vnd: Mapped[Vnd | None]
    refunds: Mapped[int | None] = mapped_column(ForeignKey("sale.number"), index=True)
    reason: Mapped[str] = mapped_column(default="")
    is_void: Mapped[bool | None]
    vat_method: Mapped[str | None]
    exchange_of: Mapped[int | None] = mapped_column(BigKey)

    @property
    def due_vnd(self) -> int:
        return self.total_vnd - self.rounding_vnd


class SaleLine(Base):
    """One line as it was sold: name, price, tax and lot frozen. Negative on a refund.

    `amount_vnd` is price × quantity; `paid_vnd` is its share of what the buyer really paid, after discounts and the
    rounding of cash: refunds of a line add up to it and never to more.
    """

    __tablename__ = "sale_line"
    __ledger__ = True
    __table_args__ = (
        Index("ix_sale_line_producer_id_sale_number", "producer_id", "sale_number"),
        Index("ix_sale_line_lot_id", "lot_id"),
        UniqueConstraint("sale_number", "refunds_line", name="uq_sale_line_refunded_once_a_refund"),
    )

    sale_number: Mapped[int] = mapped_column(ForeignKey("sale.number"), primary_key=True, autoincrement=False)
    n: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    product_id: Mapped[int | None] = mapped_column(ForeignKey("product.id"), index=True)
    extra_id: Mapped[int | None] = mapped_column(ForeignKey("extra.id"))
    producer_id: Mapped[int | None] = mapped_column(ForeignKey("producer.id"))
    lot_id: Mapped[int | None] = mapped_column(ForeignKey("lot.id"))
    lot_known_by: Mapped[str | None]
    place_id: Mapped[int | None] = mapped_column(ForeignKey("place.id"))
    name: Mapped[str]
    stars: Mapped[int | None]
    unit: Mapped[str]
    quantity_milli: Mapped[Milli]
    price_vnd: Mapped[Vnd]
    amount_vnd: Mapped[Vnd]
    paid_vnd: Mapped[Vnd]
    vat_bp: Mapped[int]
    vat_category: Mapped[str]
    terms_id: Mapped[int | None] = mapped_column(ForeignKey("terms.id"))
    refunds_line: Mapped[int | None]


def _index_of_some(name: str, column: str) -> Index:
    """An index that leaves out the rows where the column is null."""
    is_there = text(f"{column} IS NOT NULL")
    return Index(name, column, sqlite_where=is_there, postgresql_where=is_there)


class TenderKind(StrEnum):
    """Cash; a transfer to the shop's bank account; a card on the bank's own terminal; a voucher that the shop sold; on account."""

    ACCOUNT = "account"
    VOUCHER = "voucher"
    CARD = "card"
    TRANSFER = "transfer"
    CASH = "cash"


class Tender(Base):
    """Money of a sale: what counted, what was handed over, what went back. Negative on a refund.

    `reference`: the number on the slip of the bank's terminal; null for others, and for a card's refund that has none.
    `voucher_number` and `buyer_id`: which voucher, whose account. `taking_number`: the money was received before the sale.
    """

    __tablename__ = "tender"
    __ledger__ = True
    __table_args__ = (  # of the few that have one: the others pay for no index
        _index_of_some("ix_tender_buyer_id", "buyer_id"),
        _index_of_some("ix_tender_taking_number", "taking_number"),
    )

    sale_number: Mapped[int] = mapped_column(ForeignKey("sale.number"), primary_key=True, autoincrement=False)
    n: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str]
    amount_vnd: Mapped[Vnd]
    given_vnd: Mapped[Vnd]
    change_vnd: Mapped[Vnd]
    reference: Mapped[str | None] = mapped_column(index=True)
    voucher_number: Mapped[int | None] = mapped_column(BigKey)
    buyer_id: Mapped[int | None] = mapped_column(BigKey)
    taking_number: Mapped[int | None] = mapped_column(BigKey)


class Discount(Base):
    """What was taken off a line of a sale, and why. Negative on a refund: the share of what came back.

    Amount − discounts − rounding is what was paid. `rate_bp`: null where an amount was given. `approved_by`: the manager who
    gave or approved it. `voucher_number`: of a voucher that the shop gave, for the kind `voucher`.
    """

    __tablename__ = "discount"
    __ledger__ = True

    sale_number: Mapped[int] = mapped_column(ForeignKey("sale.number"), primary_key=True, autoincrement=False)
    n: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    line_n: Mapped[int]
    kind: Mapped[str]
    amount_vnd: Mapped[Vnd]
    rate_bp: Mapped[int | None]
    reason: Mapped[str]
    approved_by: Mapped[str | None]
    voucher_number: Mapped[int | None] = mapped_column(ForeignKey("voucher.number"))
