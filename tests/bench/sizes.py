"""How much of everything one run has."""

from dataclasses import dataclass

LINES_A_SALE = 5
LOTS_A_PRODUCT = 5


@dataclass(frozen=True, slots=True)
class Sizes:
    """Full sizes are a shop after some years; quick ones are a twentieth of them."""

    products: int = 20_000
    past_lines: int = 1_000_000
    few_past_lines: int = 10_000
    measured_sales: int = 200
    floor_rounds: int = 150
    searches: int = 400
    lots_on_hand: int = 20_000
    times_sold: int = 10_000
    views: int = 20
    imported: int = 5_000
    sales_before: int = 1_000
    sales_after: int = 10_000
    receipts: int = 20
    queued: int = 1_000
    tags: int = 1_000
    starts: int = 3
    acts: int = 1_000_000
    sales_of_a_shift: int = 2_000
    statement_lines: int = 20_000
    settled_producers: int = 200
    month_lines: int = 100_000

    @property
    def month_goods(self) -> int:
        return self.settled_producers * 5

    @property
    def producers(self) -> int:
        return max(10, self.products // 40)


FULL = Sizes()
QUICK = Sizes(
    products=1_000, past_lines=50_000, few_past_lines=500, measured_sales=40, floor_rounds=40, searches=100,
    lots_on_hand=1_000, times_sold=500, views=10, imported=500, sales_before=200, sales_after=2_000, receipts=5, queued=50, tags=100, starts=1, acts=50_000, sales_of_a_shift=200, statement_lines=1_000, settled_producers=10, month_lines=5_000,
)  # fmt: skip
