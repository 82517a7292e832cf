"""How numbers, money and days are written for people, in Vietnamese and in English."""

from collections.abc import Callable
from datetime import date, datetime

from .clock import SHOP_ZONE
from .quantity import ONE, Unit

Translate = Callable[[str], str]


def format_vnd(amount: int, *, sign: bool = True) -> str:
    """1250000 → '1.250.000 ₫'."""
    figures = f"{abs(amount):,}".replace(",", ".")
    return f"{'−' if amount < 0 else ''}{figures}{' ₫' if sign else ''}"


def format_vnd_on_screen(amount: int) -> str:
    """The same, whose sign no line break parts from its figures. Paper has its own lines, and letters without that space."""
    return format_vnd(amount).replace(" ", "\u00a0")


def format_day(value: date | None) -> str:
    """'24/11/2026'; nothing for no date."""
    return f"{value:%d/%m/%Y}" if value else ""


def format_moment(value: datetime) -> str:
    """'24/11/2026 14:02', in the shop's own time."""
    return f"{value.astimezone(SHOP_ZONE):%d/%m/%Y %H:%M}"


def format_quantity(milli: int, unit: Unit | str, *, english: bool = False) -> str:
    """'0,45 kg', '25 kg', or '3' pieces; to an English reader '0.45 kg'. Without noughts at the end: '25,000' reads as a thousand."""
    if unit == Unit.KG:
        figures = _format_decimal(milli, 3)
        return f"{figures.replace(',', '.') if english else figures} kg"
    return str(milli // ONE) if milli >= 0 else f"−{-milli // ONE}"


def format_scale_weight(milli: int, *, english: bool = False) -> str:
    """'0,450 kg': as the scale's own display has it, grams and all."""
    whole, rest = divmod(abs(milli), ONE)
    return f"{'−' if milli < 0 else ''}{whole}{'.' if english else ','}{rest:03} kg"


def format_thousandths(milli: int) -> str:
    """1250 → '1,25': without a unit, and without noughts that say nothing."""
    return _format_decimal(milli, 3)


def format_percent(basis_points: int) -> str:
    """1250 → '12,5'."""
    return _format_decimal(basis_points, 2)


def format_degrees(tenths: int) -> str:
    """−185 tenths → '−18,5 °C'."""
    whole, rest = divmod(abs(tenths), 10)
    return f"{'−' if tenths < 0 else ''}{whole},{rest} °C"


def _format_decimal(value: int, places: int) -> str:
    whole, rest = divmod(abs(value), 10**places)
    decimals = f"{rest:0{places}}".rstrip("0")
    return f"{'−' if value < 0 else ''}{whole}{',' if decimals else ''}{decimals}"
