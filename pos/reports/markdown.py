"""reports/markdown.py — lots that will not sell out before they end, and how much less to ask for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from ..catalog.models import Product
from ..kernel.money import round_down
from ..pricing.prices import find_price
from ..stock.models import Lot, Zone
from ..storeroom.write_off import list_ending_lots
from .rates import daily_sales_milli

WITHIN = timedelta(days=30)
STEPS = ((50, 30), (25, 20), (0, 10))  # left over more than so many per cent: so many per cent less


@dataclass(frozen=True, slots=True)
class MarkdownSuggestion:
    """At today's pace so much of the lot would be left on its last day; asking less may sell it."""

    lot: Lot
    product: Product
    on_hand_milli: int
    days_left: int
    left_over_milli: int
    less_percent: int
    price_vnd: int

    @property
    def suggested_vnd(self) -> int:
        return round_down(self.price_vnd * (100 - self.less_percent) // 100, 1000)


def list_suggestions(session: Session, on: date) -> list[MarkdownSuggestion]:
    """What of the lots on the floor that end within 30 days would be left over, the most first.

    Of one product the lot that ends first is sold first; what an earlier lot takes of the pace is gone for a later one.
    """
    pace = daily_sales_milli(session, on)
    spoken_for: dict[int, float] = {}
    found = []
    for lot, product, _place, on_hand_milli in _list_on_floor(list_ending_lots(session, on, WITHIN), on):
        days = (lot.expires_on - on).days + 1
        will_sell = max(0.0, pace.get(product.id, 0.0) * days - spoken_for.get(product.id, 0.0))
        spoken_for[product.id] = spoken_for.get(product.id, 0.0) + min(on_hand_milli, will_sell)
        left_over = int(on_hand_milli - will_sell)
        price = find_price(session, product.id, on)
        if left_over >= 1000 and price:
            less = next(percent for share, percent in STEPS if left_over * 100 > share * on_hand_milli)
            found.append(MarkdownSuggestion(lot, product, on_hand_milli, days - 1, left_over, less, price))
    return sorted(found, key=lambda item: -item.left_over_milli * item.price_vnd)


def _list_on_floor(rows: Sequence[Any], on: date) -> list[Any]:
    return [row for row in rows if Zone(row.Place.zone).on_floor and row.Lot.expires_on >= on]
