"""portal/queries.py — what a producer may know of their own goods in the shop."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import String, cast, func, literal, select
from sqlalchemy.orm import Session

from ..admission.gate import Act
from ..admission.goods import GoodsQuery, judge_goods
from ..catalog.models import Product
from ..counting.models import CountEnd
from ..kernel.reason import Reason
from ..producers.models import ProducerTerms
from ..sales.models import Sale
from ..sales.queries import list_producer_days
from ..stock.models import LEAVING, Lot, MoveKind, StockMove, Zone
from ..stock.queries import list_producer_lots
from ..storeroom.models import AnnouncedDelivery, Receiving, ReceivingLine, WriteOff

LOSSES = (MoveKind.RETURNED, MoveKind.COUNTED, *LEAVING)
OF_A_LOT = {"no_origin", "trace_broken", "expired", "no_expiry", "recalled", "wrong_zone"}


@dataclass(frozen=True, slots=True)
class OwnLot:
    """A lot of one's own at a place of the shop; `refusals` are what stops this lot (what stops the product stands elsewhere).

    `is_apart`: it waits where nothing is sold, as what a buyer brought back does.
    """

    lot: Lot
    product: Product
    quantity_milli: int
    refusals: tuple[Reason, ...]
    is_apart: bool


@dataclass(frozen=True, slots=True)
class OwnLoss:
    """Goods that came back, were written off or were missed at a count: why, by whose words, and who bears it.

    `then`: of what came back, how it left the corner where it waited; None while it waits.
    """

    move: StockMove
    lot: Lot
    product: Product
    borne_by: str | None
    reason: str
    then: str | None


@dataclass(frozen=True, slots=True)
class ComparedLine:
    """Of a lot of goods, how much was announced and how much of it was received; 0 announced for what came besides."""

    product_id: int
    lot_number: str
    announced_milli: int
    received_milli: int

    @property
    def is_short(self) -> bool:
        return self.received_milli < self.announced_milli


def list_losses(session: Session, producer_id: int, limit: int = 200) -> list[OwnLoss]:
    """Moves of a producer's goods that came back, were written off or were missed at a count; newest first."""
    rows = session.execute(
        select(
            StockMove,
            Lot,
            Product,
            func.coalesce(WriteOff.borne_by, ProducerTerms.spoilage_borne_by).label("borne_by"),
            func.coalesce(WriteOff.reason, CountEnd.reason, "").label("reason"),
        )
        .outerjoin(WriteOff, literal("write_off:") + cast(WriteOff.number, String) == StockMove.document)
        .outerjoin(
            CountEnd, literal("stock_count:") + cast(CountEnd.count_number, String) == StockMove.document
        )
        .join(Lot, Lot.id == StockMove.lot_id)
        .join(Product, Product.id == Lot.product_id)
        .outerjoin(ProducerTerms, ProducerTerms.id == Lot.terms_id)
        .where(Product.producer_id == producer_id, StockMove.kind.in_(LOSSES))
        .order_by(StockMove.id.desc())
        .limit(limit)
    ).all()
    returned = [row.StockMove for row in rows if row.StockMove.kind == MoveKind.RETURNED]
    reasons, ways = _list_return_reasons(session, returned), _list_ways_on(session, returned)
    return [
        OwnLoss(
            move,
            lot,
            product,
            borne_by,
            reasons.get(find_sale_number(move.document), reason),
            ways.get(move.id),
        )
        for move, lot, product, borne_by, reason in rows
    ]


def find_sale_number(document: str) -> int:
    """The sale that a move's document is a line of ("sale_line:17.2"); 0 for another document."""
    kind, _colon, number = document.partition(":")
    return int(number.partition(".")[0]) if kind == "sale_line" else 0


def _list_return_reasons(session: Session, returned: Sequence[StockMove]) -> dict[int, str]:
    """Why each of these came back, by the number of its refund."""
    numbers = {find_sale_number(move.document) for move in returned}
    rows = session.execute(select(Sale.number, Sale.reason).where(Sale.number.in_(numbers)))
    return {row.number: row.reason for row in rows}


def _list_ways_on(session: Session, returned: Sequence[StockMove]) -> dict[int, str]:
    """The kind of move by which each of these left the place where it was put, first in, first out; none for what is there."""
    lots = {move.lot_id for move in returned}
    moves: dict[tuple[int, int], list[StockMove]] = defaultdict(list)
    for move in session.scalars(select(StockMove).where(StockMove.lot_id.in_(lots)).order_by(StockMove.id)):
        moves[move.lot_id, move.place_id].append(move)
    found: dict[int, str] = {}
    for move in returned:
        beside = moves[move.lot_id, move.place_id]
        before = sum(each.quantity_milli for each in beside if each.quantity_milli > 0 and each.id <= move.id)
        for leaving in (each for each in beside if each.quantity_milli < 0):
            before += leaving.quantity_milli
            if before <= 0:
                found[move.id] = leaving.kind
                break
    return found


def compare_lines(session: Session, announced: AnnouncedDelivery, came: Receiving) -> list[ComparedLine]:
    """What was received of each announced lot; what came besides is last. A lot that has another number at the shop
    stands for an announced one of the same goods that did not come.
    """
    told: dict[tuple[int, str], int] = defaultdict(int)
    for line in announced.lines:
        told[line.product_id, line.lot_number] += line.quantity_milli
    rest: dict[tuple[int, str], int] = defaultdict(int)
    for product_id, number, milli in session.execute(
        select(Lot.product_id, Lot.number, ReceivingLine.quantity_milli)
        .join(Lot, Lot.id == ReceivingLine.lot_id)
        .where(ReceivingLine.receiving_number == came.number)
        .order_by(ReceivingLine.id)
    ):
        rest[product_id, number] += milli
    received = {key: rest.pop(key, 0) for key in told}
    for product_id, number in [key for key, milli in received.items() if not milli]:
        other = next((key for key in rest if key[0] == product_id), None)
        if other is not None:
            received[product_id, number] = rest.pop(other)
    compared = [ComparedLine(*key, milli, received[key]) for key, milli in told.items()]
    return [*compared, *(ComparedLine(*key, 0, milli) for key, milli in rest.items())]


def sum_sold(session: Session, producer_id: int, on: date) -> tuple[int, int, int]:
    """What a producer's goods took on a day, since Monday of its week, and since the first of its month."""
    firsts = (on, on - timedelta(days=on.weekday()), on.replace(day=1))
    days = list_producer_days(session, producer_id, min(firsts))
    today, week, month = (sum(int(paid) for day, paid in days if first <= day <= on) for first in firsts)
    return today, week, month


def list_own_lots(session: Session, producer_id: int, on: date) -> list[OwnLot]:
    """A producer's lots in the shop with the gate's word on each, the one that ends first first."""
    rows = list_producer_lots(session, producer_id)
    wanted = [GoodsQuery(product.id, lot.id, place.id) for lot, product, _quantity, place in rows]
    verdicts = judge_goods(session, wanted, Act.SHELVE, on)
    return [
        OwnLot(
            lot, product, quantity_milli, tuple(r for r in verdict.refusals if r.code in OF_A_LOT),
            is_apart=place.zone == Zone.QUARANTINE,
        )
        for (lot, product, quantity_milli, place), verdict in zip(rows, verdicts, strict=True)
    ]  # fmt: skip
