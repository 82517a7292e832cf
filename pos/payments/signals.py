"""payments/signals.py — one transfer as one source tells it: a feed, a statement's line, or a person who looked."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

STATEMENT = "statement"  # the source of a statement's lines
BY_HAND = "by_hand"  # the source of what a person saw in the bank's app


class Direction(StrEnum):
    """Money that came to the account, or left it."""

    IN = "in"
    OUT = "out"


@dataclass(frozen=True, slots=True)
class TransferSignal:
    """`source_key`: the same whenever this source tells this transfer again, and no other's on this account.

    `amount_vnd`: above 0, `direction` says which way. `at`: the bank's own time, aware UTC. `reference`: the bank's number of the
    transfer, "" where the source has none. `code`: what the provider took for the payment code, "" if nothing. `balance_vnd`: the
    account's after it, null where the source doesn't say. `payer_name`, `payer_account` and `raw` (the source's own text) are personal.
    `is_day_only`: the source has the day without a time; `at` is the day's first moment then. `is_doubtful`: the source may have told
    it before under another key, so a person must say which transfer it is.
    """

    source: str
    source_key: str
    account_number: str
    direction: Direction
    amount_vnd: int
    at: datetime
    reference: str = ""
    text: str = ""
    code: str = ""
    balance_vnd: int | None = None
    payer_name: str = ""
    payer_account: str = ""
    raw: str = ""
    is_day_only: bool = False
    is_doubtful: bool = False
