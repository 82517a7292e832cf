"""A playing bank for each test, and feeds that lose patience soon."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from pos.demo.playing_bank import PlayingBank
from pos.kernel.clock import FixedClock
from pos.payments.feeds.casso import CassoFeed
from pos.payments.feeds.http import FeedTimeouts
from pos.payments.feeds.payos import PayosFeed
from pos.payments.feeds.sepay import SepayFeed

AT = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)  # ten in the morning at the shop
SOON = FeedTimeouts(connect_s=2.0, read_s=0.3, total_s=2.0)
PATIENT = FeedTimeouts(connect_s=5.0, read_s=10.0, total_s=20.0)


@pytest.fixture
def bank() -> Iterator[PlayingBank]:
    with PlayingBank(FixedClock(AT)) as playing:
        yield playing


@pytest.fixture
def sepay(bank: PlayingBank) -> Iterator[SepayFeed]:
    feed = SepayFeed(bank.books.keys.sepay_token, base_url=bank.sepay_url, timeouts=PATIENT, per_page=3)
    yield feed
    feed.close()


@pytest.fixture
def casso(bank: PlayingBank) -> Iterator[CassoFeed]:
    feed = CassoFeed(bank.books.keys.casso_key, base_url=bank.casso_url, timeouts=PATIENT, per_page=3)
    yield feed
    feed.close()


def payos_feed(bank: PlayingBank, timeouts: FeedTimeouts = PATIENT) -> PayosFeed:
    keys = bank.books.keys
    return PayosFeed(
        keys.payos_client, keys.payos_key, keys.payos_checksum, base_url=bank.payos_url, timeouts=timeouts
    )


@pytest.fixture
def payos(bank: PlayingBank) -> Iterator[PayosFeed]:
    feed = payos_feed(bank)
    yield feed
    feed.close()
