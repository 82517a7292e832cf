"""admission/policy.py — the shop's policy as the gate reads it."""

from ..catalog.models import GoodsClass
from ..shop.models import Shop
from .gate import Policy
from .models import PaperKind


def make_policy(shop: Shop) -> Policy:
    return Policy(
        classes=frozenset(GoodsClass(word) for word in shop.classes.split()),
        min_stars=shop.min_stars,
        warning_days=shop.warning_days,
        sell_only_at_shelf_price=shop.sell_only_at_shelf_price,
        papers=frozenset(
            (GoodsClass(goods_class), PaperKind(kind))
            for goods_class, kind in (word.split(":") for word in shop.papers.split())
        ),
    )
