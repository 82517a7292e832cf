"""The providers are asked for the whole shop: every fault of theirs loses nothing, tells nothing twice, completes nothing wrongly."""

import logging
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from pos.banking.channels import take_in_told
from pos.banking.take_in import take_in_signals
from pos.demo.playing_bank import Fault, PlayingBank
from pos.kernel.actor import SYSTEM
from pos.kernel.database import open_reading, unit_of_work
from pos.maintenance.verify import verify_books
from pos.payments.accounts import list_accounts
from pos.payments.feeds.casso import CassoFeed
from pos.payments.feeds.kinds import POLL_SECRETS
from pos.payments.feeds.pages import CollectedPages
from pos.payments.models import FeedState, PaymentCode
from pos.payments.receive import receive_signals
from pos.payments.signals import Direction
from pos.reports.today import list_today_tasks
from tests.conftest import MORNING, TODAY, Shop
from tests.pos.sales.transfer_steps import NUMBER, a_signal, an_account

from .feed_steps import (
    SECRETS,
    FeedShop,
    a_feed_shop,
    list_sales,
    list_transfers,
    paste_secrets,
    pay_at_bank,
    reload_code,
    set_feed,
    show_a_code,
)

FEEDS = ("sepay", "casso", "payos")
FAULTS = [fault for fault in Fault if fault is not Fault.TOO_LARGE]


@pytest.fixture
def bank(shop: Shop) -> Iterator[PlayingBank]:
    with PlayingBank(shop.clock, hangs_s=1.0) as playing:
        yield playing


@pytest.fixture(params=FEEDS)
def feeds(request: pytest.FixtureRequest, shop: Shop, bank: PlayingBank) -> FeedShop:
    return a_feed_shop(shop, bank, request.param)


def assert_books_true() -> None:
    with open_reading() as session:
        assert list(verify_books(session)) == []


def test_a_sale_completes_by_itself(feeds: FeedShop) -> None:
    code = show_a_code()
    set_feed(feeds.shop, feeds.bank, feeds.feed)
    feeds.step()
    pay_at_bank(feeds.bank, reload_code(code))
    feeds.step(seconds=20)
    assert [sale.total_vnd for sale in list_sales()] == [45_000]
    feeds.step(minutes=20)
    assert len(list_sales()) == len(list_transfers()) == 1
    assert_books_true()


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_of_the_provider_loses_nothing(feeds: FeedShop, fault: Fault) -> None:
    code = show_a_code()
    set_feed(feeds.shop, feeds.bank, feeds.feed)
    feeds.step()
    pay_at_bank(feeds.bank, reload_code(code), amount_vnd=30_000)
    feeds.bank.play_fault(fault, times=3)
    for _time in range(4):
        feeds.step(seconds=20)
    pay_at_bank(feeds.bank, reload_code(code), amount_vnd=15_000)
    for _time in range(8):
        feeds.step(minutes=6)
    assert [transfer.amount_vnd for transfer in list_transfers()] == [30_000, 15_000]
    assert [sale.total_vnd for sale in list_sales()] == [45_000]
    state = feeds.read_state()
    assert (state.failing_since, state.failure) == (None, "")
    assert_books_true()


def test_it_is_asked_quickly_while_a_code_is_shown_and_else_slowly(feeds: FeedShop) -> None:
    with unit_of_work() as session:
        an_account(session, "5550001")
    set_feed(feeds.shop, feeds.bank, feeds.feed)
    feeds.step()
    assert feeds.step(seconds=20) == pytest.approx(25, abs=0.1)
    show_a_code()
    with unit_of_work() as session:
        session.query(PaymentCode).one().account_id = 1
    feeds.poller.wake()
    assert feeds.step() == pytest.approx({"sepay": 4, "casso": 12, "payos": 5}[feeds.feed], abs=0.1)
    assert feeds.step(minutes=16) == pytest.approx(45, abs=0.1)  # nobody stands before it any more


def test_retry_after_is_obeyed(shop: Shop, bank: PlayingBank) -> None:
    feeds = a_feed_shop(shop, bank, "sepay")
    show_a_code()
    set_feed(shop, bank, "sepay")
    feeds.step()
    bank.retry_after = "90"
    bank.play_fault(Fault.TOO_MANY)
    feeds.step(seconds=5)
    calls = feeds.count_calls()
    for _time in range(8):
        feeds.step(seconds=10)
    assert feeds.count_calls() == calls
    feeds.poller.wake()
    feeds.step(seconds=9)
    assert feeds.count_calls() == calls  # a code on a screen shortens no wait that the provider asked for
    feeds.step(seconds=2)
    assert feeds.count_calls() > calls


def test_a_refused_token_is_asked_seldom_and_a_new_one_at_once(shop: Shop, bank: PlayingBank) -> None:
    feeds = a_feed_shop(shop, bank, "sepay")
    show_a_code()
    account = set_feed(shop, bank, "sepay")
    bank.play_fault(Fault.TOKEN_REFUSED, times=None)
    feeds.step()
    calls = feeds.count_calls()
    feeds.step(minutes=4)
    assert (feeds.count_calls(), feeds.read_state().failure) == (calls, "token_refused")
    bank.end_faults()
    feeds.poller.try_again(account.id)
    feeds.step()
    assert feeds.read_state().failing_since is None


def test_a_feed_that_fails_stands_on_today_after_ten_minutes(shop: Shop, bank: PlayingBank) -> None:
    feeds = a_feed_shop(shop, bank, "casso")
    show_a_code()
    set_feed(shop, bank, "casso")
    bank.play_fault(Fault.BROKEN, times=None)
    feeds.step()
    for minutes, is_told in ((9, False), (11, True)):
        with open_reading() as session:
            tasks = list_today_tasks(session, TODAY, MORNING + timedelta(minutes=minutes))
        assert ("feed_failing" in {task.kind for task in tasks}) is is_told


def test_accounts_of_one_token_are_asked_once_and_each_gets_its_own(
    shop: Shop, bank: PlayingBank, caplog: pytest.LogCaptureFixture
) -> None:
    feeds = a_feed_shop(shop, bank, "sepay")
    with unit_of_work() as session:
        first, second = an_account(session, feed="sepay"), an_account(session, "5550001", feed="sepay")
    for account in (first, second):
        paste_secrets(shop, bank, "sepay", account.id)
    bank.add_transfer(10_000, account=NUMBER)
    bank.add_transfer(20_000, account="5550001", direction=Direction.OUT)
    bank.add_transfer(30_000, account="7770001")
    feeds.step()
    assert feeds.count_calls() == 1
    assert [(row.account_id, row.amount_vnd) for row in list_transfers()] == [
        (first.id, 10_000), (second.id, 20_000),
    ]  # fmt: skip
    assert "…0001" in caplog.text
    assert "7770001" not in caplog.text


def test_late_rows_are_found_when_the_window_is_read_again(shop: Shop, bank: PlayingBank) -> None:
    bank.books.since_follows_bank_time = True
    feeds = a_feed_shop(shop, bank, "sepay")
    show_a_code()
    set_feed(shop, bank, "sepay")
    bank.add_transfer(10_000, account=NUMBER)
    feeds.step()
    bank.add_transfer(20_000, account=NUMBER, at=MORNING - timedelta(hours=5))
    feeds.step(minutes=1)
    assert len(list_transfers()) == 1
    feeds.step(minutes=15)
    assert [row.amount_vnd for row in list_transfers()] == [10_000, 20_000]


def test_a_row_of_a_wrong_clock_hides_none_after_it(feeds: FeedShop) -> None:
    code = show_a_code()
    set_feed(feeds.shop, feeds.bank, feeds.feed)
    feeds.step()
    if feeds.feed != "payos":
        feeds.bank.add_transfer(1_000, "wrong clock", account=NUMBER, at=MORNING + timedelta(days=400))
        feeds.step(minutes=1)
    pay_at_bank(feeds.bank, reload_code(code))
    feeds.step(minutes=1)
    assert len(list_sales()) == 1


def test_what_a_power_cut_left_between_transfer_and_sale_is_finished(shop: Shop, bank: PlayingBank) -> None:
    code = show_a_code()
    feeds = a_feed_shop(shop, bank, "sepay")
    with unit_of_work() as session:  # received, and then the power failed
        receive_signals(
            session,
            list_accounts(session)[0],
            [a_signal(45_000, f"CT {code.purpose}")],
            by=SYSTEM,
            at=MORNING,
        )
    assert list_sales() == []
    feeds.step()
    assert [sale.total_vnd for sale in list_sales()] == [45_000]


def test_a_fault_while_it_is_settled_is_made_good_in_the_next_step(
    shop: Shop, bank: PlayingBank, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_facts: object, **_more: object) -> None:
        raise OSError("the disk is full")

    feeds = a_feed_shop(shop, bank, "sepay")
    code = show_a_code()
    set_feed(shop, bank, "sepay")
    feeds.step()
    pay_at_bank(bank, code)
    with monkeypatch.context() as patched:
        patched.setattr("pos.banking.take_in.settle_transfers", fail)
        feeds.step(seconds=5)
    assert (len(list_transfers()), len(list_sales())) == (1, 0)
    feeds.step(seconds=1)
    assert len(list_sales()) == 1


def test_a_provider_that_hangs_holds_no_till_and_no_stop(shop: Shop, bank: PlayingBank) -> None:
    feeds = a_feed_shop(shop, bank, "sepay", timeout_seconds=30)
    show_a_code()
    set_feed(shop, bank, "sepay")
    bank.play_fault(Fault.HANGS, times=None)
    feeds.poller.start()
    deadline = time.monotonic() + 20
    while not bank.calls and time.monotonic() < deadline:
        time.sleep(0.01)
    assert bank.calls
    with unit_of_work() as session:  # the till writes while the provider is waited for
        take = list_accounts(session)[0].id
    take_in_signals(take, [a_signal(1_000)], lambda *_facts: None, by=SYSTEM, at=MORNING)
    feeds.poller.stop()
    assert len(list_transfers()) == 1
    bank.end_faults()


def test_no_token_is_written_anywhere(
    feeds: FeedShop, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    show_a_code()
    set_feed(feeds.shop, feeds.bank, feeds.feed)
    secrets = [getattr(feeds.bank.books.keys, SECRETS[feeds.feed][name]) for name in POLL_SECRETS[feeds.feed]]
    echoed = " ".join(secrets).encode()
    monkeypatch.setattr(
        feeds.bank,
        "answer_call",
        lambda *_call: (401, {}, b'{"message": "bad token ' + b" ".join([echoed] * 9) + b'"}', True),
    )
    feeds.step()
    assert feeds.read_state().failure == "token_refused"
    words = caplog.text + (feeds.shop.folder / "shop.db").read_bytes().decode("latin-1")
    assert [secret for secret in secrets if secret[:12] in words] == []


def test_a_cursor_that_the_provider_no_longer_knows_loses_nothing(shop: Shop, bank: PlayingBank) -> None:
    feeds = a_feed_shop(shop, bank, "sepay")
    show_a_code()
    set_feed(shop, bank, "sepay")
    bank.add_transfer(10_000, account=NUMBER)
    feeds.step()
    with unit_of_work() as session:
        session.query(FeedState).one().cursor = "11111111-1111-1111-1111-111111111111"
    bank.add_transfer(20_000, account=NUMBER)
    feeds.step(days=4)  # the shop was shut meanwhile
    feeds.step(minutes=1)
    assert [row.amount_vnd for row in list_transfers()] == [10_000, 20_000]


def test_payos_shows_its_own_code(shop: Shop, bank: PlayingBank) -> None:
    feeds = a_feed_shop(shop, bank, "payos")
    code = show_a_code()
    set_feed(shop, bank, "payos")
    feeds.step()
    linked = reload_code(code)
    assert linked.link_text == next(iter(bank.books.links.values())).qr_text
    feeds.step(minutes=1)
    assert len(bank.books.links) == 1


def test_a_provider_that_always_says_there_is_more_is_asked_at_the_usual_pace(
    shop: Shop, bank: PlayingBank, monkeypatch: pytest.MonkeyPatch
) -> None:
    feeds = a_feed_shop(shop, bank, "casso")
    show_a_code()
    set_feed(shop, bank, "casso")
    bank.add_transfer(45_000, "x", account=NUMBER)
    whole = CassoFeed.poll
    monkeypatch.setattr(
        CassoFeed, "poll", lambda feed, cursor, *, at: replace(whole(feed, cursor, at=at), has_more=True)
    )
    assert feeds.step() == 0, "it brought something: the next is asked for at once"
    assert feeds.step() == pytest.approx(12, abs=0.1)
    bank.add_transfer(46_000, "y", account=NUMBER)
    assert feeds.step(seconds=13) == 0
    assert len(list_transfers()) == 2


def test_a_row_that_comes_again_with_another_amount_is_counted_on_the_account(
    shop: Shop, bank: PlayingBank, caplog: pytest.LogCaptureFixture
) -> None:
    show_a_code()
    account = set_feed(shop, bank, "sepay")
    notes = shop.app.extensions["ocop_feed_notes"]
    for amount_vnd in (45_000, 54_000, 54_000):
        signal = a_signal(amount_vnd, "x", source_key="same")
        take_in_told([account], [signal], notes, lambda *_sale: None, at=MORNING)
    assert [transfer.amount_vnd for transfer in list_transfers()] == [45_000]
    assert [reason.code for reason in notes.list_refused_rows(account.id)] == ["feed_row_changed"]
    assert sum("feed_row_changed" in record.getMessage() for record in caplog.records) == 1


def test_one_page_that_has_a_key_with_two_amounts_names_the_second(shop: Shop) -> None:
    collected = CollectedPages(lambda row: a_signal(row["amount"], source_key="same", raw=str(row)))
    collected.ask(lambda: ([{"amount": 1}, {"amount": 2}, {"amount": 1}], False))
    page = collected.make_page("")
    assert ([each.amount_vnd for each in page.signals], [row.reason.code for row in page.refused]) == (
        [1],
        ["feed_row_changed"],
    )
