"""demo/build.py — fill an empty shop with the village: goods, papers, weeks of trade, and the misfits.

Everything goes through the use cases that people use; `verify` is green afterwards. One seed and one day
make the same village every time, but for PINs, keys and random codes.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from ..admission.models import PaperKind
from ..catalog.models import GoodsKind
from ..closings.close import close_due_periods
from ..closings.seal import Seal
from ..identity.people import add_person
from ..journal.record import find_books_time, record
from ..kernel.actor import SYSTEM, Actor, Role
from ..kernel.database import unit_of_work
from ..kernel.garbage import collect_seldom
from ..kernel.quantity import ONE
from ..law.taxpayers import TaxStatus
from ..producers.models import Bearer, Deal, Producer
from ..producers.terms import record_terms, save_producer
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
from .morning import leave_work, list_other_scans
from .settle import (
    SettledDays,
    list_other_costs,
    list_tiers,
    open_accounts,
    payment_terms,
    plan_settled_days,
    settle_in_evening,
)
from .speed import hash_quickly
from .till import QUIET, Pace, Till
from .trade import SHORT_LIVED_DAYS, StockedProduct, trade_day
from .village_bank import open_bank_account

DAYS = 90
TOLD_PINS = {"manager": "246813", "cashier": "135792", "producer": "864213", "viewer": "975318"}
OPENING_TURNOVER_VND = 180_000_000  # of the year, before the books began


@dataclass
class Village:
    """What the demo tells: people with their PINs, and codes to click."""

    pins: list[tuple[str, str, str, str]] = field(default_factory=list)
    codes: dict[str, str] = field(default_factory=dict)
    misfit_codes: dict[str, str] = field(default_factory=dict)
    other_scans: list[tuple[str, str, bool]] = field(default_factory=list)

    @property
    def strip(self) -> list[tuple[str, str, bool]]:
        """Name, code, admissible: the clickable scans under the till."""
        good = [(name, code, True) for name, code in list(self.codes.items())[:14]]
        bad = [(name, code, False) for name, code in self.misfit_codes.items()]
        return [*good, *self.other_scans, *bad, ("?", cast.UNKNOWN_CODE, False)]


@collect_seldom()
def build_village(
    engine: Engine,
    today: date,
    *,
    seed: int = 1,
    station: str,
    folder: Path | None = None,
    days: int = DAYS,
    pace: Pace = QUIET,
    seal: Seal | None = None,
    tell: Callable[[int, int], None] | None = None,
) -> Village:
    """Fill the books. The shop must be new (`init` has run). `tell(done, all)` hears of the days.

    With a data `folder` papers and delivery notes get their scans, goods their pictures. `seal`: signs its closings.
    """
    dice = random.Random(seed)
    village = Village()
    first = today - timedelta(days=days)
    with unit_of_work(engine) as session:
        _set_up(session, first)
        makers = _producers(session, first, days)
        products = _goods(session, makers, village, first)
        _shop_papers(session, first)
        with hash_quickly():
            cashier, manager = _people(session, makers, village, station, first)
        open_house(session, first)
        if pace.is_whole:
            open_bank_account(session, manager, cashier, at_clock(first, 6))
            open_accounts(session, folder, makers, manager, cashier, at_clock(first, 6))
        make_inadmissible_goods(session, makers, village.misfit_codes, first, today)
    till, settled = Till(station, cashier, manager, dice, pace, seal), plan_settled_days(first, days)
    for n in range(days):
        day = first + timedelta(days=n)
        _spend_day(engine, makers, products, day, till, settled, first=first, today=today)
        if tell:
            tell(n + 1, days)
    with unit_of_work(engine) as session:
        _deliver(session, makers, products, today, first_day=False, pace=pace)
        keep_house(session, today, cashier, dice)
    add_furnishings(engine, folder, today, cashier)
    if pace.is_whole:
        with unit_of_work(engine) as session:
            leave_work(session, makers, products, today)
            village.other_scans = list_other_scans(session, products, today)
    with unit_of_work(engine) as session:
        close_due_periods(session, at=find_books_time(session) or at_clock(today, 8), seal=seal)
    return village


def _spend_day(
    engine: Engine,
    makers: list[Producer],
    products: list[StockedProduct],
    day: date,
    till: Till,
    settled: SettledDays,
    *,
    first: date,
    today: date,
) -> None:
    """Deliveries, a day at the till, and where a period of the producers' accounts ends, their statements."""
    with unit_of_work(engine) as session:
        _deliver(session, makers, products, day, first_day=day == first, pace=till.pace)
        keep_house(session, day, till.cashier, till.dice)
        trade_day(session, products, day, till, today)
    if till.pace.is_whole and (day in settled.ends or settled.find_end(day)):
        with unit_of_work(engine) as session:
            settle_in_evening(session, makers, settled, day, till)


def _set_up(session: Session, first: date) -> None:
    shop = get_shop(session)
    at = at_clock(first, 6)
    shop.is_set_up, shop.returns_rule = True, "Đổi trả trong 3 ngày, còn nguyên bao bì và phiếu này."
    shop.code = "MP"
    record(session, "set_up", by=SYSTEM, at=at, subject=shop, facts=[shop])
    record_tax_status(session, TaxStatus.HOUSEHOLD_EXEMPT, starts=first, by=SYSTEM, at=at)
    record_opening_turnover(session, at.year, OPENING_TURNOVER_VND, by=SYSTEM, at=at)


def _producers(session: Session, first: date, days: int) -> list[Producer]:
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
            markdown_borne_by=Bearer.SHOP, bands=list_tiers(n), other_costs=list_other_costs(n), payment=payment_terms(days), by=SYSTEM, at=at,
        )  # fmt: skip
        add_general_paper(session, producer, PaperKind.FOOD_SAFETY, f"{n + 1:02}/2025/CSĐĐK (mẫu)", first)
        if n in cast.DISTILLERS:
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


def _goods(session: Session, makers: list[Producer], village: Village, first: date) -> list[StockedProduct]:
    found = []
    for number, role in enumerate(cast.GOODS, 1):
        product = add_product(session, role, makers[role.maker], number, first)
        found.append(StockedProduct(product, role))
        if role.coded:
            village.codes[product.name] = gtin13(number)
    return found


def _people(
    session: Session, makers: list[Producer], village: Village, station: str, first: date
) -> tuple[Actor, Actor]:
    """A cashier and the manager, at the till."""
    at = at_clock(first, 6)
    people: list[tuple[str, Role, int | None]] = [("Quản lý mẫu", Role.MANAGER, None), ("Thu ngân 1", Role.CASHIER, None), ("Thu ngân 2", Role.CASHIER, None),
              ("Đoàn kiểm tra", Role.VIEWER, None)]  # fmt: skip
    people += [(maker.name, Role.PRODUCER, maker.id) for maker in makers[:12]]
    found: dict[Role, Actor] = {}
    for name, role, producer_id in people:
        pin = TOLD_PINS[role.value]
        person, _ = add_person(session, name, role, by=SYSTEM, at=at, producer_id=producer_id, pin=pin)
        village.pins.append((role.value, name, person.login, pin))
        found.setdefault(role, person.actor(station))
    return found[Role.CASHIER], found[Role.MANAGER]


def _deliver(
    session: Session,
    makers: list[Producer],
    products: list[StockedProduct],
    day: date,
    *,
    first_day: bool,
    pace: Pace,
) -> None:
    """Each producer brings what runs low; fresh goods come every day or two, in a busy shop as much as is sold."""
    left = _sum_left(session, day)
    fresh_milli = 9 * ONE if pace.is_whole else 25 * ONE
    at = at_clock(day, 7)
    for n, maker in enumerate(makers):
        lines = []
        for item in products:
            role = item.role
            if item.product.producer_id != maker.id or role.kind is GoodsKind.SERVICE:
                continue
            short_lived = 0 < role.days <= SHORT_LIVED_DAYS
            if first_day or left.get(item.product.id, 0) < 12 * ONE:
                lines.append(_arrival(item, day, 40 * ONE if not short_lived else fresh_milli))
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
        product_id=item.product.id, lot_number=f"L{day:%y%m%d}", made_on=day - timedelta(days=0 if role.days <= SHORT_LIVED_DAYS else 1),
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
