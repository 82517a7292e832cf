"""What providers call the shop with, over real HTTP: proved, taken in once, answered; what strangers send fills nothing."""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
import urllib3
from sqlalchemy import func, select

from pos.banking.feed_notes import MOST_CALLS, FeedNotes
from pos.demo.played_webhooks import (
    CallMaker,
    WebhookFault,
    make_casso_call,
    make_sepay_call,
    send_webhook,
)
from pos.demo.playing_bank import PlayingBank
from pos.journal.models import JournalRow
from pos.kernel.database import open_reading, unit_of_work
from pos.lan.door import PUBLIC_DOOR, PlainDoor, mark_requests
from pos.maintenance.verify import verify_books
from pos.payments.accounts import list_accounts
from pos.payments.feeds.kinds import make_order_code
from pos.payments.feeds.payos import sign_fields
from pos.payments.models import BankAccount
from tests.conftest import MORNING, Shop
from tests.pos.sales.transfer_steps import NUMBER, an_account

from .feed_steps import a_feed_shop, list_sales, list_transfers, paste_secrets, set_feed, show_a_code

MAKERS: dict[str, tuple[CallMaker, str]] = {
    "sepay": (make_sepay_call, "sepay_secret"),
    "casso": (make_casso_call, "casso_checksum"),
}


@pytest.fixture
def bank(shop: Shop) -> Iterator[PlayingBank]:
    with PlayingBank(shop.clock) as playing:
        yield playing


@pytest.fixture
def public(shop: Shop) -> Iterator[str]:
    """The shop's public door on this computer."""
    door = PlainDoor(mark_requests(shop.app, PUBLIC_DOOR), "127.0.0.1", 0, threads=4).open()
    yield f"http://127.0.0.1:{door.port}"
    door.close()


def address_of(public: str, account: BankAccount) -> str:
    return f"{public}/bank/hook/{account.feed}/{account.key}"


def find_notes(shop: Shop) -> FeedNotes:
    notes: FeedNotes = shop.app.extensions["ocop_feed_notes"]
    return notes


def count_journal() -> int:
    with open_reading() as session:
        return session.scalar(select(func.count()).select_from(JournalRow)) or 0


@pytest.mark.parametrize("feed", MAKERS)
@pytest.mark.parametrize("fault", [None, WebhookFault.TWICE])
def test_a_call_sells_the_basket_once(
    shop: Shop, bank: PlayingBank, public: str, feed: str, fault: WebhookFault | None
) -> None:
    make_call, key = MAKERS[feed]
    code = show_a_code()
    account = set_feed(shop, bank, feed)
    transfer = bank.add_transfer(45_000, f"MBVCB.1.2.{code.purpose}.CT", account=NUMBER)
    secret = getattr(bank.books.keys, key)
    statuses = send_webhook(
        address_of(public, account), transfer, secret, at=MORNING, make_call=make_call, fault=fault
    )
    assert set(statuses) == {200}
    assert [sale.total_vnd for sale in list_sales()] == [45_000]
    assert len(list_transfers()) == 1
    with open_reading() as session:
        assert list(verify_books(session)) == []


@pytest.mark.parametrize("feed", MAKERS)
def test_what_a_call_told_the_poll_tells_no_second_time(
    shop: Shop, bank: PlayingBank, public: str, feed: str
) -> None:
    make_call, key = MAKERS[feed]
    code = show_a_code()
    account = set_feed(shop, bank, feed)
    transfer = bank.add_transfer(45_000, f"MBVCB.1.2.{code.purpose}.CT", account=NUMBER)
    send_webhook(
        address_of(public, account), transfer, getattr(bank.books.keys, key), at=MORNING, make_call=make_call
    )
    a_feed_shop(shop, bank, feed).step()
    assert (len(list_transfers()), len(list_sales())) == (1, 1)


@pytest.mark.parametrize("feed", MAKERS)
@pytest.mark.parametrize("fault", [WebhookFault.WRONG_SIGNATURE, WebhookFault.OLD_TIMESTAMP])
def test_a_call_without_proof_is_counted_and_fills_no_journal(
    shop: Shop, bank: PlayingBank, public: str, feed: str, fault: WebhookFault
) -> None:
    make_call, key = MAKERS[feed]
    code = show_a_code()
    account = set_feed(shop, bank, feed)
    transfer = bank.add_transfer(45_000, code.purpose, account=NUMBER)
    before = count_journal()
    statuses = send_webhook(
        address_of(public, account), transfer, getattr(bank.books.keys, key), at=MORNING, make_call=make_call,
        fault=fault,
    )  # fmt: skip
    assert statuses == [401]
    assert (list_transfers(), count_journal()) == ([], before)
    assert sum(find_notes(shop).count_refused_calls(account.id).values()) == 1


def test_an_unknown_address_is_answered_as_a_wrong_proof_is(
    shop: Shop, bank: PlayingBank, public: str
) -> None:
    show_a_code()
    account = set_feed(shop, bank, "sepay")
    transfer = bank.add_transfer(45_000, account=NUMBER)
    headers, body = make_sepay_call(transfer, bank.books.keys.sepay_secret, MORNING)
    wrong = {**headers, "X-SePay-Signature": "sha256=00"}
    texts = set()
    for path, sent, status in (
        (f"sepay/{account.key}x", headers, 404), (f"casso/{account.key}", headers, 404), (f"other/{account.key}", headers, 404),
        (f"sepay/{account.key}", wrong, 401),
    ):  # fmt: skip
        answer = urllib3.request("POST", f"{public}/bank/hook/{path}", body=body, headers=sent, retries=False)
        assert answer.status == status, path
        texts.add(answer.data)
    assert len(texts) == 1
    assert list_transfers() == []


def test_an_odd_body_is_400_and_a_large_one_is_refused_early(
    shop: Shop, bank: PlayingBank, public: str
) -> None:
    show_a_code()
    account = set_feed(shop, bank, "sepay")
    api_key = {"Authorization": f"Apikey {bank.books.keys.sepay_secret}"}
    row = {"id": 1, "transactionDate": "2026-11-24 09:00:00", "accountNumber": NUMBER, "transferType": "in",
           "transferAmount": 1000, "content": "x", "unknown": {"new": 1}}  # fmt: skip
    for change, status in (
        ({}, 200), ({"transferAmount": -5}, 400), ({"transferAmount": 10.5}, 400), ({"transferType": "?"}, 400),
        ({"currency": "USD"}, 400), ({"id": None}, 400),
    ):  # fmt: skip
        body = json.dumps(row | change)
        answer = urllib3.request(
            "POST", address_of(public, account), body=body, headers=api_key, retries=False
        )
        assert answer.status == status, change
    for body, status in ((b"[]", 400), (b"no json", 400), (b"x" * 1_000_000, 413)):
        answer = urllib3.request(
            "POST", address_of(public, account), body=body, headers=api_key, retries=False
        )
        assert answer.status == status
    assert len(list_transfers()) == 1


def test_a_transfer_of_another_account_is_answered_and_left(
    shop: Shop, bank: PlayingBank, public: str
) -> None:
    show_a_code()
    account = set_feed(shop, bank, "sepay")
    with unit_of_work() as session:
        other = an_account(session, "5550001", feed="sepay")
    for number in ("7770001", "5550001"):
        transfer = bank.add_transfer(45_000, account=number)
        call = {"secret": bank.books.keys.sepay_secret, "at": MORNING, "make_call": make_sepay_call}
        assert send_webhook(address_of(public, account), transfer, **call) == [200]
    assert list_transfers() == []
    paste_secrets(shop, bank, "sepay", other.id)  # one secret for both: the provider tells of both
    assert send_webhook(address_of(public, account), transfer, **call) == [200]
    assert [row.account_id for row in list_transfers()] == [other.id]


def test_payos_calls_with_the_order_of_the_code(shop: Shop, bank: PlayingBank, public: str) -> None:
    code = show_a_code()
    account = set_feed(shop, bank, "payos")
    data = {
        "orderCode": make_order_code(code.purpose), "amount": 45_000, "description": "CS shortened", "accountNumber": "VQRQ1",
        "reference": "FT1", "transactionDateTime": "2026-11-24 09:00:00", "currency": "VND", "paymentLinkId": "l",
        "code": "00", "desc": "Thành công", "counterAccountName": None, "virtualAccountNumber": "",
    }  # fmt: skip
    for changed, status in ((data | {"orderCode": 123}, 200), (data, 200), (data, 200)):
        signature = sign_fields(changed, bank.books.keys.payos_checksum)
        body = json.dumps(
            {"code": "00", "desc": "success", "success": True, "data": changed, "signature": signature}
        )
        answer = urllib3.request("POST", address_of(public, account), body=body, retries=False)
        assert answer.status == status
    assert [sale.total_vnd for sale in list_sales()] == [45_000]
    body = json.dumps({"data": data, "signature": "00"})
    assert urllib3.request("POST", address_of(public, account), body=body, retries=False).status == 401
    assert len(list_transfers()) == 1


def test_an_address_may_call_so_often_a_minute(shop: Shop, bank: PlayingBank, public: str) -> None:
    show_a_code()
    account = set_feed(shop, bank, "sepay")
    for _time in range(MOST_CALLS):
        shop.app.test_client().post(f"/bank/hook/sepay/{account.key}", data=b"{}")
    answer = shop.app.test_client().post(f"/bank/hook/sepay/{account.key}", data=b"{}")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "60")
    shop.clock.advance(minutes=1)
    assert shop.app.test_client().post(f"/bank/hook/sepay/{account.key}", data=b"{}").status_code == 401


def test_a_till_without_its_secret_believes_nobody(shop: Shop, bank: PlayingBank, public: str) -> None:
    with unit_of_work() as session:
        account = an_account(session, feed="sepay")
    transfer = bank.add_transfer(45_000, account=NUMBER)
    for secret in ("", "x"):
        statuses = send_webhook(
            address_of(public, account),
            transfer,
            secret,
            at=MORNING + timedelta(0),
            make_call=make_sepay_call,
        )
        assert statuses == [401]
    with open_reading() as session:
        assert len(list_accounts(session)) == 1
