"""Gift sets in the portal: each producer sees of a set what is theirs, and the phone is told of all that changes their account."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from pos.catalog.models import Product
from pos.demo.build import TOLD_PINS
from pos.identity.people import add_person
from pos.kernel.actor import Role
from pos.kernel.database import open_reading, unit_of_work
from pos.kernel.errors import NotFound
from pos.kernel.quantity import ONE
from pos.messages.write import tell_producer
from pos.portal.digest import list_sold_goods
from pos.portal.fingerprint import read_fingerprint
from pos.portal.first_page import read_first_page
from pos.portal.own_sales import OwnLine, list_own_days, list_own_lines, list_own_parts, list_own_returns
from pos.portal.queries import sum_sold
from pos.producers.models import Producer
from pos.sales.models import Sale
from pos.sales.queries import list_lines
from pos.settlement.deductions import record_deduction
from pos.settlement.entries import record_correction
from pos.settlement.models import EntryKind
from pos.stock.models import Lot
from pos.storeroom.kits import ComponentUse, make_sets
from tests.builders import a_gift_set, a_maker, an_open_shift
from tests.conftest import MANAGER, MORNING, TODAY, Shop
from tests.pos.settlement.account_steps import (
    SEEN,
    bring_back,
    count,
    deliver,
    goods_under,
    lose,
    rows_of,
    sell,
)
from tests.pos.settlement.test_statements import freeze

HOUR = timedelta(hours=1)


@dataclass
class Cast:
    """Two producers whose goods are in a set (1 of the first, 2 of the second), and the one whose product the set is."""

    first: Producer
    second: Producer
    packer: Producer
    goods: Product
    lot: Lot
    kit: Product
    kit_lot: Lot

    @property
    def producers(self) -> tuple[Producer, ...]:
        return self.first, self.second, self.packer


def a_cast(session: Session) -> Cast:
    an_open_shift(session)
    first, goods, lot = goods_under(session, 100_000, 2_000, n=1)
    second, other, other_lot = goods_under(session, 33_333, 2_000, n=2)
    packer = a_maker(session, "Hộ đóng set")
    place_id = goods.shelf_place_id or 0
    kit = a_gift_set(session, packer, place_id, {goods.id: ONE, other.id: 2 * ONE})
    used = [ComponentUse(lot.id, place_id, 50 * ONE), ComponentUse(other_lot.id, place_id, 100 * ONE)]
    kit_lot = make_sets(session, kit, 50, used, place_id, by=MANAGER, at=MORNING)
    return Cast(first, second, packer, goods, lot, kit, kit_lot)


def show(lines: Sequence[OwnLine]) -> list[tuple[str, str, int, int, int]]:
    return [(line.name, line.set_name, line.quantity_milli, line.amount_vnd, line.paid_vnd) for line in lines]


def test_a_set_is_shown_to_the_producers_of_the_goods_in_it(any_shop: Shop) -> None:
    """150.000 × 5 by 100.000 : 66.666, as the account splits it; who only packed it has sold nothing of their own."""
    with unit_of_work() as session:
        cast = a_cast(session)
        sale = sell(session, (cast.kit, 5 * ONE))
        name = cast.kit.name
        parts = [list_own_lines(session, each.id) for each in cast.producers]
        assert [show(part) for part in parts] == [
            [("Kẹo 1 1", name, 5 * ONE, 450_002, 450_002)], [("Kẹo 2 2", name, 10 * ONE, 299_998, 299_998)], []
        ]  # fmt: skip
        assert [sum_sold(session, each.id, TODAY) for each in cast.producers] == [
            (450_002,) * 3, (299_998,) * 3, (0, 0, 0)
        ]  # fmt: skip
        for each, part in zip(cast.producers, parts, strict=True):
            page = read_first_page(session, each.id, TODAY)
            assert page.lines == part
            assert page.today_vnd == page.week_vnd == sum(line.paid_vnd for line in part)
            assert [row.worth.gross_vnd for row in rows_of(session, each)] == [
                line.amount_vnd for line in part
            ]
            assert [(goods.name, goods.paid_vnd) for goods in list_sold_goods(session, each.id, TODAY, TODAY)] == [
                (line.name, line.paid_vnd) for line in part
            ]  # fmt: skip
        assert show(list_own_parts(session, cast.first.id, sale.number, 1)) == show(parts[0])
        with pytest.raises(NotFound):
            list_own_parts(session, cast.packer.id, sale.number, 1)


def test_goods_of_the_packer_in_their_own_set_are_theirs(shop: Shop) -> None:
    with unit_of_work() as session:
        an_open_shift(session)
        maker, goods, lot = goods_under(session, 100_000, 2_000, n=1)
        other, theirs, their_lot = goods_under(session, 50_000, 2_000, n=2)
        place_id = goods.shelf_place_id or 0
        kit = a_gift_set(session, maker, place_id, {goods.id: ONE, theirs.id: ONE})
        used = [ComponentUse(each.id, place_id, 9 * ONE) for each in (lot, their_lot)]
        make_sets(session, kit, 9, used, place_id, by=MANAGER, at=MORNING)
        sell(session, (kit, ONE), (goods, ONE))
        assert sorted(line.paid_vnd for line in list_own_lines(session, maker.id)) == [100_000, 100_000]
        assert list_own_days(session, maker.id, TODAY) == {TODAY: 200_000}
        assert list_own_days(session, other.id, TODAY) == {TODAY: 50_000}


def test_what_comes_back_of_a_set_comes_off_both(shop: Shop) -> None:
    with unit_of_work() as session:
        cast = a_cast(session)
        sale = sell(session, (cast.kit, 5 * ONE))
        for n, milli in enumerate((ONE, 3 * ONE, ONE)):
            bring_back(session, sale, milli, request=str(n))
        for each in cast.producers[:2]:
            back = list_own_returns(session, each.id, sale.number, 1)
            assert len(back) == 3
            assert list_own_days(session, each.id, TODAY) == {TODAY: 0}
            assert [-line.amount_vnd for line in back] == [
                -row.worth.gross_vnd for row in rows_of(session, each) if row.back_to
            ]


steps = st.lists(
    st.tuples(st.sampled_from(("set", "goods", "back", "both")), st.integers(1, 4)), min_size=1, max_size=6
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=steps)
def test_the_parts_of_all_producers_are_what_was_paid_and_the_pages_agree(
    shop: Shop, acts: list[tuple[str, int]]
) -> None:
    """Whatever is sold and comes back: no đồng is shown twice or to nobody, and lists, days and summary say the same."""
    with unit_of_work() as session:
        cast, sold = a_cast(session), list[tuple[Sale, int]]()
        for k, (what, pieces) in enumerate(acts):
            if what == "back" and sold:
                sale, left = sold.pop()
                back = min(pieces, left)
                bring_back(session, sale, back * ONE, request=f"r{k}")
                sold += [(sale, left - back)] if left > back else []
            else:
                wanted = {"goods": [cast.goods], "both": [cast.kit, cast.goods]}.get(what, [cast.kit])
                sold.append((sell(session, *((each, pieces * ONE) for each in wanted)), pieces))
        whole = sum(
            line.paid_vnd for number in range(1, 1 + max(s.number for s in session.query(Sale)))
            for line in list_lines(session, number)
        )  # fmt: skip
        shown = 0
        for each in cast.producers:
            lines = list_own_lines(session, each.id)
            assert all(line.producer_id == each.id for line in lines)
            taken = sum(line.paid_vnd for line in lines)
            assert taken == sum(list_own_days(session, each.id, TODAY).values())
            assert taken == sum(goods.paid_vnd for goods in list_sold_goods(session, each.id, TODAY, TODAY))
            assert sum(line.amount_vnd for line in lines) == sum(
                row.worth.gross_vnd for row in rows_of(session, each)
            )
            shown += taken
        assert shown == whole
        session.rollback()


def test_pages_of_sales_hold_each_receipt_once_and_whole(shop: Shop) -> None:
    with unit_of_work() as session:
        cast = a_cast(session)
        for _nth in range(5):
            sell(session, (cast.kit, ONE), (cast.goods, ONE))
        numbers, before = [], None
        while page := list_own_lines(session, cast.first.id, before=before, sales=2):
            numbers += [line.sale_number for line in page]
            before = page[-1].sale_number
        assert numbers == [5, 5, 4, 4, 3, 3, 2, 2, 1, 1]


def test_the_fingerprint_changes_with_all_that_changes_the_account(any_shop: Shop) -> None:
    with unit_of_work() as session:
        cast = a_cast(session)
        first = cast.first
        marks = [read_fingerprint(session, first.id, TODAY)]

        def add_mark() -> None:
            marks.append(read_fingerprint(session, first.id, TODAY))

        sale = sell(session, (cast.kit, 3 * ONE))
        add_mark()
        bring_back(session, sale, ONE, at=MORNING + HOUR)
        add_mark()
        own = sell(session, (cast.goods, 2 * ONE), at=MORNING + HOUR)
        add_mark()
        bring_back(session, own, ONE, request="own", at=MORNING + HOUR)
        add_mark()
        lose(session, cast.lot, 1, at=MORNING + HOUR)
        add_mark()
        lose(session, cast.kit_lot, 1, at=MORNING + HOUR)
        add_mark()
        count(session, cast.lot, 900, at=MORNING + HOUR)
        add_mark()
        deliver(session, cast.goods, 5, lot="L9", at=MORNING + HOUR)
        add_mark()
        record_deduction(session, first, EntryKind.SHELF_RENT, 50_000, "kệ", by=MANAGER, at=MORNING + HOUR)
        add_mark()
        record_correction(session, first, 5_000, "sai", approval=SEEN, by=MANAGER, at=MORNING + HOUR)
        add_mark()
        tell_producer(session, first.id, "Chào.", by=MANAGER, at=MORNING + HOUR)
        add_mark()
        freeze(session, first, TODAY, days=2)
        add_mark()
        marks.append(read_fingerprint(session, first.id, TODAY + timedelta(days=1)))
        assert len(set(marks)) == len(marks)


def test_the_fingerprint_stays_while_only_others_trade(any_shop: Shop) -> None:
    with unit_of_work() as session:
        cast = a_cast(session)
        theirs, goods, lot = goods_under(session, 60_000, 1_000, n=3)
        before = [read_fingerprint(session, each.id, TODAY) for each in cast.producers]
        sell(session, (goods, ONE))
        lose(session, lot, 1)
        count(session, lot, 900)
        record_deduction(session, theirs, EntryKind.SHELF_RENT, 50_000, "kệ", by=MANAGER, at=MORNING)
        freeze(session, theirs, TODAY, days=2)
        assert [read_fingerprint(session, each.id, TODAY) for each in cast.producers] == before


@pytest.fixture
def phones(shop: Shop) -> tuple[list[FlaskClient], Sale]:
    """The first producer's, the second's and the packer's, after a set was sold and one of two came back."""
    with unit_of_work() as session:
        cast = a_cast(session)
        sale = sell(session, (cast.kit, 2 * ONE))
        bring_back(session, sale, ONE)
        for k, each in enumerate(cast.producers):
            add_person(session, f"Bà {k}", Role.PRODUCER, login=f"ba-{k}", pin=TOLD_PINS["producer"], producer_id=each.id, by=MANAGER, at=MORNING)  # fmt: skip
    return [shop.client("producer", login=f"ba-{k}") for k in range(3)], sale


def test_the_pages_name_the_set_and_nobody_elses_goods(phones: tuple[list[FlaskClient], Sale]) -> None:
    (first, second, packer), sale = phones
    for client, own, foreign in ((first, "Kẹo 1", "Kẹo 2"), (second, "Kẹo 2", "Kẹo 1")):
        for address in ("/mine", "/mine/sales", f"/mine/sales/{sale.number}/1"):
            page = client.get(address).text
            assert own in page
            assert "Set quà" in page
            assert foreign not in page
        assert "nằm trong Set quà" in client.get("/mine").text
        assert "trả lại" in client.get(f"/mine/sales/{sale.number}/1").text
        assert client.get("/mine/sales.xlsx").status_code == 200
    assert packer.get(f"/mine/sales/{sale.number}/1").status_code == 404
    assert "Set quà" not in packer.get("/mine/sales").text
    with open_reading() as session:
        assert session.get_one(Sale, sale.number).total_vnd == 300_000
