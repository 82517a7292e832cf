"""What people type, read: sums of money, quantities, days. Nothing here guesses."""

import re
from datetime import date

from .clock import last_of_month
from .quantity import ONE

# Figures and points: a thousand times the money there is, and still a number that can be kept.
LONGEST_SUM = 19
_MONEY = re.compile(r"^\d{1,3}(?:[. ,]\d{3})+$|^\d+$")


def read_vnd(typed: str) -> int | None:
    """'45.000 đ' → 45000; None for what is no sum of đồng. A minus is kept: the use case says no to it."""
    text = typed.strip().lower().replace("\u00a0", " ")
    text = re.sub(r"\s*(₫|đ|đồng|d|dong|vnd|vnđ)$", "", text)
    sign = -1 if text.startswith(("-", "−")) else 1
    text = text.lstrip("-−").strip()
    return sign * int(re.sub(r"[. ,]", "", text)) if _MONEY.match(text) and len(text) <= LONGEST_SUM else None


def read_quantity(typed: str) -> int | None:
    """'0,45' → 450 thousandths; None for what is no quantity, or finer than a thousandth."""
    found = re.match(r"^(\d{1,9})(?:[.,](\d{1,3}))?$", typed.strip())
    return int(found.group(1)) * ONE + int((found.group(2) or "").ljust(3, "0")) if found else None


def read_tenths(typed: str) -> int | None:
    """Degrees as people write them ('4', '-18', '3,5 °C') → tenths; None for what is no temperature."""
    found = re.match(r"^([-−]?)\s*(\d{1,3})(?:[.,](\d))?\s*(?:°\s*C?)?$", typed.strip())
    if not found:
        return None
    tenths = int(found.group(2)) * 10 + int(found.group(3) or 0)
    return -tenths if found.group(1) else tenths


def read_day(typed: str, *, month_ok: bool = False) -> date | None:
    """'24/11/2026', '24-11-26' or '2026-11-24'; with `month_ok` also '11/2026' as its last day."""
    parts = re.split(r"[/.\-\s]+", typed.strip())
    try:
        numbers = [int(part) for part in parts]
        if len(numbers) == 3 and len(parts[0]) == 4:
            return date(*numbers)
        if len(numbers) == 3:
            return date(_full_year(numbers[2]), numbers[1], numbers[0])
        if len(numbers) == 2 and month_ok:
            return last_of_month(_full_year(numbers[1]), numbers[0])
    except ValueError:
        return None
    return None


def _full_year(year: int) -> int:
    return year + 2000 if year < 100 else year
