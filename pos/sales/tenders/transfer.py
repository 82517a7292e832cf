"""sales/tenders/transfer.py — a transfer to the shop's bank account: only what came, or what somebody says has come."""

from ...kernel.reason import Reason
from .part import ExactTender, MoneyPlace, PayFacts, TenderPart


class TransferRules(ExactTender):
    place = MoneyPlace.AT_BANK

    def list_reasons_against(self, part: TenderPart, facts: PayFacts) -> list[Reason]:
        return [] if part.taking_number is not None else [Reason.make("transfer_not_received")]
