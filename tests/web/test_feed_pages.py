"""The page of bank accounts says how each feed is, in words, and tries it."""

from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from pos.demo.playing_bank import Fault, PlayingBank
from pos.kernel.actor import Actor, Approval, Role
from pos.kernel.database import unit_of_work
from pos.payments.accounts import TypedAccount, save_account
from pos.payments.models import BankAccount
from tests.conftest import MANAGER, MORNING, STATION, Shop
from tests.pos.banking.feed_steps import a_feed_shop, paste_secrets
from tests.pos.sales.transfer_steps import NUMBER

OTHER = Actor(2, "Người thứ hai", Role.MANAGER, STATION)


def an_account(session: Session, feed: str) -> BankAccount:
    """In the village a second person agrees."""
    typed = TypedAccount("970422", NUMBER, "HO KINH DOANH MAU", feed=feed)
    return save_account(session, None, typed, by=MANAGER, at=MORNING, approval=Approval(OTHER, "", MORNING))


@pytest.fixture
def bank(village: Shop) -> Iterator[PlayingBank]:
    with PlayingBank(village.clock) as playing:
        yield playing


@pytest.mark.parametrize("feed", ["sepay", "casso", "payos"])
def test_the_page_says_how_the_feed_is_and_tries_it(village: Shop, bank: PlayingBank, feed: str) -> None:
    feeds = a_feed_shop(village, bank, feed)
    manager = village.client("manager")
    with unit_of_work() as session:
        account = an_account(session, feed=feed)
    address = f"/bank/accounts/{account.id}/try"
    assert "còn thiếu khóa" in manager.post(address).text
    paste_secrets(village, bank, feed, account.id)
    if feed != "payos":
        bank.add_transfer(120_000, account=NUMBER)
    feeds.step()
    page = manager.get("/bank/accounts").text
    assert "Đang trả lời" in page
    assert ("120.000" in page) is (feed != "payos")
    answer = manager.post(address, follow_redirects=True)
    assert "nhận khóa" in answer.text
    bank.play_fault(Fault.TOKEN_REFUSED, times=None)
    answer = manager.post(address)
    assert answer.status_code == 422
    assert "không nhận khóa" in answer.text
    feeds.step(minutes=2)
    assert "Không có tin từ" in manager.get("/bank/accounts").text
    assert all(secret not in page + answer.text for secret in ("played-", "AK_CS"))


def test_refused_rows_and_calls_are_counted_on_the_page(village: Shop, bank: PlayingBank) -> None:
    feeds = a_feed_shop(village, bank, "sepay")
    with unit_of_work() as session:
        account = an_account(session, feed="sepay")
    paste_secrets(village, bank, "sepay", account.id)
    bank.add_transfer(0, account=NUMBER)
    feeds.step()
    feeds.step(minutes=20)
    village.app.test_client().post(f"/bank/hook/sepay/{account.key}", data=b"{}")
    page = village.client("manager").get("/bank/accounts").text
    assert "Có 1 dòng không nhận được" in page
    assert "Đã từ chối 1 lần gọi webhook" in page


def test_a_cashier_tries_no_feed(village: Shop) -> None:
    with unit_of_work() as session:
        account = an_account(session, feed="sepay")
    assert village.client("cashier").post(f"/bank/accounts/{account.id}/try").status_code == 403
