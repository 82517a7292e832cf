"""sales/tenders.py — the rules of tenders: what each may pay of a sale, and give back of it. Pure: no database, no request.

Cash alone is rounded, because no note is that small; it is taken last. What goes back goes by the tenders that paid, each no
more than it paid, cash last.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from ..kernel.money import round_down
from .models import TenderKind

CASH = TenderKind.CASH.value
LONGEST_REFERENCE = 40


@dataclass(frozen=True, slots=True)
class CardPart:
    """What was paid on the bank's own terminal, and the number that its slip bears."""

    amount_vnd: int
    reference: str


def find_cash_due(total_vnd: int, other_vnd: int, step_vnd: int) -> int:
    """What is left to be paid in cash when other tenders paid a part: rounded down to the shop's step."""
    return round_down(total_vnd - other_vnd, step_vnd)


def split_payout(
    paid: Mapping[str, int], back: Mapping[str, int], value_vnd: int, *, is_all_back: bool, step_vnd: int
) -> dict[str, int]:
    """By tender what is given back now. Tenders that give nothing are left out, but for cash where nothing else is given.

    `paid` and `back`: what each tender paid for the sale, and has given back of it before. `value_vnd`: what was paid for
    all the goods that have come back by now. At full return cash gives the rest.
    """
    left_vnd = value_vnd - sum(back.values())
    payout: dict[str, int] = {}
    for kind, amount_vnd in paid.items():
        part_vnd = min(left_vnd, amount_vnd - back.get(kind, 0))
        if kind != CASH and part_vnd > 0:
            payout[kind] = part_vnd
            left_vnd -= part_vnd
    cash_vnd = left_vnd if is_all_back else round_down(left_vnd, step_vnd)
    if cash_vnd or not payout:
        payout[CASH] = cash_vnd
    return payout
