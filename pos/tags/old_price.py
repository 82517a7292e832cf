"""tags/old_price.py — the price that a markdown may strike through: one that really was asked, and for long enough."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..catalog.models import GoodsKind, Product
from ..kernel.clock import business_day
from ..kernel.errors import Refused
from ..law.promotion import promotion_rule
from ..pricing.models import Price

WHOLE_BP = 10_000


AskedPrices = list[tuple[date, int]]


def find_old_price(session: Session, product: Product, on: date) -> int:
    """The price directly before the one in force on the day (decree 81/2018, art. 7). Raises as `judge_old_price`."""
    return judge_old_price(product, list_asked_prices(session, [product.id]).get(product.id, []), on)


def judge_old_price(product: Product, asked: AskedPrices, on: date) -> int:
    """The same for the prices that a product was asked at. Pure.

    Raises Refused: `old_price_none` where the price was not lowered, `old_price_short` where the old one was not
    asked for the time set, `marked_down_too_far`.
    """
    now, since = _price_at(asked, on)
    before, began = _price_at(asked, since - timedelta(days=1)) if since else (None, None)
    if now is None or since is None or before is None or began is None or before <= now:
        raise Refused.because("old_price_none", product=product.name)
    rule = promotion_rule(on)
    if (since - began).days < rule.in_force_days:
        raise Refused.because(
            "old_price_short",
            product=product.name,
            price_vnd=before,
            days=(since - began).days,
            least=rule.in_force_days,
        )
    if product.kind != GoodsKind.FRESH_FOOD and (before - now) * WHOLE_BP > before * rule.most_off_bp:
        raise Refused.because("marked_down_too_far", product=product.name, most=rule.most_off_bp // 100)
    return before


def list_asked_prices(session: Session, product_ids: Collection[int]) -> dict[int, AskedPrices]:
    """Each product's prices with the day from which a buyer can have been asked them: not before somebody set them.

    In the order in which one takes over from another.
    """
    found: dict[int, AskedPrices] = defaultdict(list)
    rows = session.execute(
        select(Price.product_id, Price.starts, Price.at, Price.price_vnd)
        .where(Price.product_id.in_(product_ids))
        .order_by(Price.starts, Price.id)
    )
    for product_id, starts, at, price_vnd in rows:
        found[product_id].append((max(starts, business_day(at)), price_vnd))
    return found


def _price_at(asked: AskedPrices, on: date) -> tuple[int | None, date | None]:
    """The price that held on a day, and since when without another in between."""

    def held(day: date) -> int | None:
        return next((price_vnd for begins, price_vnd in reversed(asked) if begins <= day), None)

    since: date | None = None
    for begins in sorted({begins for begins, _price in asked if begins <= on}, reverse=True):
        if held(begins) != held(on):
            break
        since = begins
    return held(on), since
