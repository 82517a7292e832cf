"""sales/tenders/part.py — a part of a sale that one tender pays, and the four questions that every kind answers."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Protocol

from ...kernel.reason import Reason
from ..models import TenderKind


@dataclass(frozen=True, slots=True)
class TenderPart:
    """`reference`: the number on the slip of the bank's terminal. `taking_number`: the money was received before the sale."""

    kind: TenderKind
    amount_vnd: int
    reference: str = ""
    voucher_number: int | None = None
    buyer_id: int | None = None
    taking_number: int | None = None

    @property
    def tender_key(self) -> str:
        return make_key(self.kind, self.voucher_number)


def make_key(kind: str, voucher_number: int | None = None) -> str:
    """What a refund pays back by: the kind, for a voucher that very one: 'cash', 'voucher:12'."""
    return f"{kind}:{voucher_number}" if voucher_number is not None else str(kind)


def parse_key(key: str) -> tuple[TenderKind, int | None]:
    """The kind and the voucher's number of a key."""
    kind, _, number = key.partition(":")
    return TenderKind(kind), int(number) if number else None


@dataclass(frozen=True, slots=True)
class PayFacts:
    """What is known where a part is to pay: how much a voucher has left and when it ends, what a buyer owes and may owe."""

    today: date
    left_on_voucher_vnd: int = 0
    voucher_ends: date | None = None
    owed_vnd: int = 0
    may_owe_vnd: int | None = None  # None: there is no such buyer


class MoneyPlace(StrEnum):
    """Where the money of a tender is when the sale is written: what a closing says of it."""

    IN_DRAWER = "in_drawer"
    AT_BANK = "at_bank"
    PAID_BEFORE = "paid_before"
    OWED = "owed"


class TenderRules(Protocol):
    """One kind of tender."""

    place: MoneyPlace

    def list_reasons_against(self, part: TenderPart, facts: PayFacts) -> list[Reason]:
        """Every reason why it may not pay this part; empty if it may."""

    def round_due(self, rest_vnd: int, step_vnd: int) -> int:
        """What it is asked for where so much is left to pay."""

    def find_back(self, left_vnd: int, most_vnd: int, *, is_all_back: bool, step_vnd: int) -> int:
        """What it gives back of `left_vnd` that the buyer is still owed; `most_vnd`: what it paid and hasn't given back."""


class ExactTender:
    """What all kinds but cash share: to the đồng, and no more back than was paid."""

    def round_due(self, rest_vnd: int, step_vnd: int) -> int:
        return rest_vnd

    def find_back(self, left_vnd: int, most_vnd: int, *, is_all_back: bool, step_vnd: int) -> int:
        return max(0, min(left_vnd, most_vnd))
