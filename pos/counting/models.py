"""counting/models.py — a count, what its counters said, and what became of it. Ledger: a wrong tally is taken back."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from ..kernel.tables import Base, BigKey, Key, Milli


class StockCount(Base):
    """A count of one place, or (without) of the whole shop. Its number has no gaps.

    `is_full`: what nobody finds is missing. A cycle count asks for the lots of its `CountScope` alone.
    """

    __tablename__ = "stock_count"
    __ledger__ = True

    number: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=False)
    place_id: Mapped[int | None] = mapped_column(ForeignKey("place.id"))
    is_full: Mapped[bool]
    at: Mapped[datetime]
    by_name: Mapped[str]


class CountScope(Base):
    """A lot at a place that a cycle count asks for."""

    __tablename__ = "count_scope"
    __ledger__ = True

    count_number: Mapped[int] = mapped_column(
        ForeignKey("stock_count.number"), primary_key=True, autoincrement=False
    )
    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"), primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("place.id"), primary_key=True)


class Tally(Base):
    """So many pieces of a lot seen at a place by one counter; negative where that is taken back.

    `after_move` is the newest stock move at that moment: the books of that moment are the sum of moves up to
    it, whatever the clocks say. `is_anew`: a recount, earlier tallies of the lot at the place count no more.
    `lot_id` is null for a lot that the books don't know: `said` names it as it stood on the pack.
    """

    __tablename__ = "tally"
    __ledger__ = True

    id: Mapped[Key]
    count_number: Mapped[int] = mapped_column(ForeignKey("stock_count.number"), index=True)
    product_id: Mapped[int | None] = mapped_column(ForeignKey("product.id"))
    lot_id: Mapped[int | None] = mapped_column(ForeignKey("lot.id"))
    place_id: Mapped[int] = mapped_column(ForeignKey("place.id"))
    said: Mapped[str] = mapped_column(default="")
    quantity_milli: Mapped[Milli]
    is_anew: Mapped[bool]
    takes_back: Mapped[int | None] = mapped_column(ForeignKey("tally.id"), unique=True)
    counter: Mapped[str]
    after_move: Mapped[int] = mapped_column(BigKey)
    at: Mapped[datetime]


class CountEnd(Base):
    """A count posted, or dropped without a trace in the stock."""

    __tablename__ = "count_end"
    __ledger__ = True

    count_number: Mapped[int] = mapped_column(
        ForeignKey("stock_count.number"), primary_key=True, autoincrement=False
    )
    is_posted: Mapped[bool]
    reason: Mapped[str]
    by_name: Mapped[str]
    witness: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]


class CountResult(Base):
    """What a posted count said of one lot at one place, and what the books said at that moment."""

    __tablename__ = "count_result"
    __ledger__ = True

    count_number: Mapped[int] = mapped_column(
        ForeignKey("stock_count.number"), primary_key=True, autoincrement=False
    )
    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"), primary_key=True, index=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("place.id"), primary_key=True)
    counted_milli: Mapped[Milli]
    expected_milli: Mapped[Milli]
    after_move: Mapped[int] = mapped_column(BigKey)
