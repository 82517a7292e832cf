"""banking/feed_notes.py — what feeds and webhooks brought that was not taken: counted in memory, logged once, in no journal.

Strangers can call a webhook's address as often as they like; what they send must fill neither the books nor the disk.
"""

import hashlib
import logging
import threading
from collections import Counter
from collections.abc import Iterable

from ..kernel.clock import Clock
from ..kernel.reason import Reason
from ..payments.feeds.rows import RefusedRow
from ..web.address_limit import AddressLimit

MOST_ROWS = 1_000  # kept an account
LOGGED_EVERY = 60.0  # seconds: a call that is refused for one reason, of one account
MOST_CALLS = 120  # a minute and address
STRANGE = 0  # in place of an account: a call whose address names none

log = logging.getLogger(__name__)


class FeedNotes:
    """The counts of one running application, since it began."""

    def __init__(self, clock: Clock) -> None:
        self._clock, self._lock = clock, threading.Lock()
        self._rows: dict[int, dict[str, Reason]] = {}
        self._calls: dict[int, Counter[str]] = {}
        self._logged: dict[tuple[int, str], float] = {}
        self._foreign: set[str] = set()
        self._turns = AddressLimit(clock, MOST_CALLS)

    def note_refused_rows(self, account_ids: Iterable[int], rows: Iterable[RefusedRow]) -> None:
        """Rows that name no transfer for certain: each is logged once, without what it says of people."""
        for row in rows:
            digest = hashlib.sha256(row.raw.encode("utf-8", "replace")).hexdigest()
            is_new = False
            with self._lock:
                for account_id in account_ids:
                    known = self._rows.setdefault(account_id, {})
                    if digest not in known and len(known) < MOST_ROWS:
                        known[digest], is_new = row.reason, True
            if is_new:
                log.warning("a row of a feed is refused: %s %s", row.reason.code, dict(row.reason.facts))

    def note_foreign(self, account_number: str) -> None:
        """A transfer of an account that the shop doesn't know: logged once an account."""
        with self._lock:
            if account_number in self._foreign or len(self._foreign) >= MOST_ROWS:
                return
            self._foreign.add(account_number)
        log.warning("a feed tells of an account …%s that is not the shop's", account_number[-4:])

    def note_refused_call(self, account_id: int, why: str, address: str) -> None:
        """A call of a webhook that was not taken. `account_id`: STRANGE where its address names none."""
        now = self._clock.monotonic()
        with self._lock:
            self._calls.setdefault(account_id, Counter())[why] += 1
            last = self._logged.get((account_id, why))
            if last is not None and now - last < LOGGED_EVERY:
                return
            self._logged[(account_id, why)] = now
        log.warning("a call of the webhook of account %s from %s is refused: %s", account_id, address, why)

    def take_turn(self, address: str) -> bool:
        """May this address call once more this minute?"""
        return self._turns.take_turn(address)

    def list_refused_rows(self, account_id: int) -> list[Reason]:
        with self._lock:
            return list(self._rows.get(account_id, {}).values())

    def count_refused_calls(self, account_id: int) -> dict[str, int]:
        """How many calls were refused, by the reason."""
        with self._lock:
            return dict(self._calls.get(account_id, {}))
