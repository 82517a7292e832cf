"""sales/tenders/kinds.py — the closed set of tenders, in the order in which they give back: cash last."""

from collections.abc import Iterable, Mapping

from ..models import TenderKind
from .account import AccountRules
from .card import CardRules
from .cash import CashRules
from .part import TenderRules, parse_key
from .transfer import TransferRules
from .voucher import VoucherRules

CASH, TRANSFER = TenderKind.CASH.value, TenderKind.TRANSFER.value
RULES: dict[TenderKind, TenderRules] = {
    TenderKind.ACCOUNT: AccountRules(),  # first: what comes back lowers a debt before it is paid out
    TenderKind.VOUCHER: VoucherRules(),
    TenderKind.CARD: CardRules(),
    TenderKind.TRANSFER: TransferRules(),
    TenderKind.CASH: CashRules(),
}
_ORDER = list(RULES)


def find_cash_due(total_vnd: int, other_vnd: int, step_vnd: int) -> int:
    """What is left to be paid in cash when other tenders paid a part: rounded down to the shop's step."""
    return RULES[TenderKind.CASH].round_due(total_vnd - other_vnd, step_vnd)


def sort_keys(keys: Iterable[str]) -> list[str]:
    """Keys of tenders (`part.py: make_key`) in the order in which they give back."""
    return sorted(keys, key=lambda key: (_ORDER.index(parse_key(key)[0]), parse_key(key)[1] or 0))


def split_payout(
    paid: Mapping[str, int], back: Mapping[str, int], value_vnd: int, *, is_all_back: bool, step_vnd: int
) -> dict[str, int]:
    """By tender what is given back now. Tenders that give nothing are left out, but for cash where nothing else is given.

    `paid` and `back`: what each tender paid for the sale, and has given back of it before. `value_vnd`: what was paid for
    all the goods that have come back by now. Each gives no more than it paid, cash the rest.
    """
    left_vnd = value_vnd - sum(back.values())
    payout: dict[str, int] = {}
    for key in sort_keys({*paid, CASH}):
        most_vnd = paid.get(key, 0) - back.get(key, 0)
        part_vnd = RULES[parse_key(key)[0]].find_back(
            left_vnd, most_vnd, is_all_back=is_all_back, step_vnd=step_vnd
        )
        if part_vnd or (key == CASH and not payout):
            payout[key] = part_vnd
            left_vnd -= part_vnd
    return payout
