"""recalls/models.py — recall drills."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from ..kernel.tables import Base, BigKey, Milli


class RecallDrill(Base):
    """A recall played through for one lot: nothing is stopped, the clock runs. Ledger."""

    __tablename__ = "recall_drill"
    __ledger__ = True

    number: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=False)
    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"), index=True)
    at: Mapped[datetime]
    by_name: Mapped[str]


class DrillFind(Base):
    """How much of the lot was really found at a place, against the books of that moment. Ledger."""

    __tablename__ = "drill_found"
    __ledger__ = True

    drill_number: Mapped[int] = mapped_column(
        ForeignKey("recall_drill.number"), primary_key=True, autoincrement=False
    )
    place_id: Mapped[int] = mapped_column(ForeignKey("place.id"), primary_key=True, autoincrement=False)
    found_milli: Mapped[Milli]
    expected_milli: Mapped[Milli]
    by_name: Mapped[str]
    at: Mapped[datetime]


class DrillEnd(Base):
    """The drill is over: how many slips would have been called back. Ledger."""

    __tablename__ = "drill_end"
    __ledger__ = True

    drill_number: Mapped[int] = mapped_column(
        ForeignKey("recall_drill.number"), primary_key=True, autoincrement=False
    )
    slips_certain: Mapped[int]
    slips_possible: Mapped[int]
    note: Mapped[str] = mapped_column(default="")
    by_name: Mapped[str]
    at: Mapped[datetime]
