"""reports/rates.py — how fast goods sell, and what follows: how long they last, what will be left over."""

from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..sales.models import Sale, SaleLine
from ..sales.queries import first_sale_since

LOOKED_AT = 28  # days: four of each weekday, so that a weekend weighs as much as it does
LEAST = 7  # a shop younger than that has no pace of its own: what it sold is spread over a week


def daily_sales_milli(session: Session, on: date, producer_id: int | None = None) -> dict[int, float]:
    """Thousandths of a product that leave the shop on an average day (sold less returned), over four weeks before `on`
    (over fewer days in a shop that has sold for less); of one producer's goods or of all.
    """
    first = session.scalar(select(func.min(Sale.business_day)))
    days = LOOKED_AT if first is None else min(LOOKED_AT, max(LEAST, (on - first).days))
    since = on - timedelta(days=LOOKED_AT)
    query = (
        select(SaleLine.product_id, func.sum(SaleLine.quantity_milli))
        .join(Sale, Sale.number == SaleLine.sale_number)
        .where(
            Sale.business_day >= since,
            Sale.business_day < on,
            SaleLine.product_id.is_not(None),
        )
        .group_by(SaleLine.product_id)
    )
    if producer_id is not None:
        query = query.where(
            SaleLine.producer_id == producer_id, SaleLine.sale_number >= first_sale_since(since)
        )
    return {product_id or 0: max(0, int(total)) / days for product_id, total in session.execute(query)}
