"""web/spans.py — spans of days: those that people ask for by name, and a day in an address."""

from datetime import date, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l

from ..kernel.parsers import read_latest_day

YEARS = range(1900, 2200)  # a day at the end of all days has no next one


def list_spans(today: date) -> list[tuple[Any, date, date]]:
    """The spans that people ask for, by name."""
    yesterday, monday = today - timedelta(days=1), today - timedelta(days=today.weekday())
    month = today.replace(day=1)
    month_before = (month - timedelta(days=1)).replace(day=1)
    return [
        (_l("Today"), today, today), (_l("Yesterday"), yesterday, yesterday), (_l("This week"), monday, today),
        (_l("Last week"), monday - timedelta(days=7), monday - timedelta(days=1)), (_l("This month"), month, today),
        (_l("Last month"), month_before, month - timedelta(days=1)), (_l("This year"), today.replace(month=1, day=1), today),
    ]  # fmt: skip


def read_address_day(text: str, today: date) -> date | None:
    """As links write it (2026-11-24), or as people do; None for a year in which no shop has anything."""
    try:
        day: date | None = date.fromisoformat(text)
    except ValueError:
        day = read_latest_day(text, today)
    return day if day is not None and day.year in YEARS else None
