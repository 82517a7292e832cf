"""What the cashier's and the manager's day asks beyond selling: extras, ages, voids, bulk prices, witnesses."""

from datetime import date, time, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from pos.catalog.models import GoodsKind, Product
from pos.identity.approvals import has_one_approver, require_second
from pos.identity.people import add_inspector, add_person
from pos.journal.models import JournalRow
from pos.kernel.actor import Actor, Approval, Role
from pos.kernel.clock import day_end
from pos.kernel.database import open_reading, unit_of_work
from pos.kernel.errors import NotAllowed, Refused, Stale
from pos.kernel.quantity import ONE
from pos.maintenance.verify import list_notices, verify_books
from pos.pricing.bulk import propose_by_list, propose_by_percent, round_to_step, set_prices, undo_change
from pos.pricing.models import Price, PriceChange
from pos.pricing.prices import find_price, set_price
from pos.sales.basket import add_extra, add_goods, confirm_age, find_open_basket, set_quantity
from pos.sales.extras import save_extra
from pos.sales.models import Extra, Sale, SaleLine
from pos.sales.pay import pay_cash
from pos.sales.priced_basket import price_basket
from pos.sales.queries import find_sales, list_lines
from pos.sales.questions import WhatAge
from pos.sales.refund import get_sale, refund_sale
from pos.sales.void import WITHIN, undo_sale
from pos.shifts.drawer import expected_cash_vnd, get_open_shift
from pos.shop.models import get_shop
from pos.stock.models import Lot, OnHand
from pos.storeroom.move import count_lot
from tests.builders import a_delivery, a_maker, a_product, an_open_shift, check_pin
from tests.conftest import CASHIER, MANAGER, MORNING, STATION, TODAY, Shop

APPROVED = Approval(MANAGER, "đồng ý", MORNING)


def stocked(session: Session, quantity_milli: int = 10 * ONE) -> Product:
    maker = a_maker(session)
    product = a_product(session, maker)
    a_delivery(session, maker, product, quantity_milli)
    an_open_shift(session)
    return product


def sold(session: Session, product: Product, quantity_milli: int = 2 * ONE) -> Sale:
    basket = add_goods(session, STATION, product.id, quantity_milli, at=MORNING)
    due = price_basket(session, basket, TODAY).due_vnd
    return pay_cash(session, basket.id, basket.version, due, station=STATION, by=CASHIER, at=MORNING)


def on_hand(session: Session) -> int:
    return sum(session.scalars(select(OnHand.quantity_milli)))


def bag(session: Session, price_vnd: int = 2_000) -> Extra:
    extra = Extra(
        name_vi="Túi giấy", name_en="Paper bag", price_vnd=price_vnd, vat_category="standard", archived=False
    )
    return save_extra(session, extra, by=MANAGER, at=MORNING)


# ── extras


def test_a_bag_is_sold_without_gate_or_stock_and_given_back(any_shop: Shop) -> None:
    with unit_of_work() as session:
        product = stocked(session)
        add_goods(session, STATION, product.id, ONE, at=MORNING)
        basket = add_extra(session, STATION, bag(session), 2_000, at=MORNING)
        add_extra(session, STATION, session.scalars(select(Extra)).one(), 2_000, at=MORNING)
        seen = price_basket(session, basket, TODAY)
        assert (seen.total_vnd, seen.refusals) == (45_000 + 4_000, ())
        sale = pay_cash(session, basket.id, basket.version, 50_000, station=STATION, by=CASHIER, at=MORNING)
        goods, extra = list_lines(session, sale.number)
        assert (extra.product_id, extra.producer_id, extra.lot_id, extra.quantity_milli) == (
            None,
            None,
            None,
            2 * ONE,
        )
        assert goods.producer_id is not None
        returned = refund_sale(
            session, sale, {2: ONE}, reason="thừa túi", request="1", station=STATION, by=CASHIER, at=MORNING
        )
        assert returned.due_vnd == -2_000
    with open_reading() as session:
        assert verify_books(session) == []


def test_an_extras_quantity_is_whole_and_its_price_sane(shop: Shop) -> None:
    with unit_of_work() as session:
        basket = add_extra(session, STATION, bag(session), 2_000, at=MORNING)
        set_quantity(session, basket, 1, 3 * ONE, by=CASHIER, at=MORNING)
        assert price_basket(session, basket, TODAY).total_vnd == 6_000
        for wrong in (1500, 20_000 * ONE):
            with pytest.raises(Refused, match="quantity_odd"):
                set_quantity(session, basket, 1, wrong, by=CASHIER, at=MORNING)
        for wrong in (-1, 5_000_001):
            with pytest.raises(Refused, match="amount_odd"):
                add_extra(session, STATION, session.scalars(select(Extra)).one(), wrong, at=MORNING)


# ── age


def test_alcohol_waits_for_the_buyers_age_and_the_journal_keeps_it(shop: Shop) -> None:
    with unit_of_work() as session:
        product = stocked(session)
        product.kind = GoodsKind.ALCOHOL.value
        product.label_entries += " warnings"
        product.alcohol_permille = 40  # under 5.5°: no licence is asked, the age is
        with pytest.raises(WhatAge):
            add_goods(session, STATION, product.id, ONE, at=MORNING)
        assert find_open_basket(session, STATION) is None
        basket = confirm_age(session, STATION, by=CASHIER, at=MORNING)
        add_goods(session, STATION, product.id, ONE, at=MORNING)
        basket.age_confirmed = False  # as if slipped in by another way
        assert {reason.code for reason in price_basket(session, basket, TODAY).refusals} == {"age_unknown"}
        with pytest.raises(Refused, match="age_unknown"):
            pay_cash(session, basket.id, basket.version, 45_000, station=STATION, by=CASHIER, at=MORNING)
        assert session.scalars(select(JournalRow.kind).where(JournalRow.kind == "age_confirmed")).all() == [
            "age_confirmed"
        ]


# ── prices that rose


def test_a_changed_quantity_never_costs_more_than_was_shown(shop: Shop) -> None:
    with unit_of_work() as session:
        product = stocked(session)
        basket = add_goods(session, STATION, product.id, 2 * ONE, at=MORNING)
        set_price(session, product, 60_000, starts=TODAY, by=MANAGER, at=MORNING)
        set_quantity(session, basket, 1, ONE, by=CASHIER, at=MORNING)
        assert price_basket(session, basket, TODAY).total_vnd == 45_000


# ── void and refund


def test_a_void_puts_everything_back_where_it_was(any_shop: Shop) -> None:
    with unit_of_work() as session:
        product = stocked(session)
        shift = get_open_shift(session, STATION)
        before = (on_hand(session), expected_cash_vnd(session, shift))
        places = set(session.scalars(select(OnHand.place_id)))
        sale = sold(session, product)
        assert (on_hand(session), expected_cash_vnd(session, shift)) == (
            before[0] - 2 * ONE,
            before[1] + 90_000,
        )
        with pytest.raises(NotAllowed, match="manager_needed"):
            undo_sale(session, sale, reason="nhầm", station=STATION, by=CASHIER, at=MORNING, approval=None)
        voided = undo_sale(
            session, sale, reason="nhầm", station=STATION, by=CASHIER, at=MORNING, approval=APPROVED
        )
        assert (voided.is_void, voided.refunds, voided.due_vnd) == (True, sale.number, -90_000)
        assert (on_hand(session), expected_cash_vnd(session, shift)) == before
        assert (
            set(session.scalars(select(OnHand.place_id))) == places
        )  # not in quarantine: they never left the counter
        again = undo_sale(
            session, sale, reason="nhầm", station=STATION, by=CASHIER, at=MORNING, approval=APPROVED
        )
        assert again is voided
        with pytest.raises(Refused):
            refund_sale(
                session, sale, {1: ONE}, reason="x", request="1", station=STATION, by=MANAGER, at=MORNING
            )
    with open_reading() as session:
        assert verify_books(session) == []


@pytest.mark.parametrize("why_not", ["a newer sale", "too late", "a part came back", "no reason"])
def test_only_the_newest_whole_sale_can_be_voided(shop: Shop, why_not: str) -> None:
    with unit_of_work() as session:
        product = stocked(session)
        sale, at, reason = sold(session, product), MORNING, "nhầm"
        if why_not == "a newer sale":
            sold(session, product)
        elif why_not == "too late":
            at += WITHIN + timedelta(seconds=1)
        elif why_not == "a part came back":
            refund_sale(
                session, sale, {1: ONE}, reason="x", request="1", station=STATION, by=MANAGER, at=MORNING
            )
        else:
            reason = " "
        code = "reason_missing" if why_not == "no reason" else "not_last_sale"
        with pytest.raises(Refused, match=code):
            undo_sale(session, sale, reason=reason, station=STATION, by=MANAGER, at=at, approval=None)


def test_a_cashiers_refund_limit_counts_all_refunds_of_a_sale(shop: Shop) -> None:
    with unit_of_work() as session:
        product = stocked(session)
        get_shop(session).refund_limit_vnd = 100_000
        sale = sold(session, product, 5 * ONE)
        refund_sale(
            session, sale, {1: 2 * ONE}, reason="x", request="1", station=STATION, by=CASHIER, at=MORNING
        )
        with pytest.raises(NotAllowed, match="approval_needed"):
            refund_sale(
                session, sale, {1: ONE}, reason="x", request="2", station=STATION, by=CASHIER, at=MORNING
            )
        refund_sale(
            session,
            sale,
            {1: ONE},
            reason="x",
            request="2",
            station=STATION,
            by=CASHIER,
            at=MORNING,
            approval=APPROVED,
        )


# ── a lost receipt


def test_a_lost_receipt_is_found_by_time_amount_and_product(any_shop: Shop) -> None:
    with unit_of_work() as session:
        product = stocked(session)
        item = sold(session, product)
        other = sold(session, product, ONE)
        nine = time(9, 20)
        assert [sale.number for sale in find_sales(session, TODAY)] == [other.number, item.number]
        assert [sale.number for sale in find_sales(session, TODAY, paid_vnd=90_000)] == [item.number]
        assert len(find_sales(session, TODAY, around=nine)) == 2
        assert find_sales(session, TODAY, around=time(12, 0)) == []
        assert len(find_sales(session, TODAY, words="che lam")) == 2
        assert find_sales(session, TODAY, words="keo") == []
        assert find_sales(session, TODAY - timedelta(days=1)) == []


# ── bulk prices


def test_prices_rise_by_a_percentage_from_a_day_and_fall_back(any_shop: Shop) -> None:
    tomorrow = TODAY + timedelta(days=1)
    with unit_of_work() as session:
        maker = a_maker(session)
        first, second = (
            a_product(session, maker, 1),
            a_product(session, maker, 2, name="Kẹo lạc", price_vnd=38_500),
        )
        proposed = propose_by_percent(session, change_bp=1000, step_vnd=1000, on=tomorrow)
        assert {p.product.id: p.new_vnd for p in proposed} == {first.id: 50_000, second.id: 42_000}
        wanted = [(p.product.id, p.new_vnd) for p in proposed]
        change = set_prices(session, wanted, starts=tomorrow, note="giá mới", by=MANAGER, at=MORNING)
        assert [find_price(session, first.id, day) for day in (TODAY, tomorrow)] == [45_000, 50_000]
        set_price(session, second, 40_000, starts=tomorrow, by=MANAGER, at=MORNING)  # a newer one: it stays
        undo_change(session, change, by=MANAGER, at=MORNING)
        assert [find_price(session, p.id, tomorrow) for p in (first, second)] == [45_000, 40_000]
        with pytest.raises(Refused, match="already_reversed"):
            undo_change(session, change, by=MANAGER, at=MORNING)
    with open_reading() as session:
        assert verify_books(session) == []


def test_a_change_already_in_force_is_taken_back_from_today(shop: Shop) -> None:
    with unit_of_work() as session:
        product = a_product(session, a_maker(session))
        change = set_prices(session, [(product.id, 50_000)], starts=TODAY, note="", by=MANAGER, at=MORNING)
        later = MORNING + timedelta(days=3)
        undo_change(session, change, by=MANAGER, at=later)
        days = [TODAY - timedelta(days=1), TODAY, TODAY + timedelta(days=2), TODAY + timedelta(days=3)]
        assert [find_price(session, product.id, day) for day in days] == [45_000, 50_000, 50_000, 45_000]


def test_a_list_of_codes_and_prices_is_read_line_by_line(shop: Shop) -> None:
    with unit_of_work() as session:
        product = a_product(session, a_maker(session))
        gtin = product.barcodes[0].gtin.lstrip("0")
        typed = f"{gtin}\t46.000 đ\n\nkhông có;1\n{product.sku} mười\n"
        proposed, odd = propose_by_list(session, typed, TODAY)
        assert [(p.product.id, p.old_vnd, p.new_vnd) for p in proposed] == [(product.id, 45_000, 46_000)]
        assert [line.n for line in odd] == [3, 4]


@pytest.mark.parametrize(("wanted", "starts", "code"), [
    ([], TODAY, "lines_missing"), ([(1, 0)], TODAY, "price_not_positive"), ([(1, 5_000)], TODAY - timedelta(days=1), "starts_in_past"),
    ([(1, 2_000_000_000)], TODAY, "price_too_high"),
])  # fmt: skip
def test_odd_bulk_prices_are_refused_whole(
    shop: Shop, wanted: list[tuple[int, int]], starts: date, code: str
) -> None:
    with unit_of_work() as session:
        a_product(session, a_maker(session))
        with pytest.raises(Refused, match=code):
            set_prices(session, wanted, starts=starts, note="", by=MANAGER, at=MORNING)
        assert session.scalars(select(PriceChange)).all() == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(500, 10_000_000), st.integers(-5000, 5000), st.sampled_from([500, 1000, 5000]))
def test_a_stepped_price_is_near_and_of_its_step(price_vnd: int, change_bp: int, step_vnd: int) -> None:
    exact = price_vnd * (10_000 + change_bp) / 10_000
    new = round_to_step(price_vnd * (10_000 + change_bp), step_vnd)
    assert new % step_vnd == 0
    assert new >= step_vnd
    assert abs(new - exact) <= step_vnd / 2 or new == step_vnd


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(["rise", "undo", "single", "day"]), max_size=8))
def test_any_history_of_changes_and_undoings_adds_up(shop: Shop, acts: list[str]) -> None:
    """After undoing, a product without newer prices costs what it cost before the change."""
    with unit_of_work() as session:
        product = session.scalars(select(Product)).first() or a_product(session, a_maker(session))
        at, open_changes = session.scalar(select(func.max(JournalRow.at))) or MORNING, []
        for act in acts:
            today = (at + timedelta(hours=7)).date()
            before = find_price(session, product.id, today)
            if act == "rise":
                open_changes.append(
                    (
                        set_prices(
                            session, [(product.id, before + 1000)], starts=today, note="", by=MANAGER, at=at
                        ),
                        before,
                    )
                )
            elif act == "single":
                set_price(session, product, before + 500, starts=today, by=MANAGER, at=at)
                open_changes = []
            elif act == "undo" and open_changes:
                change, was = open_changes.pop()
                undo_change(session, change, by=MANAGER, at=at)
                assert find_price(session, product.id, today) == was
                open_changes = []  # the mirror image is now the newest price
            elif act == "day":
                at += timedelta(days=1)
        assert session.scalars(select(Price).where(Price.product_id == product.id)).first() is not None


# ── people


def test_an_inspectors_day_ends_with_it(shop: Shop) -> None:
    with unit_of_work() as session:
        person, pin = add_inspector(session, by=MANAGER, at=MORNING)
        other, _pin = add_inspector(session, by=MANAGER, at=MORNING)
        assert (person.role, person.until, person.login != other.login) == (Role.VIEWER, day_end(TODAY), True)
        assert check_pin(session, person.login, pin, at=day_end(TODAY) - timedelta(seconds=1)) is person
        assert check_pin(session, person.login, pin, at=day_end(TODAY)) is None


def test_who_is_alone_agrees_with_themselves_and_verify_says_so(shop: Shop) -> None:
    with unit_of_work() as session:
        person, _pin = add_person(session, "Một mình", Role.MANAGER, by=MANAGER, at=MORNING)
        for other in session.query(type(person)).filter(type(person).id != person.id):
            other.active = False
        alone = Actor(person.id, person.name, Role.MANAGER, STATION)
        own_word = Approval(alone, "", MORNING)
        assert has_one_approver(session, alone)
        require_second(session, alone, own_word)
        product = stocked(session)
        lot = session.scalars(select(Lot)).one()
        count_lot(
            session,
            lot,
            product.shelf_place_id or 0,
            9 * ONE,
            reason="vỡ",
            approval=own_word,
            by=alone,
            at=MORNING,
        )
        add_person(session, "Thu ngân", Role.CASHIER, by=MANAGER, at=MORNING)
        with pytest.raises(Refused, match="second_person_needed"):
            require_second(session, alone, own_word)
    with open_reading() as session:
        assert [notice.said for notice in list_notices(session)] == ["counted: Một mình"]
        assert [f for f in verify_books(session) if f.check != "version"] == []


def test_a_sale_line_of_an_extra_stays_out_of_every_producers_pages(shop: Shop) -> None:
    with unit_of_work() as session:
        an_open_shift(session)
        basket = add_extra(session, STATION, bag(session), 2_000, at=MORNING)
        sale = pay_cash(session, basket.id, basket.version, 2_000, station=STATION, by=CASHIER, at=MORNING)
        assert session.scalars(
            select(SaleLine.producer_id).where(SaleLine.sale_number == sale.number)
        ).all() == [None]
        with pytest.raises(Stale):
            pay_cash(session, basket.id, basket.version, 3_000, station=STATION, by=CASHIER, at=MORNING)
        assert get_sale(session, sale.number) is sale
