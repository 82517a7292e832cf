"""law/promotion.py — what may be said of a price that was lowered."""

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class PromotionRule:
    """`most_off_bp`: how much of the price before may be taken off; `in_force_days`: how long that was asked."""

    starts: date
    most_off_bp: int
    in_force_days: int
    source: str


@cache
def promotion_rules() -> tuple[PromotionRule, ...]:
    """Every rule on file, the latest start first."""
    rows = tomllib.loads(resources.files("pos.law").joinpath("promotion.toml").read_text("utf-8"))["rule"]
    return tuple(sorted((PromotionRule(**row) for row in rows), key=lambda rule: rule.starts, reverse=True))


@cache
def promotion_rule(on: date) -> PromotionRule:
    """The rule on a business day. Raises LookupError for a day before all rows."""
    for rule in promotion_rules():
        if rule.starts <= on:
            return rule
    raise LookupError(f"no rule of promotions on {on}")
