"""Time: aware and UTC inside, a business day of Việt Nam outside. The only module that reads the clock."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SHOP_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


class Clock:
    """The real clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass
class FixedClock(Clock):
    """A clock that says what it was told: for tests and the demo."""

    at: datetime

    def now(self) -> datetime:
        return self.at

    def advance(self, **delta: float) -> None:
        self.at += timedelta(**delta)


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


def starts_at(day: date) -> datetime:
    """The first moment of a business day, in UTC."""
    return datetime.combine(day, time.min, SHOP_ZONE).astimezone(UTC)


def ends_at(day: date) -> datetime:
    """The first moment after a business day, in UTC."""
    return starts_at(day + timedelta(days=1))


def months_later(day: date, months: int) -> date:
    """The same date so many months later; where that month has no such day, its last one (29/02 → 28/02)."""
    years, month0 = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month0 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def last_of_month(year: int, month: int) -> date:
    """What `mm/yyyy` on a label means as a last day."""
    return date(year, month, monthrange(year, month)[1])
