"""portal/reductions.py — why a buyer paid less for own goods than their price: each discount, and what of the sum was rounded."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from ..sales.queries import list_discounts_of
from .own_sales import OwnLine

ROUNDED, OF_SET = "rounded", "of_set"
LineKey = tuple[int, int, int | None]  # sale, line, lot


@dataclass(frozen=True, slots=True)
class Reduction:
    """`kind`: a DiscountKind, `ROUNDED`, or `OF_SET` for a part of a set's discounts; `amount_vnd`: what was taken off, negative on a refund."""

    kind: str
    amount_vnd: int
    rate_bp: int | None = None


def list_reductions(session: Session, lines: Sequence[OwnLine]) -> Mapping[LineKey, list[Reduction]]:
    """By sale, line and lot; what no discount says is the line's share of a sum that was rounded. Of a set's part it is one sum."""
    discounts: dict[tuple[int, int], list[Reduction]] = defaultdict(list)
    for discount in list_discounts_of(session, {line.sale_number for line in lines}):
        reduction = Reduction(discount.kind, discount.amount_vnd, discount.rate_bp)
        discounts[discount.sale_number, discount.line_n].append(reduction)
    found: dict[LineKey, list[Reduction]] = {}
    for line in lines:
        own = discounts[line.sale_number, line.n]
        off_vnd = line.amount_vnd - line.paid_vnd
        if line.set_name and own:
            found[line.sale_number, line.n, line.lot_id] = [Reduction(OF_SET, off_vnd)]
            continue
        rest_vnd = off_vnd - sum(each.amount_vnd for each in own)
        rounded = [Reduction(ROUNDED, rest_vnd)] if rest_vnd else []
        found[line.sale_number, line.n, line.lot_id] = [*own, *rounded]
    return found
