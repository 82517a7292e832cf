"""reports/rates.py — how fast goods sell, and what follows: how long they last, what will be left over."""

from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..sales.models import Sale, SaleLine

LOOKED_AT = 28  # days: four of each weekday, so that a weekend weighs as much as it does
LEAST = 7  # a shop younger than that has no pace of its own: what it sold is spread over a week


def daily_sales_milli(session: Session, on: date) -> dict[int, float]:
    """Thousandths of a product that leave the shop on an average day (sold less returned), over four weeks before `on`
    (over fewer days in a shop that has sold for less).
    """
    first = session.scalar(select(func.min(Sale.business_day)))
    days = LOOKED_AT if first is None else min(LOOKED_AT, max(LEAST, (on - first).days))
    rows = session.execute(
        select(SaleLine.product_id, func.sum(SaleLine.quantity_milli))
        .join(Sale, Sale.number == SaleLine.sale_number)
        .where(
            Sale.business_day >= on - timedelta(days=LOOKED_AT),
            Sale.business_day < on,
            SaleLine.product_id.is_not(None),
        )
        .group_by(SaleLine.product_id)
    )
    return {product_id or 0: max(0, int(total)) / days for product_id, total in rows}
