"""producers/models.py — who makes the goods, and on what terms they are taken."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from ..kernel.tables import Base, Key


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


class ProducerTerms(Base):
    """Terms of one producer from a day on. Ledger: newer terms are another row, lots keep theirs."""

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
