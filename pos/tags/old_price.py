"""tags/old_price.py — the price that a markdown may strike through: one that really was asked, and for long enough."""

from datetime import date, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..catalog.models import Kind, Product
from ..kernel.errors import Refused
from ..law.promotion import promotion_rule
from ..pricing.models import Price
from ..pricing.prices import find_price

WHOLE_BP = 10_000


def old_price(session: Session, product: Product, on: date) -> int:
    """The price directly before the one in force on the day (decree 81/2018, art. 7).

    Raises Refused: `old_price_none` where the price was not lowered, `old_price_short` where the old one was not
    asked for the time set, `marked_down_too_far`.
    """
    now, since = find_price(session, product.id, on), _since(session, product.id, on)
    if now is None or since is None:
        raise Refused.because("old_price_none", product=product.name)
    before = find_price(session, product.id, since - timedelta(days=1))
    if before is None or before <= now:
        raise Refused.because("old_price_none", product=product.name)
    rule = promotion_rule(on)
    began = _since(session, product.id, since - timedelta(days=1)) or since
    if (since - began).days < rule.in_force_days:
        raise Refused.because(
            "old_price_short",
            product=product.name,
            price_vnd=before,
            days=(since - began).days,
            least=rule.in_force_days,
        )
    if product.kind != Kind.FRESH_FOOD and (before - now) * WHOLE_BP > before * rule.most_off_bp:
        raise Refused.because("marked_down_too_far", product=product.name, most=rule.most_off_bp // 100)
    return before


def _since(session: Session, product_id: int, on: date) -> date | None:
    """Since when the price that holds on a day has been asked, without another in between."""
    rows = session.execute(
        select(Price.starts, Price.price_vnd)
        .where(Price.product_id == product_id, Price.starts <= on)
        .order_by(Price.starts.desc(), Price.id.desc())
    ).all()
    since: date | None = None
    current: int | None = None
    for starts, price_vnd in rows:
        if starts == since:
            continue  # an older word of the same day
        if current is not None and price_vnd != current:
            break
        since, current = starts, price_vnd
    return since
