"""stock/models.py — what is where, and how it came there."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from ..kernel.tables import Base, BigKey, Key, Milli


class Zone(StrEnum):
    """What a place is for. Goods are sold from the OCOP and the other zone only."""

    OCOP = "ocop"
    OTHER = "other"
    STORE = "store"
    QUARANTINE = "quarantine"

    @property
    def on_floor(self) -> bool:
        return self in {Zone.OCOP, Zone.OTHER}


class Place(Base):
    """A shelf, a cooler, the store room, the quarantine corner. Working table."""

    __tablename__ = "place"

    id: Mapped[Key]
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    zone: Mapped[str]


class Lot(Base):
    """A lot and its origin. Working table; each version of its facts is kept whole in the journal.

    `markdown_bp`: how much less is asked for packs of this lot; null: nothing.
    """

    __tablename__ = "lot"
    __table_args__ = (UniqueConstraint("product_id", "number"),)

    id: Mapped[Key]
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    number: Mapped[str]
    producer_id: Mapped[int | None] = mapped_column(ForeignKey("producer.id"), index=True)
    origin_place: Mapped[str] = mapped_column(default="")
    made_on: Mapped[date | None]
    expires_on: Mapped[date | None]
    delivery_note: Mapped[str] = mapped_column(default="")
    terms_id: Mapped[int | None] = mapped_column(ForeignKey("terms.id"))
    trace_code: Mapped[str] = mapped_column(unique=True)
    markdown_bp: Mapped[int | None]


class LotTerms(Base):
    """Other terms of a lot, from this moment on. Ledger: newer ones take over; the lot's own row stays as it came.

    What was sold before is put right by an entry (`entry_number`), where the lot had terms; a lot that had none is reckoned
    by these from its first day.
    """

    __tablename__ = "lot_terms"
    __ledger__ = True

    id: Mapped[Key]
    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"), index=True)
    terms_id: Mapped[int] = mapped_column(ForeignKey("terms.id"))
    entry_number: Mapped[int | None] = mapped_column(ForeignKey("producer_entry.number"))
    reason: Mapped[str]
    by_name: Mapped[str]
    approved_by: Mapped[str]
    at: Mapped[datetime]


class MoveKind(StrEnum):
    RECEIVED = "received"
    OPENING = "opening"
    MOVED = "moved"
    SOLD = "sold"
    RETURNED = "returned"
    VOIDED = "voided"
    COUNTED = "counted"
    WRITTEN_OFF = "written_off"
    DESTROYED = "destroyed"
    TO_PRODUCER = "to_producer"
    TASTED = "tasted"
    REVERSED = "reversed"
    KIT_MADE = "kit_made"
    KIT_PART = "kit_part"
    KIT_UNMADE = "kit_unmade"
    KIT_PART_BACK = "kit_part_back"


LEAVING = (
    MoveKind.WRITTEN_OFF,
    MoveKind.DESTROYED,
    MoveKind.TO_PRODUCER,
    MoveKind.TASTED,
)  # goods that leave unsold
SOURCES = (MoveKind.RECEIVED, MoveKind.OPENING, MoveKind.KIT_MADE)  # how goods may come into being


# Written out, so that SQLite sees that the index of such rows serves.
IS_COUNTED = text(f"kind = '{MoveKind.COUNTED}'")


class StockMove(Base):
    """A signed quantity of a lot into (+) or out of (−) a place. Ledger.

    `document` names the row that caused it ("sale:17.2", "receiving_line:40").
    """

    __tablename__ = "stock_move"
    __ledger__ = True
    __table_args__ = (
        Index("ix_stock_move_lot_id_kind", "lot_id", "kind"),
        Index("ix_stock_move_counted", "at", sqlite_where=IS_COUNTED, postgresql_where=IS_COUNTED),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=False)
    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"))
    place_id: Mapped[int] = mapped_column(ForeignKey("place.id"))
    kind: Mapped[str]
    quantity_milli: Mapped[Milli]
    document: Mapped[str]
    at: Mapped[datetime]


class OnHand(Base):
    """The running total of moves by lot and place: a cache, which `verify` proves against the moves."""

    __tablename__ = "on_hand"

    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"), primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("place.id"), primary_key=True)
    quantity_milli: Mapped[Milli]


class Hold(Base):
    """A stop on a lot or a product, or (with `releases_id`) the end of one. Ledger.

    Stops that were set at once (all goods of a producer, of a paper) share a `batch`.
    """

    __tablename__ = "hold"
    __ledger__ = True

    id: Mapped[Key]
    kind: Mapped[str]
    product_id: Mapped[int | None] = mapped_column(ForeignKey("product.id"), index=True)
    lot_id: Mapped[int | None] = mapped_column(ForeignKey("lot.id"), index=True)
    reason: Mapped[str]
    at: Mapped[datetime]
    releases_id: Mapped[int | None] = mapped_column(ForeignKey("hold.id"), unique=True)
    batch: Mapped[int | None] = mapped_column(index=True)


class KitLotPart(Base):
    """How much of a component's lot went into a lot of gift sets. Ledger."""

    __tablename__ = "kit_lot_part"
    __ledger__ = True

    kit_lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"), primary_key=True, autoincrement=False)
    part_lot_id: Mapped[int] = mapped_column(
        ForeignKey("lot.id"), primary_key=True, autoincrement=False, index=True
    )
    quantity_milli: Mapped[Milli]
