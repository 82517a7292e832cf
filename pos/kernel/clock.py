"""Time: aware and UTC inside, a business day of Việt Nam outside. The only module that reads the clock."""

import time
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day
from zoneinfo import ZoneInfo

SHOP_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


# On Linux the one that goes on while the computer sleeps: a till that was folded shut is locked when it is opened.
_TICKS = getattr(time, "CLOCK_BOOTTIME", None)


class Clock:
    """The real clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds since some moment, which setting the date doesn't change: for what lasts a while."""
        return time.monotonic() if _TICKS is None else time.clock_gettime(_TICKS)


@dataclass
class FixedClock(Clock):
    """A clock that says what it was told: for tests and the demo. Setting `at` is setting the date."""

    at: datetime
    passed_seconds: float = 0.0

    def now(self) -> datetime:
        return self.at

    def advance(self, **delta: float) -> None:
        self.at += timedelta(**delta)
        self.passed_seconds += timedelta(**delta).total_seconds()

    def monotonic(self) -> float:
        return self.passed_seconds


@dataclass(frozen=True)
class ShiftedClock(Clock):
    """The real clock moved by a constant, so that a demo day runs on from its own morning."""

    by: timedelta

    def now(self) -> datetime:
        return datetime.now(UTC) + self.by


def business_day(at: datetime) -> date:
    """The day in the shop's own time. A naive time raises ValueError."""
    if at.tzinfo is None:
        raise ValueError("a time without its zone names no day")
    return at.astimezone(SHOP_ZONE).date()


def day_start(day: date) -> datetime:
    """The first moment of a business day, in UTC."""
    return datetime.combine(day, time_of_day.min, SHOP_ZONE).astimezone(UTC)


def day_end(day: date) -> datetime:
    """The first moment after a business day, in UTC."""
    return day_start(day + timedelta(days=1))


def add_months(day: date, months: int) -> date:
    """The same date so many months later; where that month has no such day, its last one (29/02 → 28/02)."""
    years, month0 = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month0 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def month_end(year: int, month: int) -> date:
    """What `mm/yyyy` on a label means as a last day."""
    return date(year, month, monthrange(year, month)[1])
