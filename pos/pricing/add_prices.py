"""pricing/add_prices.py — the prices of many products, each from a day of its own, as that many acts in few statements."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy.orm import Session

from ..journal.record import JournalAct, ledger_digest, record_acts, row_name
from ..kernel.actor import Actor
from ..kernel.inserts import insert_rows
from .models import Price
from .prices import refuse_odd_price


def add_prices(
    session: Session, wanted: Sequence[tuple[int, int, date]], *, by: Actor, at: datetime
) -> Sequence[Price]:
    """Ask each product's price from its day on. Raises Refused (`price_not_positive`, `price_too_high`)."""
    for _product_id, price_vnd, _starts in wanted:
        refuse_odd_price(price_vnd)
    prices = insert_rows(
        session,
        [
            Price(product_id=id_, price_vnd=price_vnd, starts=starts, at=at)
            for id_, price_vnd, starts in wanted
        ],
    )
    acts = [
        JournalAct.make("price_set", f"product:{price.product_id}", {
            "seals": {row_name(price): ledger_digest(price.facts())}, "price_vnd": price.price_vnd, "starts": price.starts,
        })
        for price in prices
    ]  # fmt: skip
    record_acts(session, acts, by=by, at=at)
    return prices
