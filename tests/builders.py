"""Small goods for small tests: each states only what matters to it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from time import sleep
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from hardware.symbology import check_digit
from pos.admission.gate import Goods, LotFacts, PaperFacts
from pos.admission.labels import REQUIRED
from pos.admission.models import Paper, PaperKind
from pos.admission.papers import CoveredProduct, save_paper
from pos.catalog.models import GoodsClass, GoodsKind, Product
from pos.catalog.products import TypedCode, save_product
from pos.identity.models import Person
from pos.identity.pins import is_right_pin
from pos.identity.sign_in import find_person_allowed
from pos.kernel.actor import SYSTEM
from pos.kernel.clock import business_day
from pos.kernel.database import db, open_reading
from pos.kernel.quantity import ONE
from pos.pricing.prices import set_price
from pos.producers.models import Bearer, Deal, Producer
from pos.producers.terms import record_terms, save_producer
from pos.sales.basket import add_goods, find_open_basket
from pos.sales.models import Basket, Sale
from pos.sales.pay import pay_basket
from pos.sales.priced_basket import price_basket
from pos.shifts.drawer import open_shift
from pos.stock.models import Lot, Place, Zone
from pos.storeroom.judge_delivery import ReceivedLine
from pos.storeroom.receive import receive_delivery
from pos.tags.models import Design
from pos.tags.print_tags import PrintedBatch, print_tags

from .conftest import CASHIER, MANAGER, MORNING, STATION, TODAY, Shop

FIRST = TODAY - timedelta(days=20)


def a_paper(kind: PaperKind = PaperKind.RECOGNITION, **more: Any) -> PaperFacts:
    starts, ends = TODAY - timedelta(days=100), TODAY + timedelta(days=900)
    stars = 4 if kind is PaperKind.RECOGNITION else None
    return replace(PaperFacts(kind, f"{kind.value}-1", starts, ends, producer_id=1, stars=stars), **more)


def a_lot(**more: Any) -> LotFacts:
    return replace(
        LotFacts("L1", 1, "thôn mẫu", TODAY - timedelta(days=5), TODAY + timedelta(days=30), "PG1"), **more
    )


def goods(**more: Any) -> Goods:
    """Packaged food of four stars with everything in order."""
    papers = tuple(map(a_paper, (PaperKind.RECOGNITION, PaperKind.FOOD_SAFETY, PaperKind.DECLARATION)))
    whole = Goods("Chè lam gừng 250 g", GoodsClass.OCOP, GoodsKind.PACKAGED_FOOD, 1, papers, a_lot(), 45_000,
                  zone=Zone.OCOP, on_hand_milli=10 * ONE, asked_milli=ONE)  # fmt: skip
    return replace(whole, **more)


def gtin13(number: int) -> str:
    """A code of the range that GS1 keeps for demonstrations."""
    body = f"952{number:09}"
    return body + check_digit(body)


def a_maker(session: Session, name: str = "Hộ mẫu A") -> Producer:
    producer = Producer(name=name, address="thôn mẫu")
    save_producer(session, producer, by=SYSTEM, at=MORNING)
    record_terms(session, producer, starts=FIRST, deal=Deal.CONSIGNMENT, commission_bp=1500, spoilage_borne_by=Bearer.PRODUCER,
          markdown_borne_by=Bearer.SHOP, by=SYSTEM, at=MORNING)  # fmt: skip
    issued = FIRST - timedelta(days=200)
    paper = Paper(kind=PaperKind.FOOD_SAFETY, number="ATTP-1", issued=issued, producer_id=producer.id)
    save_paper(session, paper, [], by=SYSTEM, at=MORNING)
    session.flush()
    return producer


def a_product(session: Session, producer: Producer, n: int = 1, *, unit: str = "piece", price_vnd: int = 45_000,
              name: str = "Chè lam gừng", kind: GoodsKind = GoodsKind.PACKAGED_FOOD) -> Product:  # fmt: skip
    """A product of four stars on the OCOP shelf, with the `n`th demonstration code, a price, and its papers."""
    shelf = session.scalars(select(Place).where(Place.code == "OCOP")).one()
    product = Product(
        name_vi=name, pack=f"{n}", producer_id=producer.id, group_code="food", goods_class="ocop", kind=kind.value, unit=unit,
        vat_category="standard", shelf_place_id=shelf.id, label_entries=" ".join(REQUIRED[kind]), storage="Nơi khô ráo.",
        ingredients="Gạo nếp, gừng (ví dụ).",
    )  # fmt: skip
    save_product(session, product, [TypedCode(gtin13(n))], by=SYSTEM, at=MORNING)
    set_price(session, product, price_vnd, starts=FIRST, by=SYSTEM, at=MORNING)
    for paper_kind, stars in ((PaperKind.RECOGNITION, 4), (PaperKind.DECLARATION, None)):
        paper = Paper(kind=paper_kind, number=f"{product.sku}/{paper_kind.value}", issued=FIRST - timedelta(days=100),
                      producer_id=producer.id)  # fmt: skip
        save_paper(session, paper, [CoveredProduct(product.id, stars)], by=SYSTEM, at=MORNING)
    session.flush()
    return product


def a_delivery(session: Session, producer: Producer, product: Product, quantity_milli: int = 10 * ONE, *,
               lot: str = "L1", ends: date | None = TODAY + timedelta(days=60), at: datetime = MORNING) -> Lot:  # fmt: skip
    arrived = ReceivedLine(
        product.id, lot, TODAY - timedelta(days=2), ends, quantity_milli, product.shelf_place_id or 0, 30_000
    )
    receive_delivery(
        session,
        producer,
        delivery_note=f"PG-{lot}",
        note_date=TODAY,
        arrived=[arrived],
        by=SYSTEM,
        at=at,
    )
    return session.scalars(select(Lot).where(Lot.product_id == product.id, Lot.number == lot)).one()


def an_open_shift(session: Session, station: str = STATION) -> None:
    open_shift(session, station, 500_000, by=CASHIER, at=MORNING)


def priced(session: Session, product_id: int, price_vnd: int, *, starts: date = TODAY) -> Product:
    """The product, at a price of its own from a day on."""
    product = session.get_one(Product, product_id)
    set_price(session, product, price_vnd, starts=starts, by=MANAGER, at=MORNING)
    return product


def check_pin(session: Session, login: str, pin: str, *, at: datetime) -> Person | None:
    """The person if name and PIN are right; counts nothing."""
    person = find_person_allowed(session, login, at)
    return person if is_right_pin(person, pin) else None


def print_all(
    session: Session, ids: Sequence[int] | None = None, key: str = "all", **more: Any
) -> PrintedBatch:
    """A shelf tag for each of these products, or for all."""
    wanted = ids if ids is not None else session.scalars(select(Product.id)).all()
    return print_tags(
        session, wanted, Design.SHELF, about="all", output="x", key=key, by=MANAGER, at=MORNING, **more
    )


def a_stocked_shop(session: Session, quantity_milli: int = 10 * ONE) -> Product:
    """A maker, a product with a lot on the shelf, and an open shift; the product."""
    maker = a_maker(session)
    product = a_product(session, maker)
    a_delivery(session, maker, product, quantity_milli)
    an_open_shift(session)
    return product


def a_sale(
    session: Session, product: Product, quantity_milli: int = 2 * ONE, *, at: datetime = MORNING
) -> Sale:
    """Sold for cash that is just enough."""
    basket = add_goods(session, STATION, product.id, quantity_milli, at=at)
    due = price_basket(session, basket, business_day(at)).due_vnd
    return pay_basket(session, basket.id, basket.version, due, station=STATION, by=CASHIER, at=at)


def code_of(village: Shop, name: str = "Chè lam gừng 250 g") -> str:
    return village.village.codes[name]


def the_open_basket() -> Basket:
    with open_reading() as session:
        basket = find_open_basket(session, STATION)
        assert basket is not None
        return basket


def pay_at_the_till(client: FlaskClient, supplied: str) -> Sale:
    basket = the_open_basket()
    answer = client.post(
        "/till/pay", data={"basket_id": basket.id, "version": basket.version, "given": supplied}
    )
    assert 'data-panel="done"' in answer.text
    with open_reading() as session:
        return session.scalars(select(Sale).order_by(Sale.number.desc())).first()  # type: ignore[return-value]


@contextmanager
def counted_statements() -> Iterator[list[str]]:
    """The SQL that is sent to the current application's database meanwhile."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


def wait_for_workbook(manager: FlaskClient, address: str) -> str:
    """The page of a workbook, once it was read or written."""
    for _try in range(200):
        page = manager.get(address).text
        if 'id="progress"' not in page:
            return page
        sleep(0.05)
    raise AssertionError("it never ended")


def a_gift_set(
    session: Session,
    producer: Producer,
    shelf_place_id: int | None,
    recipe: dict[int, int],
    name: str = "Set quà",
) -> Product:
    """A gift set of these parts (thousandths by product), with its price; none is packed yet."""
    kit = Product(
        name_vi=name, producer_id=producer.id, group_code="sets", kind=GoodsKind.KIT, shelf_place_id=shelf_place_id
    )  # fmt: skip
    save_product(session, kit, [], recipe=recipe, by=SYSTEM, at=MORNING)
    set_price(session, kit, 150_000, starts=TODAY, by=SYSTEM, at=MORNING)
    return kit
