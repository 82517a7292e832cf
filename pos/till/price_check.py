"""till/price_check.py — what a product costs and which lots stand on the floor, without selling it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.orm import Session

from ..admission.gate import Act, Verdict, at_asked_price, judge, stars_in_force
from ..admission.goods import GoodsQuery, assemble_goods
from ..admission.policy import make_policy
from ..catalog.models import Product
from ..kernel.quantity import Content, unit_price_vnd
from ..producers.terms import get_producer
from ..shop.models import get_shop
from ..stock.queries import list_lots_on_floor


@dataclass(frozen=True, slots=True)
class FloorLot:
    """A lot on the floor with the gate's word on it; `days_left` is None where it has no end."""

    number: str
    trace_code: str
    place: str
    quantity_milli: int
    expires_on: date | None
    days_left: int | None
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class CheckedPrice:
    product: Product
    lot_id: int | None
    producer: str
    price_vnd: int | None
    unit_price_vnd: int | None
    stars: int
    verdict: Verdict
    lots: Sequence[FloorLot]


def check_price(
    session: Session,
    product: Product,
    on: date,
    lot_id: int | None = None,
    printed_ends_on: date | None = None,
) -> CheckedPrice:
    """Price, unit price, stars and each lot on the floor (only the scanned one where a lot was scanned)."""
    rows = [row for row in list_lots_on_floor(session, product.id) if lot_id in {None, row.id}]
    bare, *goods = assemble_goods(
        session, [GoodsQuery(product.id), *(GoodsQuery(product.id, row.id, row.place_id) for row in rows)], on
    )
    goods = [replace(item, printed_ends_on=printed_ends_on) for item in goods]
    policy = make_policy(get_shop(session))
    verdicts = [judge(item, Act.SELL, policy, on) for item in goods]
    price = at_asked_price(bare, policy).price_vnd
    return CheckedPrice(
        product=product,
        lot_id=lot_id,
        producer=get_producer(session, product.producer_id).name,
        price_vnd=price,
        unit_price_vnd=None if price is None else unit_price_vnd(
            price, product.net_content_milli, Content(product.net_content_unit)
        ),
        stars=stars_in_force(bare, on),
        verdict=_product_verdict(verdicts),
        lots=[
            FloorLot(
                row.number, row.trace_code, row.place, row.quantity_milli, row.expires_on,
                (row.expires_on - on).days if row.expires_on else None, verdict,
            )
            for row, verdict in zip(rows, verdicts, strict=True)
        ],
    )  # fmt: skip


def _product_verdict(verdicts: Sequence[Verdict]) -> Verdict:
    """What stops the product itself: what all its lots share. Without lots, that there is none."""
    if not verdicts:
        return Verdict(())
    shared = set.intersection(*({reason.code for reason in verdict.refusals} for verdict in verdicts))
    return Verdict(tuple(reason for reason in verdicts[0].refusals if reason.code in shared))
