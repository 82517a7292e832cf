"""payments/banks.py — the banks that a code can name. Data, in banks.toml."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class Bank:
    """`bin`: NAPAS's number of the bank; `short`: as feeds call it; `name`: as people know it."""

    bin: str
    short: str
    name: str


@cache
def list_banks() -> tuple[Bank, ...]:
    """In the order of the file: those that villages use most come first."""
    rows = tomllib.loads(resources.files("pos.payments").joinpath("banks.toml").read_text("utf-8"))["bank"]
    return tuple(Bank(**row) for row in rows)


def find_bank(bank_bin: str) -> Bank | None:
    return next((bank for bank in list_banks() if bank.bin == bank_bin), None)


def name_bank(bank_bin: str) -> str:
    """As people know it; its number where it is in no list."""
    bank = find_bank(bank_bin)
    return bank.name if bank else bank_bin
