"""sales/tenders/account.py — on account: a buyer that the shop knows pays later, with a manager's word and within a limit."""

from ...kernel.reason import Reason
from .part import ExactTender, MoneyPlace, PayFacts, TenderPart


class AccountRules(ExactTender):
    place = MoneyPlace.OWED

    def list_reasons_against(self, part: TenderPart, facts: PayFacts) -> list[Reason]:
        if facts.may_owe_vnd is None:
            return [Reason.make("buyer_missing")]
        would_owe = facts.owed_vnd + part.amount_vnd
        if would_owe > facts.may_owe_vnd:
            return [Reason.make("account_limit", limit_vnd=facts.may_owe_vnd, owed_vnd=facts.owed_vnd)]
        return []
