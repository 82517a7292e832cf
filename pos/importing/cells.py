"""importing/cells.py — one cell read as what its column means, or the code of what is wrong with it."""

import re
from datetime import date, datetime
from typing import Any

from hardware.symbology import parse_gtin

from ..admission.models import PaperKind
from ..catalog.models import GoodsClass, GoodsKind
from ..catalog.packs import read_pack
from ..catalog.products import GROUPS
from ..kernel.clock import month_end
from ..kernel.parsers import read_day, read_quantity, read_thousandths, read_vnd
from ..kernel.quantity import Content, Unit
from ..kernel.text import fold_text, normalize_text
from .sheets import MonthShown
from .units import FACTORS, turn_day

LONGEST_CELL = 2000  # of what is read as a number, a day or a code; stories may be longer
MOST_MILLI = 10**12  # a billion pieces: sums of such still fit 64 bits
LEAST_PRICE_VND = 500  # the smallest note in use is rarely seen; nothing in a shop costs less


class CellError(ValueError):
    """The cell can't be read; the message is the code that a preview shows."""


def read_cell(field: str, value: Any, today: date, how: str = "") -> Any:
    """The value of a cell: None for an empty one. Raises CellError.

    `how`: what its column's cells are meant as, where a person or the heading said it: the đồng in one of a price, the
    pieces in one of a quantity or "kg" or "g", the unit of a net content, "md" for days whose month stands first.
    """
    if how:
        value = _apply_how(field, value, how)
    if isinstance(value, str):
        if value.lstrip().startswith("="):
            raise CellError("formula")
        value = normalize_text(value)
    if value is None or value == "":
        return None
    reader = _READERS.get(field)
    if reader is None:
        return _text(value)
    if isinstance(value, str) and len(value) > LONGEST_CELL:
        raise CellError("number_odd")
    try:
        return reader(value, today)
    except CellError:
        raise
    except (ValueError, OverflowError) as failure:  # a number of 300 figures, a day of year 99999999999
        raise CellError("number_odd") from failure


def _text(value: Any) -> str:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return normalize_text(str(value))


def _price(value: Any, _today: date) -> int:
    if isinstance(value, str):
        text, _, per = value.partition("/")
        if per.strip()[:1].isdigit():
            raise CellError("price_per_amount")  # 45.000/100g
        text = re.sub(r"([.,]\d{3})[.,]00$", r"\1", text.strip().lower())  # 45.000,00
        price = _read_multiple(text)
        price = read_vnd(text) if price is None else price
    elif isinstance(value, (int, float)) and not isinstance(value, bool) and value == int(value):
        price = int(value)
    else:
        price = None
    if price is None:
        raise CellError("price_odd")
    if price <= 0:
        raise CellError("price_not_positive")
    if price < LEAST_PRICE_VND:
        raise CellError("price_too_low")  # Excel reads a typed 45.000 as 45 where the point is its comma
    return price


_MULTIPLE = re.compile(
    r"([0-9]{1,6})(?:[.,]([0-9]{1,3}))?\s*(k|nghìn|ngàn|nghin|ngan|triệu|trieu|tr)\s*(?:đ|đồng|dong|vnđ|vnd)?"
)


def _read_multiple(text: str) -> int | None:
    """'45k', '45 nghìn', '1,2 triệu' → the sum in đồng; None for what is no such word."""
    found = _MULTIPLE.fullmatch(text)
    if found is None:
        return None
    milli = int(found.group(1)) * 1000 + int((found.group(2) or "").ljust(3, "0"))
    return milli * (1000 if found.group(3).startswith("t") else 1)


def _apply_how(field: str, value: Any, how: str) -> Any:
    """The cell as its column means it; as it is where that changes nothing of it."""
    if field in {"price", "cost"} and how in FACTORS:
        return _multiply_sum(value, FACTORS[how])
    if field == "quantity":
        return _multiply_quantity(value, how)
    if field == "net_content" and isinstance(value, int | float) and not isinstance(value, bool):
        return f"{value:g} {how}"
    if field == "net_content" and isinstance(value, str) and re.fullmatch(r"[0-9.,]+", value.strip()):
        return f"{value.strip()} {how}"
    if how == "md" and isinstance(value, str):
        return turn_day(value)
    if how == "swap" and type(value) in {date, datetime} and value.day <= 12:
        return value.replace(day=value.month, month=value.day)
    return value


def _multiply_sum(value: Any, factor: int) -> Any:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return round(value * factor)
    if isinstance(value, str) and factor > 1:
        whole, _, part = value.strip().replace(",", ".").partition(".")
        if (
            whole.isascii()
            and whole.isdigit()
            and len(whole) < 7
            and (not part or (part.isascii() and part.isdigit() and len(part) < 3))
        ):
            return round(float(f"{whole}.{part or 0}") * factor)
        plain = read_vnd(value)
        return value if plain is None else plain * factor
    return value


def _multiply_quantity(value: Any, how: str) -> Any:
    factor = 0.001 if how == "g" else float(how) if how.isascii() and how.isdigit() and len(how) < 5 else 1.0
    if factor != 1.0 and isinstance(value, str):
        milli = read_quantity(value.strip())
        value = milli / 1000 if milli is not None else value
    if factor == 1.0 or isinstance(value, str | bool) or not isinstance(value, int | float):
        return value
    return round(value * factor, 3)


def _stars(value: Any, _today: date) -> int:
    text = _text(value)
    drawn = text.count("★") + text.count("⭐")
    found = re.match(r"^(\d+)\s*(?:sao|\*|★|stars?)?$", text.lower())
    count = drawn or (int(found.group(1)) if found else 0)
    if not 1 <= count <= 5:
        raise CellError("stars_out_of_range")
    return count


def _day(value: Any, _today: date) -> date:
    if isinstance(value, MonthShown):
        return date(value.year, value.month, 1)
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    text = re.sub(r"^ngày\s+", "", _text(value).lower())
    found = read_day(re.sub(r"\s+\d{1,2}:\d{2}(:\d{2})?$", "", text))
    if found is None:
        raise CellError("date_not_a_day")
    return found


def _past_day(value: Any, today: date) -> date:
    day = _day(value, today)
    if day > today:
        raise CellError("date_in_future")
    return day


def _expiry(value: Any, today: date) -> date:
    if isinstance(value, MonthShown):
        return month_end(value.year, value.month)
    if isinstance(value, str) and (found := read_day(value, month_ok=True)):
        return found
    return _day(value, today)


def _end(value: Any, today: date) -> date:
    return month_end(value.year, value.month) if isinstance(value, MonthShown) else _day(value, today)


def _gtins(value: Any, _today: date) -> list[tuple[str, int]]:
    """'9520000000011' or '9520000000011; 19520000000018 x12': codes with the pieces of their pack."""
    codes = []
    for part in re.split(r"[;,\n]", _text(value)):
        digits, _, pieces = part.strip().partition(" ")
        pieces = pieces.strip().lstrip("x×* ") or "1"
        gtin = parse_gtin(digits.replace("-", ""))
        if gtin is None or not (pieces.isascii() and pieces.isdigit()):
            raise CellError("gtin_check_digit")
        codes.append((gtin, int(pieces) * 1000))
    return codes


def _quantity(value: Any, _today: date) -> int:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        milli = round(value * 1000)
    else:
        text = re.sub(r"\s*(kg|cái|chiếc|gói|hộp|chai|quả|lọ|túi|con|bó)$", "", _text(value).lower())
        found = read_quantity(text)
        milli = -1 if found is None else found
    if not 0 <= milli <= MOST_MILLI:  # nothing is there: the product comes in all the same
        raise CellError("quantity_odd")
    return milli


def _percent(value: Any, _today: date) -> int:
    milli = read_thousandths(_text(value).rstrip("%°độ ").strip())
    if milli is None or milli > 100_000:
        raise CellError("number_odd")
    return milli // 100


_KILOGRAM = {"kg", "kilogam", "kilogram", "kilo", "ki lo", "ki lo gam", "ky", "ki", "can", "can ky"}


def _unit(value: Any, _today: date) -> str:
    word = fold_text(_text(value))
    return Unit.KG.value if word in _KILOGRAM else Unit.PIECE.value


def _net_content(value: Any, _today: date) -> tuple[int, str]:
    """'250 g' → 250000 thousandths of a gram; '12 piece' → 12000 of a piece."""
    text = _text(value)
    _pack, _sold_by, milli, unit = read_pack(text)
    if not milli:
        number, _, unit = text.partition(" ")
        milli = read_thousandths(number) or 0
        if unit not in list(Content) or not milli:
            raise CellError("quantity_odd")
    return milli, unit


def _one_of(names: dict[str, str], code: str) -> Any:
    def read(value: Any, _today: date) -> str:
        found = names.get(fold_text(_text(value)))
        if found is None:
            raise CellError(code)
        return found

    return read


def _yes(value: Any, _today: date) -> bool:
    return fold_text(_text(value)) not in {
        "",
        "0",
        "khong",
        "no",
        "false",
        "ngung kinh doanh",
        "ngung ban",
        "ngung theo doi",
    }


def _commission_bp(value: Any, _today: date) -> int:
    """'15%', 0.15 or 15 → 1500 hundredths of a percent."""
    if isinstance(value, float) and 0 < value < 1:
        return round(value * 10_000)
    milli = read_thousandths(_text(value).rstrip("% ").strip())
    if milli is None or milli > 100_000:
        raise CellError("commission_odd")
    return milli // 10


def _cost_vnd(value: Any, today: date) -> int | None:
    """What it was bought for; nothing where none is told."""
    try:
        return _price(value, today)
    except CellError:
        return None


def _file_name(value: Any, _today: date) -> str:
    """The name of a picture's file, without the folders before it."""
    return re.split(r"[/\\]", _text(value))[-1]


_GROUP_NAMES = {fold_text(word): code for code, *names in GROUPS for word in (code, *names)}
_CLASS_NAMES = {fold_text(c.value): c.value for c in GoodsClass} | {
    "dac san": "speciality",
    "rau an toan": "safe_vegetable",
}
_KIND_NAMES = {fold_text(k.value): k.value for k in GoodsKind}
_PAPER_NAMES = {fold_text(k.value): k.value for k in PaperKind}

_KIND_NAMES |= {
    "thuc pham dong goi": "packaged_food", "thuc pham che bien": "packaged_food", "thuc pham bao goi san": "packaged_food",
    "thuc pham tuoi": "fresh_food", "tuoi song": "fresh_food", "hang tuoi": "fresh_food", "ruou": "alcohol", "do uong co con": "alcohol",
    "thuc pham chuc nang": "functional_food", "my pham": "cosmetic", "thu cong": "craft", "thu cong my nghe": "craft",
    "do thu cong": "craft", "vat nuoi song": "live_animal", "dich vu": "service",
}  # fmt: skip

_READERS = {
    "cost": _cost_vnd,
    "commission": _commission_bp,
    "picture": _file_name,
    "is_sold": _yes,
    "is_model": _yes,
    "price": _price,
    "stars": _stars,
    "barcode": _gtins,
    "paper_issued": _past_day,
    "paper_starts": _day,
    "paper_ends": _end,
    "price_starts": _day,
    "made_on": _past_day,
    "revoked_on": _day,
    "suspended_on": _day,
    "banned": _yes,
    "expires_on": _expiry,
    "quantity": _quantity,
    "alcohol": _percent,
    "unit": _unit,
    "net_content": _net_content,
    "group_code": _one_of(_GROUP_NAMES, "group_unknown"),
    "goods_class": _one_of(_CLASS_NAMES, "class_unknown"),
    "kind": _one_of(_KIND_NAMES, "kind_unknown"),
    "paper_kind": _one_of(_PAPER_NAMES, "paper_kind_unknown"),
}
