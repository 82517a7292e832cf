"""reports/ranking.py — which few products bring most of the takings (A), which the rest (C): Pareto's analysis."""

from datetime import date, timedelta
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..sales.models import Sale, SaleLine

LOOKED_AT = timedelta(days=90)
UP_TO = (80, 95)  # per cent of the takings: A reaches the first, B the second


class TakingsClass(StrEnum):
    A = "A"
    B = "B"
    C = "C"


def sum_takings_by_product(session: Session, on: date, within: timedelta = LOOKED_AT) -> dict[int, int]:
    """What each product brought (đồng, less what came back) in the days up to and with `on`; the most first."""
    paid = func.sum(SaleLine.paid_vnd)
    rows = session.execute(
        select(SaleLine.product_id, paid)
        .join(Sale, Sale.number == SaleLine.sale_number)
        .where(Sale.business_day > on - within, Sale.business_day <= on, SaleLine.product_id.is_not(None))
        .group_by(SaleLine.product_id)
        .order_by(paid.desc(), SaleLine.product_id)
    )
    return {product_id or 0: int(vnd) for product_id, vnd in rows}


def rank_products(takings: dict[int, int]) -> dict[int, TakingsClass]:
    """A class for each product that sold, by its place in the order of takings; what sold nothing is C."""
    whole = sum(vnd for vnd in takings.values() if vnd > 0)
    found, before = {}, 0
    for product_id, vnd in takings.items():
        share = before * 100
        found[product_id] = (
            TakingsClass.A if vnd > 0 and share < UP_TO[0] * whole else TakingsClass.B if vnd > 0 and share < UP_TO[1] * whole else TakingsClass.C
        )  # fmt: skip
        before += max(0, vnd)
    return found
