"""payments/statements/statement.py — a bank's statement of one account as it was read."""

from dataclasses import dataclass
from datetime import date, datetime

from ...kernel.reason import Reason
from ..signals import Direction
from .letterhead import BankKind


@dataclass(frozen=True, slots=True)
class StatementLine:
    """`row`: its number in the file. `at`: aware UTC, the day's first moment where `has_time` is False. `raw`: its cells as text."""

    row: int
    at: datetime
    has_time: bool
    booked_on: date | None
    direction: Direction
    amount_vnd: int
    reference: str = ""
    text: str = ""
    balance_vnd: int | None = None
    payer_name: str = ""
    payer_account: str = ""
    payer_bank: str = ""
    raw: str = ""

    @property
    def change_vnd(self) -> int:
        """The amount with the sign that it has for the account."""
        return self.amount_vnd if self.direction is Direction.IN else -self.amount_vnd


@dataclass(frozen=True, slots=True)
class OddRow:
    """A row that is no line yet: what is wrong with it, and its cells as text."""

    row: int
    reason: Reason
    raw: str = ""


@dataclass(frozen=True, slots=True)
class SumCheck:
    """Opening + credits − debits = closing. `is_stated`: both balances stand in the file, else they follow from its lines' balances."""

    opening_vnd: int | None
    credits_vnd: int
    debits_vnd: int
    closing_vnd: int | None
    is_stated: bool

    @property
    def difference_vnd(self) -> int | None:
        """What is missing to the closing balance; None where a balance is not known."""
        if self.opening_vnd is None or self.closing_vnd is None:
            return None
        return self.closing_vnd - (self.opening_vnd + self.credits_vnd - self.debits_vnd)


@dataclass(frozen=True, slots=True)
class Statement:
    """`lines`: oldest first. `questions`: what a person is to confirm before the lines are used.

    `account_number` is "" where the file has none, `currency` where it names none.
    """

    sheet: str
    bank: BankKind
    account_number: str
    currency: str
    starts: date | None
    ends: date | None
    sums: SumCheck
    lines: tuple[StatementLine, ...]
    odd_rows: tuple[OddRow, ...]
    questions: tuple[Reason, ...]
