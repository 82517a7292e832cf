"""sales/tenders/cash.py — cash: taken last, and alone rounded, because no note is that small."""

from ...kernel.money import round_down
from ...kernel.reason import Reason
from .part import MoneyPlace, PayFacts, TenderPart


class CashRules:
    place = MoneyPlace.IN_DRAWER

    def list_reasons_against(self, part: TenderPart, facts: PayFacts) -> list[Reason]:
        return []

    def round_due(self, rest_vnd: int, step_vnd: int) -> int:
        """Rounded down to the shop's step, in the buyer's favour."""
        return round_down(rest_vnd, step_vnd)

    def find_back(self, left_vnd: int, most_vnd: int, *, is_all_back: bool, step_vnd: int) -> int:
        """All that the others left; at full return the rest of it, else what notes can pay."""
        return left_vnd if is_all_back else round_down(left_vnd, step_vnd)
