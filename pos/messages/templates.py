"""messages/templates.py — messages that the program writes: a code and its facts, rendered in each reader's language (terms.py)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class MessageTemplate:
    """Facts are plain values, as JSON knows them."""

    code: str
    facts: Mapping[str, Any]


def make_statement_ready(*, number: int, ends: date, closing_vnd: int) -> MessageTemplate:
    """A statement was approved; below 0 the producer owes the shop, which is carried over."""
    facts = {"number": number, "ends": ends.isoformat(), "closing_vnd": closing_vnd}
    return MessageTemplate("statement_ready", facts)


def make_paid_out(*, amount_vnd: int, how: str, is_advance: bool = False) -> MessageTemplate:
    """Money was paid to the producer; `how`: "transfer" or "cash"."""
    code = "advance_paid" if is_advance else "paid_out"
    return MessageTemplate(code, {"amount_vnd": amount_vnd, "how": how})


def make_payout_back(*, amount_vnd: int) -> MessageTemplate:
    """A payout that was written down was not paid, or came back: it is owed again."""
    return MessageTemplate("payout_back", {"amount_vnd": amount_vnd})


def make_payout_account_changed(*, masked: str) -> MessageTemplate:
    """Money goes to another account from now on; `masked`: what may be shown of it."""
    return MessageTemplate("payout_account_changed", {"masked": masked})


def make_dispute_answered(*, statement: int, line: int) -> MessageTemplate:
    """What the producer wrote about a line of a statement has an answer."""
    return MessageTemplate("dispute_answered", {"statement": statement, "line": line})


def make_price_answered(*, product: str, accepted: bool) -> MessageTemplate:
    """What the producer proposed as a price is taken, or not."""
    return MessageTemplate("price_answered", {"product": product, "accepted": accepted})
