"""sales/tenders/voucher.py — a voucher that the shop sold: as far as it goes, until its last day."""

from ...kernel.reason import Reason
from .part import ExactTender, MoneyPlace, PayFacts, TenderPart


class VoucherRules(ExactTender):
    place = MoneyPlace.PAID_BEFORE

    def list_reasons_against(self, part: TenderPart, facts: PayFacts) -> list[Reason]:
        ends = facts.voucher_ends
        checks = (
            (ends is not None and ends < facts.today, Reason.make("voucher_ended", ends=ends)),
            (part.amount_vnd > facts.left_on_voucher_vnd, Reason.make("voucher_short", left_vnd=facts.left_on_voucher_vnd)),
        )  # fmt: skip
        return [reason for fails, reason in checks if fails]
