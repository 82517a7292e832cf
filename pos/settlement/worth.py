"""settlement/worth.py — what goods that were sold, lost or bought are worth to their producer. Pure: no database, no request.

Commission is reckoned on the price with tax, before the discounts that the shop bears, half up to the đồng, for each row of
the books and component lot by itself. What comes back lowers it by differences of running totals, so that a line that came
back whole has cost nobody a đồng. The rounding of cash is always the shop's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType
from typing import NamedTuple

from ..kernel.money import apportion
from ..producers.models import Cost, Deal
from ..sales.models import DiscountKind

WHOLE_BP = 10_000


COST_OF_DISCOUNT = {
    DiscountKind.MARKDOWN: Cost.MARKDOWN,
    DiscountKind.LINE: Cost.DISCOUNT,
    DiscountKind.STAFF: Cost.DISCOUNT,
    DiscountKind.BASKET: Cost.DISCOUNT,
    DiscountKind.VOUCHER: Cost.PROMOTION,
}


@dataclass(frozen=True, slots=True)
class Band:
    """From so much of a month's sales on (đồng), the shop keeps this part of what is sold (basis points)."""

    from_vnd: int
    commission_bp: int


@dataclass(frozen=True, slots=True)
class AgreedTerms:
    """Terms as the reckoning needs them; `bands` rise, the first begins at 0 (none but for a consignment)."""

    id: int
    deal: Deal
    bands: tuple[Band, ...] = ()
    borne_by_producer: frozenset[Cost] = frozenset()


Parts = tuple[tuple[int, int], ...]  # (đồng, basis points): which part of a sum falls into which band
NO_PARTS: Parts = ()


NOTHING_OFF: Mapping[DiscountKind, int] = MappingProxyType({})


class SoldGoods(NamedTuple):
    """What is sold of a line and was not given back: quantity in thousandths, price × quantity, and what was taken off it."""

    quantity_milli: Fraction | int
    gross_vnd: int
    off_vnd: Mapping[DiscountKind, int] = NOTHING_OFF


def keep_part(goods: SoldGoods, kept: Fraction) -> SoldGoods:
    """So much of sold goods as is left after some came back: each sum in proportion, half up."""
    off_vnd = {kind: round_half_up(vnd * kept) for kind, vnd in goods.off_vnd.items()}
    return SoldGoods(goods.quantity_milli * kept, round_half_up(goods.gross_vnd * kept), off_vnd)


@dataclass(frozen=True, slots=True)
class Worth:
    """Of sold goods: price × quantity, the discounts that the producer bears, what the shop keeps, what the producer gets."""

    gross_vnd: int = 0
    borne_vnd: int = 0
    commission_vnd: int = 0
    owed_vnd: int = 0

    def __neg__(self) -> "Worth":
        return Worth() - self

    def __add__(self, other: "Worth") -> "Worth":
        return self - -other

    def __sub__(self, other: "Worth") -> "Worth":
        return Worth(
            self.gross_vnd - other.gross_vnd,
            self.borne_vnd - other.borne_vnd,
            self.commission_vnd - other.commission_vnd,
            self.owed_vnd - other.owed_vnd,
        )

    def keep_part(self, kept: Fraction) -> "Worth":
        """So much of it, half up; what is owed is what remains of the price, so that the sums fit."""
        gross_vnd, borne_vnd, commission_vnd = (
            round_half_up(vnd * kept) for vnd in (self.gross_vnd, self.borne_vnd, self.commission_vnd)
        )
        return Worth(gross_vnd, borne_vnd, commission_vnd, gross_vnd - borne_vnd - commission_vnd)


def round_half_up(value: Fraction) -> int:
    """To the đồng; a half counts upwards."""
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)


def find_base_vnd(goods: SoldGoods, terms: AgreedTerms) -> int:
    """Price × quantity less the discounts that the producer bears."""
    return goods.gross_vnd - sum_borne_vnd(goods, terms)


def sum_borne_vnd(goods: SoldGoods, terms: AgreedTerms) -> int:
    if not goods.off_vnd:  # most of what is sold
        return 0
    return sum(
        vnd for kind, vnd in goods.off_vnd.items() if COST_OF_DISCOUNT[kind] in terms.borne_by_producer
    )


def split_over_bands(bands: Sequence[Band], filled_vnd: int, base_vnd: int) -> Parts:
    """Which part of a sum falls into which band, where the month has sold `filled_vnd` before it. Parts of no đồng are left out."""
    if len(bands) == 1:  # as most terms have
        return ((base_vnd, bands[0].commission_bp),) if base_vnd > 0 else ()
    upto_vnd = filled_vnd + base_vnd
    ends = [band.from_vnd for band in bands[1:]] + [upto_vnd]
    parts = []
    for band, end in zip(bands, ends, strict=False):  # without bands there are no parts
        start, stop = max(filled_vnd, band.from_vnd), min(upto_vnd, end)
        if stop > start:
            parts.append((stop - start, band.commission_bp))
    return tuple(parts)


def find_worth(
    goods: SoldGoods, terms: AgreedTerms, parts: Parts, agreed_price_vnd: int | None = None
) -> Worth:
    """What is left of a sold line is worth, by the bands that the whole line filled (`parts`).

    Of a consignment the price less commission; with a fixed price that price (`agreed_price_vnd` a unit), lowered in
    proportion by the discounts that the producer bears. Firm goods are the shop's own: nothing is owed for their sale.
    """
    borne_vnd = sum_borne_vnd(goods, terms)
    base_vnd = goods.gross_vnd - borne_vnd
    if terms.deal is Deal.FIRM:
        return Worth(goods.gross_vnd, borne_vnd, base_vnd, 0)
    if terms.deal is Deal.FIXED_PRICE:
        owed_vnd = find_fixed_vnd(goods, agreed_price_vnd or 0, base_vnd)
        return Worth(goods.gross_vnd, borne_vnd, base_vnd - owed_vnd, owed_vnd)
    commission_vnd = find_commission_vnd(base_vnd, parts)
    return Worth(goods.gross_vnd, borne_vnd, commission_vnd, base_vnd - commission_vnd)


def find_commission_vnd(base_vnd: int, parts: Parts) -> int:
    """The commission on what is left of a line whose whole filled these parts of bands: the same part of each."""
    if len(parts) == 1:
        return (2 * base_vnd * parts[0][1] + WHOLE_BP) // (2 * WHOLE_BP)
    whole_vnd = sum(vnd for vnd, _bp in parts)
    if not whole_vnd:
        return 0
    exact, of = sum(vnd * bp for vnd, bp in parts) * base_vnd, whole_vnd * WHOLE_BP
    return (2 * exact + of) // (2 * of)  # half up, in whole numbers: a fraction a sold line is slow


def find_fixed_vnd(goods: SoldGoods, agreed_price_vnd: int, base_vnd: int) -> int:
    """The fixed price of so much, lowered in proportion to the discounts that the producer bears (60.000 at −30 % is 42.000)."""
    exact = Fraction(agreed_price_vnd * goods.quantity_milli, 1000)
    if base_vnd != goods.gross_vnd:
        exact = exact * base_vnd / goods.gross_vnd
    return round_half_up(exact)


def split_goods(
    goods: SoldGoods, weights: Sequence[int], quantities: Sequence[Fraction | int]
) -> list[SoldGoods]:
    """A gift set's line as the lots in it: money by `weights`, by the method of the largest remainder; each lot's own quantity.

    `quantities`: how much of each lot one thousandth of the line's unit holds. A discount is spread by what the ones before it
    have left, so that no lot bears more than it costs.
    """
    gross = apportion(goods.gross_vnd, weights)
    left = list(gross)
    off: list[dict[DiscountKind, int]] = [{} for _ in weights]
    for kind in DiscountKind:
        off_vnd = goods.off_vnd.get(kind, 0)
        shares = apportion(off_vnd, left) if off_vnd else [0] * len(left)
        for i, share in enumerate(shares):
            left[i] -= share
            if share:
                off[i][kind] = share
    return [SoldGoods(goods.quantity_milli * each, gross[i], off[i]) for i, each in enumerate(quantities)]


def find_loss_worth(
    gross_vnd: int,
    quantity_milli: Fraction,
    terms: AgreedTerms,
    filled_vnd: int,
    agreed_price_vnd: int | None = None,
) -> Worth:
    """What lost goods are worth that the shop bears: that day's list price less commission, or the fixed price.

    The commission is that of the bands which the month's sales had reached; a loss is no sale and fills none.
    """
    goods = SoldGoods(quantity_milli, gross_vnd)
    parts = split_over_bands(terms.bands, filled_vnd, gross_vnd)
    return find_worth(goods, terms, parts, agreed_price_vnd)
