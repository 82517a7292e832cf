"""Steps that the tests of what producers are owed share."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from pos.catalog.models import Product
from pos.counting.post import post_count
from pos.counting.tally import add_tally, begin_count
from pos.kernel.actor import Actor, Approval, Role
from pos.kernel.clock import business_day
from pos.kernel.quantity import ONE
from pos.producers.models import Bearer, Cost, Deal, Producer
from pos.producers.terms import record_terms
from pos.sales.basket import add_goods
from pos.sales.models import LotKnownBy, Sale
from pos.sales.pay import pay_basket
from pos.sales.priced_basket import price_basket
from pos.sales.refund import refund_sale
from pos.settlement.owed import read_account
from pos.settlement.rows import OwedRow
from pos.stock.models import Lot, MoveKind
from pos.storeroom.judge_delivery import ReceivedLine
from pos.storeroom.receive import receive_delivery
from pos.storeroom.write_off import write_off
from tests.builders import FIRST, a_maker, a_product
from tests.conftest import CASHIER, MANAGER, MORNING, STATION, TODAY

SEEN = Approval(Actor(7, "Người chứng kiến", Role.CASHIER, STATION), "đã xem", MORNING)


def agree(
    session: Session,
    producer: Producer,
    commission_bp: int = 2_000,
    bands: Sequence[tuple[int, int]] = (),
    *,
    deal: Deal = Deal.CONSIGNMENT,
    producer_bears: Sequence[Cost] = (),
    **more: Any,
) -> None:
    """Terms that hold from the first day of the shop: the newest of a day takes over."""
    bearers = {cost: Bearer.PRODUCER if cost in producer_bears else Bearer.SHOP for cost in Cost}
    record_terms(
        session, producer, deal=deal, commission_bp=commission_bp, bands=bands,
        spoilage_borne_by=bearers.pop(Cost.SPOILAGE), markdown_borne_by=bearers.pop(Cost.MARKDOWN), other_costs=bearers,
        **{"starts": FIRST, "by": MANAGER, "at": MORNING} | more,
    )  # fmt: skip


def deliver(
    session: Session,
    product: Product,
    pieces: int = 1_000,
    *,
    lot: str = "L1",
    cost_vnd: int = 0,
    at: datetime = MORNING,
    good_for: int = 90,
) -> Lot:
    """A delivery that comes under the producer's terms of the day."""
    producer = session.get_one(Producer, product.producer_id)
    line = ReceivedLine(
        product.id, lot, TODAY - timedelta(days=2), TODAY + timedelta(days=good_for), pieces * ONE, product.shelf_place_id or 0, cost_vnd
    )  # fmt: skip
    receive_delivery(
        session,
        producer,
        delivery_note=f"PG-{lot}-{at:%d%H%M}",
        note_date=TODAY,
        arrived=[line],
        by=MANAGER,
        at=at,
    )
    return session.scalars(select(Lot).where(Lot.product_id == product.id, Lot.number == lot)).one()


def goods_under(
    session: Session, price_vnd: int, *terms: Any, n: int = 1, cost_vnd: int = 0, **more: Any
) -> tuple[Producer, Product, Lot]:
    """A producer of their own, with a product at this price and a lot of it that came under these terms."""
    producer = a_maker(session, f"Hộ mẫu {n}")
    agree(session, producer, *terms, **more)
    product = a_product(session, producer, n, price_vnd=price_vnd, name=f"Kẹo {n}")
    return producer, product, deliver(session, product, lot=f"L{n}", cost_vnd=cost_vnd)


def sell(
    session: Session, *goods: tuple[Product, int], at: datetime = MORNING, lot: Lot | None = None
) -> Sale:
    """So many thousandths of each for cash; `lot`: the packs' own lot was scanned."""
    known = {"lot_id": lot.id, "known_by": LotKnownBy.SCANNED} if lot else {}
    for product, milli in goods:
        basket = add_goods(session, STATION, product.id, milli, at=at, **known)
    due = price_basket(session, basket, business_day(at)).due_vnd
    return pay_basket(session, basket.id, basket.version, due, station=STATION, by=CASHIER, at=at)


def bring_back(
    session: Session, sale: Sale, milli: int = ONE, *, n: int = 1, request: str = "1", at: datetime = MORNING
) -> Sale:
    return refund_sale(
        session, sale, {n: milli}, reason="vỡ", request=request, station=STATION, by=MANAGER, at=at
    )


def lose(
    session: Session, lot: Lot, pieces: int, kind: MoveKind = MoveKind.WRITTEN_OFF, *, at: datetime = MORNING
) -> int:
    """Write so many off where the lot's goods lie; the write-off's number."""
    place_id = session.get_one(Product, lot.product_id).shelf_place_id or 0
    row = write_off(
        session,
        lot,
        place_id,
        pieces * ONE,
        kind,
        reason="hỏng",
        photo=None,
        approval=SEEN,
        by=MANAGER,
        at=at,
    )
    return row.number


def count(session: Session, lot: Lot, pieces: int, *, at: datetime = MORNING) -> None:
    """A count of the shelf that finds so many of the lot."""
    place_id = session.get_one(Product, lot.product_id).shelf_place_id or 0
    begun = begin_count(session, place_id=place_id, by=MANAGER, at=at)
    add_tally(session, begun, lot, place_id, pieces * ONE, by=MANAGER, at=at)
    post_count(session, begun, is_missing_gone=False, reason="kiểm kê", approval=SEEN, by=MANAGER, at=at)


def rows_of(session: Session, producer: Producer, **asked: Any) -> list[OwedRow]:
    return list(read_account(session, producer.id, **asked).rows)


def owed_of(session: Session, producer: Producer, **asked: Any) -> list[tuple[str, int]]:
    """What each row of the account is, and what is owed for it."""
    return [(str(row.kind), row.owed_vnd) for row in rows_of(session, producer, **asked)]
