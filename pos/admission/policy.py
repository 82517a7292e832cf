"""admission/policy.py — the shop's policy as the gate reads it."""

from ..catalog.models import GoodsClass
from ..shop.models import Shop
from .gate import Policy


def policy_of(shop: Shop) -> Policy:
    return Policy(
        classes=frozenset(GoodsClass(word) for word in shop.classes.split()),
        min_stars=shop.min_stars,
        warning_days=shop.warning_days,
        sell_only_at_shelf_price=shop.sell_only_at_shelf_price,
    )
