"""stock/moves.py — the only way a quantity changes: moves written, totals carried along."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.orm import Session

from ..journal.record import format_row_name, ledger_digest
from ..kernel.inserts import insert_values
from .models import MoveKind, OnHand, StockMove

_KNOWN = select(OnHand.lot_id, OnHand.place_id).where(OnHand.lot_id.in_(bindparam("lots", expanding=True)))
_ADD = (
    update(OnHand)
    .where(OnHand.lot_id == bindparam("lot"), OnHand.place_id == bindparam("place"))
    .values(quantity_milli=OnHand.quantity_milli + bindparam("delta"))
)
_HIGHEST = select(func.max(StockMove.id))


@dataclass(frozen=True, slots=True)
class StockStep:
    """One signed quantity of a lot at a place, and the document that causes it."""

    lot_id: int
    place_id: int
    kind: MoveKind
    quantity_milli: int
    document: str


def post_moves(session: Session, steps: Sequence[StockStep], at: datetime) -> dict[str, str]:
    """Write the moves and carry the totals along; returns their seals for the journal.

    A total may be driven below zero only by what the caller let through: whether there is enough is
    the gate's question (`not_on_hand`), asked in the same unit of work.
    """
    if not steps:
        return {}
    first = (
        session.scalar(_HIGHEST) or 0
    ) + 1  # there is one writer at a time: nobody else takes these numbers
    rows = [
        {
            "id": id_, "lot_id": step.lot_id, "place_id": step.place_id, "kind": step.kind.value,
            "quantity_milli": step.quantity_milli, "document": step.document, "at": at,
        }
        for id_, step in enumerate(steps, first)
    ]  # fmt: skip
    insert_values(session, StockMove, rows)
    _carry_totals(session, steps)
    return {format_row_name("stock_move", row, ["id"]): ledger_digest(row) for row in rows}


def _carry_totals(session: Session, steps: Sequence[StockStep]) -> None:
    delta: dict[tuple[int, int], int] = defaultdict(int)
    for step in steps:
        delta[step.lot_id, step.place_id] += step.quantity_milli
    known = {
        (row.lot_id, row.place_id) for row in session.execute(_KNOWN, {"lots": [lot for lot, _ in delta]})
    }
    added = [
        {"lot": lot, "place": place, "delta": d} for (lot, place), d in delta.items() if (lot, place) in known
    ]
    fresh = [
        {"lot_id": lot, "place_id": place, "quantity_milli": d}
        for (lot, place), d in delta.items()
        if (lot, place) not in known
    ]
    if added:
        session.connection().execute(_ADD, added)
    if fresh:
        insert_values(session, OnHand, fresh)
