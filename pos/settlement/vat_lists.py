"""settlement/vat_lists.py — goods sold, a list a VAT rate: what a producer needs to issue the invoice to the shop.

Decree 254/2026/NĐ-CP, article 6.3.d: an agent that sells at the consignor's price sends a list of the goods sold; goods with other
rates stand on separate lists. What came back in the period is taken off.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from ..law.rates import vat_bp
from .models import StatementRow
from .rows import OwedKind
from .worth import WHOLE_BP, round_half_up

SOLD = frozenset({OwedKind.SOLD, OwedKind.REFUNDED, OwedKind.VOIDED})


@dataclass(frozen=True, slots=True)
class VatLine:
    """Goods of one name and lot that were sold at one rate, less what came back; `amount_vnd` with tax, after the producer's discounts."""

    name: str
    unit: str
    quantity_milli: int
    amount_vnd: int


@dataclass(frozen=True, slots=True)
class VatList:
    """Goods of one category at one rate (`rate_bp`, basis points on the day of the sale; 0 where it is not subject to VAT)."""

    category: str
    rate_bp: int
    lines: tuple[VatLine, ...]

    @property
    def amount_vnd(self) -> int:
        return sum(line.amount_vnd for line in self.lines)

    @property
    def tax_vnd(self) -> int:
        """The tax within the price, half up."""
        return round_half_up(Fraction(self.amount_vnd * self.rate_bp, WHOLE_BP + self.rate_bp))


def list_goods_sold(rows: Sequence[StatementRow]) -> list[VatList]:
    """The lists of a statement, one a category and rate; goods whose sums came to nothing are left out."""
    sums: dict[tuple[str, int], dict[tuple[str, str], list[int]]] = defaultdict(
        lambda: defaultdict(lambda: [0, 0])
    )
    for row in rows:
        if row.kind in SOLD and row.vat_category:
            each = sums[row.vat_category, vat_bp(row.vat_category, row.day)][row.name, row.unit]
            each[0] += row.quantity_milli
            each[1] += row.gross_vnd - row.borne_vnd
    lists = []
    for (category, rate_bp), goods in sorted(sums.items()):
        lines = tuple(
            VatLine(name, unit, milli, vnd)
            for (name, unit), (milli, vnd) in sorted(goods.items())
            if milli or vnd
        )
        lists += [VatList(category, rate_bp, lines)] if lines else []
    return lists
