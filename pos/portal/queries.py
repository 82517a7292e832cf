"""portal/queries.py — what a producer may know of their own goods in the shop."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..admission.gate import Act
from ..admission.goods import GoodsQuery, judge_goods
from ..catalog.models import Product
from ..kernel.reason import Reason
from ..reports.rates import daily_sales_milli
from ..stock.models import Lot, StockMove, Zone
from ..stock.queries import list_producer_lots
from ..storeroom.models import AnnouncedDelivery, Receiving, ReceivingLine
from .own_sales import list_own_days

RUNS_OUT_DAYS = 7
LATE_WITHIN = timedelta(days=60)  # of a lot that ends later nobody knows the pace yet
OF_A_LOT = {"no_origin", "trace_broken", "expired", "no_expiry", "recalled", "wrong_zone"}


@dataclass(frozen=True, slots=True)
class OwnLot:
    """A lot of one's own at a place of the shop; `refusals` are what stops this lot (what stops the product stands elsewhere).

    `is_apart`: it waits where nothing is sold, as what a buyer brought back does; `apart_by`: how it came there last.
    """

    lot: Lot
    product: Product
    quantity_milli: int
    refusals: tuple[Reason, ...]
    is_apart: bool
    apart_by: StockMove | None = None


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


def list_ways_on(session: Session, returned: Sequence[StockMove]) -> dict[int, str]:
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
    days = list_own_days(session, producer_id, min(firsts))
    today, week, month = (
        sum(paid_vnd for day, paid_vnd in days.items() if first <= day <= on) for first in firsts
    )
    return today, week, month


@dataclass(frozen=True, slots=True)
class OwnStock:
    """A product with its lots in the shop. `floor_milli`: what may be sold of it; `a_day_milli`: the pace of the last four weeks;
    `lasts_days`: at that pace, None where nothing is sold. `late`: lots that will not be sold out by their last day.
    """

    product: Product
    lots: Sequence[OwnLot]
    floor_milli: int
    a_day_milli: float
    late: Collection[int]

    @property
    def lasts_days(self) -> int | None:
        return int(self.floor_milli / self.a_day_milli) if self.a_day_milli else None

    @property
    def is_running_out(self) -> bool:
        return self.lasts_days is not None and self.lasts_days <= RUNS_OUT_DAYS


def list_own_stock(session: Session, producer_id: int, on: date) -> list[OwnStock]:
    """A producer's goods in the shop, what runs out first on top; of each its lots, the one that ends first on top."""
    pace = daily_sales_milli(session, on, producer_id)
    lots: dict[int, list[OwnLot]] = defaultdict(list)
    for own in list_own_lots(session, producer_id, on):
        lots[own.product.id].append(own)
    found = [_sum_up_stock(of, pace.get(product_id, 0.0), on) for product_id, of in lots.items()]
    return sorted(
        found, key=lambda own: (own.lasts_days is None, own.lasts_days or 0, own.product.name, own.product.id)
    )


def _sum_up_stock(lots: Sequence[OwnLot], a_day_milli: float, on: date) -> OwnStock:
    """Lots are sold one after the other: one is late where the pace doesn't reach its end by its last day."""
    floor_milli, late = 0, set()
    for own in (own for own in lots if not own.is_apart and not own.refusals):
        floor_milli += own.quantity_milli
        ends = own.lot.expires_on
        if (
            ends is not None
            and ends <= on + LATE_WITHIN
            and a_day_milli
            and floor_milli > a_day_milli * ((ends - on).days + 1)
        ):
            late.add(own.lot.id)
    return OwnStock(lots[0].product, lots, floor_milli, a_day_milli, late)


def list_own_lots(session: Session, producer_id: int, on: date) -> list[OwnLot]:
    """A producer's lots in the shop with the gate's word on each, the one that ends first first."""
    rows = list_producer_lots(session, producer_id)
    wanted = [GoodsQuery(product.id, lot.id, place.id) for lot, product, _quantity, place in rows]
    verdicts = judge_goods(session, wanted, Act.SHELVE, on)
    apart = _list_moves_apart(
        session,
        [(lot.id, place.id) for lot, _product, _quantity, place in rows if place.zone == Zone.QUARANTINE],
    )
    return [
        OwnLot(
            lot, product, quantity_milli, tuple(r for r in verdict.refusals if r.code in OF_A_LOT),
            is_apart=place.zone == Zone.QUARANTINE, apart_by=apart.get((lot.id, place.id)),
        )
        for (lot, product, quantity_milli, place), verdict in zip(rows, verdicts, strict=True)
    ]  # fmt: skip


def _list_moves_apart(
    session: Session, corners: Sequence[tuple[int, int]]
) -> dict[tuple[int, int], StockMove]:
    """By lot and place the last move that brought goods there."""
    query = select(StockMove).where(
        StockMove.lot_id.in_({lot_id for lot_id, _place in corners}),
        StockMove.place_id.in_({place_id for _lot, place_id in corners}),
        StockMove.quantity_milli > 0,
    )
    return {(move.lot_id, move.place_id): move for move in session.scalars(query.order_by(StockMove.id))}
