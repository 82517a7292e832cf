"""What people type, read: sums of money, quantities, days. Nothing here guesses.

Each reader first bounds the length: a pattern with two open ends takes the square of it (50,000 spaces: 17 s).
Only the figures 0 to 9 count; other scripts' digits and superscripts are no numbers here.
"""

import re
from datetime import date

from .clock import month_end
from .quantity import ONE, Unit

LONGEST_TYPED = 40  # no sum, quantity or day that a person means is longer
MOST_VND = 10**12 - 1  # a thousand times the dearest thing in any shop; price × quantity still fits 64 bits
FIRST_YEAR, LAST_YEAR = 1900, 2200
MOST_YEARS_WITHOUT_LEAP = 8  # from 29/02/1896 to 29/02/1904
_MONEY = re.compile(r"[0-9]{1,3}(?:[. ,][0-9]{3})+|[0-9]+")
_CURRENCY = ("₫", "đồng", "dong", "vnđ", "vnd", "đ", "d")
_THOUSANDTHS = re.compile(r"([0-9]{1,9})(?:[.,]([0-9]{1,3}))?")
_GROUPED = re.compile(r"[0-9]{1,3}(?:\.[0-9]{3})+|[0-9]{1,3}(?:,[0-9]{3}){2,}")
_TENTHS = re.compile(r"([-−]?) ?([0-9]{1,3})(?:[.,]([0-9]))? ?(?:° ?C?)?")
_DAY_PARTS = re.compile(r"[/.\- ]+")
_DAY_AND_MONTH = re.compile(r"([0-9]{1,2})[/.\- ]([0-9]{1,2})")
A_LEAP_YEAR = 2024
HALF_A_YEAR = 184  # days: no day and month is further from today, but for 29/02, which is asked with its year


def _bounded(typed: str) -> str:
    """The text in lower case, with single spaces; empty where it is too long to be meant."""
    return " ".join(typed.lower().split()) if len(typed) <= LONGEST_TYPED else ""


def read_vnd(typed: str) -> int | None:
    """'45.000 đ' → 45000; None for what is no sum of đồng. A minus is kept: the use case says no to it."""
    text = _bounded(typed)
    text = next((text.removesuffix(word).rstrip() for word in _CURRENCY if text.endswith(word)), text)
    sign = -1 if text.startswith(("-", "−")) else 1
    text = text.lstrip("-−").strip()
    if not _MONEY.fullmatch(text):
        return None
    amount = int(re.sub(r"[. ,]", "", text))
    return sign * amount if amount <= MOST_VND else None


def read_thousandths(typed: str) -> int | None:
    """'12,5' → 12500; None for what is no number, or finer than a thousandth."""
    found = _THOUSANDTHS.fullmatch(_bounded(typed))
    return int(found.group(1)) * ONE + int((found.group(2) or "").ljust(3, "0")) if found else None


def read_quantity(typed: str, unit: Unit | None = None) -> int | None:
    """'0,45' → 450 thousandths; None for what is no quantity, finer than a thousandth, or could be meant two ways.

    '1.000' of pieces is one thousand. Where the unit isn't known yet it `can_be_two_quantities`, and is asked.
    """
    text = _bounded(typed)
    if unit is Unit.PIECE and _GROUPED.fullmatch(text):
        pieces = int(re.sub(r"[.,]", "", text))
        return pieces * ONE if pieces < 10**9 else None
    if (unit is Unit.PIECE and re.search(r"[.,]", text)) or (unit is None and can_be_two_quantities(text)):
        return None
    return read_thousandths(text)


def can_be_two_quantities(typed: str) -> bool:
    """Is it one thousand to one reader and one to another: '1.000', '2.500', '1,000'? Not '0.450', nor '1,25'."""
    text = _bounded(typed)
    return bool(_GROUPED.fullmatch(text) or re.fullmatch(r"[0-9]{1,3},000", text)) and not text.startswith(
        "0"
    )


def read_percent_bp(typed: str) -> int | None:
    """'12,5 %' → 1250 hundredths of a per cent; None for what is no such rate, or finer than that."""
    thousandths = read_thousandths(_bounded(typed).removesuffix("%").rstrip())
    return thousandths // 10 if thousandths is not None and thousandths % 10 == 0 else None


def read_tenths(typed: str) -> int | None:
    """Degrees as people write them ('4', '-18', '3,5 °C') → tenths; None for what is no temperature."""
    found = _TENTHS.fullmatch(" ".join(typed.split()) if len(typed) <= LONGEST_TYPED else "")
    if not found:
        return None
    tenths = int(found.group(2)) * 10 + int(found.group(3) or 0)
    return -tenths if found.group(1) else tenths


def read_day(typed: str, *, month_ok: bool = False) -> date | None:
    """'24/11/2026', '24-11-26', '2026-11-24', '24112026' or '241126'; with `month_ok` also '11/2026' as its last day.

    None for what is no day, and for years that nothing in a shop has (before 1900, after 2200).
    """
    numbers = _split_day(typed, month_ok=month_ok)
    if numbers is None:
        return None
    year, month, day = numbers
    try:
        return date(year, month, day) if day is not None else month_end(year, month)
    except ValueError:
        return None


def is_no_such_day(typed: str) -> bool:
    """True for what is written like a day that no calendar has: 31/02/2026, 31/02."""
    whole = f"{typed}/{A_LEAP_YEAR}" if _DAY_AND_MONTH.fullmatch(_bounded(typed)) else typed
    return _split_day(whole, month_ok=False) is not None and read_day(whole) is None


def read_latest_day(typed: str, today: date) -> date | None:
    """A day; one without a year, like '25/11', is the latest of them that has come already."""
    if not is_day_and_month(typed):
        return read_day(typed)
    return max((day for day in _list_days_of_years(typed, today) if day <= today), default=None)


def read_nearest_day(typed: str, today: date, *, month_ok: bool = False) -> date | None:
    """A day; one without a year, like '25/12', is the nearest to today, the earlier of two that are equally near.

    The nearest, not the next: of goods that ended a month ago nobody means the end of the year after.
    """
    if not is_day_and_month(typed):
        return read_day(typed, month_ok=month_ok)
    days = [day for day in _list_days_of_years(typed, today) if abs((day - today).days) <= HALF_A_YEAR]
    return min(days, key=lambda day: (abs((day - today).days), day), default=None)


def is_day_and_month(typed: str) -> bool:
    """Is it a day without a year: '25/11'? Of '11/26' the second part is no month: it is a month and its year."""
    found = _DAY_AND_MONTH.fullmatch(_bounded(typed))
    return found is not None and int(found.group(2)) <= 12


def _list_days_of_years(typed: str, today: date) -> list[date]:
    """That day and month in each of the years around today."""
    years = range(today.year - MOST_YEARS_WITHOUT_LEAP, today.year + MOST_YEARS_WITHOUT_LEAP + 1)
    days = (read_day(f"{_bounded(typed).replace(' ', '/')}/{year}") for year in years)
    return [day for day in days if day is not None]


def _split_figures(text: str) -> list[str] | None:
    """'24112026' and '241126' → day, month, year; '20261124' → year, month, day; None for anything else."""
    if re.fullmatch("[0-9]{6}", text):
        return [text[:2], text[2:4], text[4:]]
    if not re.fullmatch("[0-9]{8}", text):
        return None
    is_year_last = FIRST_YEAR <= int(text[4:]) <= LAST_YEAR and 1 <= int(text[2:4]) <= 12
    return [text[:2], text[2:4], text[4:]] if is_year_last else [text[:4], text[4:6], text[6:]]


def _split_day(typed: str, *, month_ok: bool) -> tuple[int, int, int | None] | None:
    """Year, month and day as they are written, be there such a day or not; no day for a month alone."""
    parts = _split_figures(_bounded(typed)) or _DAY_PARTS.split(_bounded(typed))
    if not all(re.fullmatch("[0-9]{1,4}", part) for part in parts):
        return None
    day: int | None = None
    match [int(part) for part in parts]:
        case [year, month, day] if len(parts[0]) == 4:
            pass
        case [day, month, year]:
            pass
        case [month, year] if month_ok:
            pass
        case _:
            return None
    year = year + 2000 if year < 100 and len(parts[-1]) < 3 else year
    return (year, month, day) if FIRST_YEAR <= year <= LAST_YEAR else None
