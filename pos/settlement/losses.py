"""settlement/losses.py — what left unsold or differed at a count, and the stops that held for it, as the books have it."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, aliased

from ..kernel.keys import split_keys
from ..producers.models import Bearer
from ..stock.models import Hold, KitLotPart, MoveKind, StockMove
from ..stock.queries import select_lots_of
from ..storeroom.models import WriteOff
from .lot_facts import LotFacts
from .models import RecallFault
from .rows import OwedKind, Scope

COUNT_DOCUMENT = "stock_count:"
_WRITE_OFF_KINDS = {
    MoveKind.WRITTEN_OFF: OwedKind.WRITTEN_OFF,
    MoveKind.DESTROYED: OwedKind.DESTROYED,
    MoveKind.TASTED: OwedKind.TASTED,
    MoveKind.TO_PRODUCER: OwedKind.TO_PRODUCER,
}


@dataclass(frozen=True, slots=True)
class Loss:
    """Goods of a lot that left unsold (below 0: that a count found again). `borne_by`: as it was frozen; null for a count.

    `number`: of the write-off; of a count the stock move's, because counts end in another order than they begin.
    """

    source: str
    number: int
    lot_id: int
    kind: OwedKind
    quantity_milli: int
    borne_by: Bearer | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Stop:
    """A stop of a lot or product, until it was released; `fault_at`: since when it is recorded as the shop's own fault."""

    id: int
    product_id: int | None
    lot_id: int | None
    at: datetime
    released_at: datetime | None
    fault_id: int | None
    fault_at: datetime | None

    def is_in_force_for(self, lots: Sequence[LotFacts], at: datetime) -> bool:
        """Did it hold at a moment for one of these lots (a lot, and the gift sets' lot that it is in)?"""
        holds = self.at <= at and (self.released_at is None or at < self.released_at)
        return holds and any(self.lot_id == lot.id or self.product_id == lot.product_id for lot in lots)


def _is_of_producer(lot_id: Any, producer_id: int) -> ColumnElement[bool]:
    """Is a lot the producer's, or a gift set's that holds some of theirs?"""
    own = select_lots_of(producer_id)
    kits = select(KitLotPart.kit_lot_id).where(KitLotPart.part_lot_id.in_(own))
    return or_(lot_id.in_(own), lot_id.in_(kits))


def load_write_offs(session: Session, scope: Scope) -> Iterator[Loss]:
    """All of the producer's: a recall may turn out to be the shop's fault long after the goods were destroyed."""
    columns = (
        WriteOff.number, WriteOff.kind, WriteOff.lot_id, WriteOff.quantity_milli, WriteOff.borne_by, WriteOff.at,
    )  # fmt: skip
    query = select(*columns).where(_is_of_producer(WriteOff.lot_id, scope.producer_id))
    for row in session.execute(query.order_by(WriteOff.number)):
        kind = _WRITE_OFF_KINDS[MoveKind(row.kind)]
        yield Loss(
            f"write_off:{row.number}",
            row.number,
            row.lot_id,
            kind,
            row.quantity_milli,
            Bearer(row.borne_by),
            row.at,
        )


def load_counts(session: Session, scope: Scope) -> list[Loss]:
    """Differences by count and lot: what one place had too few and another too many was only moved."""
    query = (
        select(StockMove.id, StockMove.document, StockMove.lot_id, StockMove.quantity_milli, StockMove.at)
        .where(StockMove.kind == MoveKind.COUNTED, _is_of_producer(StockMove.lot_id, scope.producer_id))
        .order_by(StockMove.id)
    )
    sums: dict[tuple[str, int], int] = defaultdict(int)
    first: dict[tuple[str, int], tuple[int, datetime]] = {}
    for id_, document, lot_id, milli, at in session.execute(query):
        if document.startswith(COUNT_DOCUMENT):
            sums[document, lot_id] -= milli
            first.setdefault((document, lot_id), (id_, at))
    kinds = {True: OwedKind.COUNT_LOSS, False: OwedKind.COUNT_FOUND}
    return [
        Loss(key[0], first[key][0], key[1], kinds[milli > 0], milli, None, first[key][1])
        for key, milli in sums.items()
        if milli
    ]  # fmt: skip


def load_stops(session: Session, lots: Iterable[LotFacts], until: datetime | None) -> list[Stop]:
    """The stops that ever held for these lots and their products."""
    end = aliased(Hold)
    found = []
    ids_of = {(lot.id, lot.product_id) for lot in lots}
    columns = (
        (Hold.lot_id, {lot_id for lot_id, _product_id in ids_of}),
        (Hold.product_id, {product_id for _lot_id, product_id in ids_of}),
    )
    for column, keys in columns:
        for ids in split_keys(keys):
            rows = session.execute(
                select(Hold.id, Hold.product_id, Hold.lot_id, Hold.at, end.at, RecallFault.id, RecallFault.at)
                .outerjoin(end, end.releases_id == Hold.id)
                .outerjoin(RecallFault, RecallFault.hold_id == Hold.id)
                .where(column.in_(ids), Hold.releases_id.is_(None))
            )
            found += [Stop(*row) for row in rows]
    return [stop for stop in found if until is None or stop.at <= until]
