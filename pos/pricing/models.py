"""pricing/models.py — prices asked and prices shown. Ledger: a newer row takes over, none is changed."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from ..kernel.tables import Base, Key, Vnd


class PriceChange(Base):
    """Many prices set in one go, or (with `reverses`) that taken back."""

    __tablename__ = "price_change"
    __ledger__ = True

    id: Mapped[Key]
    at: Mapped[datetime]
    by_name: Mapped[str]
    starts: Mapped[date]
    note: Mapped[str]
    reverses: Mapped[int | None] = mapped_column(ForeignKey("price_change.id"), unique=True)


class Price(Base):
    """The price of one unit, tax included, from a business day on, until a later row."""

    __tablename__ = "price"
    __ledger__ = True
    __table_args__ = (Index("ix_price_product_id_starts", "product_id", "starts", "id"),)

    id: Mapped[Key]
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    price_vnd: Mapped[Vnd]
    starts: Mapped[date]
    at: Mapped[datetime]
    change_id: Mapped[int | None] = mapped_column(ForeignKey("price_change.id"), index=True)


class ShelfPrice(Base):
    """The price that the shelf's own tag shows, as the manager saw or hung it."""

    __tablename__ = "shelf_price"
    __ledger__ = True
    __table_args__ = (Index("ix_shelf_price_product_id", "product_id", "id"),)

    id: Mapped[Key]
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    price_vnd: Mapped[Vnd]
    at: Mapped[datetime]


class ProposedPrice(Base):
    """A price that a producer asks for. It stands for nothing until the manager has accepted it. Working table.

    `price_id`: the price that it became. Decided with neither that nor a reason: a newer one of the producer took its place,
    or the producer took it back.
    """

    __tablename__ = "proposed_price"

    id: Mapped[Key]
    producer_id: Mapped[int] = mapped_column(ForeignKey("producer.id"), index=True)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    price_vnd: Mapped[Vnd]
    starts: Mapped[date]
    reason: Mapped[str]
    at: Mapped[datetime]
    by_name: Mapped[str]
    decided_at: Mapped[datetime | None]
    price_id: Mapped[int | None] = mapped_column(ForeignKey("price.id"))
    declined_because: Mapped[str] = mapped_column(default="")
