"""payments/statements/preview.py — what a person sees of a statement before its lines are used."""

from dataclasses import dataclass
from datetime import date

from ...kernel.clock import business_day
from ...kernel.reason import Reason
from ..signals import Direction
from .letterhead import BankKind
from .list_signals import refuse_other_account
from .statement import OddRow, Statement, SumCheck


@dataclass(frozen=True, slots=True)
class StatementPreview:
    """`starts`, `ends`: the period as the file states it, else its lines' first and last day; null without a line.

    `questions`: each is to be confirmed before the lines are used. `odd_rows` are left out of them.
    """

    bank: BankKind
    account_number: str
    starts: date | None
    ends: date | None
    count_in: int
    count_out: int
    sums: SumCheck
    odd_rows: tuple[OddRow, ...]
    questions: tuple[Reason, ...]

    @property
    def needs_answer(self) -> bool:
        return bool(self.questions)


def preview_statement(statement: Statement, expected_account: str) -> StatementPreview:
    """Counts, sums and questions. Raises Refused where the statement is of another account."""
    refuse_other_account(statement, expected_account)
    days = [business_day(line.at) for line in statement.lines]
    count_in = sum(line.direction is Direction.IN for line in statement.lines)
    return StatementPreview(
        bank=statement.bank,
        account_number=statement.account_number or expected_account,
        starts=statement.starts or min(days, default=None),
        ends=statement.ends or max(days, default=None),
        count_in=count_in,
        count_out=len(statement.lines) - count_in,
        sums=statement.sums,
        odd_rows=statement.odd_rows,
        questions=statement.questions,
    )
