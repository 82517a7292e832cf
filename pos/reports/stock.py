"""reports/stock.py — the stock as it was, what runs out, what brings most, what lies long."""

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..admission.gate import Act
from ..admission.goods import judge_products
from ..catalog.models import GoodsKind, Product
from ..kernel.clock import business_day
from ..kernel.money import amount_vnd
from ..kernel.quantity import ONE, Unit
from ..kernel.reason import Reason
from ..kernel.tables import contains_words
from ..pricing.prices import find_price
from ..producers.models import Producer
from ..stock.models import SOURCES, Lot, OnHand, Place, StockMove, Zone
from .ranking import TakingsClass, rank_products, sum_takings_by_product
from .rates import daily_sales_milli

LASTS_AT_LEAST, ORDERED_FOR = 7, 21  # days: below the first it is ordered, up to the second
AGES = (30, 60, 90)  # days
NOT_ORDERED = (GoodsKind.SERVICE, GoodsKind.KIT)  # a ticket doesn't run out, a set is packed here


def list_stock_at(session: Session, moment: datetime, words: str = "") -> Sequence[Any]:
    """What lay where at a past moment: lot, product, place, quantity; a reading of the moves alone."""
    total = func.sum(StockMove.quantity_milli)
    then = (
        select(StockMove.lot_id, StockMove.place_id, total.label("quantity_milli"))
        .where(StockMove.at <= moment)
        .group_by(StockMove.lot_id, StockMove.place_id)
        .having(total != 0)
        .subquery()
    )
    return session.execute(
        select(Lot, Product, Place, then.c.quantity_milli)
        .join(then, then.c.lot_id == Lot.id)
        .join(Product, Product.id == Lot.product_id)
        .join(Place, Place.id == then.c.place_id)
        .where(*contains_words(Product.search_key, words))
        .order_by(Product.search_key, Lot.expires_on, Lot.id, Place.code)
    ).all()


@dataclass(frozen=True, slots=True)
class LowStock:
    """A product that runs out. `ordered_milli`: what would last three weeks; `refusals`: why none can be taken now."""

    product: Product
    on_hand_milli: int
    a_day_milli: float
    ordered_milli: int
    refusals: tuple[Reason, ...]

    @property
    def days_left(self) -> int:
        return int(self.on_hand_milli / self.a_day_milli)


def list_low_stock(session: Session, on: date) -> dict[Producer, list[LowStock]]:
    """By producer, what will be sold out within a week at the pace of the last four.

    Lots that end today, or have ended, are no stock that lasts.
    """
    pace = {product_id: milli for product_id, milli in daily_sales_milli(session, on).items() if milli > 0}
    sellable_milli = _sum_sellable(session, on)
    found: dict[Producer, list[LowStock]] = defaultdict(list)
    query = select(Product).where(Product.id.in_(pace), ~Product.archived, Product.kind.not_in(NOT_ORDERED))
    query = query.order_by(Product.search_key)
    few = [p for p in session.scalars(query) if sellable_milli.get(p.id, 0) < pace[p.id] * LASTS_AT_LEAST]
    verdicts = judge_products(session, [product.id for product in few], Act.RECEIVE, on)
    for product in few:
        have, a_day = sellable_milli.get(product.id, 0), pace[product.id]
        ordered = _round_up(a_day * ORDERED_FOR - have, product.unit)
        low = LowStock(product, have, a_day, ordered, verdicts[product.id].refusals)
        found[session.get_one(Producer, product.producer_id)].append(low)
    return dict(sorted(found.items(), key=lambda pair: pair[0].search_key))


def _sum_sellable(session: Session, on: date) -> dict[int, int]:
    """What lies on the floor and in the store room and may still be sold tomorrow, by product."""
    rows = session.execute(
        select(Lot.product_id, func.sum(OnHand.quantity_milli))
        .join(OnHand, OnHand.lot_id == Lot.id)
        .join(Place, Place.id == OnHand.place_id)
        .where(Place.zone != Zone.QUARANTINE, Lot.expires_on.is_(None) | (Lot.expires_on > on))
        .group_by(Lot.product_id)
    )
    return {product_id: int(total) for product_id, total in rows}


def _round_up(milli: float, unit: str) -> int:
    """Up to a whole piece, or a whole half kilogram."""
    step = ONE if unit == Unit.PIECE else ONE // 2
    return math.ceil(milli / step) * step


@dataclass(frozen=True, slots=True)
class RankedProduct:
    product: Product
    takings_vnd: int
    ranked: TakingsClass
    share_bp: int


def list_ranking(session: Session, on: date) -> list[RankedProduct]:
    """Products by their takings of ninety days, the most first; A brings the first 80 %, B the next 15 %."""
    takings = sum_takings_by_product(session, on)
    ranks, whole = rank_products(takings), sum(vnd for vnd in takings.values() if vnd > 0) or 1
    return [
        RankedProduct(session.get_one(Product, id_), vnd, ranks[id_], vnd * 10_000 // whole)
        for id_, vnd in takings.items()
    ]


@dataclass(frozen=True, slots=True)
class AgedLot:
    """A lot on hand, how long it has been in the shop, and what it is worth at today's price."""

    lot: Lot
    product: Product
    quantity_milli: int
    days: int
    worth_vnd: int


def list_ages(session: Session, on: date) -> list[AgedLot]:
    """Lots on hand, those that lie longest first."""
    came = (
        select(StockMove.lot_id, func.min(StockMove.at).label("at"))
        .where(StockMove.kind.in_(SOURCES))
        .group_by(StockMove.lot_id)
        .subquery()
    )
    total = func.sum(OnHand.quantity_milli)
    rows = session.execute(
        select(Lot, Product, total, came.c.at)
        .join(OnHand, OnHand.lot_id == Lot.id)
        .join(Product, Product.id == Lot.product_id)
        .join(came, came.c.lot_id == Lot.id)
        .group_by(Lot.id, Product.id, came.c.at)
        .having(total > 0)
        .order_by(came.c.at, Lot.id)
    ).all()
    prices = {product.id: find_price(session, product.id, on) or 0 for _lot, product, _total, _at in rows}
    return [
        AgedLot(
            lot,
            product,
            int(on_hand_milli),
            (on - business_day(at)).days,
            amount_vnd(prices[product.id], int(on_hand_milli)),
        )
        for lot, product, on_hand_milli, at in rows
    ]


def sum_by_age(aged: Sequence[AgedLot]) -> list[tuple[int | None, int, int]]:
    """Up to so many days (None: longer), how many lots, what they are worth."""
    found = []
    for n, most in enumerate((*AGES, None)):
        least = AGES[n - 1] if n else -1
        mine = [item for item in aged if least < item.days and (most is None or item.days <= most)]
        found.append((most, len(mine), sum(item.worth_vnd for item in mine)))
    return found
