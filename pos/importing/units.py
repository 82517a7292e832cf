"""importing/units.py — units as headings and cells of people's lists write them: thousands of đồng, boxes, grams, orders of days."""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from ..kernel.text import fold_text

SMALL_SUM = 1000  # a price below it is likely one of thousands
FEWEST_SMALL = 2  # prices of a list, before their size tells
FEWEST_DAYS = 2  # different ones, before their order is asked
_THOUSANDS = re.compile(r"\b(?:nghin|ngan|1000 ?d?|1 000 ?d?|000 ?d|k|kd|1000 ?dong|1000 ?vnd)\b")
_MILLIONS = re.compile(r"\btrieu\b")
_BOXES = {"thung", "ket", "loc", "bao", "ta", "vi", "kien", "day", "case", "carton"}
_TYPES = {
    "hang hoa", "dich vu", "combo", "combo dong goi", "hang san xuat", "hang thuong", "san pham", "hang hoa thong thuong",
    "hang hoa serial imei", "nguyen vat lieu",
}  # fmt: skip
_DAY = re.compile(r"\s*(?:ngày\s+)?([0-9]{1,2})[/.\- ]([0-9]{1,2})[/.\- ](?:[0-9]{4}|[0-9]{2})(?:\s.*)?")
ORDERS = frozenset({"dm", "md", "swap"})  # what is said of a column's days: of this list alone
FACTORS = {"1": 1, "1000": 1000, "1000000": 1_000_000}


def find_scale(heading: str) -> int:
    """1000 for a heading like 'Giá (nghìn đồng)', 'Giá (1000đ)'; 0 where it names no multiple of a đồng."""
    text = fold_text(heading)
    if _MILLIONS.search(text):
        return 1_000_000
    return 1000 if _THOUSANDS.search(text) else 0


def find_scale_above(text: str) -> int:
    """The same of a line above the headings, which must speak of a unit: 'ĐVT: nghìn đồng'."""
    words = fold_text(text)
    about_unit = re.search(r"\b(?:dvt|don vi|don vi tinh|dong|vnd)\b", words)
    return find_scale(text) if about_unit and not re.search(r"\bngay\b", words) else 0


def find_quantity_options(heading: str, *, has_unit: bool) -> tuple[str, ...]:
    """What a quantity's heading leaves to be asked: pieces in a box, or goods by weight; nothing for the plain one."""
    key = fold_text(heading)
    word = key.split()[-1] if key else ""
    if word in _BOXES and len(key.split()) > 1:
        return ("pieces",)
    if word in {"kg", "can", "kilogam"} and not has_unit:
        return ("kg", "1")
    if word in {"g", "gam", "gram"}:
        return ("g", "1")
    return ()


def find_weight_unit(heading: str) -> str:
    """'Khối lượng tịnh (g)' → 'g'; "" where the heading names none."""
    word = (fold_text(heading).split() or [""])[-1]
    names = {"g": "g", "gram": "g", "gam": "g", "gr": "g", "kg": "kg", "ml": "ml", "l": "l", "lit": "l"}
    return names.get(word, "")


def is_goods_type(cell: Any) -> bool:
    """Is it what other programs call the type of an article ('Hàng hóa', 'Dịch vụ'), and no class of goods?"""
    return isinstance(cell, str) and fold_text(cell) in _TYPES


def list_day_pairs(cells: Iterable[Any]) -> list[tuple[int, int]]:
    """The first two numbers of every day that is written as text."""
    found = (_DAY.fullmatch(cell.lower()) for cell in cells if isinstance(cell, str) and len(cell) < 40)
    return [(int(day.group(1)), int(day.group(2))) for day in found if day]


def may_be_swapped(cells: Iterable[Any], pairs: Sequence[tuple[int, int]]) -> bool:
    """Did a program that writes the month first make days of those it could? 25/11 stays text then, and 05/11 becomes the 11th of May."""
    days = [cell for cell in cells if type(cell) in {date, datetime}]
    could_be = bool(days) and all(day.day <= 12 for day in days) and any(day.day != day.month for day in days)
    return (
        could_be and bool(pairs) and all(first > 12 for first, _second in pairs)
    )  # it leaves no other as text


def are_unsure(pairs: Sequence[tuple[int, int]]) -> bool:
    """May these days, none above 12, be read in either order?"""
    return len(set(pairs)) >= FEWEST_DAYS and any(first != second for first, second in pairs)


def turn_day(text: str) -> str:
    """'05/13/2026' → '13/05/2026', where the month stands first."""
    found = _DAY.fullmatch(text.lower())
    if found is None:
        return text
    first, second = found.group(1), found.group(2)
    rest = text[found.end(2) :]
    return f"{second}/{first}{rest}"
