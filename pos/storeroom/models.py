"""storeroom/models.py — receipts of goods (phiếu nhập). Ledger: a mistake is reversed, never mended."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from ..kernel.tables import Base, BigKey, Key, Milli, Vnd


class Receiving(Base):
    """One delivery taken in. A reversal is a receiving of its own that points to the one it undoes."""

    __tablename__ = "receiving"
    __ledger__ = True

    number: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=False)
    producer_id: Mapped[int] = mapped_column(ForeignKey("producer.id"), index=True)
    delivery_note: Mapped[str]
    note_date: Mapped[date]
    at: Mapped[datetime]
    by_name: Mapped[str]
    reverses: Mapped[int | None] = mapped_column(ForeignKey("receiving.number"), unique=True)
    why: Mapped[str] = mapped_column(default="")
    announced_id: Mapped[int | None] = mapped_column(ForeignKey("announced_delivery.id"), index=True)

    lines: Mapped[list["ReceivingLine"]] = relationship(order_by="ReceivingLine.id")


class WriteOff(Base):
    """Goods that left unsold: what, why, who saw it, who bears it by the lot's terms. Its number has no gaps."""

    __tablename__ = "write_off"
    __ledger__ = True

    number: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=False)
    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"), index=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("place.id"))
    kind: Mapped[str]
    quantity_milli: Mapped[Milli]
    reason: Mapped[str]
    borne_by: Mapped[str]
    witness: Mapped[str]
    by_name: Mapped[str]
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))
    at: Mapped[datetime]


class NoteScan(Base):
    """A scan of the delivery note or invoice that goods came with."""

    __tablename__ = "note_scan"
    __ledger__ = True

    id: Mapped[Key]
    receiving_number: Mapped[int] = mapped_column(ForeignKey("receiving.number"), index=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    at: Mapped[datetime]


class ReceivingLine(Base):
    """What came, where it was put, and the terms and cost it came at.

    `n`: its number in the delivery. `noted_milli`: what the note says came, where that is something else.
    """

    __tablename__ = "receiving_line"
    __ledger__ = True

    id: Mapped[Key]
    receiving_number: Mapped[int] = mapped_column(ForeignKey("receiving.number"), index=True)
    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"), index=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("place.id"))
    quantity_milli: Mapped[Milli]
    unit_cost_vnd: Mapped[Vnd]
    terms_id: Mapped[int | None] = mapped_column(ForeignKey("terms.id"))
    n: Mapped[int | None]
    noted_milli: Mapped[Milli | None]


class RefusedLine(Base):
    """A line of a delivery that went back at the door: what it was, and every reason, as it was said then (JSON)."""

    __tablename__ = "refused_line"
    __ledger__ = True

    receiving_number: Mapped[int] = mapped_column(
        ForeignKey("receiving.number"), primary_key=True, autoincrement=False
    )
    n: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"), index=True)
    product: Mapped[str]
    unit: Mapped[str]
    lot_number: Mapped[str]
    made_on: Mapped[date | None]
    expires_on: Mapped[date | None]
    quantity_milli: Mapped[Milli]
    reasons: Mapped[str]


class QualityCheck(Base):
    """What is looked at when goods of a group (of all, without) arrive. With limits: a temperature, in tenths of °C.

    Working table; its changes are kept in the journal.
    """

    __tablename__ = "quality_check"

    id: Mapped[Key]
    group_code: Mapped[str | None] = mapped_column(ForeignKey("product_group.code"))
    name: Mapped[str]
    least_tenths: Mapped[int | None]
    most_tenths: Mapped[int | None]
    archived: Mapped[bool] = mapped_column(default=False)

    @property
    def is_temperature(self) -> bool:
        return self.least_tenths is not None and self.most_tenths is not None


class LineCheck(Base):
    """What a check said of one line of a delivery, with a photo where one was taken."""

    __tablename__ = "line_check"
    __ledger__ = True

    id: Mapped[Key]
    receiving_number: Mapped[int] = mapped_column(ForeignKey("receiving.number"), index=True)
    line_n: Mapped[int]
    name: Mapped[str]
    is_good: Mapped[bool]
    tenths: Mapped[int | None]
    file_id: Mapped[int | None] = mapped_column(ForeignKey("stored_file.id"))


class AnnouncedDelivery(Base):
    """What a producer says they will bring. Working table; its state is kept in the journal."""

    __tablename__ = "announced_delivery"

    id: Mapped[Key]
    producer_id: Mapped[int] = mapped_column(ForeignKey("producer.id"), index=True)
    delivery_note: Mapped[str]
    comes_on: Mapped[date]
    at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]

    lines: Mapped[list["AnnouncedLine"]] = relationship(order_by="AnnouncedLine.n")

    def facts(self) -> dict[str, Any]:
        lines = [[line.n, line.product_id, line.lot_number, line.quantity_milli] for line in self.lines]
        return super().facts() | {"lines": lines}


class ReceivingDraft(Base):
    """A delivery as far as it was typed, put aside unfinished. Working table, no history: nothing of it counts before it is received.

    `typed`: JSON of the form's boxes and of the files that belong to them (`drafts.py`).
    """

    __tablename__ = "receiving_draft"

    id: Mapped[Key]
    producer_id: Mapped[int] = mapped_column(ForeignKey("producer.id"), index=True)
    announced_id: Mapped[int | None] = mapped_column(ForeignKey("announced_delivery.id"))
    typed: Mapped[str]
    by_name: Mapped[str]
    at: Mapped[datetime]


class AnnouncedLine(Base):
    """A line of it, as the producer typed it."""

    __tablename__ = "announced_line"

    announced_id: Mapped[int] = mapped_column(
        ForeignKey("announced_delivery.id"), primary_key=True, autoincrement=False
    )
    n: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    product_id: Mapped[int] = mapped_column(ForeignKey("product.id"))
    lot_number: Mapped[str]
    made_on: Mapped[date | None]
    expires_on: Mapped[date | None]
    quantity_milli: Mapped[Milli]
