"""What a transfer's page and the bank's day say of each: the receipt it paid, what is to give back, how it was given back."""

from typing import Any

from flask.testing import FlaskClient

from pos.banking.allocate import allocate_as_surplus, allocate_to_giving_back
from pos.banking.queries import read_day
from pos.banking.uses import TransferUse, list_uses
from pos.catalog.models import Product
from pos.kernel.actor import Actor, Approval, Role
from pos.kernel.database import open_reading, unit_of_work
from pos.kernel.quantity import ONE
from pos.payments.accounts import TypedAccount, save_account
from pos.payments.models import BankTransfer
from pos.payments.signals import Direction
from pos.sales.basket import add_goods
from pos.sales.models import TenderKind
from pos.sales.takings import list_to_give_back, undo_taking
from pos.sales.transfers import show_basket_code
from tests.builders import an_open_shift
from tests.conftest import MANAGER, MORNING, STATION, TODAY, Shop
from tests.pos.sales.transfer_steps import (
    NUMBER,
    a_code,
    a_signal,
    an_account,
    pay_code,
    receive_all,
    the_transfer,
)

BY: Any = {"by": MANAGER, "at": MORNING}


def uses_of(number: int) -> list[TransferUse]:
    with open_reading() as session:
        return list_uses(session, [number])[number]


def receive_unknown(vnd: int = 30_000) -> int:
    """Money that nobody knows of: to give back. Returns the transfer's number."""
    with unit_of_work() as session:
        if not session.query(BankTransfer).count():
            an_account(session)
        receive_all(session, a_signal(vnd, "nham"))
        transfer = the_transfer(session)
        allocate_as_surplus(session, transfer, **BY)
        return transfer.number


def test_what_paid_a_receipt_names_it_and_what_is_over_names_it_too(any_shop: Shop) -> None:
    with unit_of_work() as session:
        sale = pay_code(session, a_code(session), 48_000)
        assert sale is not None
        number = sale.number
        transfer_number = the_transfer(session).number
    paid, over = uses_of(transfer_number)
    assert (paid.name, paid.receipt, paid.allocation.amount_vnd) == ("received", number, 45_000)
    assert (over.name, over.receipt, over.allocation.amount_vnd) == ("surplus", number, 3_000)


def test_what_was_given_back_says_how_and_by_whom(any_shop: Shop) -> None:
    number = receive_unknown()
    assert uses_of(number)[0].name == "surplus"
    with unit_of_work() as session:
        (owed,) = list_to_give_back(session)
        undo_taking(session, owed, "khách gọi lại", station="", **BY, approval=None)
    (use,) = uses_of(number)
    assert use.given_back is not None
    assert (use.name, use.given_back.kind, use.given_back.by_name) == (
        "returned",
        TenderKind.TRANSFER,
        MANAGER.name,
    )
    assert (use.back_reason, use.sent_by) == ("khách gọi lại", None)  # the account has not told of it
    with open_reading() as session:
        assert read_day(session, TODAY).by_use == {"returned": 30_000}


def test_the_transfer_that_carried_it_and_the_one_that_brought_it_name_each_other(any_shop: Shop) -> None:
    number = receive_unknown()
    with unit_of_work() as session:
        receive_all(session, a_signal(30_000, "tra lai", direction=Direction.OUT))
        out = the_transfer(session)
        allocate_to_giving_back(session, out, list_to_give_back(session)[0], **BY)
        sent_number = out.number
    (came,), (sent,) = uses_of(number), uses_of(sent_number)
    assert (came.name, came.sent_by, came.back_reason) == ("returned", sent_number, "")
    assert (sent.name, sent.came_by) == ("sent", number)


def test_the_pages_say_it(village: Shop) -> None:
    """The row of the bank's day leads to the receipt; the transfer's page says what became of money to give back."""
    with unit_of_work() as session:
        agreed = Approval(Actor(1, "Người thứ hai", Role.MANAGER), "", MORNING)
        save_account(
            session, None, TypedAccount("970422", NUMBER, "HO KINH DOANH MAU"), **BY, approval=agreed
        )
        an_open_shift(session)
        product = next(each for each in session.query(Product) if each.name == "Chè lam gừng 250 g")
        add_goods(session, STATION, product.id, ONE, at=MORNING)
        sale = pay_code(session, show_basket_code(session, station=STATION, **BY))
        assert sale is not None
        receipt = sale.number
    number = receive_unknown()
    manager: FlaskClient = village.client("manager")
    page = f"/bank/transfers/{number}"
    assert "còn phải trả lại" in manager.get(page).text
    assert f'<a href="/till/sales/{receipt}">phiếu {receipt:06}</a>' in manager.get("/bank").text
    with unit_of_work() as session:
        owed = next(each for each in list_to_give_back(session) if each.amount_vnd == 30_000)
        undo_taking(session, owed, "khách gọi lại", station=STATION, **BY, approval=None)
    text = manager.get(page).text
    assert "còn phải trả lại" not in text
    for sentence in ("đã trả lại", "khách gọi lại", "đã ghi là chuyển trả, tài khoản chưa thấy"):
        assert sentence in text
    assert "nhận ngoài đơn bán, đã trả lại" in manager.get("/bank").text
