"""demo/codes.py — codes of the demonstration range, and times of a day in the village."""

from datetime import UTC, date, datetime, time

from hardware.symbology import check_digit

from ..kernel.clock import SHOP_ZONE


def gtin13(number: int) -> str:
    body = f"952{number:09}"
    return body + check_digit(body)


def at_clock(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), SHOP_ZONE).astimezone(UTC)
