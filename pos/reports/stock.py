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
from ..catalog.models import Kind, Product
from ..kernel.clock import business_day
from ..kernel.money import amount_vnd
from ..kernel.quantity import ONE, Unit
from ..kernel.reason import Reason
from ..kernel.tables import holds_words
from ..pricing.prices import find_price
from ..producers.models import Producer
from ..sales.abc import Class, classes, takings_by_product
from ..sales.rates import sold_a_day
from ..stock.models import SOURCES, Lot, OnHand, Place, StockMove, Zone
from ..storeroom.receive import outlooks

LASTS_AT_LEAST, ORDERED_FOR = 7, 21  # days: below the first it is ordered, up to the second
AGES = (30, 60, 90)  # days
NOT_ORDERED = (Kind.SERVICE, Kind.KIT)  # a ticket doesn't run out, a set is packed here


def stock_at(session: Session, moment: datetime, words: str = "") -> Sequence[Any]:
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
        .where(*holds_words(Product.search_key, words))
        .order_by(Product.search_key, Lot.expires_on, Lot.id, Place.code)
    ).all()


@dataclass(frozen=True, slots=True)
class Low:
    """A product that runs out. `ordered_milli`: what would last three weeks; `refusals`: why none can be taken now."""

    product: Product
    on_hand_milli: int
    a_day_milli: float
    ordered_milli: int
    refusals: tuple[Reason, ...]

    @property
    def days_left(self) -> int:
        return int(self.on_hand_milli / self.a_day_milli)


def running_out(session: Session, on: date) -> dict[Producer, list[Low]]:
    """By producer, what will be sold out within a week at the pace of the last four."""
    pace = {product_id: milli for product_id, milli in sold_a_day(session, on).items() if milli > 0}
    lying = _sellable(session, on)
    found: dict[Producer, list[Low]] = defaultdict(list)
    query = select(Product).where(Product.id.in_(pace), ~Product.archived, Product.kind.not_in(NOT_ORDERED))
    query = query.order_by(Product.search_key)
    few = [p for p in session.scalars(query) if lying.get(p.id, 0) < pace[p.id] * LASTS_AT_LEAST]
    said = outlooks(session, [product.id for product in few], Act.RECEIVE, on)
    for product in few:
        have, a_day = lying.get(product.id, 0), pace[product.id]
        ordered = _rounded(a_day * ORDERED_FOR - have, product.unit)
        low = Low(product, have, a_day, ordered, said[product.id].refusals)
        found[session.get_one(Producer, product.producer_id)].append(low)
    return dict(sorted(found.items(), key=lambda pair: pair[0].search_key))


def _sellable(session: Session, on: date) -> dict[int, int]:
    """What lies on the floor and in the store room and has not ended, by product."""
    rows = session.execute(
        select(Lot.product_id, func.sum(OnHand.quantity_milli))
        .join(OnHand, OnHand.lot_id == Lot.id)
        .join(Place, Place.id == OnHand.place_id)
        .where(Place.zone != Zone.QUARANTINE, Lot.expires_on.is_(None) | (Lot.expires_on >= on))
        .group_by(Lot.product_id)
    )
    return {product_id: int(total) for product_id, total in rows}


def _rounded(milli: float, unit: str) -> int:
    """Up to a whole piece, or a whole half kilogram."""
    step = ONE if unit == Unit.PIECE else ONE // 2
    return math.ceil(milli / step) * step


@dataclass(frozen=True, slots=True)
class Ranked:
    product: Product
    takings_vnd: int
    ranked: Class
    share_bp: int


def ranking(session: Session, on: date) -> list[Ranked]:
    """Products by their takings of ninety days, the most first; A brings the first 80 %, B the next 15 %."""
    takings = takings_by_product(session, on)
    ranks, whole = classes(takings), sum(vnd for vnd in takings.values() if vnd > 0) or 1
    return [
        Ranked(session.get_one(Product, id_), vnd, ranks[id_], vnd * 10_000 // whole)
        for id_, vnd in takings.items()
    ]


@dataclass(frozen=True, slots=True)
class Aged:
    """A lot on hand, how long it has been in the shop, and what it is worth at today's price."""

    lot: Lot
    product: Product
    quantity_milli: int
    days: int
    worth_vnd: int


def ages(session: Session, on: date) -> list[Aged]:
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
        Aged(
            lot, product, int(lying), (on - business_day(at)).days, amount_vnd(prices[product.id], int(lying))
        )
        for lot, product, lying, at in rows
    ]


def by_age(aged: Sequence[Aged]) -> list[tuple[int | None, int, int]]:
    """Up to so many days (None: longer), how many lots, what they are worth."""
    found = []
    for n, most in enumerate((*AGES, None)):
        least = AGES[n - 1] if n else -1
        mine = [one for one in aged if least < one.days and (most is None or one.days <= most)]
        found.append((most, len(mine), sum(one.worth_vnd for one in mine)))
    return found
