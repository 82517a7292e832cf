"""banking/poller.py — one thread a shop asks the providers whether money came: quickly while a code is on a screen, else slowly.

Nothing is asked inside a unit of work. A provider that hangs holds this thread and nothing else.
"""

import logging
import threading
import traceback
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from ..config import Bank
from ..kernel.clock import Clock
from ..kernel.database import open_reading
from ..payments.feed_states import FeedAnswer
from ..payments.feeds.http import FeedError, FeedProblem, FeedTimeouts
from ..payments.feeds.kinds import AnyFeed, FeedKeys, begin_again, make_feed
from ..payments.feeds.pages import WINDOW, FeedPage
from ..payments.feeds.payos import PayosFeed
from ..payments.models import PaymentCode
from ..payments.secret_store import SecretStore
from .channels import Channel, keep_answers, list_awaited_codes, list_channels, take_in_told
from .feed_notes import FeedNotes
from .payos_links import PayosLinks
from .take_in import PrintSale, settle_transfers

QUICK_FOR = timedelta(minutes=15)  # after a code was shown, or shown again
LOOK_EVERY = 10.0  # seconds: is there another account, another token?
FIRST_WAIT, LONGEST_WAIT = 5.0, 300.0  # seconds, after failures
STOP_PATIENCE = 2.0  # seconds that a stop waits for a provider that hangs

log = logging.getLogger(__name__)


@dataclass
class _Asking:
    """How a channel is asked, in seconds of the clock's `monotonic()`."""

    feed: AnyFeed | None = None
    links: PayosLinks = field(default_factory=PayosLinks)
    due_at: float | None = None  # asked again before its time: at once, or where more is to be read
    asked_at: float | None = None
    held_until: float = 0.0
    failures: int = 0
    reread_at: float | None = None
    told: frozenset[str] = frozenset()  # the rows of the last page that said there were more


class FeedPoller:
    """Asks for all accounts of the shop. `step` does what is due now; the thread calls it."""

    def __init__(
        self, open_context: Callable[[], AbstractContextManager[Any]], data: Path, settings: Bank, clock: Clock, notes: FeedNotes,
        print_sale: PrintSale, *, on_sold: Callable[[], None] = lambda: None,
    ) -> None:  # fmt: skip
        """`open_context`: in which the books are at hand; `on_sold`: something may wait for a printer."""
        self._open_context, self._print_sale, self._on_sold = open_context, print_sale, on_sold
        self._config, self._clock, self._notes, self._store = settings, clock, notes, SecretStore(data)
        self._asking: dict[FeedKeys, _Asking] = {}
        self._tried: set[int] = set()
        self._shown_at: float | None = None
        self._is_settled = False
        self._stopping, self._called = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._watch, name="feeds", daemon=True)

    def start(self) -> "FeedPoller":
        self._thread.start()
        return self

    def stop(self) -> None:
        """Returns soon, whatever a provider does: what it answers after that is not taken, and asked for again next time."""
        self._stopping.set()
        self._called.set()
        self._thread.join(timeout=STOP_PATIENCE)

    def wake(self, *, is_code: bool = True) -> None:
        """A code is shown now: who is asked slowly is asked quickly from now on. Else: look what has changed."""
        if is_code:
            self._shown_at = self._clock.monotonic()
        self._called.set()

    def try_again(self, account_id: int) -> None:
        """Somebody has mended something: this account's provider is asked at once, whatever went wrong before."""
        self._tried.add(account_id)
        self._called.set()

    def _watch(self) -> None:
        wait = 0.0
        while not self._stopping.is_set():
            self._called.wait(min(wait, LOOK_EVERY))
            self._called.clear()
            if not self._stopping.is_set():
                try:
                    wait = self.step()
                except Exception as fault:  # noqa: BLE001  the books are busy, or a fault of the program: the next step goes on
                    _log_fault(fault)
                    wait = FIRST_WAIT

    def step(self) -> float:
        """Finish what was begun, then ask every provider that is due; how many seconds until the next one is."""
        at = self._clock.now()
        with self._open_context():
            if not self._is_settled:
                self._note_sales(settle_transfers(self._print_sale, at))
                self._is_settled = True
            with open_reading() as session:
                channels = list_channels(session, self._store) if self._config.poll else []
                codes = list_awaited_codes(session, at) if channels else []
            self._forget_others(channels)
            waits = [self._serve(channel, codes) for channel in channels]
        return min(waits, default=LOOK_EVERY)

    def _forget_others(self, channels: Sequence[Channel]) -> None:
        """Those whose token was replaced, or whose accounts are gone."""
        tried, self._tried = self._tried, set()
        for channel in channels:
            if tried & set(channel.account_ids) and channel.keys in self._asking:
                self._asking[channel.keys] = _Asking(self._asking[channel.keys].feed)
        for keys in set(self._asking) - {channel.keys for channel in channels}:
            feed = self._asking.pop(keys).feed
            if feed is not None:
                feed.close()

    def _serve(self, channel: Channel, codes: Sequence[PaymentCode]) -> float:
        """Ask this provider if it is due; how many seconds until it is again."""
        asking = self._asking.setdefault(channel.keys, _Asking())
        every = self._find_pace(channel, codes)
        now = self._clock.monotonic()
        due_at = _find_due(asking, every)
        if now < due_at or self._stopping.is_set():
            return due_at - now
        asking.asked_at, asking.due_at = now, None
        try:
            self._ask(channel, asking, codes)
        except Exception as fault:  # noqa: BLE001  one provider's row must not keep the others from being asked
            _log_fault(fault)
            asking.held_until = self._clock.monotonic() + FIRST_WAIT
        return max(0.0, _find_due(asking, every) - self._clock.monotonic())

    def _find_pace(self, channel: Channel, codes: Sequence[PaymentCode]) -> float:
        at, now = self._clock.now(), self._clock.monotonic()
        awaited = [code for code in codes if code.account_id in set(channel.account_ids)]
        is_new = any(timedelta(0) <= at - code.shown_at < QUICK_FOR for code in awaited)
        is_again = self._shown_at is not None and now - self._shown_at < QUICK_FOR.total_seconds()
        if awaited and (is_new or is_again):
            return self._config.quick_seconds(channel.keys.kind)
        return self._config.slow_seconds

    def _ask(self, channel: Channel, asking: _Asking, codes: Sequence[PaymentCode]) -> None:
        try:
            page = self._read(channel, asking, codes)
        except FeedError as failure:
            self._keep_failure(channel, asking, failure)
            return
        if self._stopping.is_set():
            return
        self._take_in(channel, page)
        if page.stopped_by is None:
            asking.failures, asking.held_until = 0, 0.0
            asking.due_at = self._clock.monotonic() if _goes_on(asking, page) else None
        else:
            self._hold_back(asking, channel, page.stopped_by)
        if page.stopped_by is None and not page.has_more and not isinstance(asking.feed, PayosFeed):
            self._reread_if_due(channel, asking)

    def _read(self, channel: Channel, asking: _Asking, codes: Sequence[PaymentCode]) -> FeedPage:
        """What is new. Raises FeedError."""
        if asking.feed is None:
            seconds = self._config.timeout_seconds
            timeouts = FeedTimeouts(min(5.0, seconds), seconds, 2 * seconds)
            asking.feed = make_feed(channel.keys, self._config.base_url(channel.keys.kind), timeouts)
        if isinstance(asking.feed, PayosFeed):
            return asking.links.read(asking.feed, channel.accounts, codes)
        cursor = channel.common_cursor
        if not cursor:  # the whole window is read: that is a reading anew
            asking.reread_at = self._clock.monotonic()
            if channel.answered_at is not None:  # another account has come to the token
                cursor = begin_again(channel.keys.kind, min(channel.answered_at, self._clock.now()) - WINDOW)
        return asking.feed.poll(cursor, at=self._clock.now())

    def _reread_if_due(self, channel: Channel, asking: _Asking) -> None:
        """The last two days once more: what a provider learned of late. Its failure is one like any other."""
        now = self._clock.monotonic()
        if asking.reread_at is not None and now - asking.reread_at < self._config.reread_minutes * 60:
            return
        feed = asking.feed
        if feed is None or isinstance(feed, PayosFeed):
            return
        try:
            page = feed.reread("", at=self._clock.now())
        except FeedError as failure:
            self._keep_failure(channel, asking, failure)
            return
        if self._stopping.is_set():
            return
        self._take_in(
            channel, FeedPage(page.signals, "", page.refused, stopped_by=page.stopped_by), is_new=False
        )
        if page.stopped_by is None:
            asking.reread_at = now
        else:
            self._hold_back(asking, channel, page.stopped_by)

    def _take_in(self, channel: Channel, page: FeedPage, *, is_new: bool = True) -> None:
        """Write down what came, then how far was read: a power cut between the two reads it again."""
        at = self._clock.now()
        self._notes.note_refused_rows(channel.account_ids, page.refused)
        self._is_settled = False
        taken = take_in_told(channel.accounts, page.signals, self._notes, self._print_sale, at=at)
        self._is_settled = True
        if taken:
            self._on_sold()
        failure = page.stopped_by.kind if page.stopped_by else None
        keep_answers(channel, FeedAnswer(page.cursor if is_new else None, failure=failure), taken, at=at)

    def _note_sales(self, sales: Sequence[int]) -> None:
        if sales:
            self._on_sold()

    def _keep_failure(self, channel: Channel, asking: _Asking, failure: FeedError) -> None:
        """Nothing was read. A provider that no longer understands how far was read is asked from two days before its last answer."""
        self._hold_back(asking, channel, failure)
        cursor = None
        if failure.kind is FeedProblem.ASKED_WRONG and channel.common_cursor:
            since = min(channel.answered_at or self._clock.now(), self._clock.now()) - WINDOW
            cursor = begin_again(channel.keys.kind, since)
        if not self._stopping.is_set():
            keep_answers(channel, FeedAnswer(cursor, failure=failure.kind), {}, at=self._clock.now())

    def _hold_back(self, asking: _Asking, channel: Channel, failure: FeedError) -> None:
        """Not asked for a while: as long as the provider says, and longer each time that it fails."""
        asking.failures += 1
        wait = min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** min(asking.failures - 1, 10))
        if failure.kind is FeedProblem.TOKEN_REFUSED:
            wait = LONGEST_WAIT
        elif failure.kind is FeedProblem.TOO_MANY:
            wait = max(float(failure.retry_after_s or 0), FIRST_WAIT if asking.failures > 1 else 0.0)
        asking.held_until = self._clock.monotonic() + wait
        if asking.failures == 1:
            log.warning(
                "the feed %s fails: %s %s",
                channel.keys.kind,
                failure.kind,
                channel.keys.hide_in(failure.detail),
            )


def _goes_on(asking: _Asking, page: FeedPage) -> bool:
    """Is more to be asked for at once? Not of a provider that says so again and again with the same rows."""
    told = {signal.source_key for signal in page.signals} | {row.raw for row in page.refused}
    is_new = bool(told - asking.told)
    asking.told = frozenset(told) if page.has_more else frozenset()
    return page.has_more and is_new


def _log_fault(fault: Exception) -> None:
    """Its kind and place; its words may hold a buyer's name."""
    places = "".join(traceback.format_tb(fault.__traceback__)[-3:])
    log.error("the feeds are asked again soon: %s\n%s", type(fault).__name__, places)


def _find_due(asking: _Asking, every: float) -> float:
    if asking.due_at is not None:
        due_at = asking.due_at
    else:
        due_at = asking.asked_at + every if asking.asked_at is not None else 0.0
    return max(due_at, asking.held_until)
