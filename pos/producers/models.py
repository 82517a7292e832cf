"""producers/models.py — who makes the goods, and on what terms they are taken."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from ..kernel.tables import Base, Big, Key, Vnd


class Producer(Base):
    """A producer. Working table; each change is kept whole in the journal."""

    __tablename__ = "producer"

    id: Mapped[Key]
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    search_key: Mapped[str] = mapped_column(index=True)
    address: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    story_vi: Mapped[str] = mapped_column(default="")
    story_en: Mapped[str] = mapped_column(default="")
    suspended_on: Mapped[date | None]
    suspended_why: Mapped[str] = mapped_column(default="")
    archived: Mapped[bool] = mapped_column(default=False)


class Deal(StrEnum):
    """Consignment: the producer's until sold, less a commission. Fixed price: the producer's until sold, for a sum a unit that
    the delivery's line states. Firm: bought at a cost.
    """

    CONSIGNMENT = "consignment"
    FIXED_PRICE = "fixed_price"
    FIRM = "firm"


class Bearer(StrEnum):
    """Who bears a loss."""

    SHOP = "shop"
    PRODUCER = "producer"


class Cost(StrEnum):
    """What the producer bears by the terms (column `<cost>_borne_by`), or else the shop.

    Discount: one that a person gave; promotion: a voucher that the shop gave; count: what a count missed; sample: what was
    tasted; fee: what a bank takes for a card or a transfer.
    """

    SPOILAGE = "spoilage"
    MARKDOWN = "markdown"
    DISCOUNT = "discount"
    PROMOTION = "promotion"
    COUNT = "count"
    SAMPLE = "sample"
    FEE = "fee"


class Period(StrEnum):
    """How often a producer gets a statement."""

    WEEK = "week"
    HALF_MONTH = "half_month"
    MONTH = "month"


class ProducerTerms(Base):
    """Terms of one producer from a day on. Ledger: newer terms are another row, lots keep theirs.

    `commission_bp`: of the first đồng of a month; `TermsBand` says what holds above. Who bears what is null where it was never
    said: then the shop does. `least_payout_vnd`: less isn't paid out by itself; `days_to_pay`: after a statement was approved.
    """

    __tablename__ = "terms"
    __ledger__ = True

    id: Mapped[Key]
    producer_id: Mapped[int] = mapped_column(ForeignKey("producer.id"), index=True)
    starts: Mapped[date]
    deal: Mapped[str]
    commission_bp: Mapped[int]
    spoilage_borne_by: Mapped[str]
    markdown_borne_by: Mapped[str]
    at: Mapped[datetime]
    discount_borne_by: Mapped[str | None]
    promotion_borne_by: Mapped[str | None]
    count_borne_by: Mapped[str | None]
    sample_borne_by: Mapped[str | None]
    fee_borne_by: Mapped[str | None]
    period: Mapped[str | None]
    least_payout_vnd: Mapped[Vnd | None]
    days_to_pay: Mapped[int | None]

    def find_bearer(self, cost: Cost) -> Bearer:
        """Who bears a cost: the shop, where nothing was said."""
        bearer: str | None = getattr(self, f"{cost.value}_borne_by")
        return Bearer(bearer) if bearer else Bearer.SHOP


class TermsBand(Base):
    """Of a consignment: from so much of a month's gross sales on, the shop keeps this part of what is sold above. Ledger."""

    __tablename__ = "terms_band"
    __ledger__ = True

    terms_id: Mapped[int] = mapped_column(ForeignKey("terms.id"), primary_key=True, autoincrement=False)
    from_vnd: Mapped[int] = mapped_column(Big, primary_key=True, autoincrement=False)
    commission_bp: Mapped[int]
