"""messages/templates.py — messages that the program writes: a code and its facts, rendered in each reader's language (terms.py)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from ..producers.models import ProducerTerms, TermsBand


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


def make_dispute_answered(
    *, statement: int, line: int, dispute: int = 0, correction_vnd: int = 0
) -> MessageTemplate:
    """What the producer wrote about a line of a statement has an answer; `correction_vnd`: the signed sum by which it was put right."""
    facts = {"statement": statement, "line": line}
    more = {"dispute": dispute, "correction_vnd": correction_vnd}
    return MessageTemplate("dispute_answered", facts | {name: value for name, value in more.items() if value})


def make_terms_agreed(terms: ProducerTerms, bands: Sequence[TermsBand]) -> MessageTemplate:
    """New terms hold from a day on."""
    facts = {
        "starts": terms.starts.isoformat(), "deal": str(terms.deal), "commission_bp": terms.commission_bp,
        "bands": [[band.from_vnd, band.commission_bp] for band in bands],
    }  # fmt: skip
    return MessageTemplate("terms_agreed", facts)


def make_lot_terms_changed(*, lot: str, product: str, difference_vnd: int) -> MessageTemplate:
    """A lot came under other terms; `difference_vnd`: what the producer gets more by it for what was sold so far, below 0: less."""
    return MessageTemplate(
        "lot_terms_changed", {"lot": lot, "product": product, "difference_vnd": difference_vnd}
    )


def make_price_answered(*, product: str, accepted: bool) -> MessageTemplate:
    """What the producer proposed as a price is taken, or not."""
    return MessageTemplate("price_answered", {"product": product, "accepted": accepted})
