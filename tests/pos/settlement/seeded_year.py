"""A year of a small shop, by dice: five producers on all kinds of terms, gift sets, discounts, losses, recalls, refunds after freezing."""

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random

from sqlalchemy.orm import Session

from pos.catalog.models import Product
from pos.kernel.clock import business_day
from pos.kernel.errors import Refused
from pos.kernel.quantity import ONE
from pos.pricing.lot_markdown import mark_down_lot
from pos.pricing.prices import set_price
from pos.producers.models import Cost, Deal, Producer
from pos.producers.terms import find_terms
from pos.sales.basket import add_goods, find_open_basket
from pos.sales.models import DiscountKind, LotKnownBy, Sale, TenderKind
from pos.sales.pay import pay_basket
from pos.sales.priced_basket import price_basket
from pos.sales.queries import list_lines
from pos.sales.refund import sum_refunded_milli
from pos.sales.set_discount import set_discount
from pos.sales.tenders.part import TenderPart
from pos.settlement.deductions import record_deduction
from pos.settlement.entries import record_correction
from pos.settlement.fees import record_tender_fee
from pos.settlement.lot_terms import change_lot_terms
from pos.settlement.models import EntryKind
from pos.settlement.owed import find_last_statement
from pos.settlement.payouts import pay_in_cash, round_cash
from pos.settlement.statements import approve_statement, prepare_statement
from pos.stock.lots import end_hold, place_hold
from pos.stock.models import Lot, MoveKind, OnHand
from pos.storeroom.kits import ComponentUse, make_sets
from tests.builders import a_gift_set, a_maker, a_product, an_open_shift
from tests.conftest import CASHIER, MANAGER, MORNING, STATION, TODAY

from .account_steps import SEEN, agree, bring_back, count, deliver, lose

PRICES = (9_500, 45_000, 120_500, 333_333)
TERMS = (
    {"commission_bp": 2_000},
    {
        "commission_bp": 2_000,
        "bands": [(2_000_000, 1_750), (5_000_000, 1_225)],
        "producer_bears": [Cost.MARKDOWN, Cost.FEE],
    },
    {"deal": Deal.FIXED_PRICE, "producer_bears": [Cost.DISCOUNT]},
    {"deal": Deal.FIRM},
    {"commission_bp": 1_333, "producer_bears": [Cost.SPOILAGE, Cost.COUNT, Cost.PROMOTION]},
)


@dataclass
class SeededYear:
    """What is in the shop so far; `day` steps forward."""

    dice: Random
    now: datetime = MORNING
    producers: list[Producer] = field(default_factory=list)
    products: list[Product] = field(default_factory=list)
    kits: list[Product] = field(default_factory=list)
    lots: list[Lot] = field(default_factory=list)
    sales: list[Sale] = field(default_factory=list)
    holds: int = 0

    def tick(self) -> datetime:
        self.now += timedelta(seconds=self.dice.randint(20, 90))
        return self.now


def play_year(session: Session, seed: int, months: int = 12, acts: int = 30) -> SeededYear:
    """Set the shop up, and let months go by; each month's statements are frozen some days after it."""
    year = SeededYear(Random(seed))
    an_open_shift(session)
    for tender, rate_bp in ((TenderKind.CARD, 180), (TenderKind.TRANSFER, 30)):
        record_tender_fee(session, tender, rate_bp, starts=TODAY, by=MANAGER, at=MORNING)
    for n, terms in enumerate(TERMS, 1):
        producer = a_maker(session, f"Hộ mẫu {n}")
        agree(session, producer, **terms)
        year.producers.append(producer)
        for each in range(2):
            number = n * 2 + each
            product = a_product(session, producer, number, price_vnd=year.dice.choice(PRICES), name=f"Quà {number}",
                                unit="kg" if each and n % 2 else "piece")  # fmt: skip
            year.products.append(product)
    parts = {
        product.id: year.dice.choice((1, 2)) * ONE for product in year.products if product.unit == "piece"
    }
    year.kits.append(a_gift_set(session, year.producers[3], year.products[0].shelf_place_id, parts))
    ends: date | None = None
    for _month in range(months):
        _play_month(session, year, acts)
        ends = _freeze(session, year, ends)
    return year


def _play_month(session: Session, year: SeededYear, acts: int) -> None:
    _deliver_all(session, year)
    _pack_sets(session, year)
    for _act in range(acts):
        year.now += timedelta(hours=year.dice.randint(6, 22))
        year.dice.choices(
            (_sell, _refund, _lose, _count, _price, _mark_down, _recall, _change_terms, _correct), (20, 5, 3, 4, 1, 2, 1, 1, 1)
        )[0](session, year)  # fmt: skip


def _deliver_all(session: Session, year: SeededYear) -> None:
    for product in year.products:
        number = f"{year.now:%y%m%d}"
        cost_vnd = year.dice.choice((5_000, 31_000, 70_707))
        at = year.tick()
        year.lots.append(deliver(session, product, 60, lot=number, cost_vnd=cost_vnd, at=at, good_for=500))


def _pack_sets(session: Session, year: SeededYear) -> None:
    kit = year.kits[0]
    lots = {lot.product_id: lot for lot in year.lots}
    shelf = kit.shelf_place_id or 0
    taken = [ComponentUse(lots[part.part_id].id, shelf, part.quantity_milli * 4) for part in kit.recipe]
    try:
        year.lots.append(make_sets(session, kit, 4, taken, shelf, by=MANAGER, at=year.tick()))
    except Refused:  # a lot of it was recalled
        return


def _sell(session: Session, year: SeededYear) -> None:
    at, dice = year.tick(), year.dice
    basket = None
    for product in dice.sample([*year.products, *year.kits], dice.randint(1, 4)):
        milli = dice.randint(120, 2_900) if product.unit == "kg" else dice.randint(1, 3) * ONE
        lots = [lot for lot in year.lots if lot.product_id == product.id]
        if not lots:
            continue
        lot = dice.choice(lots[-2:])
        try:
            basket = add_goods(
                session, STATION, product.id, milli, at=at, lot_id=lot.id, known_by=LotKnownBy.SCANNED
            )
        except Refused:
            continue
    if basket is None:
        return
    if dice.random() < 0.3:
        off_vnd = dice.randint(500, min(5_000, price_basket(session, basket, business_day(at)).total_vnd))
        set_discount(
            session, basket, DiscountKind.BASKET, amount_vnd=off_vnd, reason="khách quen", by=MANAGER, at=at
        )
    _pay(session, year, at)


def _pay(session: Session, year: SeededYear, at: datetime) -> None:
    basket = find_open_basket(session, STATION)
    assert basket is not None
    due = price_basket(session, basket, business_day(at)).due_vnd
    parts: list[TenderPart] = []
    if year.dice.random() < 0.3 and due > 0:
        total_vnd = price_basket(session, basket, business_day(at)).total_vnd
        parts = [TenderPart(TenderKind.CARD, total_vnd, f"{year.dice.randint(0, 999_999):06}")]
    year.sales.append(
        pay_basket(
            session,
            basket.id,
            basket.version,
            0 if parts else due,
            parts=parts,
            station=STATION,
            by=CASHIER,
            at=at,
        )
    )


def _refund(session: Session, year: SeededYear) -> None:
    if not year.sales:
        return
    sale = year.dice.choice(year.sales[-40:])
    before = sum_refunded_milli(session, sale)
    for line in list_lines(session, sale.number):
        left = line.quantity_milli - before[line.n]
        if left > 0:
            milli = (
                left
                if line.unit == "kg" and year.dice.random() < 0.5
                else min(left, ONE)
                if line.unit != "kg"
                else max(1, left // 3)
            )
            bring_back(session, sale, milli, n=line.n, request=f"{year.now}", at=year.tick())
            return


def _pick_lot(year: SeededYear) -> Lot:
    return year.dice.choice(year.lots[-12:])


def _lose(session: Session, year: SeededYear) -> None:
    kind = year.dice.choice((MoveKind.WRITTEN_OFF, MoveKind.DESTROYED, MoveKind.TASTED, MoveKind.TO_PRODUCER))
    try:
        lose(session, _pick_lot(year), 1, kind, at=year.tick())
    except Refused:
        return


def _count(session: Session, year: SeededYear) -> None:
    lot = _pick_lot(year)
    place_id = session.get_one(Product, lot.product_id).shelf_place_id
    here = session.get(OnHand, (lot.id, place_id))
    if here is None or here.quantity_milli < 3 * ONE or here.quantity_milli % ONE:
        return
    count(session, lot, here.quantity_milli // ONE + year.dice.choice((-2, -1, 1, 2)), at=year.tick())


def _price(session: Session, year: SeededYear) -> None:
    product = year.dice.choice(year.products)
    at = year.tick()
    set_price(
        session,
        product,
        year.dice.choice(PRICES),
        starts=business_day(at) + timedelta(days=1),
        by=MANAGER,
        at=at,
    )


def _mark_down(session: Session, year: SeededYear) -> None:
    lot = _pick_lot(year)
    try:
        mark_down_lot(
            session, lot, year.dice.choice((1_000, 3_000)), "sắp hết hạn", by=MANAGER, at=year.tick()
        )
    except Refused:
        return


def _recall(session: Session, year: SeededYear) -> None:
    """A lot is stopped, a piece of it destroyed, and the stop is ended again."""
    lot = _pick_lot(year)
    hold = place_hold(session, reason="mốc", lot_id=lot.id, by=MANAGER, at=year.tick())
    with suppress(Refused):  # all of it may be sold
        lose(session, lot, 1, MoveKind.DESTROYED, at=year.tick())
    end_hold(session, hold, reason="xét nghiệm tốt", by=MANAGER, approval=SEEN, at=year.tick())


def _change_terms(session: Session, year: SeededYear) -> None:
    """New terms of a consignment; sometimes a lot that came before is put under them."""
    producer = year.producers[0]
    at = year.tick()
    agree(session, producer, year.dice.choice((1_000, 1_500, 2_500)), starts=business_day(at), at=at)
    terms = find_terms(session, producer.id, business_day(at))
    own = [lot for lot in year.lots if lot.producer_id == producer.id]
    if own and terms is not None and year.dice.random() < 0.5:
        change_lot_terms(
            session, year.dice.choice(own[-4:]), terms, "ghi nhầm", approval=SEEN, by=MANAGER, at=year.tick()
        )


def _correct(session: Session, year: SeededYear) -> None:
    producer = year.dice.choice(year.producers)
    more = {"by": MANAGER, "at": year.tick()}
    if year.dice.random() < 0.5:
        record_deduction(
            session,
            producer,
            EntryKind.SHELF_RENT,
            year.dice.randint(1_000, 90_000),
            "thuê kệ",
            approval=SEEN,
            **more,
        )
    else:
        record_correction(
            session, producer, year.dice.choice((-7_001, 3_333)), "sai sót", approval=SEEN, **more
        )


def _freeze(session: Session, year: SeededYear, last: date | None) -> date:
    """The statements of the days up to five before now, and a payment in cash to who has one."""
    year.now += timedelta(days=1)
    ends = business_day(year.now) - timedelta(days=5)
    if last is not None and ends <= last:
        ends = last + timedelta(days=1)
    for producer in year.producers:
        approve_statement(
            session,
            producer,
            prepare_statement(session, producer.id, ends, year.tick()),
            by=MANAGER,
            at=year.tick(),
        )
        owed_vnd = round_cash(min(40_000, max(0, _closing(session, producer))))
        if owed_vnd:
            pay_in_cash(
                session,
                producer,
                f"drawer:{STATION}",
                owed_vnd,
                "",
                approval=SEEN,
                by=MANAGER,
                at=year.tick(),
            )
    return ends


def _closing(session: Session, producer: Producer) -> int:
    statement = find_last_statement(session, producer.id)
    return statement.closing_vnd if statement else 0
