"""payments/statements/cells.py — one cell of a statement read as an amount or a moment, or the code of what is wrong with it."""

import math
import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from unicodedata import is_normalized

from ...kernel.text import normalize_text, remove_accents

MOST_DIGITS = 13
LONGEST_CELL = 2000
LONGEST_READ = 100  # of what is read as an amount or a day
FIRST_YEAR, LAST_YEAR = 2000, 2100
EXCEL_START = datetime(1899, 12, 30)  # noqa: DTZ001 - a sheet's days have no zone
VND_WORDS = ("vnd", "vnđ", "đồng", "dong", "đ", "₫")
_CURRENCY = re.compile(r"^(?:vnd|vnđ|₫) ?|(?:vnd|vnđ|đồng|dong|₫|đ)\.?$")
_OTHER_CURRENCY = re.compile(
    r"\b(?:usd|eur|gbp|jpy|cny|rmb|aud|cad|chf|sgd|hkd|thb|krw|twd|lak|khr)\b|[$€£¥]"
)
_SIGNED = re.compile(r"(\(?) ?([+−-]?) ?([0-9][0-9., ]*?) ?(\)?)")
_WHOLE = re.compile(r"([0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,3}(?:\.[0-9]{3})+|[0-9]{1,3}(?: [0-9]{3})+|[0-9]+)")
_BLANKS = frozenset({"", "-", "–", "—"})
_TIME = (
    r"(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:\.[0-9]+)?)? ?(?P<half>[AaPp][Mm])?"
)
_DAY = re.compile(r"(?P<first>[0-9]{1,4})[/.-](?P<middle>[0-9]{1,2})[/.-](?P<last>[0-9]{2,4})(?![0-9])")
_TIME_AFTER = re.compile(rf"(?:T| |, ?)+{_TIME}")
_TIME_BEFORE = re.compile(rf"{_TIME}[ ,]+")
_ONLY_TIME = re.compile(_TIME)
_SERIAL = re.compile(r"[0-9]{5}(?:\.[0-9]+)?")


class OddCell(ValueError):
    """The cell can't be read; the message is the code of the reason."""


class DateOrder(StrEnum):
    """What a day like 05/08/2026 begins with. A day that begins with its year has one order only."""

    DAY_FIRST = "day_first"
    MONTH_FIRST = "month_first"


@dataclass(frozen=True, slots=True)
class LocalMoment:
    """A day in Việt Nam, the time of the day where the cell has one, and the text after them in the same cell."""

    day: date
    clock: time | None = None
    rest: str = ""


def show_cell(value: Any) -> str:
    """The cell as text in one line, cut after 2,000 letters; "" for an empty one."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    text = str(value)[:LONGEST_CELL]
    if text.isprintable() and "  " not in text and is_normalized("NFC", text):
        return text.strip()  # normal already, as nearly all are
    return normalize_text(text)


def is_blank(value: Any) -> bool:
    return value is None or (isinstance(value, str) and show_cell(value) in _BLANKS)


def read_amount(value: Any) -> int | None:
    """Đồng with their sign; None for an empty cell. Raises OddCell."""
    if is_blank(value):
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise OddCell("statement_amount_unread")
    amount = _read_number(value) if isinstance(value, (int, float)) else _read_written(value)
    if abs(amount) >= 10**MOST_DIGITS:
        raise OddCell("statement_amount_long")
    return amount


def _read_number(value: float) -> int:
    if not math.isfinite(value):
        raise OddCell("statement_amount_unread")
    nearest = round(value)
    if abs(value - nearest) > 1e-6:  # what a sum of a sheet's own may be off by
        raise OddCell("statement_amount_fraction")
    return nearest


def _read_written(value: str) -> int:
    text = show_cell(value[: LONGEST_READ + 1]).lower()
    if len(text) > LONGEST_READ:
        raise OddCell("statement_amount_unread")
    if any(sign.isnumeric() and not "0" <= sign <= "9" for sign in text):
        raise OddCell("statement_amount_script")
    if _OTHER_CURRENCY.search(text):
        raise OddCell("statement_cell_currency")
    found = _SIGNED.fullmatch(_CURRENCY.sub("", text).strip())
    if not found or bool(found[1]) != bool(found[4]) or (found[1] and found[2]):
        raise OddCell("statement_amount_unread")
    amount = _read_figures(found[3].strip())
    return -amount if found[1] or found[2] in {"-", "−"} else amount


def _read_figures(text: str) -> int:
    """'1.234.567,00' → 1234567. The last sign parts a fraction where one or two figures follow it."""
    fraction = re.fullmatch(r"(.*[0-9])([.,])([0-9]{1,2})", text)
    whole, mark = (fraction[1], fraction[2]) if fraction else (text, "")
    if not _WHOLE.fullmatch(whole) or (mark and mark in whole):
        raise OddCell("statement_amount_unread")
    if fraction and fraction[3].strip("0"):
        raise OddCell("statement_amount_fraction")
    figures = re.sub(r"[., ]", "", whole).lstrip("0")
    if len(figures) > MOST_DIGITS:
        raise OddCell("statement_amount_long")
    return int(figures or "0")


def read_moment(value: Any, order: DateOrder = DateOrder.DAY_FIRST) -> LocalMoment | None:
    """The day and time of a cell; None for an empty one. Midnight is taken for a day without a time. Raises OddCell."""
    if is_blank(value):
        return None
    if type(value) is datetime:
        return _keep_years(value.date(), value.time().replace(tzinfo=None))
    if type(value) is date:  # a month that is shown without its day is no day
        return _keep_years(value)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _read_serial(value)
    if not isinstance(value, str):
        raise OddCell("statement_day_unread")
    text = show_cell(value[: 5 * LONGEST_READ])
    if _SERIAL.fullmatch(text):
        return _read_serial(float(text))
    return _read_written_moment(text, order)


def _read_serial(value: float) -> LocalMoment:
    """Days since the end of 1899, as sheets count them."""
    try:
        moment = EXCEL_START + timedelta(seconds=round(value * 86_400))
    except (OverflowError, ValueError) as failure:
        raise OddCell("statement_day_unread") from failure
    return _keep_years(moment.date(), moment.time())


def _read_written_moment(text: str, order: DateOrder) -> LocalMoment:
    before = _TIME_BEFORE.match(text)
    found = _DAY.match(text, before.end() if before else 0)
    if not found or any(sign.isnumeric() and not "0" <= sign <= "9" for sign in found[0]):
        raise OddCell("statement_day_unread")
    after = _TIME_AFTER.match(text, found.end())
    clock = before or after
    rest = text[after.end() if after else found.end() :].strip(" /-,")
    return _keep_years(_make_day(found, order), _make_time(clock) if clock else None, rest)


def _make_day(found: re.Match[str], order: DateOrder) -> date:
    first, middle, last = found["first"], found["middle"], found["last"]
    if len(first) == 4:  # a year
        year, month, day = first, middle, last
    elif len(last) == 3 or len(first) > 2:
        raise OddCell("statement_day_unread")
    else:
        year = last if len(last) == 4 else f"20{last}"
        day, month = (first, middle) if order is DateOrder.DAY_FIRST else (middle, first)
    try:
        return date(int(year), int(month), int(day))
    except ValueError as failure:
        raise OddCell("statement_day_unread") from failure


def _make_time(found: re.Match[str]) -> time:
    hour, half = int(found["hour"]), (found["half"] or "").lower()
    if half and not 1 <= hour <= 12:
        raise OddCell("statement_day_unread")
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0)
    try:
        return time(hour, int(found["minute"]), int(found["second"] or 0))
    except ValueError as failure:
        raise OddCell("statement_day_unread") from failure


def _keep_years(day: date, clock: time | None = None, rest: str = "") -> LocalMoment:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise OddCell("statement_day_unread")
    return LocalMoment(day, clock.replace(microsecond=0) if clock and clock != time.min else None, rest)


def read_time(value: Any) -> time | None:
    """The time in a column of its own; None for an empty one. Raises OddCell."""
    if is_blank(value):
        return None
    if type(value) is time:
        return value.replace(microsecond=0, tzinfo=None)
    if type(value) is datetime:
        return value.time().replace(microsecond=0, tzinfo=None)
    if type(value) is timedelta:
        value = value / timedelta(days=1)
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value < 1:
        return (EXCEL_START + timedelta(seconds=min(round(value * 86_400), 86_399))).time()
    found = _ONLY_TIME.fullmatch(show_cell(value)) if isinstance(value, str) else None
    if not found:
        raise OddCell("statement_day_unread")
    return _make_time(found)


def is_vnd(text: str) -> bool:
    """Does the text name the đồng: 'VND', 'VNĐ', 'đồng', 'Việt Nam Đồng'?"""
    words = normalize_text(text).lower()
    return words in VND_WORDS or "vnd" in remove_accents(words) or "viet nam dong" in remove_accents(words)


def names_other_currency(text: str) -> str:
    """The other currency that a text names, as 'USD'; "" if none."""
    found = _OTHER_CURRENCY.search(normalize_text(text).lower())
    return found[0].upper() if found else ""
