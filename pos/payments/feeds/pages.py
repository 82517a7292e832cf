"""feeds/pages.py — what one poll found, over as many pages as it took."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from ..signals import TransferSignal
from .http import FeedError
from .rows import RefusedRow, Row, keep_first, read_rows

MOST_PAGES = 50  # of one poll; the next goes on
WINDOW = timedelta(hours=48)  # rows that come late are looked for so far back


@dataclass(frozen=True, slots=True)
class FeedPage:
    """What one poll found. `cursor`: to be given to the next. `has_more`: ask again at once, or, where `stopped_by` says what went
    wrong on the way, when that is over; what was read until then is here.
    """

    signals: tuple[TransferSignal, ...]
    cursor: str
    refused: tuple[RefusedRow, ...] = ()
    has_more: bool = False
    stopped_by: FeedError | None = None


class PollingFeed(Protocol):
    """A provider that is asked again and again. Both raise FeedError where nothing was read."""

    def poll(self, cursor: str, *, at: datetime) -> FeedPage:
        """What came after `cursor`; with an empty one, what came lately."""

    def reread(self, cursor: str, *, at: datetime) -> FeedPage:
        """The last 48 hours anew; `cursor` comes back as it was."""

    def close(self) -> None: ...


class CollectedPages:
    """The rows of one poll's pages, each transfer once. A failure after the first page ends the poll and loses nothing."""

    def __init__(self, read_signal: Callable[[Row], TransferSignal | None]) -> None:
        self._read_signal = read_signal
        self._signals: dict[str, TransferSignal] = {}
        self._refused: dict[str, RefusedRow] = {}
        self._has_pages = False
        self._stopped_by: FeedError | None = None

    def ask(self, ask_page: Callable[[], tuple[list[Any], bool]]) -> tuple[list[Any], bool]:
        """A page's rows, and whether there are more. Raises FeedError where it is the first and fails."""
        try:
            rows, has_more = ask_page()
        except FeedError as failure:
            if not self._has_pages:
                raise
            self._stopped_by = failure
            return [], False
        self._has_pages = True
        self._take_in(rows)
        return rows, has_more

    def _take_in(self, rows: Iterable[Any]) -> None:
        signals, refused = read_rows(rows, self._read_signal)
        for signal in signals:
            keep_first(signal, self._signals, self._refused)
        for row in refused:
            self._refused.setdefault(row.raw, row)

    def list_signals(self) -> tuple[TransferSignal, ...]:
        return tuple(self._signals.values())

    def count_rows(self) -> int:
        """Different ones, those that were refused among them."""
        return len(self._signals) + len(self._refused)

    def is_stopped(self) -> bool:
        return self._stopped_by is not None

    def make_page(self, cursor: str, *, has_more: bool = False) -> FeedPage:
        more = has_more or self.is_stopped()
        return FeedPage(self.list_signals(), cursor, tuple(self._refused.values()), more, self._stopped_by)
