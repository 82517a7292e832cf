"""portal/losses.py — what of a producer's goods was spoiled, returned or missed, and what was put right: as the account says it."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..counting.models import CountEnd
from ..kernel.quantity import ONE
from ..pricing.prices import find_price
from ..producers.models import Bearer
from ..sales.models import Sale
from ..settlement.models import EntryKind, Statement, StatementRow
from ..settlement.owed import read_account
from ..settlement.rows import LeftOutRow, OwedKind, OwedRow
from ..settlement.worth import round_half_up
from ..stock.models import Lot, MoveKind, StockMove
from ..storeroom.models import WriteOff
from .queries import list_ways_on

NO_LOSS = {OwedKind.SOLD, OwedKind.BOUGHT}
LOSS_KINDS = [*(kind for kind in OwedKind if kind not in NO_LOSS), EntryKind.CORRECTION, EntryKind.TERMS]
MOST = 200


@dataclass(frozen=True, slots=True)
class OwnLoss:
    """A row of the account that is no sale: why, and who bears it.

    `lost_vnd`: what goods that the producer bears the loss of would have brought them at their price, 0 for others.
    `owed_vnd`: what the account says of it, None where the goods are under no terms yet. `statement`: the number of the one that
    it stands on. `then`: of what came back, how it left the corner where it waited; `waits`: it is there still.
    """

    kind: str
    day: date
    name: str
    unit: str
    quantity_milli: int
    lot_number: str
    borne_by: str | None
    owed_vnd: int | None
    lost_vnd: int
    statement: int | None
    reason: str
    then: str | None
    waits: bool


def list_own_losses(session: Session, producer_id: int) -> list[OwnLoss]:
    """What the account says since the last statement and the statements before, the newest first."""
    account = read_account(session, producer_id)
    now: list[OwedRow | LeftOutRow] = [*account.rows, *account.left_out]
    fresh = sorted(
        (row for row in now if row.kind in LOSS_KINDS), key=lambda row: (row.at, row.source), reverse=True
    )
    frozen = session.scalars(
        select(StatementRow)
        .join(Statement, Statement.number == StatementRow.statement_number)
        .where(Statement.producer_id == producer_id, StatementRow.kind.in_(LOSS_KINDS))
        .order_by(StatementRow.statement_number.desc(), StatementRow.n.desc())
        .limit(MOST)
    )
    rows = [*fresh, *frozen][:MOST]
    why, ways, worths = _list_reasons(session, rows), _list_ways(session, rows), _list_worths(session, rows)
    lots = dict(
        session.execute(
            select(Lot.id, Lot.number).where(Lot.id.in_({row.lot_id for row in rows if row.lot_id}))
        )
        .tuples()
        .all()
    )
    return [
        OwnLoss(
            str(row.kind), row.day, row.name, row.unit, row.quantity_milli, lots.get(row.lot_id, ""),
            None if isinstance(row, LeftOutRow) else row.borne_by, None if isinstance(row, LeftOutRow) else row.owed_vnd,
            worths.get((row.source, row.lot_id), 0),
            row.statement_number if isinstance(row, StatementRow) else None, why.get(row.source, ""), ways.get((row.source, row.lot_id)),
            (row.source, row.lot_id) in ways and ways[row.source, row.lot_id] is None,
        )
        for row in rows
    ]  # fmt: skip


def _list_numbers(sources: Iterable[str], kind: str) -> set[int]:
    """The numbers of the rows of the books of a kind: 'sale_line:17.2' is of sale 17."""
    parts = (source.partition(":") for source in sources)
    return {int(number.partition(".")[0]) for name, _colon, number in parts if name == kind}


def _list_reasons(session: Session, rows: Sequence[OwedRow | LeftOutRow | StatementRow]) -> dict[str, str]:
    """Why goods came back, were thrown away or counted, by the row of the books."""
    sources = {row.source for row in rows}
    found: dict[tuple[str, int], str] = {}
    for name, number, reason in (
        ("sale_line", Sale.number, Sale.reason),
        ("write_off", WriteOff.number, WriteOff.reason),
        ("stock_count", CountEnd.count_number, CountEnd.reason),
    ):
        wanted = _list_numbers(sources, name)
        for key, why in session.execute(select(number, reason).where(number.in_(wanted))):
            found[name, key] = why
    return {
        source: found[name, number]
        for source in sources
        for name, number in ((source.partition(":")[0], next(iter(_list_numbers([source], source.partition(":")[0])))),)
        if found.get((name, number))
    }  # fmt: skip


def _list_worths(
    session: Session, rows: Sequence[OwedRow | LeftOutRow | StatementRow]
) -> dict[tuple[str, int], int]:
    """What goods that the producer bears the loss of cost in the shop on their day, by row and lot."""
    borne = [row for row in rows if not isinstance(row, LeftOutRow) and row.borne_by == Bearer.PRODUCER]
    query = select(Lot.id, Lot.product_id).where(Lot.id.in_({row.lot_id for row in borne}))
    products = dict(session.execute(query).tuples().all())
    days = {(products[row.lot_id], row.day) for row in borne if row.lot_id in products}
    prices = {key: find_price(session, *key) or 0 for key in days}
    return {
        (row.source, row.lot_id): round_half_up(
            Fraction(abs(row.quantity_milli) * prices[products[row.lot_id], row.day], ONE)
        )
        for row in borne
        if row.lot_id in products
    }


def _list_ways(
    session: Session, rows: Collection[OwedRow | LeftOutRow | StatementRow]
) -> dict[tuple[str, int], str | None]:
    """Of what came back, by row and lot: how it left the place where it was put; None while it is there."""
    back = {row.source for row in rows if row.kind in {OwedKind.REFUNDED, OwedKind.VOIDED}}
    moves = session.scalars(
        select(StockMove).where(StockMove.document.in_(back), StockMove.kind == MoveKind.RETURNED)
    ).all()
    ways = list_ways_on(session, moves)
    return {(move.document, move.lot_id): ways.get(move.id) for move in moves}
