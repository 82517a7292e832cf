"""Counts by several people while the till sells: what the books say afterwards is what lies on the shelves."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from pos.counting.cycle import EVERY, list_due_lots
from pos.counting.differences import CountDifference, list_differences, list_unknown_lots
from pos.counting.post import post_count
from pos.counting.tally import (
    abandon_count,
    add_tally,
    add_unknown_tally,
    begin_count,
    get_count,
    get_tally,
    take_tally_back,
)
from pos.kernel.actor import Actor, Approval, Role
from pos.kernel.database import open_reading, unit_of_work
from pos.kernel.errors import Refused
from pos.kernel.quantity import ONE
from pos.maintenance.verify import verify_books
from pos.producers.models import Producer
from pos.reports.ranking import TakingsClass, rank_products
from pos.sales.basket import add_goods
from pos.sales.pay import pay_basket
from pos.sales.priced_basket import price_basket
from pos.stock.models import Lot, MoveKind, OnHand, Place, StockMove, Zone
from pos.storeroom.move import move_stock
from tests.builders import a_delivery, a_maker, a_product, an_open_shift
from tests.conftest import CASHIER, MANAGER, MORNING, STATION, TODAY, Shop
from tests.pos.maintenance.test_verify import tamper

SEEN = Approval(by=Actor(7, "Người chứng kiến", Role.CASHIER, STATION), reason="kiểm kê", at=MORNING)
PHONES = [Actor(None, f"Điện thoại {n}", Role.MANAGER, f"ĐT {n}") for n in (1, 2)]


def codes(caught: Any) -> set[str]:
    return {reason.code for reason in caught.value.reasons}


class Floor:
    """Two lots of ten on one shelf, the shift open; and what people do there, each act in a unit of work."""

    def __init__(self) -> None:
        self.now = MORNING
        with unit_of_work() as session:
            maker = a_maker(session)
            self.product = a_product(session, maker)
            self.shelf = self.product.shelf_place_id or 0
            self.lots = [
                a_delivery(session, maker, self.product, lot=f"L{n}", ends=TODAY + timedelta(days=60 + n))
                for n in (1, 2)
            ]
            an_open_shift(session)

    def sell(self, lot: Lot, pieces: int) -> None:
        with unit_of_work() as session:
            basket = add_goods(session, STATION, self.product.id, pieces * ONE, lot_id=lot.id, at=MORNING)
            due = price_basket(session, basket, TODAY).due_vnd
            pay_basket(session, basket.id, basket.version, due, station=STATION, by=CASHIER, at=MORNING)

    def begin(self, **more: Any) -> int:
        with unit_of_work() as session:
            return begin_count(session, **({"place_id": self.shelf} | more), by=MANAGER, at=MORNING).number

    def see(self, count: int, lot: Lot, pieces: int, *, phone: int = 0, is_anew: bool = False) -> int:
        with unit_of_work() as session:
            return add_tally(session, get_count(session, count), lot, self.shelf, pieces * ONE, is_anew=is_anew,
                         by=PHONES[phone], at=MORNING).id  # fmt: skip

    def post(self, count: int, *, is_missing_gone: bool = False) -> None:
        with unit_of_work() as session:
            post_count(session, get_count(session, count), is_missing_gone=is_missing_gone, reason="kiểm kê",
                       approval=SEEN, by=MANAGER, at=self.now)  # fmt: skip

    def on_hand(self) -> list[int]:
        with open_reading() as session:
            return [session.get_one(OnHand, (lot.id, self.shelf)).quantity_milli // ONE for lot in self.lots]

    def differences(self, count: int) -> dict[str, CountDifference]:
        with open_reading() as session:
            return {c.lot.number: c for c in list_differences(session, get_count(session, count))}


@pytest.fixture
def floor(any_shop: Shop) -> Floor:
    return Floor()


def test_two_phones_count_while_the_till_sells(floor: Floor) -> None:
    """Of L1 there are nine, not ten; of L2 twelve. Each phone sees a part; the till sells before, between and after."""
    item, two = floor.lots
    count = floor.begin()
    floor.sell(item, 2)  # before anybody looked: eight in the books, seven on the shelf
    floor.see(count, item, 4, phone=0)
    floor.see(count, two, 5, phone=1)
    floor.see(count, item, 3, phone=1)  # nothing of it was sold in between
    floor.sell(item, 1)  # after L1 was counted: six left
    floor.sell(two, 1)  # while L2 is being counted
    floor.see(count, two, 6, phone=0)
    assert floor.differences(count)["L2"].has_moved_meanwhile
    with pytest.raises(Refused) as caught:
        floor.post(count)
    assert codes(caught) == {"count_moved"}
    assert floor.on_hand() == [7, 9]
    floor.see(count, two, 11, phone=0, is_anew=True)
    floor.sell(two, 3)  # and again after its recount
    floor.post(count)
    assert floor.on_hand() == [6, 8]
    with open_reading() as session:
        assert verify_books(session) == []


@st.composite
def days_of_counting(draw: st.DrawFn) -> list[tuple[str, int, int, int]]:
    """What happens, in order: who or what, of which lot, how many, by which phone."""
    what = st.sampled_from(["see", "see", "see", "sell"])
    return draw(
        st.lists(st.tuples(what, st.integers(0, 1), st.integers(1, 4), st.integers(0, 1)), max_size=14)
    )


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    acts=days_of_counting(), wrong=st.tuples(st.integers(-2, 3), st.integers(-2, 3)), late=st.integers(0, 2)
)
def test_whatever_the_order_the_books_end_up_as_the_shelf(
    counted_on: Floor, acts: list[tuple[str, int, int, int]], wrong: tuple[int, int], late: int
) -> None:
    """The model: pieces on the shelf, and how many of them nobody has looked at yet. It knows no ledger."""
    floor = counted_on
    shelf = [max(0, books + off) for books, off in zip(floor.on_hand(), wrong, strict=True)]
    unseen, count = list(shelf), floor.begin()
    for what, n, pieces, phone in acts:
        if what == "see" and (noticed := min(pieces, unseen[n])):
            floor.see(count, floor.lots[n], noticed, phone=phone)
            unseen[n] -= noticed
        elif what == "sell" and sold(floor, n, bought := min(pieces, shelf[n])):
            shelf[n] -= bought
            unseen[n] = min(
                unseen[n], shelf[n]
            )  # the buyer takes what was looked at, as long as there is any
    found = floor.differences(count)
    for n, lot in enumerate(floor.lots):
        seen_so_far = found.get(lot.number)
        is_whole = seen_so_far is not None and seen_so_far.is_found and not unseen[n]
        if not is_whole or has_run_over(floor, count, lot) or seen_so_far.has_moved_meanwhile:
            floor.see(count, lot, shelf[n], is_anew=True)
    for n in range(2):
        if late and sold(floor, n, bought := min(late, shelf[n])):
            shelf[n] -= bought
    floor.post(count)
    assert floor.on_hand() == shelf
    restock(floor)


@pytest.fixture
def counted_on(shop: Shop) -> Floor:
    return Floor()


def sold(floor: Floor, n: int, pieces: int) -> bool:
    """The till sells only what the books have: it may refuse what stands on the shelf."""
    if not pieces or pieces > floor.on_hand()[n]:
        return False
    floor.sell(floor.lots[n], pieces)
    return True


def has_run_over(floor: Floor, count: int, lot: Lot) -> bool:
    """Was more sold since than was counted? The posting says so, and that lot is counted again."""
    item = floor.differences(count)[lot.number]
    return floor.on_hand()[floor.lots.index(lot)] * ONE + item.difference_milli < 0


def restock(floor: Floor) -> None:
    """Back to ten of each, for the next example."""
    count = floor.begin()
    for lot in floor.lots:
        floor.see(count, lot, 10, is_anew=True)
    floor.post(count)


def test_what_nobody_found_stays_until_somebody_says_that_it_is_gone(floor: Floor) -> None:
    item, _two = floor.lots
    for is_missing_gone, left in ((False, [10, 10]), (True, [10, 0])):
        count = floor.begin()
        floor.see(count, item, 10)
        assert not floor.differences(count)["L2"].is_found
        floor.post(count, is_missing_gone=is_missing_gone)
        assert floor.on_hand() == left


def test_a_slip_of_the_hand_is_taken_back_once_and_a_recount_begins_anew(floor: Floor) -> None:
    item, _two = floor.lots
    count = floor.begin()
    slip = floor.see(count, item, 3)
    with unit_of_work() as session:
        take_tally_back(
            session, get_tally(session, slip, get_count(session, count)), by=PHONES[1], at=MORNING
        )
    assert not floor.differences(count)["L1"].is_found
    with pytest.raises(Refused) as caught, unit_of_work() as session:
        take_tally_back(
            session, get_tally(session, slip, get_count(session, count)), by=PHONES[1], at=MORNING
        )
    assert codes(caught) == {"tally_taken_back"}
    floor.see(count, item, 9)
    again = floor.see(count, item, 0, is_anew=True)
    assert floor.differences(count)["L1"].counted_milli == 0
    with unit_of_work() as session:
        take_tally_back(
            session, get_tally(session, again, get_count(session, count)), by=PHONES[0], at=MORNING
        )
    assert floor.differences(count)["L1"].counted_milli == 9 * ONE
    assert floor.differences(count)["L1"].counters == ("Điện thoại 1",)


def test_a_lot_that_stands_in_no_book_is_named_and_never_posted(floor: Floor) -> None:
    count = floor.begin()
    floor.see(count, floor.lots[0], 10)
    with unit_of_work() as session:
        sheet = get_count(session, count)
        for output, pieces in (("LÔ MA 7", 2), ("LÔ MA 7", 1), ("8930000000000", 4)):
            product = floor.product if output.startswith("LÔ") else None
            add_unknown_tally(
                session, sheet, product, output, floor.shelf, pieces * ONE, by=PHONES[0], at=MORNING
            )
        with pytest.raises(Refused) as caught:
            add_unknown_tally(session, sheet, None, "  ", floor.shelf, ONE, by=PHONES[0], at=MORNING)
        assert codes(caught) == {"lot_unnamed"}
    with open_reading() as session:
        found = list_unknown_lots(session, get_count(session, count))
        assert [(g.said, g.quantity_milli, g.product and g.product.id) for g in found] == [
            ("LÔ MA 7", 3 * ONE, floor.product.id), ("8930000000000", 4 * ONE, None),
        ]  # fmt: skip
    floor.post(count)
    assert floor.on_hand() == [10, 10]


def test_what_a_count_refuses(floor: Floor) -> None:
    item, two = floor.lots
    count = floor.begin()
    with unit_of_work() as session:
        store = session.scalars(select(Place).where(Place.zone == Zone.STORE)).first()
        assert store is not None
    for act, code in (
        (lambda s: add_tally(s, get_count(s, count), item, store.id, ONE, by=CASHIER, at=MORNING), "other_place"),
        (lambda s: add_tally(s, get_count(s, count), item, floor.shelf, 500, by=CASHIER, at=MORNING), "quantity_odd"),
        (lambda s: add_tally(s, get_count(s, count), item, floor.shelf, 0, by=CASHIER, at=MORNING), "quantity_odd"),
        (lambda s: abandon_count(s, get_count(s, count), reason=" ", by=MANAGER, at=MORNING), "reason_missing"),
        (lambda s: post_count(s, get_count(s, count), is_missing_gone=False, reason="x", approval=SEEN, by=MANAGER, at=MORNING), "nothing_counted"),
    ):  # fmt: skip
        with pytest.raises(Refused) as caught, unit_of_work() as session:
            act(session)
        assert codes(caught) == {code}
    floor.see(count, two, 2)
    floor.sell(two, 3)
    with pytest.raises(Refused) as caught:
        floor.post(count)  # two were seen and three sold since: one of both is wrong
    assert codes(caught) == {"count_impossible"}
    with unit_of_work() as session:
        abandon_count(session, get_count(session, count), reason="đếm lại mai", by=MANAGER, at=MORNING)
    with pytest.raises(Refused) as caught:
        floor.see(count, item, 1)
    assert codes(caught) == {"count_over"}
    assert floor.on_hand() == [10, 7]


def test_a_cycle_count_asks_for_its_lots_alone(floor: Floor) -> None:
    _one, two = floor.lots
    count = floor.begin(place_id=None, lots=[(two.id, floor.shelf)])
    assert set(floor.differences(count)) == {"L2"}
    floor.see(count, two, 8)
    floor.post(count, is_missing_gone=True)
    assert floor.on_hand() == [10, 8]


def test_whose_turn_it_is(floor: Floor) -> None:
    """Unsold goods are of class C; what was counted today has no turn, what lies longest comes first."""
    later = TODAY + timedelta(days=EVERY[TakingsClass.C])
    count = floor.begin()
    floor.see(count, floor.lots[0], 10)
    floor.post(count)
    with unit_of_work() as session:
        due = list_due_lots(session, later, 10)
        assert [(d.lot.number, d.days, d.is_due) for d in due] == [("L1", 120, True), ("L2", 120, True)]
        move_stock(session, floor.lots[1], floor.shelf, _store(session), ONE, by=MANAGER, at=MORNING)
        assert [d.is_due for d in list_due_lots(session, later - timedelta(days=1), 10)] == [
            False,
            False,
            False,
        ]


def _store(session: Any) -> int:
    return session.scalars(select(Place.id).where(Place.zone == Zone.STORE)).first()


def test_a_few_products_bring_most() -> None:
    assert rank_products({1: 700, 2: 150, 3: 100, 4: 40, 5: 10, 6: 0, 7: -5}) == {
        1: TakingsClass.A, 2: TakingsClass.A, 3: TakingsClass.B, 4: TakingsClass.C, 5: TakingsClass.C, 6: TakingsClass.C, 7: TakingsClass.C,
    }  # fmt: skip
    assert rank_products({}) == {}


@pytest.mark.parametrize(("statement", "row"), [
    ("UPDATE count_result SET counted_milli = 9000", "count_result:1"),
    ("UPDATE count_result SET expected_milli = 9000", "count_result:1"),
    ("DELETE FROM count_result", "stock_count:1"),
    ("DELETE FROM count_end", "count_result:1"),
    ("UPDATE tally SET quantity_milli = 11000", "tally:1"),
    ("UPDATE stock_move SET quantity_milli = -1000 WHERE kind = 'counted'", "count_result:1"),
    ("UPDATE stock_move SET kind = 'written_off' WHERE kind = 'counted'", "count_result:1"),
])  # fmt: skip
def test_a_touched_count_is_found(shop: Shop, statement: str, row: str) -> None:
    floor = Floor()
    count = floor.begin()
    floor.see(count, floor.lots[0], 8)
    floor.post(count)
    with open_reading() as session:
        assert verify_books(session) == []
        (moved,) = session.scalars(select(StockMove).where(StockMove.kind == MoveKind.COUNTED))
        assert moved.quantity_milli == -2 * ONE
    tamper(statement)
    with open_reading() as session:
        assert any(finding.row.startswith(row) for finding in verify_books(session))


def test_two_counts_of_one_lot_post_its_difference_once(floor: Floor) -> None:
    lot = floor.lots[0]
    first, second = floor.begin(), floor.begin()
    floor.see(first, lot, 12)
    floor.see(second, lot, 12)
    floor.post(first)
    with pytest.raises(Refused) as caught:
        floor.post(second)
    assert codes(caught) == {"count_moved"}
    floor.see(second, lot, 12, is_anew=True)
    floor.post(second)
    assert floor.on_hand()[0] == 12


def test_what_came_after_the_count_began_is_not_missing(floor: Floor) -> None:
    """Delivered onto a shelf that had been counted: nobody looked for it, so nobody may take it out of the books."""
    count = floor.begin()
    for lot in floor.lots:
        floor.see(count, lot, 10)
    with unit_of_work() as session:
        late = a_delivery(session, session.get_one(Producer, floor.product.producer_id), floor.product, lot="L3",
                          ends=TODAY + timedelta(days=90), at=MORNING + timedelta(hours=1))  # fmt: skip
    floor.lots.append(late)
    floor.now += timedelta(hours=2)
    with pytest.raises(Refused) as caught:
        floor.post(count, is_missing_gone=True)
    assert codes(caught) == {"count_moved"}
    floor.post(count)
    assert floor.on_hand() == [10, 10, 10]


HUGE = "9" * 25


@pytest.mark.parametrize("lot", ["999999.1", "1.999999", f"{HUGE}.1", "².1", "-1.1", "1"])
def test_a_count_of_lots_that_are_not_there(village: Shop, lot: str) -> None:
    assert village.client("manager").post("/counts/new", data={"lot": lot, "marked": "1"}).status_code == 404


def test_no_lot_marked_is_no_count_of_the_whole_shop(village: Shop) -> None:
    boss = village.client("manager")
    boss.post("/counts/new", data={"marked": "1"})
    assert boss.get("/counts/1").status_code == 404


def test_a_long_key_of_a_request_is_seen_again(village: Shop) -> None:
    boss = village.client("manager")
    boss.post("/counts/new")
    typed = {"place": "1", "quantity": "1", "lot_id": "1", "once": "k" * 200}
    assert [boss.post("/counts/1/tally", data=typed).status_code for _ in range(2)] == [200, 200]
