"""SePay and Casso, asked again and again: every transfer once, whatever the provider does."""

from datetime import timedelta

import pytest

from pos.demo.playing_bank import Fault, PlayingBank
from pos.payments.feeds.casso import CassoFeed
from pos.payments.feeds.http import FeedError, FeedProblem
from pos.payments.feeds.pages import FeedPage, PollingFeed
from pos.payments.feeds.sepay import SepayFeed
from pos.payments.signals import Direction, TransferSignal

from .conftest import AT, SOON

FAILURES = [
    (Fault.TOKEN_REFUSED, FeedProblem.TOKEN_REFUSED),
    (Fault.CONFLICT, FeedProblem.ASKED_WRONG),
    (Fault.UNPROCESSABLE, FeedProblem.ASKED_WRONG),
    (Fault.TOO_MANY, FeedProblem.TOO_MANY),
    (Fault.BROKEN, FeedProblem.PROVIDER_DOWN),
    (Fault.HALF_ANSWER, FeedProblem.PROVIDER_DOWN),
    (Fault.NOT_JSON, FeedProblem.PROVIDER_DOWN),
    (Fault.REDIRECTS, FeedProblem.ASKED_WRONG),
    (Fault.TOO_LARGE, FeedProblem.PROVIDER_DOWN),
]


@pytest.fixture(params=["sepay", "casso"])
def feed(request: pytest.FixtureRequest) -> PollingFeed:
    found: PollingFeed = request.getfixturevalue(request.param)
    return found


def amounts(page: FeedPage) -> list[int]:
    return [signal.amount_vnd for signal in page.signals]


def fill(bank: PlayingBank, count: int, first: int = 1) -> None:
    """A transfer a minute, of 1.000 đ, 2.000 đ and so on."""
    for number in range(first, first + count):
        bank.add_transfer(number * 1000, f"CK MPK7X2Q9FBW {number}", at=AT - timedelta(minutes=500 - number))


def poll_all(feed: PollingFeed, cursor: str = "") -> tuple[dict[str, TransferSignal], str]:
    """As a poller does: until there is no more."""
    found: dict[str, TransferSignal] = {}
    for _step in range(50):
        try:
            page = feed.poll(cursor, at=AT)
        except FeedError:
            continue
        found |= {signal.source_key: signal for signal in page.signals}
        cursor = page.cursor
        if not page.has_more:
            return found, cursor
    raise AssertionError("the feed doesn't come to an end")


def test_what_a_transfer_of_sepay_says(bank: PlayingBank, sepay: SepayFeed) -> None:
    bank.add_transfer(39_000, "MBVCB.1.2.MPK7X2Q9FBW.CT", at=AT)
    bank.add_transfer(5_000, "tra lai", direction=Direction.OUT, at=AT, reference="")
    first, second = sepay.poll("", at=AT).signals
    assert (first.source, first.direction, first.amount_vnd, first.at) == ("sepay", Direction.IN, 39_000, AT)
    assert (first.account_number, first.reference) == ("19001234567890", "FT26330000001")
    assert (first.text, first.code, first.balance_vnd) == ("MBVCB.1.2.MPK7X2Q9FBW.CT", "", 39_000)
    assert '"amount_in": 39000' in first.raw
    assert (second.direction, second.amount_vnd, second.reference) == (Direction.OUT, 5_000, "")
    assert bank.calls[0].headers["user-agent"].startswith("ocop-pos")


def test_what_a_transfer_of_casso_says(bank: PlayingBank, casso: CassoFeed) -> None:
    bank.add_transfer(39_000, "chuyển tiền", at=AT)
    bank.add_transfer(5_000, direction=Direction.OUT, at=AT)
    first, second = casso.poll("", at=AT).signals
    assert (first.source, first.source_key, first.direction) == ("casso", "5001", Direction.IN)
    assert (first.amount_vnd, first.at, first.text) == (39_000, AT, "chuyển tiền")
    assert (first.payer_name, first.payer_account) == ("NGUYEN VAN A", "0011001234567")
    assert (second.direction, second.amount_vnd, second.balance_vnd) == (Direction.OUT, 5_000, 34_000)


def test_all_pages_are_read_and_the_next_poll_goes_on(bank: PlayingBank, feed: PollingFeed) -> None:
    fill(bank, 8)
    found, cursor = poll_all(feed)
    assert sorted(signal.amount_vnd for signal in found.values()) == [n * 1000 for n in range(1, 9)]
    fill(bank, 5, first=9)
    more, _cursor = poll_all(feed, cursor)
    assert {n * 1000 for n in range(9, 14)} <= {signal.amount_vnd for signal in more.values()}
    assert len(found | more) == 13


def test_a_quiet_account_has_an_empty_page(bank: PlayingBank, feed: PollingFeed) -> None:
    page = feed.poll("", at=AT)
    assert (page.signals, page.refused, page.has_more) == ((), (), False)
    assert feed.poll(page.cursor, at=AT).signals == ()


@pytest.mark.parametrize("fault", [Fault.REORDERED, Fault.DUPLICATED])
def test_rows_in_disorder_are_each_told_once(bank: PlayingBank, feed: PollingFeed, fault: Fault) -> None:
    fill(bank, 10)
    bank.play_fault(fault, times=None)
    found, cursor = poll_all(feed)
    assert len(found) == 10
    assert len({signal.reference for signal in found.values()}) == 10
    assert sorted(amounts(feed.reread(cursor, at=AT))) == [n * 1000 for n in range(1, 11)]


def test_a_page_never_tells_a_transfer_twice(bank: PlayingBank, feed: PollingFeed) -> None:
    fill(bank, 10)
    bank.play_fault(Fault.DUPLICATED, times=None)
    for page in (feed.poll("", at=AT), feed.reread("", at=AT)):
        assert len({signal.source_key for signal in page.signals}) == len(page.signals)


@pytest.mark.parametrize("by_bank_time", [False, True])
def test_rows_that_come_late_are_found(bank: PlayingBank, feed: PollingFeed, by_bank_time: bool) -> None:
    bank.books.since_follows_bank_time = by_bank_time
    fill(bank, 7)
    found, cursor = poll_all(feed)
    for hours in (2, 20, 40):
        bank.add_transfer(1_000_000 + hours, at=AT - timedelta(hours=hours))
    later, cursor = poll_all(feed, cursor)
    again = feed.reread(cursor, at=AT)
    assert again.cursor == cursor
    told = {signal.amount_vnd for signal in (*found.values(), *later.values(), *again.signals)}
    assert {1_000_002, 1_000_020, 1_000_040} <= told
    assert len(found | later | {signal.source_key: signal for signal in again.signals}) == 10


def test_a_row_of_a_wrong_clock_stops_nothing_that_comes_later(bank: PlayingBank, feed: PollingFeed) -> None:
    bank.books.since_follows_bank_time = True
    fill(bank, 2)
    bank.add_transfer(77_000, at=AT + timedelta(days=400))
    found, cursor = poll_all(feed)
    assert len(found) == 3
    bank.add_transfer(88_000, at=AT - timedelta(minutes=1))
    more, _cursor = poll_all(feed, cursor)
    assert 88_000 in {signal.amount_vnd for signal in more.values()}


@pytest.mark.parametrize(("fault", "problem"), FAILURES, ids=str)
def test_a_failure_is_told_by_its_kind_and_the_next_poll_goes_on(
    bank: PlayingBank, feed: PollingFeed, fault: Fault, problem: FeedProblem
) -> None:
    fill(bank, 2)
    for ask in (feed.poll, feed.reread):
        bank.play_fault(fault)
        with pytest.raises(FeedError) as caught:
            ask("", at=AT)
        assert caught.value.kind is problem
        assert caught.value.retry_after_s == (7 if fault is Fault.TOO_MANY else None)
        assert len(ask("", at=AT).signals) == 2
    if fault is Fault.UNPROCESSABLE:
        assert caught.value.error_code == "played_422"


@pytest.mark.parametrize(("fault", "problem"), FAILURES, ids=str)
def test_a_failure_on_a_later_page_loses_nothing(
    bank: PlayingBank, feed: PollingFeed, fault: Fault, problem: FeedProblem
) -> None:
    fill(bank, 8)
    bank.play_fault(fault, after=1)
    page = feed.poll("", at=AT)
    assert (amounts(page), page.has_more) == ([1000, 2000, 3000], True)
    assert page.stopped_by is not None
    assert page.stopped_by.kind is problem
    more, _cursor = poll_all(feed, page.cursor)
    assert len(more | {signal.source_key: signal for signal in page.signals}) == 8


def test_a_provider_that_hangs_is_left_soon(bank: PlayingBank) -> None:
    fill(bank, 1)
    keys = bank.books.keys
    feeds: list[PollingFeed] = [
        SepayFeed(keys.sepay_token, base_url=bank.sepay_url, timeouts=SOON),
        CassoFeed(keys.casso_key, base_url=bank.casso_url, timeouts=SOON),
    ]
    for hasty in feeds:
        bank.play_fault(Fault.HANGS)
        with pytest.raises(FeedError) as caught:
            hasty.poll("", at=AT)
        assert caught.value.kind is FeedProblem.PROVIDER_DOWN
        assert len(hasty.poll("", at=AT).signals) == 1
        hasty.close()


def test_a_wrong_token_is_told_and_shown_nowhere(bank: PlayingBank) -> None:
    feeds: list[PollingFeed] = [
        SepayFeed("very-secret", base_url=bank.sepay_url),
        CassoFeed("very-secret", base_url=bank.casso_url),
        SepayFeed("very-secret\nX-Other: 1", base_url=bank.sepay_url),
    ]
    for wrong in feeds:
        with pytest.raises(FeedError) as caught:
            wrong.poll("", at=AT)
        assert caught.value.kind is FeedProblem.TOKEN_REFUSED
        assert "secret" not in str(caught.value) + repr(caught.value) + repr(wrong)
        wrong.close()


def test_a_token_is_tried(bank: PlayingBank, sepay: SepayFeed, casso: CassoFeed) -> None:
    fill(bank, 1)
    assert (sepay.check_token(), casso.check_token()) == (1, 1)
    casso.ask_sync("19001234567890")


def test_a_long_history_is_read_over_several_polls(
    bank: PlayingBank, feed: PollingFeed, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("sepay", "casso"):
        monkeypatch.setattr(f"pos.payments.feeds.{module}.MOST_PAGES", 2)
    fill(bank, 14)
    page = feed.poll("", at=AT)
    assert (amounts(page), page.has_more, page.stopped_by) == ([n * 1000 for n in range(1, 7)], True, None)
    assert amounts(feed.poll(page.cursor, at=AT)) == [n * 1000 for n in range(7, 13)]
    assert len(poll_all(feed)[0]) == 14


@pytest.mark.parametrize("takes_no_page", [False, True])
@pytest.mark.parametrize("by_bank_time", [False, True])
def test_many_late_rows_hide_no_others(
    bank: PlayingBank, sepay: SepayFeed, by_bank_time: bool, takes_no_page: bool
) -> None:
    """Learned of after the newer ones, but sorted before them: a start that moved on after each page would lose those."""
    bank.books.since_follows_bank_time = by_bank_time
    bank.books.since_takes_no_page = takes_no_page
    fill(bank, 2)
    _found, cursor = poll_all(sepay)
    for number in range(3):
        bank.add_transfer(500_000 + number, at=AT - timedelta(minutes=number))
    for number in range(10):
        bank.add_transfer(700_000 + number, at=AT - timedelta(minutes=300 - number))
    found, cursor = poll_all(sepay, cursor)
    told = {signal.amount_vnd for signal in found.values()}
    if not takes_no_page or by_bank_time:
        assert {500_000, 500_001, 500_002} <= told
    assert {700_000 + number for number in range(10)} <= told
    for _poll in range(15):  # what came late is told a few times more, then all is quiet
        before, cursor = cursor, poll_all(sepay, cursor)[1]
    assert cursor == before


def test_a_first_poll_that_was_stopped_goes_on_where_it_was(bank: PlayingBank, sepay: SepayFeed) -> None:
    bank.add_transfer(1, at=AT - timedelta(hours=47))
    fill(bank, 7)
    bank.play_fault(Fault.TOO_MANY, after=1)
    page = sepay.poll("", at=AT)
    assert amounts(page) == [1, 1000, 2000]
    later = sepay.poll(page.cursor, at=AT + timedelta(hours=3))  # the oldest is no longer within 48 hours
    assert amounts(later) == [n * 1000 for n in range(3, 8)]


def test_transfers_of_one_second_are_no_obstacle(bank: PlayingBank, feed: PollingFeed) -> None:
    for number in range(1, 15):
        bank.add_transfer(number, at=AT)
    assert amounts(feed.poll("", at=AT)) == list(range(1, 15))
    assert len(bank.calls) == 5


def test_a_provider_that_stops_every_second_call_is_read_to_the_end(
    bank: PlayingBank, feed: PollingFeed
) -> None:
    fill(bank, 8)
    for calls in range(1, 20, 2):
        bank.play_fault(Fault.TOO_MANY, after=calls)
    assert len(poll_all(feed)[0]) == 8


def test_a_page_of_odd_rows_is_told_and_passed(bank: PlayingBank, feed: PollingFeed) -> None:
    for number in range(1, 8):
        bank.add_transfer(0 if number < 5 else number, at=AT - timedelta(minutes=60 - number))
    found, cursor = poll_all(feed)
    assert sorted(signal.amount_vnd for signal in found.values()) == [5, 6, 7]
    page = feed.reread(cursor, at=AT)
    assert ([row.reason.code for row in page.refused], len(page.signals)) == (["feed_row_amount_odd"] * 4, 3)
