"""sales/discounts.py — what is taken off a basket's lines, in which order, and how it is spread. Pure: no database, no request.

Order: the lot's markdown, the line's discount, the staff's, the basket's, vouchers that the shop gave; each from what the one
before has left, half up to the đồng. What is for the whole basket is spread over its lines by what they have left, by the
method of the largest remainder.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..kernel.money import apportion
from .models import WHOLE_BASKET, DiscountKind

WHOLE_BP = 10_000


@dataclass(frozen=True, slots=True)
class WantedDiscount:
    """A rate or an amount, one of the two, for a line (`line_n`) or the whole basket (`WHOLE_BASKET`)."""

    kind: DiscountKind
    line_n: int = WHOLE_BASKET
    rate_bp: int | None = None
    amount_vnd: int | None = None
    reason: str = ""
    approved_by: str | None = None
    approved_vnd: int | None = None
    approved_of_vnd: int | None = None
    voucher_number: int | None = None


@dataclass(frozen=True, slots=True)
class LineDiscount:
    """What one discount takes off one line."""

    wanted: WantedDiscount
    amount_vnd: int


def find_amount_off(left_vnd: int, wanted: WantedDiscount) -> int:
    """What the discount takes from so much, half up to the đồng; never more than there is."""
    if wanted.rate_bp is not None:
        return (left_vnd * wanted.rate_bp + WHOLE_BP // 2) // WHOLE_BP
    return min(wanted.amount_vnd or 0, left_vnd)


def list_line_discounts(
    amounts: Mapping[int, int], wanted: Sequence[WantedDiscount]
) -> dict[int, list[LineDiscount]]:
    """By the line's number what is taken off it. `amounts`: price × quantity of each line, in đồng."""
    left = dict(amounts)
    found: dict[int, list[LineDiscount]] = {n: [] for n in amounts}
    for kind in DiscountKind:
        for asked in (each for each in wanted if each.kind is kind):
            for n, off_vnd in _spread_over_lines(left, asked).items():
                if off_vnd:
                    found[n].append(LineDiscount(asked, off_vnd))
                    left[n] -= off_vnd
    return found


def _spread_over_lines(left: Mapping[int, int], asked: WantedDiscount) -> dict[int, int]:
    """What it takes off each line, by the line's number."""
    if asked.line_n != WHOLE_BASKET:
        return {asked.line_n: find_amount_off(left[asked.line_n], asked)} if asked.line_n in left else {}
    whole = sum(left.values())
    off_vnd = find_amount_off(whole, asked)
    if not off_vnd:
        return {}
    return dict(zip(left, apportion(off_vnd, list(left.values())), strict=True))


def find_unapproved_vnd(found: Mapping[int, Sequence[LineDiscount]], amounts: Mapping[int, int]) -> int:
    """How much of what people took off no manager has approved: all of it, or what is more than was approved.

    More in đồng, or a greater part of the goods: they may have been swapped for others since. `found` and `amounts`: the
    discounts and the price × quantity of each line, by its number. Markdowns and vouchers are no person's.
    """
    sums: dict[WantedDiscount, int] = {}
    for each in (off for offs in found.values() for off in offs):
        if each.wanted.kind not in {DiscountKind.MARKDOWN, DiscountKind.VOUCHER}:
            sums[each.wanted] = sums.get(each.wanted, 0) + each.amount_vnd
    return sum(max(0, vnd - _find_approved_vnd(wanted, amounts)) for wanted, vnd in sums.items())


def _find_approved_vnd(wanted: WantedDiscount, amounts: Mapping[int, int]) -> int:
    if not wanted.approved_vnd or not wanted.approved_of_vnd:
        return 0
    of_vnd = sum(amounts.values()) if wanted.line_n == WHOLE_BASKET else amounts.get(wanted.line_n, 0)
    # one đồng more, for what is half up of a smaller sum
    return min(wanted.approved_vnd, wanted.approved_vnd * of_vnd // wanted.approved_of_vnd + 1)
