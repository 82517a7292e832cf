"""portal/reductions.py — why a buyer paid less for own goods than their price: each discount, and what of the sum was rounded."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from ..sales.models import SaleLine
from ..sales.queries import list_discounts_of

ROUNDED = "rounded"


@dataclass(frozen=True, slots=True)
class Reduction:
    """`kind`: a DiscountKind, or `ROUNDED`; `amount_vnd`: what was taken off, negative on a refund."""

    kind: str
    amount_vnd: int
    rate_bp: int | None = None


def list_reductions(
    session: Session, lines: Sequence[SaleLine]
) -> Mapping[tuple[int, int], Sequence[Reduction]]:
    """By sale and line; what no discount says is the line's share of a sum that was rounded."""
    found: dict[tuple[int, int], list[Reduction]] = defaultdict(list)
    for discount in list_discounts_of(session, {line.sale_number for line in lines}):
        key = discount.sale_number, discount.line_n
        found[key].append(Reduction(discount.kind, discount.amount_vnd, discount.rate_bp))
    for line in lines:
        key = line.sale_number, line.n
        rest_vnd = line.amount_vnd - line.paid_vnd - sum(each.amount_vnd for each in found[key])
        if rest_vnd:
            found[key].append(Reduction(ROUNDED, rest_vnd))
    return found
