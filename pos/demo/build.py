"""demo/build.py — fill an empty shop with the village: goods, papers, ninety days of trade, and the misfits.

Everything goes through the use cases that people use; `verify` is green afterwards. One seed and one day
make the same village every time, but for PINs, keys and random codes.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from ..admission.models import PaperKind
from ..catalog.models import GoodsKind, Product
from ..identity.people import add_person
from ..journal.record import record
from ..kernel.actor import SYSTEM, Actor, Role
from ..kernel.clock import SHOP_ZONE
from ..kernel.database import unit_of_work
from ..kernel.errors import Refused
from ..kernel.money import suggest_amounts
from ..kernel.quantity import ONE, Unit
from ..law.taxpayers import TaxStatus
from ..producers.models import Bearer, Deal, Producer
from ..producers.terms import record_terms, save_producer
from ..sales.basket import add_goods, confirm_age, find_open_basket, needs_age_check
from ..sales.pay import pay_cash
from ..sales.priced_basket import price_basket
from ..sales.questions import WhichLot
from ..shifts.drawer import close_shift, expected_cash_vnd, open_shift
from ..shop.models import get_shop
from ..shop.taxes import record_opening_turnover, record_tax_status
from ..stock.models import Lot, OnHand
from ..storeroom.judge_delivery import ReceivedLine
from ..storeroom.receive import receive_delivery
from . import cast
from .codes import at_clock, gtin13
from .furnishings import add_furnishings, keep_house, open_house
from .goods import add_general_paper, add_product
from .inadmissible_goods import make_inadmissible_goods

DAYS = 90
OPENING_TURNOVER_VND = 180_000_000  # of the year, before the books began
SALES_A_DAY = (6, 11)
TOLD_PINS = {"manager": "246813", "cashier": "135792", "producer": "864213", "viewer": "975318"}


@dataclass
class Village:
    """What the demo tells: people with their PINs, and codes to click."""

    pins: list[tuple[str, str, str, str]] = field(default_factory=list)
    codes: dict[str, str] = field(default_factory=dict)
    misfit_codes: dict[str, str] = field(default_factory=dict)

    @property
    def strip(self) -> list[tuple[str, str, bool]]:
        """Name, code, admissible: the clickable scans under the till."""
        good = [(name, code, True) for name, code in list(self.codes.items())[:14]]
        bad = [(name, code, False) for name, code in self.misfit_codes.items()]
        return [*good, *bad, ("?", cast.UNKNOWN_CODE, False)]


def build_village(
    engine: Engine,
    today: date,
    *,
    seed: int = 1,
    station: str,
    folder: Path | None = None,
    days: int = DAYS,
    tell: Callable[[int, int], None] | None = None,
) -> Village:
    """Fill the books. The shop must be new (`init` has run). `tell(done, all)` hears of the days.

    With a data `folder` papers and delivery notes get their scans, goods their pictures.
    """
    dice = random.Random(seed)
    village = Village()
    first = today - timedelta(days=days)
    with unit_of_work(engine) as session:
        _set_up(session, first)
        makers = _producers(session, first)
        products = _goods(session, makers, village, first)
        _shop_papers(session, first)
        cashier = _people(session, makers, village, station, first)
        open_house(session, first)
        make_inadmissible_goods(session, makers, village.misfit_codes, first, today)
    for n in range(days):
        day = first + timedelta(days=n)
        with unit_of_work(engine) as session:
            _deliver(session, makers, products, day, first_day=n == 0)
            keep_house(session, day, cashier, dice)
            _trade_day(session, products, day, station, cashier, dice)
        if tell:
            tell(n + 1, days)
    with unit_of_work(engine) as session:
        _deliver(session, makers, products, today, first_day=False)
        keep_house(session, today, cashier, dice)
    add_furnishings(engine, folder, today, cashier)
    return village


def _set_up(session: Session, first: date) -> None:
    shop = get_shop(session)
    at = at_clock(first, 6)
    shop.is_set_up, shop.returns_rule = True, "Đổi trả trong 3 ngày, còn nguyên bao bì và phiếu này."
    shop.code = "MP"
    record(session, "set_up", by=SYSTEM, at=at, subject=shop, facts=[shop])
    record_tax_status(session, TaxStatus.HOUSEHOLD_EXEMPT, starts=first, by=SYSTEM, at=at)
    record_opening_turnover(session, at.year, OPENING_TURNOVER_VND, by=SYSTEM, at=at)


def _producers(session: Session, first: date) -> list[Producer]:
    at = at_clock(first, 6)
    made = []
    for n, name in enumerate(cast.PRODUCERS):
        producer = Producer(
            name=name, address="thôn mẫu, phường Sơn Tây, Hà Nội (ví dụ)", story_vi="Một hộ trong làng mẫu."
        )
        save_producer(session, producer, by=SYSTEM, at=at)
        firm = n == 11
        record_terms(
            session, producer, starts=first, deal=Deal.FIRM if firm else Deal.CONSIGNMENT,
            commission_bp=0 if firm else 1500 + 100 * (n % 4), spoilage_borne_by=Bearer.SHOP if firm else Bearer.PRODUCER,
            markdown_borne_by=Bearer.SHOP, by=SYSTEM, at=at,
        )  # fmt: skip
        add_general_paper(session, producer, PaperKind.FOOD_SAFETY, f"{n + 1:02}/2025/CSĐĐK (mẫu)", first)
        add_general_paper(session, producer, PaperKind.ALCOHOL_LICENCE, f"GP-{n + 1:02}/SCT (mẫu)", first)
        made.append(producer)
    return made


def _shop_papers(session: Session, first: date) -> None:
    for kind, number in (
        (PaperKind.SHOP_REGISTRATION, "01A8001234 (mẫu)"),
        (PaperKind.SHOP_FOOD_SAFETY, "17/2025/ATTP-ĐB (mẫu)"),
        (PaperKind.SHOP_ALCOHOL_LICENCE, "05/GP-UBND (mẫu)"),
        (PaperKind.SHOP_SCALE, "KĐ-0425 (mẫu)"),
    ):
        add_general_paper(session, None, kind, number, first)


@dataclass(slots=True)
class StockedProduct:
    """A product with what its deliveries need to know."""

    product: Product
    role: cast.CastProduct


def _goods(session: Session, makers: list[Producer], village: Village, first: date) -> list[StockedProduct]:
    found = []
    for number, role in enumerate(cast.GOODS, 1):
        product = add_product(session, role, makers[role.maker], number, first)
        found.append(StockedProduct(product, role))
        if role.coded:
            village.codes[product.name] = gtin13(number)
    return found


def _people(session: Session, makers: list[Producer], village: Village, station: str, first: date) -> Actor:
    at = at_clock(first, 6)
    people: list[tuple[str, Role, int | None]] = [("Quản lý mẫu", Role.MANAGER, None), ("Thu ngân 1", Role.CASHIER, None), ("Thu ngân 2", Role.CASHIER, None),
              ("Đoàn kiểm tra", Role.VIEWER, None)]  # fmt: skip
    people += [(maker.name, Role.PRODUCER, maker.id) for maker in makers[:12]]
    cashier: Actor | None = None
    for name, role, producer_id in people:
        pin = TOLD_PINS[role.value]
        person, _ = add_person(session, name, role, by=SYSTEM, at=at, producer_id=producer_id, pin=pin)
        village.pins.append((role.value, name, person.login, pin))
        if role is Role.CASHIER and cashier is None:
            cashier = person.actor(station)
    assert cashier is not None  # noqa: S101  the list above has one
    return cashier


def _deliver(
    session: Session, makers: list[Producer], products: list[StockedProduct], day: date, *, first_day: bool
) -> None:
    """Each producer brings what runs low; fresh goods come every day or two."""
    left = _sum_left(session, day)
    at = at_clock(day, 7)
    for n, maker in enumerate(makers):
        lines = []
        for item in products:
            role = item.role
            if item.product.producer_id != maker.id or role.kind is GoodsKind.SERVICE:
                continue
            short_lived = 0 < role.days <= 5
            if first_day or left.get(item.product.id, 0) < 12 * ONE:
                lines.append(_arrival(item, day, 40 * ONE if not short_lived else 25 * ONE))
        if lines:
            receive_delivery(
                session,
                maker,
                delivery_note=f"PG{n + 1:02}-{day:%y%m%d}",
                note_date=day,
                arrived=lines,
                by=SYSTEM,
                at=at,
            )


def _arrival(item: StockedProduct, day: date, quantity_milli: int) -> ReceivedLine:
    role = item.role
    return ReceivedLine(
        product_id=item.product.id, lot_number=f"L{day:%y%m%d}", made_on=day - timedelta(days=0 if role.days <= 5 else 1),
        expires_on=day + timedelta(days=role.days) if role.days else None, quantity_milli=quantity_milli,
        place_id=item.product.shelf_place_id or 0, unit_cost_vnd=role.price_vnd * 7 // 10,
    )  # fmt: skip


def _sum_left(session: Session, day: date) -> dict[int, int]:
    """Sellable quantity by product: lots not past their end."""
    left: dict[int, int] = {}
    rows = session.execute(
        select(Lot.product_id, OnHand.quantity_milli)
        .join(OnHand, OnHand.lot_id == Lot.id)
        .where((Lot.expires_on.is_(None)) | (Lot.expires_on >= day))
    )
    for product_id, quantity in rows:
        left[product_id] = left.get(product_id, 0) + quantity
    return left


def _trade_day(
    session: Session,
    products: list[StockedProduct],
    day: date,
    station: str,
    cashier: Actor,
    dice: random.Random,
) -> None:
    """One day at the till: open, sell, close."""
    shift = open_shift(session, station, 500_000, by=cashier, at=at_clock(day, 7, 30))
    sales = dice.randint(*SALES_A_DAY) + (6 if day.weekday() >= 5 else 0)
    for n in range(sales):
        minute = 30 + n * 540 // sales
        _sell(session, products, at_clock(day, 8 + minute // 60, minute % 60), station, cashier, dice)
    counted = expected_cash_vnd(session, shift) - (5000 if dice.random() < 0.05 else 0)
    close_shift(session, shift, counted, by=cashier, at=at_clock(day, 18))


def _sell(
    session: Session,
    products: list[StockedProduct],
    at: datetime,
    station: str,
    cashier: Actor,
    dice: random.Random,
) -> None:
    for item in dice.sample(products, dice.choice((1, 1, 2, 2, 3, 4))):
        quantity = (
            dice.randint(200, 1800) if item.product.unit == Unit.KG else dice.choice((1, 1, 1, 2, 3)) * ONE
        )
        if needs_age_check(session, item.product):
            confirm_age(session, station, by=cashier, at=at)
        try:
            add_goods(session, station, item.product.id, quantity, at=at)
        except (Refused, WhichLot):
            continue  # as a cashier would: put it aside, go on with the rest
    basket = find_open_basket(session, station)
    if basket is None or not basket.lines:
        return
    due = price_basket(session, basket, at.astimezone(SHOP_ZONE).date()).due_vnd
    handed_over = dice.choice([due, *suggest_amounts(due)])
    pay_cash(session, basket.id, basket.version, handed_over, station=station, by=cashier, at=at)
