"""The stock ledger against a model of plain dictionaries: whatever is done in whatever order, both say the same.

Each step is a use case in a unit of work of its own, committed to a real database that is copied anew for each
history. What the model says no to must be refused for just that, and must leave nothing behind. `DEEPER=20` in the
environment tries twenty times as many histories, half as long again.
"""

import os
import uuid
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Engine, create_engine, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from pos.catalog.models import Product
from pos.journal.models import JournalRow
from pos.kernel.actor import SYSTEM, Approval
from pos.kernel.database import db, engine_options, open_reading, unit_of_work
from pos.kernel.errors import ShopError
from pos.kernel.quantity import ONE
from pos.maintenance.verify import verify_books
from pos.onboarding.open_shop import PLACES as OPENED
from pos.producers.models import Producer
from pos.sales.basket import add_goods, find_open_basket, void_line
from pos.sales.models import LotKnownBy, SaleLine
from pos.sales.pay import pay_basket
from pos.sales.priced_basket import price_basket
from pos.sales.queries import list_lines
from pos.sales.questions import WhichLot
from pos.sales.refund import get_sale, refund_sale
from pos.sales.void import undo_sale
from pos.stock.lots import end_hold, place_hold, save_lot
from pos.stock.models import LEAVING, Hold, Lot, OnHand, Place, StockMove
from pos.stock.queries import get_hold, get_lot
from pos.storeroom.move import count_lot, move_stock
from pos.storeroom.receive import ReceivedLine, get_receiving, receive_delivery, reverse_receiving
from pos.storeroom.write_off import write_off
from tests.builders import a_maker, a_product, an_open_shift
from tests.conftest import CASHIER, MANAGER, MORNING, STATION, TODAY, app_over, copied

pytestmark = pytest.mark.long

SHELF, COOLER, OTHER, STORE, QUARANTINE = PLACES = tuple(code for code, *_rest in OPENED)
FLOOR = {SHELF, COOLER, OTHER}
GOODS = {"C": "piece", "L": "kg"}
LOTS = ("C1", "C2", "L1")  # the first letter: of which goods; the number: which ends first
MADE = TODAY - timedelta(days=2)
ENDS = {lot: TODAY + timedelta(days=10 * int(lot[1])) for lot in LOTS}
WITNESS = Approval(CASHIER, "thấy", MORNING)
BY_MANAGER: dict[str, Any] = {"by": MANAGER, "at": MORNING}
DEEPER = int(os.environ.get("DEEPER", "1"))

lots, places = st.sampled_from(LOTS), st.sampled_from((*PLACES, SHELF, SHELF, SHELF, STORE))
amounts = st.sampled_from((*(ONE, 2 * ONE, 3 * ONE) * 4, 1500, 333, 0))
lines = st.tuples(lots, places, amounts)
deliveries = st.lists(lines, min_size=1, max_size=3) | lines.map(lambda line: [line, line])


def one_of_its(what: Callable[["StockLedger"], Iterable[Any]]) -> st.SearchStrategy[Any]:
    """One of what the model has of something by now: most random choices would be refused, and prove little."""
    return st.runner().flatmap(lambda model: st.sampled_from(sorted(what(model))))


somewhere = one_of_its(lambda model: model.on_hand)  # where there is or was something

Fresh = Callable[[], AbstractContextManager[Engine]]
Where = tuple[str, str]  # a lot at a place


def furnish(session: Session) -> None:
    """Goods with their papers and lots with an origin, but nothing of them in the shop yet."""
    maker = a_maker(session)
    for n, (name, unit) in enumerate(GOODS.items(), 1):
        product = a_product(session, maker, n, name=name, unit=unit)
        for number in (lot for lot in LOTS if lot[0] == name):
            lot = Lot(product_id=product.id, number=number, producer_id=maker.id, origin_place="thôn mẫu",
                      made_on=MADE, expires_on=ENDS[number], delivery_note="PG")  # fmt: skip
            save_lot(session, lot, by=SYSTEM, at=MORNING)
    an_open_shift(session)


@pytest.fixture(scope="module")
def fresh_sqlite(empty_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Fresh:
    """A furnished shop's file, copied anew each time. No power is cut here, so no write waits for the disk."""
    template = copied(empty_template, tmp_path_factory.mktemp("ledger") / "shop")
    with app_over(template, None).app_context():
        with unit_of_work() as session:
            furnish(session)
        db.engine.dispose()

    @contextmanager
    def fresh() -> Iterator[Engine]:
        with TemporaryDirectory(dir=template.parent) as folder:
            url = f"sqlite:///{copied(template, Path(folder))}/shop.db"
            engine = create_engine(url, **engine_options(url, synchronous="OFF"))
            yield engine
            engine.dispose()

    return fresh


@pytest.fixture(scope="module")
def fresh_postgresql(postgresql: str, postgresql_template: str) -> Iterator[Fresh]:
    """A furnished shop's database, copied anew each time."""
    admin = create_engine(f"{postgresql}/postgres", isolation_level="AUTOCOMMIT")

    @contextmanager
    def copy_of(template: str) -> Iterator[Engine]:
        name = f"ledger_{uuid.uuid4().hex[:12]}"
        with admin.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name} TEMPLATE {template}")
        engine = create_engine(f"{postgresql}/{name}")
        yield engine
        engine.dispose()
        with admin.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE {name}")

    with copy_of(postgresql_template) as furnished:
        with unit_of_work(furnished) as session:
            furnish(session)
        furnished.dispose()
        yield lambda: copy_of(str(furnished.url.database))
    admin.dispose()


@dataclass
class Sold:
    """A line of a slip, and how much of it has come back."""

    lot: str
    place: str
    milli: int
    back_milli: int = 0


class StockLedger(RuleBasedStateMachine):
    """Everything that moves stock, as people do it, and what must come of it."""

    def __init__(self, fresh: Fresh) -> None:
        super().__init__()
        self.leaving = ExitStack()
        self.engine = self.leaving.enter_context(fresh())
        with open_reading(self.engine) as session:
            self.place_ids = _ids(session, Place.code, Place.id)
            self.lot_ids = _ids(session, Lot.number, Lot.id)
            self.goods_ids = _ids(session, Product.name_vi, Product.id)
        self.on_hand: Counter[Where] = Counter()
        self.came_in: Counter[str] = Counter()
        self.deliveries: dict[int, Counter[Where]] = {}
        self.stopped: dict[int, str] = {}
        self.basket: Counter[Where] = Counter()
        self.sold: dict[int, dict[int, Sold]] = {}
        self.voids: dict[int, int] = {}
        self.requests = count()

    def attempt(self, act: Callable[[Session], Any], no: set[str]) -> Any:
        """Do it in a unit of work of its own. What the model says no to is refused for just that and writes nothing."""
        before, done, output = self.newest_act(), None, set()
        try:
            with unit_of_work(self.engine) as session:
                done = act(session)
        except (ShopError, WhichLot) as refusal:
            output = _codes(refusal)
        assert output == no
        assert not no or self.newest_act() == before
        return done

    def newest_act(self) -> int:
        with open_reading(self.engine) as session:
            return session.scalar(select(func.max(JournalRow.seq))) or 0

    def lot(self, session: Session, lot: str) -> Lot:
        return get_lot(session, self.lot_ids[lot])

    # What the model knows of what may be done.

    def is_odd(self, lot: str, milli: int) -> bool:
        return milli <= 0 or (GOODS[lot[0]] == "piece" and milli % ONE != 0)

    def standing(self, lot: str, place: str = "") -> set[str]:
        """What the gate has against the lot (at that place)."""
        is_stopped = any(what in {lot, lot[0]} for what in self.stopped.values())
        return (
            ({"recalled"} if is_stopped else set())
            | ({"trace_broken"} if self.came_in[lot] <= 0 else set())
            | ({"wrong_zone"} if place == OTHER else set())
        )

    # The store room.

    @initialize()
    def open_with_goods(self) -> None:
        self.taken_in([(lot, place, 4 * ONE) for lot in LOTS for place in (SHELF, STORE)], set())

    @rule(lines=deliveries)
    def deliver(self, lines: list[tuple[str, str, int]]) -> None:
        no = {"quantity_odd"} if any(self.is_odd(lot, milli) for lot, _place, milli in lines) else set()
        for lot, place, _milli in () if no else lines:
            no |= self.standing(lot, place) - {"trace_broken"}
        self.taken_in(lines, no)

    def taken_in(self, lines: list[tuple[str, str, int]], no: set[str]) -> None:
        arrived = [
            ReceivedLine(self.goods_ids[lot[0]], lot, MADE, ENDS[lot], milli, self.place_ids[place], 30_000)
            for lot, place, milli in lines
        ]
        number = self.attempt(
            lambda session: receive_delivery(
                session, session.scalars(select(Producer)).one(), delivery_note="PG", note_date=TODAY, arrived=arrived,
                **BY_MANAGER,
            ).number,
            no,
        )  # fmt: skip
        if number is not None:
            self.deliveries[number] = Counter()
            for lot, place, milli in lines:
                self.deliveries[number][lot, place] += milli
            self.book(self.deliveries[number])

    def book(self, came_in: Mapping[Where, int], sign: int = 1) -> None:
        for (lot, place), milli in came_in.items():
            self.on_hand[lot, place] += sign * milli
            self.came_in[lot] += sign * milli

    @precondition(lambda self: self.deliveries)
    @rule(number=one_of_its(lambda model: model.deliveries))
    def take_back(self, number: int) -> None:
        is_gone = any(self.on_hand[where] < milli for where, milli in self.deliveries[number].items())
        no = {"not_on_hand"} if is_gone else set()
        mirror = self.attempt(lambda session: self.undone(session, number), no)
        if mirror is not None:
            self.book(self.deliveries.pop(number), -1)
            for done in (number, mirror):
                self.attempt(lambda session, done=done: self.undone(session, done), {"already_reversed"})

    def undone(self, session: Session, number: int) -> int:
        return reverse_receiving(session, get_receiving(session, number), why="nhầm", **BY_MANAGER).number

    @rule(where=somewhere, to=places, milli=amounts)
    def carry(self, where: Where, to: str, milli: int) -> None:
        (lot, from_), no = where, set()
        if from_ == to or self.is_odd(lot, milli):
            no = {"quantity_odd"}
        elif self.on_hand[lot, from_] < milli:
            no = {"not_on_hand"}
        elif to in FLOOR:
            no = self.standing(lot, to)
        self.attempt(
            lambda session: move_stock(
                session,
                self.lot(session, lot),
                self.place_ids[from_],
                self.place_ids[to],
                milli,
                **BY_MANAGER,
            ),
            no,
        )
        if not no:
            self.on_hand[lot, from_] -= milli
            self.on_hand[lot, to] += milli

    @rule(lot=lots, place=st.sampled_from([SHELF, COOLER, STORE, QUARANTINE]), counted=amounts)
    def count(self, lot: str, place: str, counted: int) -> None:
        no = {"quantity_odd"} if counted and self.is_odd(lot, counted) else set()
        difference = self.attempt(
            lambda session: count_lot(
                session, self.lot(session, lot), self.place_ids[place], counted, reason="kiểm", approval=WITNESS,
                **BY_MANAGER,
            ),
            no,
        )  # fmt: skip
        if not no:
            assert difference == counted - self.on_hand[lot, place]
            self.on_hand[lot, place] = counted

    @rule(where=somewhere, milli=amounts, kind=st.sampled_from(LEAVING))
    def spoil(self, where: Where, milli: int, kind: Any) -> None:
        (lot, place), no = where, set()
        if self.is_odd(lot, milli):
            no = {"quantity_odd"}
        elif self.on_hand[lot, place] < milli:
            no = {"not_on_hand"}
        self.attempt(
            lambda session: write_off(
                session, self.lot(session, lot), self.place_ids[place], milli, kind, reason="ẩm", photo=None,
                approval=WITNESS, **BY_MANAGER,
            ),
            no,
        )  # fmt: skip
        if not no:
            self.on_hand[lot, place] -= milli

    # Stops.

    @precondition(lambda self: len(self.stopped) < 2)  # a shop with everything stopped shows little
    @rule(what=st.sampled_from((*GOODS, *LOTS)))
    def forbid(self, what: str) -> None:
        about = {"lot_id": self.lot_ids[what]} if what in LOTS else {"product_id": self.goods_ids[what]}
        hold = self.attempt(
            lambda session: place_hold(session, reason="phồng", **about, **BY_MANAGER).id, set()
        )
        self.stopped[hold] = what

    @precondition(lambda self: self.stopped)
    @rule(hold=one_of_its(lambda model: model.stopped))
    def allow(self, hold: int) -> None:
        for no in (set(), {"already_released"}):
            self.attempt(lambda session: self.released(session, hold), no)
        del self.stopped[hold]

    def released(self, session: Session, hold: int) -> None:
        end_hold(session, get_hold(session, hold), reason="ổn", approval=WITNESS, **BY_MANAGER)

    # The till.

    @rule(goods=st.sampled_from(tuple(GOODS)), milli=amounts)
    def scan(self, goods: str, milli: int) -> None:
        self.put(goods, milli, None)

    @rule(lot=lots, milli=amounts)
    def choose(self, lot: str, milli: int) -> None:
        self.put(lot[0], milli, lot)

    def put(self, goods: str, milli: int, chosen: str | None) -> None:
        """The earliest lots first, each for what isn't in the basket yet; which of a lot's shelves, nobody promised."""
        mine = [chosen] if chosen else [lot for lot in LOTS if lot[0] == goods]
        standing = {lot: self.standing(lot) for lot in mine if any(self.on_hand[lot, p] for p in FLOOR)}
        admitted = [lot for lot, against in standing.items() if not against]
        parts = _earliest_first({lot: self.free(lot) for lot in admitted}, milli)
        no = set()
        if self.is_odd(mine[0], milli):
            no = {"quantity_odd"}
        elif not standing:
            no = {"not_on_hand"} | self.standing(mine[-1])
        elif not admitted:
            no = standing[next(iter(standing))]
        elif len(admitted) < len(standing):
            no = {"which_lot"}
        elif sum(parts.values()) < milli:
            no = {"not_on_hand"}
        waiting = self.attempt(lambda session: self.put_in(session, goods, milli, chosen), no)
        if not no:
            assert _by_lot(waiting - self.basket) == parts
            self.basket = waiting

    def free(self, lot: str) -> int:
        return sum(max(0, self.on_hand[lot, place] - self.basket[lot, place]) for place in FLOOR)

    def put_in(self, session: Session, goods: str, milli: int, chosen: str | None) -> Counter[Where]:
        known_by = LotKnownBy.CHOSEN if chosen else None
        lot_id = self.lot_ids[chosen] if chosen else None
        basket = add_goods(
            session, STATION, self.goods_ids[goods], milli, at=MORNING, lot_id=lot_id, known_by=known_by
        )
        session.flush()
        return self.waiting(basket.lines)

    def waiting(self, lines: Any) -> Counter[Where]:
        """What lines of a basket or slip say, by lot and place."""
        lot_of, place_of = _turned(self.lot_ids), _turned(self.place_ids)
        found: Counter[Where] = Counter()
        for line in lines:
            found[lot_of[line.lot_id], place_of[line.place_id]] += line.quantity_milli
        return found

    def against_paying(self) -> set[str]:
        return {
            code
            for (lot, place), milli in self.basket.items()
            for code in self.standing(lot, place)
            | ({"not_on_hand"} if milli > self.on_hand[lot, place] else set())
        }

    @precondition(lambda self: self.against_paying())
    @rule()
    def take_off(self) -> None:
        def all_lines(session: Session) -> None:
            basket = find_open_basket(session, STATION)
            assert basket is not None
            for n in [line.n for line in basket.lines]:
                void_line(session, basket, n, by=CASHIER, at=MORNING)

        self.attempt(all_lines, set())
        self.basket.clear()

    @precondition(lambda self: self.basket)
    @rule()
    def pay(self) -> None:
        with open_reading(self.engine) as session:
            basket = find_open_basket(session, STATION)
            assert basket is not None
            due = price_basket(session, basket, TODAY).due_vnd
            request = (basket.id, basket.version, due + 500)
        number = self.attempt(lambda session: self.paid(session, request), self.against_paying())
        if number is None:
            return
        assert self.attempt(lambda session: self.paid(session, request), set()) == number
        with open_reading(self.engine) as session:
            lines = list_lines(session, number)
        assert self.waiting(lines) == self.basket
        self.on_hand.subtract(self.basket)
        self.sold[number] = {
            line.n: Sold(*where, line.quantity_milli) for line in lines for where in self.waiting([line])
        }
        self.basket.clear()

    def paid(self, session: Session, request: tuple[int, int, int]) -> int:
        return pay_basket(session, *request, station=STATION, by=CASHIER, at=MORNING).number

    @precondition(lambda self: self.sold)
    @rule(
        of=one_of_its(lambda model: ((slip, n) for slip in model.sold for n in model.sold[slip])),
        milli=amounts,
    )
    def give_back(self, of: tuple[int, int], milli: int) -> None:
        (slip, n), no = of, set()
        line = self.sold[slip][n]
        if milli == 0:
            no = {"lines_missing"}
        elif self.is_odd(line.lot, milli):
            no = {"quantity_back_odd"}
        elif line.back_milli + milli > line.milli:
            no = {"refund_too_much"}
        request = str(next(self.requests))
        number = self.attempt(lambda session: self.returned(session, slip, {n: milli}, request), no)
        if number is not None:
            line.back_milli += milli
            self.on_hand[line.lot, QUARANTINE] += milli
            assert (
                self.attempt(lambda session: self.returned(session, slip, {n: milli}, request), set())
                == number
            )
            self.attempt(
                lambda session: self.returned(session, number, {1: milli}, request), {"not_refundable"}
            )

    def returned(self, session: Session, slip: int, parts: dict[int, int], request: str) -> int:
        sale = get_sale(session, slip)
        return refund_sale(
            session, sale, parts, reason="vỡ", request=request, station=STATION, **BY_MANAGER
        ).number

    @precondition(lambda self: self.sold)
    @rule(slip=one_of_its(lambda model: model.sold))
    def never_was(self, slip: int) -> None:
        lines = self.sold[slip].values()
        is_last = slip == max(self.sold) and not any(line.back_milli for line in lines)
        no = set() if is_last or slip in self.voids else {"not_last_sale"}
        number = self.attempt(lambda session: self.voided(session, slip), no)
        if slip not in self.voids and number is not None:
            self.voids[slip] = number
            for line in lines:
                line.back_milli = line.milli
                self.on_hand[line.lot, line.place] += line.milli
        assert self.voids.get(slip) == number

    def voided(self, session: Session, slip: int) -> int:
        sale = get_sale(session, slip)
        return undo_sale(session, sale, reason="nhầm", station=STATION, approval=None, **BY_MANAGER).number

    # What must hold after every step, and at the end.

    @invariant()
    def the_books_say_the_same(self) -> None:
        waiting = {where: milli for where, milli in self.on_hand.items() if milli}
        gone: Counter[str] = Counter()
        for line in (line for lines in self.sold.values() for line in lines.values()):
            gone[line.lot] += line.milli - line.back_milli
        assert min(waiting.values(), default=0) >= 0
        with open_reading(self.engine) as session:
            assert _sums(session, OnHand) == waiting
            assert _sums(session, StockMove) == waiting
            assert _sold(session) == dict(gone)
            assert _stopped(session) == set(self.stopped)

    def teardown(self) -> None:
        with self.leaving, open_reading(self.engine) as session:
            assert verify_books(session) == []


def _ids(
    session: Session, name: InstrumentedAttribute[str], id_: InstrumentedAttribute[int]
) -> dict[str, int]:
    return {row[0]: row[1] for row in session.execute(select(name, id_))}


def _turned(names: dict[str, int]) -> dict[int, str]:
    return {id_: name for name, id_ in names.items()}


def _codes(refusal: ShopError | WhichLot) -> set[str]:
    return {"which_lot"} if isinstance(refusal, WhichLot) else {reason.code for reason in refusal.reasons}


def _earliest_first(free: Mapping[str, int], milli: int) -> dict[str, int]:
    parts: dict[str, int] = {}
    for lot, here in free.items():
        parts[lot] = min(here, milli - sum(parts.values()))
    return {lot: part for lot, part in parts.items() if part}


def _by_lot(found: Mapping[Where, int]) -> dict[str, int]:
    sums: Counter[str] = Counter()
    for (lot, _place), milli in found.items():
        sums[lot] += milli
    return dict(sums)


def _sums(session: Session, of: type[OnHand | StockMove]) -> dict[Where, int]:
    """The total of the table's quantities by lot and place, where there is any."""
    total = func.sum(of.quantity_milli)
    query = (
        select(Lot.number, Place.code, total)
        .join(Lot, Lot.id == of.lot_id)
        .join(Place, Place.id == of.place_id)
    )
    rows = session.execute(query.group_by(Lot.number, Place.code).having(total != 0))
    return {(lot, place): int(milli) for lot, place, milli in rows}


def _sold(session: Session) -> dict[str, int]:
    """What slips say left of each lot, less what came back."""
    query = select(Lot.number, func.sum(SaleLine.quantity_milli)).join(Lot, Lot.id == SaleLine.lot_id)
    return {lot: int(milli) for lot, milli in session.execute(query.group_by(Lot.number))}


def _stopped(session: Session) -> set[int]:
    ended = select(Hold.releases_id).where(Hold.releases_id.is_not(None))
    return set(session.scalars(select(Hold.id).where(Hold.releases_id.is_(None), Hold.id.not_in(ended))))


@pytest.mark.parametrize(
    ("database", "histories", "steps"),
    [("sqlite", 40, 30), ("postgresql", 5, 30)],
    ids=["sqlite", "postgresql"],
)
def test_whatever_is_done_to_stock_the_books_say_what_the_model_says(
    request: pytest.FixtureRequest, database: str, histories: int, steps: int
) -> None:
    fresh: Fresh = request.getfixturevalue(f"fresh_{database}")
    run_state_machine_as_test(
        lambda: StockLedger(fresh),
        settings=settings(
            max_examples=histories * DEEPER,
            stateful_step_count=steps if DEEPER == 1 else steps * 3 // 2,
            deadline=None,
            phases=set(Phase) - {Phase.explain},
            suppress_health_check=list(HealthCheck),
        ),
    )
