"""law/rates.py — which rate is in force on a day."""

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class VatRate:
    category: str
    starts: date
    rate_bp: int
    source: str


@cache
def vat_rates() -> tuple[VatRate, ...]:
    """Every rate on file, the latest start first."""
    rows = tomllib.loads(resources.files("pos.law").joinpath("vat.toml").read_text("utf-8"))["rate"]
    return tuple(sorted((VatRate(**row) for row in rows), key=lambda rate: rate.starts, reverse=True))


def vat_categories() -> list[str]:
    return sorted({rate.category for rate in vat_rates()})


@cache
def vat_bp(category: str, on: date) -> int:
    """The rate in basis points on a business day. An unknown category, or a day before all rows, raises LookupError."""
    for rate in vat_rates():
        if rate.category == category and rate.starts <= on:
            return rate.rate_bp
    raise LookupError(f"no VAT rate of category {category!r} on {on}")
