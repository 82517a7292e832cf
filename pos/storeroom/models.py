"""storeroom/models.py — receipts of goods (phiếu nhập). Ledger: a mistake is reversed, never mended."""

from datetime import date, datetime

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
    """What came, where it was put, and the terms and cost it came at."""

    __tablename__ = "receiving_line"
    __ledger__ = True

    id: Mapped[Key]
    receiving_number: Mapped[int] = mapped_column(ForeignKey("receiving.number"), index=True)
    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"), index=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("place.id"))
    quantity_milli: Mapped[Milli]
    unit_cost_vnd: Mapped[Vnd]
    terms_id: Mapped[int | None] = mapped_column(ForeignKey("terms.id"))
