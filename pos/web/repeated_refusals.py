"""web/repeated_refusals.py — who asks again and again for what is not theirs doesn't fill the journal with it.

Kept in memory; the clock's `monotonic()` counts, which setting the date doesn't change.
"""

import threading
from collections.abc import Iterable

from ..kernel.actor import AT_STATIONS, Actor
from ..kernel.clock import Clock

EVERY = 60.0  # seconds: one row for each person and page
MOST_A_PERSON = 10  # rows in that time, whatever the pages
OF_NO_TRADE = frozenset({"not_your_page", "text_too_long"})


class RepeatedRefusals:
    """When each person's refusals were written down last, by page."""

    def __init__(self, clock: Clock) -> None:
        self._clock, self._lock = clock, threading.Lock()
        self._written: dict[int | None, dict[str, float]] = {}

    def take_turn(self, who: Actor, page: str, codes: Iterable[str]) -> bool:
        """May this refusal be written down? What is written counts against the next.

        What a till's people are refused in their trade always is; that a page is not theirs, and whatever others are
        refused, once in EVERY for each page, and MOST_A_PERSON times in all.
        """
        if who.role in AT_STATIONS and not OF_NO_TRADE & set(codes):
            return True
        now = self._clock.monotonic()
        with self._lock:
            written = self._written.get(who.person_id, {})
            recent = {name: when for name, when in written.items() if now - when < EVERY}
            may_write = page not in recent and len(recent) < MOST_A_PERSON
            self._written[who.person_id] = recent | {page: now} if may_write else recent
            return may_write
