"""identity/guesses.py — how often somebody may be wrong about a PIN: counted per name and door, in this process's memory.

A door is from where it is typed, so that strangers never shut a till or a phone that is known:
- a device on which that very person has signed in before;
- a colleague: whoever is signed in where an approval is typed, or signed in first on this device;
- strangers: everybody else, per address and all together.

The bound, by one name and in any 24 hours: all strangers together are told "wrong" at most 30 times, 10 times from one
address; each colleague and each device of the person's own at most 20 times. What comes beyond that isn't looked at,
right or wrong. Besides, after four wrong ones each further one shuts that door twice as long, to a quarter of an hour.
A six-figure PIN has a million values: strangers find it within a year by less than 1.1 %.

Codes of gift vouchers, which are secrets as well, are counted here too, by till; PINs of invitations by invitation.

Times are the clock's `monotonic()`: setting the computer's date neither opens a door nor keeps it shut longer.
"""

import threading
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ..kernel.clock import Clock

A_DAY = 86_400.0
FREE_TRIES = 4
FIRST_LOCK, LONGEST_LOCK = 30.0, 900.0
MOST_KEPT = 20_000  # counters; those of unknown names and of addresses go first

Key = tuple[str, ...]
ALL_STRANGERS, STRANGER, ADDRESS, COLLEAGUE, DEVICE, VOUCHER, INVITATION = (
    "strangers",
    "stranger",
    "address",
    "colleague",
    "device",
    "voucher",
    "invitation",
)


@dataclass(frozen=True, slots=True)
class GuessLimit:
    """How many wrong ones a day, and how many before each costs time."""

    most: int
    free: int


RULES = {
    ALL_STRANGERS: GuessLimit(most=30, free=30),
    STRANGER: GuessLimit(most=10, free=FREE_TRIES),
    ADDRESS: GuessLimit(most=60, free=20),  # over all names: nobody tries one PIN on everybody
    COLLEAGUE: GuessLimit(most=20, free=FREE_TRIES),
    DEVICE: GuessLimit(most=20, free=FREE_TRIES),
    VOUCHER: GuessLimit(most=60, free=FREE_TRIES),  # codes of gift vouchers, per till
    INVITATION: GuessLimit(most=10, free=FREE_TRIES),
}


@dataclass(slots=True)
class _GuessCount:
    times: deque[float] = field(default_factory=deque)
    streak: int = 0
    shut_until: float = 0.0


class GuessCounters:
    """The counters of one running application."""

    def __init__(self, clock: Clock) -> None:
        self._clock, self._lock = clock, threading.Lock()
        self._counts: dict[Key, _GuessCount] = {}
        self._recalled: set[str] = set()

    def begin(self, keys: Sequence[Key]) -> bool:
        """May one be tried now by these doors? It counts as wrong until `was_right`: many at once are no more tries."""
        now = self._clock.monotonic()
        with self._lock:
            counts = [(RULES[key[0]], self._counts.get(key)) for key in keys]
            if any(count and _is_shut(count, rule, now) for rule, count in counts):
                return False
            for key in keys:
                self._add(key, now)
            if len(self._counts) > MOST_KEPT:
                self._forget(now, set(keys))
            return True

    def find_wait(self, keys: Iterable[Key]) -> float:
        """For how many seconds nothing more is looked at by these doors; 0: they are open."""
        now = self._clock.monotonic()
        with self._lock:
            counts = [(RULES[key[0]], self._counts.get(key)) for key in keys]
            return max((_find_wait(count, rule, now) for rule, count in counts if count), default=0.0)

    def was_right(self, keys: Sequence[Key]) -> None:
        """Take back what `begin` counted; who knows the PIN begins anew, but for the day's count of wrong ones."""
        with self._lock:
            for key in keys:
                if not (count := self._counts.get(key)):
                    continue
                if count.times:
                    count.times.pop()
                if key[0] == ADDRESS:  # one right name doesn't excuse wrong ones by others
                    count.streak = max(0, count.streak - 1)
                else:
                    count.streak = 0
                count.shut_until = 0.0

    def forget(self, login: str) -> None:
        """A new PIN: what was tried against the old one doesn't count any more."""
        with self._lock:
            for key in [key for key in self._counts if key[0] != ADDRESS and key[1] == login]:
                del self._counts[key]
            self._recalled.add(login)

    def is_recalled(self, login: str) -> bool:
        with self._lock:
            return login in self._recalled

    def recall(self, login: str, wrong: int) -> None:
        """What strangers tried before this process began, as the journal tells it: a restart gives no new tries."""
        now = self._clock.monotonic()
        with self._lock:
            if login not in self._recalled:
                self._recalled.add(login)
                for _nth in range(wrong):
                    self._add((ALL_STRANGERS, login), now)

    def wrong_today(self, keys: Iterable[Key]) -> int:
        """How many wrong ones stand by the strictest of these doors."""
        now = self._clock.monotonic()
        with self._lock:
            counts = [self._counts[key] for key in keys if key in self._counts]
            return max((sum(now - at < A_DAY for at in count.times) for count in counts), default=0)

    def _add(self, key: Key, now: float) -> None:
        rule, count = RULES[key[0]], self._counts.setdefault(key, _GuessCount())
        count.times.append(now)
        count.streak += 1
        if (beyond := count.streak - rule.free) > 0:
            count.shut_until = now + min(FIRST_LOCK * 2 ** min(beyond - 1, 10), LONGEST_LOCK)

    def _forget(self, now: float, in_use: set[Key]) -> None:
        """Counters without a wrong one today go, then the oldest of addresses and of names that nobody has."""
        for key, count in list(self._counts.items()):
            is_names_own = key[0] != ADDRESS and key[1] in self._recalled
            is_old = not count.times or now - count.times[-1] >= A_DAY
            if key not in in_use and (is_old or (not is_names_own and len(self._counts) > MOST_KEPT // 2)):
                del self._counts[key]


def _find_wait(count: _GuessCount, rule: GuessLimit, now: float) -> float:
    if not _is_shut(count, rule, now):
        return 0.0
    until_fewer = count.times[-rule.most] + A_DAY if len(count.times) >= rule.most else now
    return max(count.shut_until, until_fewer) - now


def _is_shut(count: _GuessCount, rule: GuessLimit, now: float) -> bool:
    while count.times and now - count.times[0] >= A_DAY:
        count.times.popleft()
    if not count.times:
        count.streak = 0
    return now < count.shut_until or len(count.times) >= rule.most
