"""The cash book says what the ledger says: a drawer's balance is what its shift expects, and what stays after its close."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from pos.cashbook.queries import CashBookFilter, list_balances, read_balance_vnd, read_cash_book
from pos.cashbook.write_documents import (
    credit_card_takings,
    move_between,
    tell_opening,
    write_payment,
    write_receipt,
)
from pos.kernel.database import open_reading, unit_of_work
from pos.kernel.errors import Refused
from pos.kernel.quantity import ONE
from pos.maintenance.verify import check_drawer, verify_books
from pos.sales.basket import add_goods
from pos.sales.models import TenderKind
from pos.sales.pay import pay_basket
from pos.sales.tenders.part import TenderPart
from pos.sales.void import undo_sale
from pos.shifts.cash_documents import find_cash_note, list_noted_persons, note_cash_document
from pos.shifts.drawer import (
    close_shift,
    expected_cash_vnd,
    find_close,
    find_open_shift,
    get_open_shift,
    move_cash,
    open_shift,
)
from pos.shifts.models import (
    BANK,
    CARD,
    SAFE,
    CashCategory,
    CashDocument,
    CashDocumentKind,
    CashDocumentNote,
    ShiftClose,
    name_drawer,
)
from tests.builders import a_sale, a_stocked_shop, an_open_shift
from tests.conftest import CASHIER, MANAGER, MORNING, STATION, TODAY, Shop

DRAWER_PLACE = name_drawer(STATION)
DAY = CashBookFilter(TODAY, TODAY)
BY_MANAGER: dict[str, Any] = {"by": MANAGER, "at": MORNING}


def list_documents(session: Session) -> list[tuple[str, int, str, int]]:
    rows = session.scalars(select(CashDocument).order_by(CashDocument.id))
    return [(row.kind, row.number, row.category, row.amount_vnd) for row in rows]


def refused_with(act: Callable[[], object]) -> set[str]:
    with pytest.raises(Refused) as no:
        act()
    return {reason.code for reason in no.value.reasons}


def test_a_day_of_the_drawer_is_one_book(any_shop: Shop) -> None:
    """Opening, sales, a refund, cash in and out, the difference at the close and what goes to the safe."""
    with unit_of_work() as session:
        product = a_stocked_shop(session, 100 * ONE)  # a float of 500.000
        sale = a_sale(session, product, 4 * ONE)
        shift = get_open_shift(session, STATION)
        move_cash(
            session,
            shift,
            -20_000,
            "đá",
            by=CASHIER,
            at=MORNING,
            category=CashCategory.SUPPLIES,
            person="Chị Lan",
        )
        undo_sale(session, sale, reason="nhầm", station=STATION, by=MANAGER, at=MORNING, approval=None)
        a_sale(session, product, 2 * ONE)
        move_cash(session, shift, 100_000, "tiền lẻ", by=MANAGER, at=MORNING, category=CashCategory.FLOAT)
        expected = expected_cash_vnd(session, shift)
        assert read_balance_vnd(session, DRAWER_PLACE) == expected
        close_shift(session, shift, expected - 7_000, by=CASHIER, at=MORNING, stays_vnd=500_000)
        assert list_documents(session) == [
            ("opening", 1, "opening", 500_000), ("payment", 1, "supplies", 20_000), ("move", 1, "float", 100_000),
            ("payment", 2, "difference_short", 7_000), ("move", 2, "to_safe", expected - 507_000),
        ]  # fmt: skip
        assert list_balances(session) == {
            DRAWER_PLACE: 500_000, SAFE: expected - 607_000, BANK: 0, CARD: 0,
        }  # fmt: skip
    with open_reading() as session:
        book = read_cash_book(session, CashBookFilter(TODAY, TODAY, DRAWER_PLACE))
        assert [(entry.category, entry.in_vnd, entry.out_vnd, entry.count) for entry in book.entries] == [
            ("opening", 500_000, 0, 0), ("takings", 180_000, 0, 1), ("supplies", 0, 20_000, 0),
            ("takings", 90_000, 180_000, 2), ("float", 100_000, 0, 0), ("difference_short", 0, 7_000, 0),
            ("to_safe", 0, expected - 507_000, 0),
        ]  # fmt: skip
        assert min(entry.balance_vnd for entry in book.entries) >= 0
        assert (book.opening_vnd, book.closing_vnd) == (0, 500_000)
        assert book.entries[2].person == "Chị Lan"
        whole = read_cash_book(session, DAY)
        assert whole.closing_vnd == sum(list_balances(session).values())
        assert [entry.category for entry in read_cash_book(session, CashBookFilter(TODAY, TODAY, "", "supplies")).entries] == ["supplies"]  # fmt: skip
        assert verify_books(session) == []


@pytest.mark.parametrize(("typed", "stays"), [(None, 500_000), (0, 0), (200_000, 200_000), (10**9, 500_000)])
def test_a_close_never_jams_over_what_stays(shop: Shop, typed: int | None, stays: int) -> None:
    """Nothing typed: all stays. Never more than was counted."""
    with unit_of_work() as session:
        an_open_shift(session)
        shift = get_open_shift(session, STATION)
        close_shift(session, shift, 500_000, by=CASHIER, at=MORNING, stays_vnd=typed)
        assert find_close(session, shift).stays_vnd == read_balance_vnd(session, DRAWER_PLACE) == stays
        assert read_balance_vnd(session, SAFE) == 500_000 - stays


def test_a_float_that_differs_from_what_stayed_is_a_document(any_shop: Shop) -> None:
    """Also after a manager took cash out of the drawer between two shifts."""
    with unit_of_work() as session:
        an_open_shift(session)
        close_shift(session, get_open_shift(session, STATION), 500_000, by=CASHIER, at=MORNING)
        later = MORNING + timedelta(minutes=5)
        move_between(session, DRAWER_PLACE, SAFE, 200_000, "", by=MANAGER, at=later)
        again = open_shift(session, STATION, 290_000, by=CASHIER, at=later)
        assert list_documents(session)[1:] == [
            ("move", 1, "to_safe", 200_000),
            ("payment", 1, "float_short", 10_000),
        ]
        assert read_balance_vnd(session, DRAWER_PLACE) == again.float_vnd == 290_000
        close_shift(session, again, 290_000, by=CASHIER, at=later)
        open_shift(session, STATION, 290_000, by=CASHIER, at=later)
        assert len(list_documents(session)) == 3
    with open_reading() as session:
        assert verify_books(session) == []


def test_the_first_float_of_nothing_begins_the_book_too(shop: Shop) -> None:
    with unit_of_work() as session:
        open_shift(session, STATION, 0, by=CASHIER, at=MORNING)
        close_shift(session, get_open_shift(session, STATION), 0, by=CASHIER, at=MORNING)
        open_shift(session, STATION, 50_000, by=CASHIER, at=MORNING)
        assert [row[2] for row in list_documents(session)] == ["opening", "float_over"]


def test_the_banks_credit_for_cards_is_one_act_with_its_fee(any_shop: Shop) -> None:
    with unit_of_work() as session:
        product = a_stocked_shop(session, 100 * ONE)
        basket = add_goods(session, STATION, product.id, 20 * ONE, at=MORNING)
        pay_basket(
            session, basket.id, basket.version, 0, station=STATION, by=CASHIER, at=MORNING, parts=[TenderPart(TenderKind.CARD, 900_000, "77")]
        )  # fmt: skip
        assert read_balance_vnd(session, CARD) == 900_000
        assert refused_with(lambda: credit_card_takings(session, 0, 0, "", **BY_MANAGER)) == {"amount_odd"}
        credit_card_takings(session, 889_000, 11_000, "", **BY_MANAGER)
        credit_card_takings(session, 1_000, 0, "", **BY_MANAGER)
        balances = list_balances(session)
        assert (balances[CARD], balances[BANK]) == (-1_000, 890_000)
        assert list_documents(session)[1:] == [
            ("move", 1, "card_credit", 900_000), ("payment", 1, "card_fee", 11_000), ("move", 2, "card_credit", 1_000),
        ]  # fmt: skip
        by_card = read_cash_book(session, CashBookFilter(TODAY, TODAY, CARD)).entries[0]
        assert (by_card.category, by_card.in_vnd, by_card.count) == ("card_takings", 900_000, 1)
    with open_reading() as session:
        assert verify_books(session) == []


def test_opening_balances_are_told_once_as_what_is_there_today(any_shop: Shop) -> None:
    with unit_of_work() as session:
        an_open_shift(session)
        close_shift(session, get_open_shift(session, STATION), 500_000, by=CASHIER, at=MORNING, stays_vnd=0)
        assert refused_with(lambda: tell_opening(session, SAFE, 400_000, **BY_MANAGER)) == {"opening_below"}
        for place, amount, code in ((CARD, 1, "place_odd"), (SAFE, -1, "amount_odd")):
            assert refused_with(lambda p=place, a=amount: tell_opening(session, p, a, **BY_MANAGER)) == {code}
        tell_opening(session, SAFE, 2_500_000, **BY_MANAGER)
        tell_opening(session, BANK, 0, **BY_MANAGER)
        assert (read_balance_vnd(session, SAFE), read_balance_vnd(session, BANK)) == (2_500_000, 0)
        for place in (SAFE, BANK):
            assert refused_with(lambda p=place: tell_opening(session, p, 1, **BY_MANAGER)) == {"opening_told"}
    with open_reading() as session:
        assert verify_books(session) == []


def test_what_a_manager_writes_of_an_open_drawer_is_a_move_of_its_shift(any_shop: Shop) -> None:
    with unit_of_work() as session:
        an_open_shift(session)
        shift = get_open_shift(session, STATION)
        write_payment(session, DRAWER_PLACE, 100_000, CashCategory.PRODUCER, "mật ong", **BY_MANAGER)
        write_receipt(session, DRAWER_PLACE, 30_000, CashCategory.OTHER_INCOME, "bán thùng", **BY_MANAGER)
        move_between(session, DRAWER_PLACE, SAFE, 200_000, "", **BY_MANAGER)
        move_between(session, SAFE, DRAWER_PLACE, 50_000, "", **BY_MANAGER)
        assert expected_cash_vnd(session, shift) == read_balance_vnd(session, DRAWER_PLACE) == 280_000
        move_between(session, SAFE, BANK, 10_000, "", **BY_MANAGER)
        move_between(session, BANK, SAFE, 10_000, "", **BY_MANAGER)
        assert read_balance_vnd(session, SAFE) == 150_000
    with open_reading() as session:
        assert verify_books(session) == []


def test_what_cannot_be_is_refused(shop: Shop) -> None:
    with unit_of_work() as session:
        an_open_shift(session)
        an_open_shift(session, "Quầy 2")
        tell_opening(session, SAFE, 100_000, **BY_MANAGER)
        supplies, over = CashCategory.SUPPLIES, CashCategory.DIFFERENCE_OVER
        second = name_drawer("Quầy 2")
        for act, code in (
            (lambda: write_payment(session, SAFE, 0, supplies, "x", **BY_MANAGER), "amount_odd"),
            (lambda: write_payment(session, SAFE, 1_000, supplies, " ", **BY_MANAGER), "reason_missing"),
            (lambda: write_payment(session, SAFE, 100_001, supplies, "x", **BY_MANAGER), "place_short"),
            (
                lambda: write_payment(session, DRAWER_PLACE, 500_001, supplies, "x", **BY_MANAGER),
                "drawer_short",
            ),
            (lambda: write_payment(session, "drawer:Z", 1_000, supplies, "x", **BY_MANAGER), "place_odd"),
            (lambda: write_payment(session, SAFE, 1_000, over, "x", **BY_MANAGER), "category_odd"),
            (lambda: write_receipt(session, DRAWER_PLACE, 1_000, over, "x", **BY_MANAGER), "category_odd"),
            (lambda: write_receipt(session, SAFE, 1_000, supplies, "x", **BY_MANAGER), "category_odd"),
            (lambda: move_between(session, SAFE, SAFE, 1_000, "", **BY_MANAGER), "same_place"),
            (lambda: move_between(session, DRAWER_PLACE, second, 1_000, "", **BY_MANAGER), "two_drawers"),
        ):
            assert refused_with(act) == {code}
        shift = get_open_shift(session, STATION)
        for amount, category in ((1_000, supplies), (-1_000, CashCategory.FLOAT), (1_000, over)):
            codes = refused_with(
                lambda a=amount, c=category: move_cash(
                    session, shift, a, "x", by=CASHIER, at=MORNING, category=c
                )
            )
            assert codes == {"category_odd"}
        write_receipt(session, SAFE, 5_000, over, "đếm lại", **BY_MANAGER)
        write_payment(session, BANK, 10**9, CashCategory.BANK_FEE, "chưa có số dư", **BY_MANAGER)
        close_shift(session, shift, 500_000, by=CASHIER, at=MORNING)
        short = lambda: move_between(session, DRAWER_PLACE, SAFE, 500_001, "", **BY_MANAGER)  # noqa: E731
        assert refused_with(short) == {"drawer_short"}


def test_who_was_paid_can_be_erased_and_is_in_no_sealed_row(any_shop: Shop) -> None:
    with unit_of_work() as session:
        an_open_shift(session)
        shift = get_open_shift(session, STATION)
        paid = {"by": CASHIER, "at": MORNING}
        document = move_cash(session, shift, -20_000, "đá", person="  Bà  Tư ", **paid)
        move_cash(session, shift, -10_000, "đá", **paid)
        assert list_noted_persons(session) == ["Bà Tư"]
        assert "Bà Tư" not in str(session.execute(text("SELECT payload FROM journal")).all())
        note_cash_document(session, document, "Bà Năm")
        assert find_cash_note(session, document).person == "Bà Năm"
        note_cash_document(session, document, "")
        assert session.scalars(select(CashDocumentNote)).all() == []
    with open_reading() as session:
        assert verify_books(session) == []


def test_the_balance_before_a_day_is_that_after_the_day_before(any_shop: Shop) -> None:
    """Also of a shift that goes on over midnight."""
    with unit_of_work() as session:
        product = a_stocked_shop(session, 100 * ONE)
        a_sale(session, product, ONE)
        next_day = MORNING + timedelta(days=1)
        a_sale(session, product, 2 * ONE, at=next_day)
        shift = get_open_shift(session, STATION)
        move_cash(session, shift, -5_000, "đá", by=CASHIER, at=next_day)
        close_shift(session, shift, 640_000, by=CASHIER, at=next_day, stays_vnd=300_000)
    with open_reading() as session:
        for place in ("", DRAWER_PLACE, SAFE):
            first = read_cash_book(session, CashBookFilter(TODAY, TODAY, place))
            second = read_cash_book(session, CashBookFilter(next_day.date(), next_day.date(), place))
            assert first.closing_vnd == second.opening_vnd
        whole = read_cash_book(session, CashBookFilter(TODAY, next_day.date(), DRAWER_PLACE))
        assert (whole.opening_vnd, whole.closing_vnd) == (0, 300_000)
        assert [entry.category for entry in whole.entries] == ["opening", "takings", "other_cost", "difference_over", "to_safe"]  # fmt: skip


amounts = st.integers(1, 400).map(lambda n: n * 500)
steps = st.one_of(
    st.tuples(st.just("sell"), st.integers(1, 5)),
    st.tuples(st.just("cash"), st.tuples(amounts, st.sampled_from([1, -1]))),
    st.tuples(st.just("close"), st.tuples(st.integers(-5, 5), st.none() | amounts)),
    st.tuples(st.just("open"), st.integers(-3, 3)),
    st.tuples(st.just("between"), amounts),
    st.tuples(st.just("manager"), amounts),
)


def take_step(session: Session, product_id: int, step: tuple[str, Any]) -> None:
    """One act; what the shop refuses (cash that isn't there) is passed over."""
    name, value = step
    shift = find_open_shift(session, STATION)
    by: dict[str, Any] = {"by": MANAGER, "at": MORNING}
    try:
        if name == "open" and shift is None:
            left = read_balance_vnd(session, DRAWER_PLACE)
            open_shift(session, STATION, max(0, left + value * 1_000), **by)
        elif name == "between" and shift is None:
            move_between(session, DRAWER_PLACE, SAFE, value, "", **by)
        elif name == "manager":
            move_between(session, SAFE, DRAWER_PLACE, value, "", **by)
        elif shift is None:
            return
        elif name == "sell":
            basket = add_goods(session, STATION, product_id, value * ONE, at=MORNING)
            pay_basket(session, basket.id, basket.version, 10**6, station=STATION, **by)
        elif name == "cash":
            move_cash(session, shift, value[0] * value[1], "x", **by)
        elif name == "close":
            counted = max(0, expected_cash_vnd(session, shift) + value[0] * 1_000)
            close_shift(session, shift, counted, stays_vnd=value[1], **by)
    except Refused:
        return


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(steps, max_size=15))
def test_the_drawers_book_is_what_the_shift_expects_and_what_stays(shop: Shop, acts: list[tuple[str, Any]]) -> None:  # fmt: skip
    """Whatever is done: by the quick reading and by adding up every entry alike, and no number is left out."""
    with unit_of_work() as session:
        product_id = a_stocked_shop(session, 10_000 * ONE).id
        for act in acts:
            was_open = find_open_shift(session, STATION) is not None
            take_step(session, product_id, act)
            shift = find_open_shift(session, STATION)
            balance = read_balance_vnd(session, DRAWER_PLACE)
            assert shift is None or balance == expected_cash_vnd(session, shift)
            if act[0] == "close" and was_open:
                stays = select(ShiftClose.stays_vnd).order_by(ShiftClose.shift_number.desc())
                assert balance == session.scalars(stays).first()
            book = read_cash_book(session, CashBookFilter(TODAY, TODAY, DRAWER_PLACE))
            assert book.closing_vnd == balance
        assert read_cash_book(session, DAY).closing_vnd == sum(list_balances(session).values())
        for kind in CashDocumentKind:
            numbers = [row[1] for row in list_documents(session) if row[0] == kind]
            assert numbers == list(range(1, len(numbers) + 1))
        session.flush()
        assert list(check_drawer(session)) == []
        session.rollback()
