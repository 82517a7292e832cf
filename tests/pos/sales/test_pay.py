"""Selling and giving back, on SQLite and PostgreSQL: the use cases, without the web."""

import json
import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from pos.catalog.models import Product
from pos.identity.people import add_person
from pos.journal.models import JournalRow
from pos.journal.record import record
from pos.kernel.actor import Actor, Approval, Role
from pos.kernel.database import db, open_reading, unit_of_work
from pos.kernel.errors import NotAllowed, NotFound, Refused, Stale
from pos.kernel.quantity import ONE
from pos.maintenance.verify import verify_books
from pos.pricing.prices import note_shelf_price, set_price
from pos.sales.allocate import HELD_FOR
from pos.sales.basket import (
    add_goods,
    find_open_basket,
    list_parked,
    park_basket,
    set_quantity,
    take_over_basket,
    void_line,
)
from pos.sales.models import LotKnownBy, Sale, SaleLine, Tender
from pos.sales.pay import apportion_paid, pay_basket
from pos.sales.priced_basket import price_basket
from pos.sales.queries import list_lines
from pos.sales.questions import WhichLot
from pos.sales.refund import get_sale, refund_sale
from pos.shifts.drawer import (
    close_shift,
    expected_cash_vnd,
    find_open_shift,
    get_open_shift,
    get_shift,
    list_recent_shifts,
    move_cash,
    open_drawer,
    open_shift,
    sum_takings,
)
from pos.shop.models import get_shop
from pos.stock.lots import end_hold, place_hold
from pos.stock.models import Hold, Lot, OnHand, Place, StockMove
from pos.storeroom.judge_delivery import ReceivedLine
from pos.storeroom.receive import get_receiving, receive_delivery, reverse_receiving
from pos.till.price_check import check_price
from tests.builders import a_delivery, a_maker, a_product, an_open_shift
from tests.conftest import CASHIER, MANAGER, MORNING, STATION, TODAY, Shop

LONG_AGO = MORNING - HELD_FOR  # what was put into a basket then is spoken for no more


def codes(caught: Any) -> set[str]:
    return {reason.code for reason in caught.value.reasons}


def stocked(session: Session, *lots: tuple[str, int, int]) -> Product:
    """A product with lots: number, pieces, days until its end."""
    maker = a_maker(session)
    product = a_product(session, maker)
    for number, pieces, days in lots or (("L1", 10, 60),):
        a_delivery(session, maker, product, pieces * ONE, lot=number, ends=TODAY + timedelta(days=days))
    an_open_shift(session)
    return product


def sell(session: Session, product: Product, pieces: int = 1, supplied: int | None = None) -> Sale:
    basket = add_goods(session, STATION, product.id, pieces * ONE, at=MORNING)
    due = price_basket(session, basket, TODAY).due_vnd
    return pay_basket(
        session,
        basket.id,
        basket.version,
        due if supplied is None else supplied,
        station=STATION,
        by=CASHIER,
        at=MORNING,
    )


def on_hand(session: Session, product: Product) -> int:
    return session.scalar(
        select(func.sum(OnHand.quantity_milli)).join(Place).where(Place.zone == "ocop")
    ) or 0  # fmt: skip


def test_a_sale_takes_the_earliest_lot_and_adds_up(any_shop: Shop) -> None:
    with unit_of_work() as session:
        product = stocked(session, ("LATE", 5, 90), ("SOON", 2, 10))
        sale = sell(session, product, 3, 150_000)
        lines = list_lines(session, sale.number)
        assert [(line.quantity_milli, line.lot_known_by) for line in lines] == [
            (2000, "assumed"),
            (1000, "assumed"),
        ]
        assert (sale.total_vnd, sale.due_vnd, session.get_one(Tender, (1, 1)).change_vnd) == (
            135_000,
            135_000,
            15_000,
        )
        assert int(on_hand(session, product)) == 4000
        assert expected_cash_vnd(session, get_open_shift(session, STATION)) == 635_000
    with open_reading() as session:
        assert verify_books(session) == []


def test_the_same_request_again_gets_the_same_sale_and_another_body_a_conflict(any_shop: Shop) -> None:
    with unit_of_work() as session:
        product = stocked(session)
        basket = add_goods(session, STATION, product.id, ONE, at=MORNING)
        key = (basket.id, basket.version)
        first = pay_basket(session, *key, 45_000, station=STATION, by=CASHIER, at=MORNING)
    with unit_of_work() as session:
        assert (
            pay_basket(session, *key, 45_000, station=STATION, by=CASHIER, at=MORNING).number == first.number
        )
        with pytest.raises(Stale) as caught:
            pay_basket(session, *key, 50_000, station=STATION, by=CASHIER, at=MORNING)
        assert codes(caught) == {"request_reused"}
        assert session.scalar(select(func.count()).select_from(Sale)) == 1


def test_what_can_stop_a_payment_leaves_the_basket_as_it_was(any_shop: Shop) -> None:
    with unit_of_work() as session:
        product = stocked(session)
        basket = add_goods(session, STATION, product.id, ONE, at=MORNING)
        asked = {"station": STATION, "by": CASHIER, "at": MORNING}
        with pytest.raises(Refused) as caught:
            pay_basket(session, basket.id, basket.version, 44_999, **asked)
        assert codes(caught) == {"tender_short"}
        with pytest.raises(Stale) as stale:
            pay_basket(session, basket.id, basket.version - 1, 45_000, **asked)
        assert codes(stale) == {"basket_changed"}
        with pytest.raises(Stale) as gone:
            pay_basket(session, basket.id, basket.version, 45_000, **asked | {"station": "Quầy 2"})
        assert codes(gone) == {"basket_gone"}
        with pytest.raises(NotFound):
            pay_basket(session, 999, 1, 45_000, **asked)
        void_line(session, basket, 1, by=CASHIER, at=MORNING)
        with pytest.raises(Refused) as empty:
            pay_basket(session, basket.id, basket.version, 45_000, **asked)
        assert codes(empty) == {"basket_empty"}
        close_shift(session, get_open_shift(session, STATION), 500_000, by=CASHIER, at=MORNING)
        again = add_goods(session, STATION, product.id, ONE, at=MORNING)
        with pytest.raises(Refused) as closed:
            pay_basket(session, again.id, again.version, 45_000, **asked)
        assert codes(closed) == {"no_open_shift"}
        assert int(on_hand(session, product)) == 10_000


def test_a_price_that_falls_is_followed_and_one_that_rises_is_not(any_shop: Shop) -> None:
    with unit_of_work() as session:
        product = stocked(session)
        basket = add_goods(session, STATION, product.id, 2 * ONE, at=MORNING)
        set_price(session, product, 50_000, starts=TODAY, by=MANAGER, at=MORNING)
        assert price_basket(session, basket, TODAY).due_vnd == 90_000
        set_price(session, product, 40_000, starts=TODAY, by=MANAGER, at=MORNING)
        noticed = price_basket(session, basket, TODAY)
        assert (noticed.due_vnd, noticed.lines[0].repriced_from_vnd) == (80_000, 45_000)


def test_prices_over_time(any_shop: Shop) -> None:
    with unit_of_work() as session:
        product = stocked(session)
        first = set_price(session, product, 50_000, starts=TODAY + timedelta(days=1), by=MANAGER, at=MORNING)
        assert (
            set_price(session, product, 50_000, starts=TODAY + timedelta(days=1), by=MANAGER, at=MORNING).id
            == first.id
        )
        for odd in (0, -1, 10**10):
            with pytest.raises(Refused):
                set_price(session, product, odd, starts=TODAY, by=MANAGER, at=MORNING)
        note_shelf_price(session, product, 40_000, by=MANAGER, at=MORNING)
        with pytest.raises(Refused) as caught:
            add_goods(session, STATION, product.id, ONE, at=MORNING)
        assert codes(caught) == {"not_shelf_price"}


def test_a_cheaper_tag_stops_the_lot_that_could_be_sold_not_the_one_that_never_can(any_shop: Shop) -> None:
    with unit_of_work() as session:
        product = stocked(session, ("OLD", 5, 20), ("GOOD", 5, 40))
        lots = {lot.number: lot for lot in _lots(session)}
        place_hold(session, lot_id=lots["OLD"].id, reason="phồng", by=MANAGER, at=MORNING)
        note_shelf_price(session, product, 40_000, by=MANAGER, at=MORNING)
        with pytest.raises(Refused) as caught:
            add_goods(session, STATION, product.id, ONE, at=MORNING)
        assert codes(caught) == {"not_shelf_price"}
        with pytest.raises(WhichLot):
            add_goods(session, STATION, product.id, ONE, at=MORNING, at_shelf_price=True)
        good = {"lot_id": lots["GOOD"].id, "known_by": LotKnownBy.CHOSEN}
        basket = add_goods(session, STATION, product.id, ONE, at=MORNING, at_shelf_price=True, **good)  # type: ignore[arg-type]
        assert price_basket(session, basket, TODAY).due_vnd == 40_000


def test_a_price_shown_on_another_day_is_kept_for_what_lies_there_alone(any_shop: Shop) -> None:
    with unit_of_work() as session:
        product = stocked(session)
        basket = add_goods(session, STATION, product.id, ONE, at=MORNING)
        set_price(session, product, 50_000, starts=TODAY + timedelta(days=1), by=MANAGER, at=MORNING)
        tomorrow = MORNING + timedelta(days=1)
        set_quantity(session, basket, 1, 3 * ONE, by=CASHIER, at=tomorrow)
        noticed = price_basket(session, basket, TODAY + timedelta(days=1))
        assert [(line.price_vnd, line.line.quantity_milli) for line in noticed.lines] == [
            (45_000, ONE),
            (50_000, 2 * ONE),
        ]


def test_a_tag_hung_meanwhile_lowers_what_lies_in_the_basket_where_nobody_is_asked(any_shop: Shop) -> None:
    with unit_of_work() as session:
        product = stocked(session)
        get_shop(session).sell_only_at_shelf_price = False
        basket = add_goods(session, STATION, product.id, ONE, at=MORNING)
        note_shelf_price(session, product, 40_000, by=MANAGER, at=MORNING)
        assert price_basket(session, basket, TODAY).due_vnd == 40_000
        assert check_price(session, product, TODAY).price_vnd == 40_000


def test_the_lower_price_on_the_shelf_counts_for_the_buyer(any_shop: Shop) -> None:
    """Where the cashier said so, whatever is done to the line afterwards; and at once where the policy stops nobody."""
    with unit_of_work() as session:
        product = stocked(session)
        note_shelf_price(session, product, 40_000, by=MANAGER, at=MORNING)
        basket = add_goods(session, STATION, product.id, ONE, at=MORNING, at_shelf_price=True)
        noticed = price_basket(session, basket, TODAY)
        assert (noticed.due_vnd, noticed.lines[0].list_price_vnd, noticed.refusals) == (40_000, 45_000, ())
        set_quantity(session, basket, noticed.lines[0].n, 2 * ONE, by=CASHIER, at=MORNING)
        sale = pay_basket(session, basket.id, basket.version, 80_000, station=STATION, by=CASHIER, at=MORNING)
        assert [(line.price_vnd, line.amount_vnd) for line in list_lines(session, sale.number)] == [
            (40_000, 80_000)
        ]
    with unit_of_work() as session:
        get_shop(session).sell_only_at_shelf_price = False
        session.flush()
        basket = add_goods(session, STATION, product.id, ONE, at=MORNING)
        assert price_basket(session, basket, TODAY).due_vnd == 40_000
        note_shelf_price(session, product, 60_000, by=MANAGER, at=MORNING)
        add_goods(session, STATION, product.id, ONE, at=MORNING)
        assert (
            price_basket(session, basket, TODAY).due_vnd == 40_000 + 45_000
        )  # a tag that shows more binds nobody


def test_a_stopped_lot_among_good_ones_is_for_the_cashier_to_tell(any_shop: Shop) -> None:
    with unit_of_work() as session:
        product = stocked(session, ("BAD", 5, 20), ("GOOD", 5, 40))
        lots = {lot.number: lot for lot in _lots(session)}
        hold = place_hold(session, lot_id=lots["BAD"].id, reason="phồng", by=MANAGER, at=MORNING)
        with pytest.raises(WhichLot) as asked:
            add_goods(session, STATION, product.id, ONE, at=MORNING)
        assert {o.number: o.verdict.admitted for o in asked.value.offered} == {"BAD": False, "GOOD": True}
        with pytest.raises(Refused) as caught:
            add_goods(
                session,
                STATION,
                product.id,
                ONE,
                at=MORNING,
                lot_id=lots["BAD"].id,
                known_by=LotKnownBy.CHOSEN,
            )
        assert codes(caught) == {"recalled"}
        basket = add_goods(
            session, STATION, product.id, ONE, at=MORNING, lot_id=lots["GOOD"].id, known_by=LotKnownBy.CHOSEN
        )
        assert basket.lines[0].lot_known_by == "chosen"
        add_person(session, "Thu ngân khác", Role.CASHIER, by=MANAGER, at=MORNING)
        with pytest.raises(Refused) as alone:
            end_hold(
                session, hold, reason="ổn", by=MANAGER, approval=Approval(MANAGER, "", MORNING), at=MORNING
            )
        assert codes(alone) == {"second_person_needed"}
        second = Approval(another_person(), "ổn", MORNING)
        end_hold(session, hold, reason="ổn", by=MANAGER, approval=second, at=MORNING)
        assert len(add_goods(session, STATION, product.id, ONE, at=MORNING).lines) == 2


def another_person() -> Actor:
    return replace(CASHIER, person_id=7)


def _lots(session: Session) -> Sequence[Lot]:
    return session.scalars(select(Lot)).all()


def test_more_than_there_is_and_nothing_at_all(any_shop: Shop) -> None:
    with unit_of_work() as session:
        product = stocked(session, ("L1", 3, 30))
        with pytest.raises(Refused) as caught:
            add_goods(session, STATION, product.id, 4 * ONE, at=MORNING)
        assert codes(caught) == {"not_on_hand"}
        sell(session, product, 3)
        with pytest.raises(Refused) as gone:
            add_goods(session, STATION, product.id, ONE, at=MORNING)
        assert codes(gone) == {"not_on_hand"}
        for odd in (0, 500, -ONE, 10**9):
            with pytest.raises(Refused) as quantity:
                add_goods(session, STATION, product.id, odd, at=MORNING)
            assert codes(quantity) == {"quantity_odd"}
        product.archived = True
        with pytest.raises(Refused) as archived:
            add_goods(session, STATION, product.id, ONE, at=MORNING)
        assert codes(archived) == {"product_archived"}


def test_lines_are_changed_parked_and_taken_over(any_shop: Shop) -> None:
    with unit_of_work() as session:
        product = stocked(session)
        basket = add_goods(session, STATION, product.id, ONE, at=MORNING)
        add_goods(session, STATION, product.id, ONE, at=MORNING)
        assert [line.quantity_milli for line in basket.lines] == [2000]
        set_quantity(session, basket, 1, 5 * ONE, by=CASHIER, at=MORNING)
        assert [line.quantity_milli for line in basket.lines] == [5000]
        set_quantity(session, basket, basket.lines[0].n, 2 * ONE, by=CASHIER, at=MORNING)
        with pytest.raises(Stale):
            void_line(session, basket, 99, by=CASHIER, at=MORNING)
        park_basket(session, basket, " áo đỏ ", by=CASHIER, at=MORNING)
        assert [b.label for b in list_parked(session)] == ["áo đỏ"]
        other = add_goods(session, "Quầy 2", product.id, ONE, at=MORNING)
        take_over_basket(session, basket, "Quầy 2", by=CASHIER, at=MORNING)
        assert other.state == "parked"
        with pytest.raises(Stale):
            take_over_basket(session, basket, STATION, by=CASHIER, at=MORNING)
        set_quantity(session, basket, basket.lines[0].n, 0, by=CASHIER, at=MORNING)
        with pytest.raises(Refused):
            park_basket(session, basket, "", by=CASHIER, at=MORNING)
        take_over_basket(session, other, "Quầy 2", by=CASHIER, at=MORNING)
        found = find_open_basket(session, "Quầy 2")
        assert found is not None
        assert found.id == other.id


def test_refunds_in_parts_never_give_back_more_than_was_paid(any_shop: Shop) -> None:
    with unit_of_work() as session:
        get_shop(session).cash_rounding_vnd = 1000
        product = stocked(session)
        set_price(session, product, 33_333, starts=TODAY, by=MANAGER, at=MORNING)
        sale = sell(session, product, 3, 100_000)
        assert (sale.total_vnd, sale.due_vnd) == (99_999, 99_000)
        asked = {"reason": "vỡ", "station": STATION, "by": CASHIER, "at": MORNING}
        paid_back = [-refund_sale(session, sale, {1: ONE}, request=str(n), **asked).due_vnd for n in range(3)]
        assert paid_back == [33_000, 33_000, 33_000]
        assert sum(paid_back) == 99_000
        with pytest.raises(Refused) as caught:
            refund_sale(session, sale, {1: ONE}, request="4", **asked)
        assert codes(caught) == {"refund_too_much"}
        assert expected_cash_vnd(session, get_open_shift(session, STATION)) == 500_000
        place = session.scalars(select(Place).where(Place.zone == "quarantine")).one()
        assert session.scalar(select(OnHand.quantity_milli).where(OnHand.place_id == place.id)) == 3000
        again = refund_sale(session, sale, {1: ONE}, request="2", **asked)
        assert again.refunds == sale.number
        record(
            session,
            "policy_changed",
            by=MANAGER,
            at=MORNING,
            subject=get_shop(session),
            facts=[get_shop(session)],
        )
    with open_reading() as session:
        assert verify_books(session) == []


def test_what_can_stop_a_refund(any_shop: Shop) -> None:
    with unit_of_work() as session:
        product = stocked(session)
        sale = sell(session, product, 5)
        asked = {"reason": "vỡ", "station": STATION, "by": CASHIER, "at": MORNING, "request": "a"}
        wrong: list[tuple[dict[int, int], dict[str, Any], str]] = [
            ({}, {}, "lines_missing"), ({1: ONE}, {"reason": " "}, "reason_missing"), ({1: 500}, {}, "quantity_back_odd"),
            ({1: -ONE}, {}, "quantity_back_odd"), ({1: ONE}, {"station": "Quầy 2"}, "no_open_shift"),
        ]  # fmt: skip
        for parts, more, code in wrong:
            with pytest.raises(Refused) as caught:
                refund_sale(session, sale, parts, **asked | more)
            assert codes(caught) == {code}
        with pytest.raises(NotFound):
            refund_sale(session, sale, {7: ONE}, **asked)
        with pytest.raises(NotFound):
            get_sale(session, 99)
        with pytest.raises(NotAllowed) as limit:
            refund_sale(session, sale, {1: 5 * ONE}, **asked)
        assert codes(limit) == {"approval_needed"}
        approved = refund_sale(
            session, sale, {1: 5 * ONE}, approval=Approval(MANAGER, "vỡ", MORNING), **asked
        )
        with pytest.raises(Refused) as twice:
            refund_sale(session, approved, {1: ONE}, **asked)
        assert codes(twice) == {"not_refundable"}
        move_cash(session, get_open_shift(session, STATION), -500_000, "nộp", by=MANAGER, at=MORNING)
        other = sell(session, product, 1)
        move_cash(session, get_open_shift(session, STATION), -45_000, "nộp", by=MANAGER, at=MORNING)
        with pytest.raises(Refused) as drawer:
            refund_sale(session, other, {1: ONE}, **asked)
        assert codes(drawer) == {"drawer_short"}
    with unit_of_work() as session:
        move_cash(session, get_open_shift(session, STATION), 100_000, "thêm", by=MANAGER, at=MORNING)
        session.scalars(select(Place).where(Place.zone == "quarantine")).one().zone = "store"
        session.flush()
        with pytest.raises(Refused) as nowhere:
            refund_sale(session, session.get_one(Sale, other.number), {1: ONE}, **asked)
        assert codes(nowhere) == {"no_quarantine"}
        session.scalars(
            select(Place).where(Place.zone == "store", Place.code == "CHO")
        ).one().zone = "quarantine"


def test_the_drawer_opens_without_a_sale_by_a_manager_s_word(any_shop: Shop) -> None:
    with unit_of_work() as session:
        an_open_shift(session)
        shift = get_open_shift(session, STATION)
        with pytest.raises(Refused, match="reason_missing"):
            open_drawer(session, shift, " ", by=MANAGER, at=MORNING, approval=None)
        with pytest.raises(NotAllowed, match="manager_needed"):
            open_drawer(session, shift, "đổi tiền", by=CASHIER, at=MORNING, approval=None)
        open_drawer(session, shift, " đổi tiền ", by=MANAGER, at=MORNING, approval=None)
        agreed = Approval(MANAGER, "đồng ý", MORNING)
        open_drawer(session, shift, "xem", by=CASHIER, at=MORNING, approval=agreed)
        told = session.scalars(
            select(JournalRow.payload).where(JournalRow.kind == "drawer_opened").order_by(JournalRow.seq)
        )
        assert [(json.loads(item)["reason"], json.loads(item)["approved_by"]) for item in told] == [
            ("đổi tiền", ""), ("xem", MANAGER.name),
        ]  # fmt: skip
        assert expected_cash_vnd(session, shift) == shift.float_vnd  # a look takes no money
        assert [(item.number, close) for item, close in list_recent_shifts(session)] == [(shift.number, None)]
        close = close_shift(session, shift, 500_000, by=CASHIER, at=MORNING)
        assert list_recent_shifts(session) == [(shift, close)]


def test_shifts_open_once_and_close_with_what_was_counted(any_shop: Shop) -> None:
    with unit_of_work() as session:
        product = stocked(session)
        shift = get_open_shift(session, STATION)
        sell(session, product, 2)
        for wrong, code in ((lambda: open_shift(session, STATION, 0, by=CASHIER, at=MORNING), "shift_already_open"),
                            (lambda: open_shift(session, "Quầy 2", -1, by=CASHIER, at=MORNING), "amount_odd"),
                            (lambda: close_shift(session, shift, -1, by=CASHIER, at=MORNING), "amount_odd"),
                            (lambda: move_cash(session, shift, 0, "x", by=CASHIER, at=MORNING), "amount_odd"),
                            (lambda: move_cash(session, shift, 1000, "", by=CASHIER, at=MORNING), "reason_missing"),
                            (lambda: move_cash(session, shift, -9_000_000, "x", by=CASHIER, at=MORNING), "drawer_short")):  # fmt: skip
            with pytest.raises(Refused) as caught:
                wrong()
            assert codes(caught) == {code}
        move_cash(session, shift, 100_000, "tiền lẻ", by=CASHIER, at=MORNING)
        move_cash(session, shift, -50_000, "mua nước", by=MANAGER, at=MORNING)
        so_far = sum_takings(session, shift)
        assert (so_far.sales_vnd, so_far.cash_in_vnd, so_far.cash_out_vnd, so_far.sales_count) == (
            90_000,
            100_000,
            50_000,
            1,
        )
        close = close_shift(session, shift, 630_000, by=CASHIER, at=MORNING)
        assert (close.expected_vnd, close.counted_vnd) == (640_000, 630_000)
        with pytest.raises(Refused):
            close_shift(session, shift, 1, by=CASHIER, at=MORNING)
        assert find_open_shift(session, STATION) is None
        assert open_shift(session, STATION, 0, by=CASHIER, at=MORNING).number == shift.number + 1
        with pytest.raises(NotFound):
            get_shift(session, 99)


def test_receiving_is_all_or_nothing_and_is_taken_back_whole(any_shop: Shop) -> None:
    with unit_of_work() as session:
        maker = a_maker(session)
        good, bad = a_product(session, maker, 1), a_product(session, maker, 2, name="Kẹo lạc")
        bad.label_entries, bad.banned = "", True
    arrived = [
        ReceivedLine(p.id, "", TODAY, TODAY + timedelta(days=9), 5 * ONE, good.shelf_place_id or 0, 1)
        for p in (good, bad)
    ]
    with pytest.raises(Refused) as caught, unit_of_work() as session:
        receive_delivery(
            session, maker, delivery_note="PG1", note_date=TODAY, arrived=arrived, by=MANAGER, at=MORNING
        )
    assert [(r.code, r.facts["line"]) for r in caught.value.reasons] == [("banned", 2)]
    with unit_of_work() as session:
        assert session.scalar(select(func.count()).select_from(StockMove)) == 0
        done = receive_delivery(
            session, maker, delivery_note="PG1", note_date=TODAY, arrived=arrived[:1], by=MANAGER, at=MORNING
        )
        assert session.scalars(select(SaleLine)).all() == []
        reverse_receiving(session, get_receiving(session, done.number), why="nhầm", by=MANAGER, at=MORNING)
        assert int(on_hand(session, good)) == 0
        with pytest.raises(Refused) as twice:
            reverse_receiving(
                session, get_receiving(session, done.number), why="nhầm", by=MANAGER, at=MORNING
            )
        assert codes(twice) == {"already_reversed"}


def test_ledger_rows_refuse_to_be_changed_or_taken_away(any_shop: Shop) -> None:
    with unit_of_work() as session:
        sell(session, stocked(session))
    attempts = [
        "UPDATE sale SET total_vnd = 1",
        "DELETE FROM sale_line",
        "UPDATE journal SET payload = '{}'",
        "DELETE FROM stock_move",
    ]
    if db.engine.dialect.name == "sqlite":
        attempts.append("INSERT OR REPLACE INTO journal SELECT * FROM journal WHERE seq = 1")
    else:
        attempts.append("TRUNCATE journal")
    for attempt in attempts:
        with pytest.raises(DatabaseError, match="append-only"), unit_of_work() as session:
            session.execute(text(attempt))


def test_the_last_piece_is_spoken_for_while_it_lies_in_another_basket(any_shop: Shop) -> None:
    with unit_of_work() as session:
        product = stocked(session, ("L1", 3, 30))
        first = add_goods(session, STATION, product.id, 2 * ONE, at=MORNING)
        add_goods(session, "Quầy 2", product.id, ONE, at=MORNING)
        with pytest.raises(Refused) as caught:
            add_goods(session, "Quầy 2", product.id, ONE, at=MORNING)
        assert codes(caught) == {"held_elsewhere"}
        assert caught.value.reasons[0].facts["station"] == STATION
        with pytest.raises(Refused) as caught:
            add_goods(session, "Quầy 2", product.id, 3 * ONE, at=MORNING)
        assert codes(caught) == {"not_on_hand"}, "there were never so many"
        park_basket(session, first, "chị áo xanh", by=CASHIER, at=MORNING)
        with pytest.raises(Refused) as caught:
            add_goods(session, STATION, product.id, ONE, at=MORNING)
        assert caught.value.reasons[0].facts["station"] == "chị áo xanh, Quầy 2"
        later = MORNING + HELD_FOR
        assert add_goods(session, STATION, product.id, 2 * ONE, at=later).lines[0].quantity_milli == 2 * ONE


def test_two_tills_and_one_last_piece(any_shop: Shop) -> None:
    with unit_of_work() as session:
        product = stocked(session, ("L1", 1, 30))
        open_shift(session, "Quầy 2", 0, by=CASHIER, at=MORNING)
        baskets = {
            s: (b.id, b.version)
            for s, when in ((STATION, LONG_AGO), ("Quầy 2", MORNING))
            for b in [add_goods(session, s, product.id, ONE, at=when)]
        }
    outcome: dict[str, str] = {}
    barrier = threading.Barrier(2)

    def pay(station: str) -> None:
        with any_shop.app.app_context():
            barrier.wait()
            try:
                with unit_of_work() as session:
                    pay_basket(session, *baskets[station], 45_000, station=station, by=CASHIER, at=MORNING)
                outcome[station] = "sold"
            except Refused as no:
                outcome[station] = no.reasons[0].code

    threads = [threading.Thread(target=pay, args=(station,)) for station in baskets]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcome.values()) == ["not_on_hand", "sold"]


def test_the_journal_refuses_a_clock_that_went_back(any_shop: Shop) -> None:
    with unit_of_work() as session:
        record(session, "note", by=MANAGER, at=MORNING)
        record(session, "note", by=MANAGER, at=MORNING - timedelta(seconds=30))
        with pytest.raises(Refused) as caught:
            record(session, "note", by=MANAGER, at=MORNING - timedelta(hours=1))
        assert codes(caught) == {"clock_went_back"}
        record(session, "clock_confirmed", by=MANAGER, at=MORNING - timedelta(hours=1))
        record(session, "note", by=MANAGER, at=MORNING - timedelta(minutes=59))
        assert session.scalar(select(func.count()).select_from(JournalRow)) == 5


def test_nothing_paid_is_shared_as_nothing() -> None:
    assert apportion_paid(0, [0, 0]) == [0, 0]


def test_a_stop_is_on_one_thing_and_has_a_reason(any_shop: Shop) -> None:
    with unit_of_work() as session:
        product = stocked(session)
        with pytest.raises(Refused):
            place_hold(session, product_id=product.id, reason=" ", by=MANAGER, at=MORNING)
        with pytest.raises(ValueError, match="product or on a lot"):
            place_hold(session, reason="x", by=MANAGER, at=MORNING)
        place_hold(session, product_id=product.id, reason="x", by=MANAGER, at=MORNING)
        with pytest.raises(Refused) as caught:
            add_goods(session, STATION, product.id, ONE, at=MORNING)
        assert codes(caught) == {"recalled"}
        assert session.scalar(select(func.count()).select_from(Hold)) == 1
