"""sales/tenders/card.py — a card on the bank's own terminal: the number on its slip is typed."""

from ...kernel.reason import Reason
from .part import ExactTender, MoneyPlace, PayFacts, TenderPart

LONGEST_REFERENCE = 40


class CardRules(ExactTender):
    place = MoneyPlace.AT_BANK

    def list_reasons_against(self, part: TenderPart, facts: PayFacts) -> list[Reason]:
        is_named = 0 < len(part.reference.strip()) <= LONGEST_REFERENCE
        return [] if is_named else [Reason.make("reference_missing")]
