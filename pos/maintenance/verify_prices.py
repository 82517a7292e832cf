"""maintenance/verify_prices.py — nothing was sold at a price that the shop never asked."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..kernel.clock import business_day
from ..pricing.models import Price, ShelfPrice
from ..sales.models import Sale, SaleLine
from .finding import BATCH, Finding


def check_asked_prices(session: Session) -> Iterator[Finding]:
    """Goods were sold at a price that the shop once asked: of the price list or of a tag on the shelf, in force by then."""
    asked: dict[int, set[tuple[date, int]]] = defaultdict(set)
    for product_id, starts, price in session.execute(select(Price.product_id, Price.starts, Price.price_vnd)):
        asked[product_id].add((starts, price))
    for product_id, at, price in session.execute(
        select(ShelfPrice.product_id, ShelfPrice.at, ShelfPrice.price_vnd)
    ):
        asked[product_id].add((business_day(at), price))
    sold = (
        select(SaleLine.sale_number, SaleLine.n, SaleLine.product_id, SaleLine.price_vnd, Sale.at)
        .join(Sale, Sale.number == SaleLine.sale_number)
        .where(SaleLine.product_id.is_not(None), Sale.refunds.is_(None))
        .execution_options(yield_per=BATCH)
    )
    for number, n, goods, price, at in session.execute(sold):
        day = business_day(at)
        if not any(price == known and starts <= day for starts, known in asked[goods or 0]):
            yield Finding("price", f"sale_line:{number}.{n}", f"{price} ₫ was never asked for these goods")
