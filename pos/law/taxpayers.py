"""law/taxpayers.py — what a shop can be before the tax office, and what that means for its sales. Dated data, in taxpayers.toml."""

import tomllib
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from importlib import resources


class VatMethod(StrEnum):
    """How the shop's value-added tax is reckoned (law on VAT 48/2024/QH15, art. 11 and 12). None: it owes none."""

    NONE = "none"
    DIRECT = "direct"
    CREDIT = "credit"


class TaxStatus(StrEnum):
    """What the shop is: a household below or above the turnover from which it is taxed, or a cooperative or company."""

    HOUSEHOLD_EXEMPT = "household_exempt"
    HOUSEHOLD = "household"
    ORGANISATION_DIRECT = "organisation_direct"
    ORGANISATION_CREDIT = "organisation_credit"


@dataclass(frozen=True, slots=True)
class TaxpayerRule:
    """What holds of a status from `starts` on. `most_turnover_vnd`: the year's turnover up to which it may be kept."""

    status: TaxStatus
    starts: date
    vat_method: VatMethod
    source: str
    most_turnover_vnd: int | None = None


@cache
def taxpayer_rules() -> tuple[TaxpayerRule, ...]:
    """Every rule on file, the latest start first."""
    rows = tomllib.loads(resources.files("pos.law").joinpath("taxpayers.toml").read_text("utf-8"))["taxpayer"]
    rules = (
        TaxpayerRule(**row | {"status": TaxStatus(row["status"]), "vat_method": VatMethod(row["vat_method"])})
        for row in rows
    )
    return tuple(sorted(rules, key=lambda rule: rule.starts, reverse=True))


@cache
def find_taxpayer_rule(status: TaxStatus, on: date) -> TaxpayerRule:
    """What holds of a status on a day; before the first row on file, that row."""
    of_status = [rule for rule in taxpayer_rules() if rule.status == status]
    return next((rule for rule in of_status if rule.starts <= on), of_status[-1])
