"""On account: within a limit and with a manager's word; a return lowers the debt first; a wrong tender is corrected by a document."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pos.journal.models import JournalRow
from pos.kernel.actor import Approval
from pos.kernel.database import open_reading, unit_of_work
from pos.kernel.errors import NotAllowed, Refused
from pos.kernel.quantity import ONE
from pos.maintenance.verify import verify_books
from pos.sales.buyers import TypedBuyer, erase_buyer, list_buyers, save_buyer
from pos.sales.correct_tender import correct_tender
from pos.sales.debts import find_debt, sum_owed
from pos.sales.models import TenderKind
from pos.sales.refund import get_sale, sum_tenders
from pos.sales.takings import pay_debt, write_debt_off
from tests.builders import an_open_shift
from tests.conftest import CASHIER, MANAGER, MORNING, STATION, Shop

from .money_steps import a_buyer, card, drawer, kinds_of, on_account, pay, put_on
from .test_refund import codes, give_back, goods_at

AT_TILL: dict[str, Any] = {"station": STATION, "by": CASHIER, "at": MORNING}
YES = Approval(MANAGER, "đồng ý", MORNING)


def open_vnd(session: Any, number: int) -> int:
    debt = find_debt(session, number)
    assert debt is not None
    return debt.open_vnd


def test_500000_sold_200000_paid_400000_returned_leaves_no_debt_and_gives_100000(any_shop: Shop) -> None:
    with unit_of_work() as session:
        (product,) = goods_at(session, (100_000, "piece"))
        an_open_shift(session)
        put_on(session, (product, 5 * ONE))
        sale = pay(session, 0, [on_account(500_000, a_buyer(session))], approval=YES)
        assert (kinds_of(session, sale), drawer(session)) == ([("account", 500_000)], 0)
        pay_debt(session, sale.number, 200_000, TenderKind.CASH, **AT_TILL)
        assert (open_vnd(session, sale.number), drawer(session)) == (300_000, 200_000)
        back = give_back(session, sale, {1: 4 * ONE}, "1")
        assert kinds_of(session, back) == [("account", -300_000), ("cash", -100_000)]
        assert (open_vnd(session, sale.number), drawer(session)) == (0, 100_000)
    with open_reading() as session:
        assert verify_books(session) == []


def test_it_needs_a_managers_word_a_known_buyer_and_room(shop: Shop) -> None:
    with unit_of_work() as session:
        (product,) = goods_at(session, (100_000, "piece"))
        an_open_shift(session)
        buyer = a_buyer(session, 250_000)
        put_on(session, (product, 2 * ONE))
        with pytest.raises(NotAllowed) as none:
            pay(session, 0, [on_account(200_000, buyer)])
        assert codes(none) == {"manager_needed"}
        pay(session, 0, [on_account(200_000, buyer)], approval=YES)
        put_on(session, (product, ONE))
        with pytest.raises(Refused) as no:
            pay(session, 0, [on_account(100_000, buyer)], approval=YES)
        assert codes(no) == {"account_limit"}
        with pytest.raises(Refused) as no:  # the same buyer in two parts is one debt
            pay(session, 0, [on_account(40_000, buyer), on_account(60_000, buyer)], approval=YES)
        assert codes(no) == {"account_limit"}
        buyer.archived = True
        session.flush()
        with pytest.raises(Refused) as no:
            pay(session, 0, [on_account(100_000, buyer)], approval=YES)
        assert codes(no) == {"buyer_missing"}


def test_a_debt_is_paid_in_parts_never_twice_and_let_go_by_a_manager(any_shop: Shop) -> None:
    with unit_of_work() as session:
        (product,) = goods_at(session, (54_333, "piece"))
        an_open_shift(session)
        buyer = a_buyer(session)
        put_on(session, (product, ONE))
        number = pay(session, 0, [on_account(54_333, buyer)], approval=YES).number
        pay_debt(session, number, 54_000, TenderKind.CARD, reference="9", **AT_TILL)
        for amount in (334, 0, -5, 10**19):
            with pytest.raises(Refused) as no:
                pay_debt(session, number, amount, TenderKind.CASH, **AT_TILL)
            assert codes(no) == {"debt_amount_odd"}
        with pytest.raises(NotAllowed):
            write_debt_off(session, number, "lẻ", by=CASHIER, at=MORNING, approval=None)
        write_debt_off(session, number, "lẻ", by=MANAGER, at=MORNING, approval=None)
        assert sum_owed(session, buyer.id) == 0
        with pytest.raises(Refused) as no:
            write_debt_off(session, number, "lẻ", by=MANAGER, at=MORNING, approval=None)
        assert codes(no) == {"debt_amount_odd"}
        back = give_back(session, get_sale(session, number), {1: ONE}, "1")
        assert kinds_of(session, back) == [("account", -333), ("card", -54_000)]
        assert open_vnd(session, number) == 0
    with open_reading() as session:
        assert verify_books(session) == []


def test_a_buyers_name_is_in_no_journal_row_and_is_erased_when_nothing_is_owed(shop: Shop) -> None:
    name = "Khách Rất Riêng"
    with unit_of_work() as session:
        (product,) = goods_at(session, (50_000, "piece"))
        an_open_shift(session)
        buyer = save_buyer(
            session, None, TypedBuyer(name, "0900000000", limit_vnd=100_000), by=MANAGER, at=MORNING
        )
        with pytest.raises(Refused) as no:
            save_buyer(session, None, TypedBuyer(name.lower(), limit_vnd=0), by=MANAGER, at=MORNING)
        assert codes(no) == {"buyer_known", "limit_odd"}
        put_on(session, (product, ONE))
        number = pay(session, 0, [on_account(50_000, buyer)], approval=YES).number
        with pytest.raises(Refused) as no:
            erase_buyer(session, buyer, by=MANAGER, at=MORNING)
        assert codes(no) == {"buyer_owes"}
        pay_debt(session, number, 50_000, TenderKind.CASH, **AT_TILL)
        erase_buyer(session, buyer, by=MANAGER, at=MORNING)
        assert list_buyers(session, archived=True) == []
    with open_reading() as session:
        assert not [
            row for row in session.query(JournalRow) if name in row.payload or "0900000000" in row.payload
        ]
        assert verify_books(session) == []


def test_cash_that_was_noted_as_card_is_corrected_in_the_shift_that_is_open(any_shop: Shop) -> None:
    with unit_of_work() as session:
        (product,) = goods_at(session, (72_300, "piece"))
        an_open_shift(session)
        put_on(session, (product, ONE))
        sale = pay(session, 0, [card(72_300)])
        asked = {"reason": "bấm nhầm"} | AT_TILL
        with pytest.raises(NotAllowed):
            correct_tender(session, sale, TenderKind.CASH, 72_300, approval=None, **asked)
        correct_tender(session, sale, TenderKind.CASH, 72_300, approval=YES, **asked)
        assert (drawer(session), sum_tenders(session, sale)[0]) == (72_300, {"card": 0, "cash": 72_300})
        correct_tender(session, sale, TenderKind.CARD, 2_300, reference="5", approval=YES, **asked)
        assert drawer(session) == 70_000
        back = give_back(session, sale, {1: ONE}, "1")
        assert kinds_of(session, back) == [("card", -2_300), ("cash", -70_000)]
        assert drawer(session) == 0
    with open_reading() as session:
        assert verify_books(session) == []


@pytest.mark.parametrize(
    ("to_kind", "amount", "more", "code"),
    [
        (TenderKind.CASH, 0, {}, "correction_too_much"), (TenderKind.CASH, 50_001, {}, "correction_too_much"),
        (TenderKind.CARD, 1, {"reference": "1"}, "correction_too_much"), (TenderKind.CASH, 5, {"reason": " "}, "reason_missing"),
        (TenderKind.VOUCHER, 5, {}, "not_correctable"),
    ],
)  # fmt: skip
def test_what_can_not_be_corrected(
    shop: Shop, to_kind: TenderKind, amount: int, more: dict[str, Any], code: str
) -> None:
    with unit_of_work() as session:
        (product,) = goods_at(session, (50_000, "piece"))
        an_open_shift(session)
        put_on(session, (product, ONE))
        number = pay(session, 0, [card(50_000)]).number
    asked = {"reason": "nhầm", "reference": "", "approval": YES} | AT_TILL | more
    with pytest.raises(Refused) as no, unit_of_work() as session:
        correct_tender(session, get_sale(session, number), to_kind, amount, **asked)
    assert code in codes(no)


def test_a_cards_part_is_given_back_in_cash_with_a_managers_word_alone(any_shop: Shop) -> None:
    with unit_of_work() as session:
        (product,) = goods_at(session, (50_000, "piece"))
        an_open_shift(session)
        put_on(session, (product, 2 * ONE))
        sale = pay(session, 0, [card(100_000)])
        with pytest.raises(NotAllowed):
            give_back(session, sale, {1: ONE}, "1", is_all_in_cash=True, by=CASHIER)
        back = give_back(session, sale, {1: ONE}, "2", is_all_in_cash=True)
        assert kinds_of(session, back) == [("cash", -50_000)]
        rest = give_back(session, sale, {1: ONE}, "3")
        assert kinds_of(session, rest) == [("card", -50_000)]
    with open_reading() as session:
        assert verify_books(session) == []


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    price=st.integers(500, 300_000), account_vnd=st.integers(0, 10**6), card_vnd=st.integers(0, 10**6),
    steps=st.lists(st.tuples(st.sampled_from(["pay", "back", "off", "correct"]), st.integers(1, 400_000)), max_size=8),
)  # fmt: skip
def test_any_mix_payments_and_refunds_add_up_and_no_tender_gives_more_than_it_paid(
    shop: Shop, price: int, account_vnd: int, card_vnd: int, steps: list[tuple[str, int]]
) -> None:
    with unit_of_work() as session:
        (product,) = goods_at(session, (price, "piece"))
        an_open_shift(session)
        put_on(session, (product, 4 * ONE))
        on_account_vnd = min(account_vnd, 4 * price)
        by_card = min(card_vnd, 4 * price - on_account_vnd)
        parts = [
            part for part in (on_account(on_account_vnd, a_buyer(session)), card(by_card)) if part.amount_vnd
        ]
        rest = 4 * price - on_account_vnd - by_card
        sale = pay(session, rest, parts, approval=YES) if parts else pay(session)
        left = 4
        for at, (act, vnd) in enumerate([*steps, ("back", 4)]):
            debt = find_debt(session, sale.number)
            owed = debt.open_vnd if debt else 0
            paid, back = sum_tenders(session, sale)
            if act == "pay" and owed:
                pay_debt(session, sale.number, min(vnd, owed), TenderKind.CASH, **AT_TILL)
            elif act == "off" and owed:
                write_debt_off(session, sale.number, "lẻ", by=MANAGER, at=MORNING, approval=None)
            elif act == "correct" and paid.get("card", 0) > back.get("card", 0):
                most = paid["card"] - back.get("card", 0)
                correct_tender(
                    session, sale, TenderKind.CASH, min(vnd, most), reason="x", approval=YES, **AT_TILL
                )
            elif act == "back" and left:
                pieces = min(left, vnd % 4 + 1) if at < len(steps) else left
                give_back(session, sale, {1: pieces * ONE}, str(at))
                left -= pieces
        paid, back = sum_tenders(session, sale)
        assert sum(back.values()) == sale.due_vnd
        assert drawer(session) >= 0
        session.flush()
        assert [f for f in verify_books(session) if f.check in {"sale", "refund", "drawer", "taking"}] == []
        session.rollback()
