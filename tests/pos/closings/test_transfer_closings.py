"""What X, Z and a day's closing say of bank transfers; and what somebody with the whole database can change about them."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from pos.catalog.models import Product
from pos.closings.close import close_due_periods
from pos.closings.figures import read_period_figures, read_shift_figures
from pos.closings.seal import Seal
from pos.closings.sections import list_sections
from pos.kernel.database import db, open_reading, unit_of_work
from pos.kernel.quantity import ONE
from pos.maintenance.verify import verify_books
from pos.sales.basket import add_goods
from pos.sales.claims import sum_claims_at
from pos.sales.takings import list_to_give_back, undo_taking
from pos.sales.transfers import confirm_by_hand, show_basket_code
from pos.shifts.drawer import get_open_shift
from tests.builders import a_sale, a_stocked_shop
from tests.conftest import CASHIER, MANAGER, MORNING, STATION, TODAY, Shop
from tests.pos.sales.test_transfers import assert_books_true
from tests.pos.sales.transfer_steps import NUMBER, a_code, pay_code

from .test_close import close, seal  # noqa: F401  a fixture
from .test_forgeries import forge


def sell_by_transfer(session: Session) -> None:
    """A sale of 45.000 that was paid, 3.000 over; one of 45.000 that the manager confirmed; one whose code waits."""
    code = a_code(session)
    pay_code(session, code, 48_000)
    product = session.query(Product).one()
    add_goods(session, STATION, product.id, ONE, at=MORNING)
    second = show_basket_code(session, station=STATION, by=CASHIER, at=MORNING)
    confirm_by_hand(session, second, station=STATION, by=MANAGER, at=MORNING, approval=None)
    add_goods(session, STATION, product.id, ONE, at=MORNING)
    show_basket_code(session, station=STATION, by=CASHIER, at=MORNING)


def figures_of(session: Session) -> dict[str, Any]:
    return read_shift_figures(session, get_open_shift(session, STATION))


def test_an_x_says_which_accounts_were_shown_and_what_nobody_has_proved(any_shop: Shop) -> None:
    with unit_of_work() as session:
        sell_by_transfer(session)
        figures = figures_of(session)
        assert figures["accounts"] == [
            {"account": f"MB (Ngân hàng Quân đội) {NUMBER}", "holder": "HO KINH DOANH MAU", "codes": 3}
        ]
        assert figures["by_hand"] == {"count": 1, "amount_vnd": 45_000, "unproved": 1, "unproved_vnd": 45_000}
        assert figures["carried"]["unproved_vnd"] == 45_000
        assert figures["carried"]["to_send_back_vnd"] == 3_000
        (over,) = figures["money"]  # the sales' own stand as tenders
        assert (over["for"], over["count"], over["amount_vnd"]) == ("surplus", 1, 3_000)
        assert figures["to_give_back"] == {"count": 1, "amount_vnd": 3_000}
        (tender,) = figures["tenders"]
        assert (tender["kind"], tender["taken"], tender["taken_vnd"]) == ("transfer", 2, 90_000)
        sections = {section.title: section.rows for section in list_sections(figures, {}, str)}
        assert [row.text for row in sections["Bank transfers"]] == ["3", "45.000 ₫", "45.000 ₫"]


def test_a_shift_says_what_became_of_money_without_a_sale(any_shop: Shop) -> None:
    """Given back at the manager's desk, at no till: the shift that received it says so, and that nothing waits."""
    with unit_of_work() as session:
        sell_by_transfer(session)
        (over,) = list_to_give_back(session)
        undo_taking(session, over, "chuyển dư", station="", by=MANAGER, at=MORNING, approval=None)
        figures = figures_of(session)
        assert [(row["is_back"], row["count"], row["amount_vnd"]) for row in figures["money"]] == [
            (True, 1, -3_000),
            (False, 1, 3_000),
        ]
        assert "to_give_back" not in figures
        sections = {section.title: section.rows for section in list_sections(figures, {}, str)}
        rows = sections["Received without a sale"]
        assert [(row.name.partition(" ·")[0], row.text) for row in rows] == [
            ("Transfers over, late or unknown (1)", "3.000 ₫"),
            ("Given back to buyers", "−3.000 ₫"),
        ]


def test_what_is_carried_is_of_this_till_alone(any_shop: Shop) -> None:
    with unit_of_work() as session:
        sell_by_transfer(session)
        assert sum_claims_at(session, STATION) == 45_000
        assert sum_claims_at(session, "Quầy 2") == 0


def test_a_days_closing_says_how_claims_ended(any_shop: Shop, seal: Seal) -> None:  # noqa: F811
    with unit_of_work() as session:
        sell_by_transfer(session)
        day = read_period_figures(session, TODAY, TODAY)
        assert day["claims"] == {"made_vnd": 45_000, "ended": [], "open_vnd": 45_000}
        assert [(row["for"], row["amount_vnd"]) for row in day["money"]] == [("surplus", 3_000)]
        close(session, seal, 500_000)
    with unit_of_work() as session:
        close_due_periods(session, at=MORNING + timedelta(days=1), seal=seal)
    assert_books_true()


def test_a_shop_without_transfers_says_nothing_of_them(any_shop: Shop) -> None:
    with unit_of_work() as session:
        a_sale(session, a_stocked_shop(session))
        figures = figures_of(session)
        assert not {"accounts", "by_hand"} & figures.keys()
        assert "claims" not in read_period_figures(session, TODAY, TODAY)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE bank_transfer SET amount_vnd = amount_vnd + 1000 WHERE number = 1",
        "DELETE FROM transfer_allocation WHERE number = 1",
        "UPDATE transfer_allocation SET amount_vnd = 45000 WHERE number = 2",
        "UPDATE taking SET is_claim = NULL WHERE is_claim",
        "UPDATE taking SET is_surplus = NULL WHERE is_surplus",
        "UPDATE bank_account SET number = '999888777'",
        "UPDATE transfer_allocation SET kind = 'lost' WHERE number = 1",
        "UPDATE payment_code SET basket_id = basket_id + 1 WHERE id = 1",
        "UPDATE payment_code SET amount_vnd = amount_vnd + 1000 WHERE id = 2",
        "UPDATE payment_code SET purpose = 'MPAAAA' WHERE id = 1",
        "DELETE FROM payment_code WHERE id = 3",
    ],
)
def test_what_was_changed_about_transfers_is_found(shop: Shop, statement: str) -> None:
    with unit_of_work() as session:
        sell_by_transfer(session)
    with open_reading() as session:
        assert verify_books(session) == []
    db.session.remove()
    forge(statement)
    with open_reading() as session:
        assert verify_books(session) != [], statement
