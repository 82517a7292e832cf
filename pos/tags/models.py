"""tags/models.py — every tag that was printed, and when it was seen on its shelf. Ledger: what hangs there is a reading."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from ..kernel.tables import Base, Key, Vnd


class Design(StrEnum):
    """What kinds of tags there are. Those of a lot name it; the others speak of the product."""

    SHELF = "shelf"
    STICKER = "sticker"
    MARKDOWN = "markdown"
    WEIGHT = "weight"
    LOT = "lot"
    GIFT_CARD = "gift_card"

    @property
    def hangs(self) -> bool:
        """It stands on the shelf beside its goods, so that it can become untrue there."""
        return self in {Design.SHELF, Design.MARKDOWN}


class TagBatch(Base):
    """Tags printed in one go: what of, and where they came out. `key` makes the same request twice one batch."""

    __tablename__ = "tag_batch"
    __ledger__ = True

    id: Mapped[Key]
    at: Mapped[datetime]
    by_name: Mapped[str]
    about: Mapped[str]
    output: Mapped[str]
    key: Mapped[str] = mapped_column(unique=True)


class Tag(Base):
    """One tag and all that it says, as of the business day `starts` from which it holds.

    `code`: what its bars say; `maker`: who made the goods, and where. `trace_code`: random, so that nobody walks
    through the shop by counting.
    """

    __tablename__ = "tag"
    __ledger__ = True
    __table_args__ = (Index("ix_tag_product_id_design", "product_id", "design", "place_id"),)

    id: Mapped[Key]
    batch_id: Mapped[int] = mapped_column(ForeignKey("tag_batch.id"), index=True)
    design: Mapped[str]
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    lot_id: Mapped[int | None] = mapped_column(ForeignKey("lot.id"))
    place_id: Mapped[int | None] = mapped_column(ForeignKey("place.id"))
    name: Mapped[str]
    price_vnd: Mapped[Vnd]
    unit_price_vnd: Mapped[int | None]
    old_price_vnd: Mapped[int | None]
    until: Mapped[date | None]
    stars: Mapped[int]
    certificate: Mapped[str]
    certificate_ends: Mapped[date | None]
    maker: Mapped[str]
    code: Mapped[str]
    zone: Mapped[str]
    starts: Mapped[date]
    is_reprint: Mapped[bool]
    trace_code: Mapped[str] = mapped_column(unique=True)


class TagSeen(Base):
    """Somebody stood before the shelf: the tag hangs there, or was taken down."""

    __tablename__ = "tag_seen"
    __ledger__ = True

    id: Mapped[Key]
    tag_id: Mapped[int] = mapped_column(ForeignKey("tag.id"), index=True)
    hangs: Mapped[bool]
    at: Mapped[datetime]
    by_name: Mapped[str]
