"""shop/turnover.py — how far the year's turnover has come towards the sum at which the shop becomes something else."""

from dataclasses import dataclass

WARNED_AT_BP = (7_000, 9_000, 10_000)  # of the limit, in basis points


@dataclass(frozen=True, slots=True)
class TurnoverMeter:
    """`opening_vnd`: of the year before these books, None where nobody has said; `sold_vnd`: sales less refunds."""

    year: int
    opening_vnd: int | None
    sold_vnd: int
    most_vnd: int

    @property
    def turnover_vnd(self) -> int:
        return (self.opening_vnd or 0) + self.sold_vnd

    @property
    def share_bp(self) -> int:
        """The share of the limit in basis points, rounded down: 10.000 is reached with the last đồng only."""
        return max(0, self.turnover_vnd * 10_000 // self.most_vnd)

    @property
    def warned_bp(self) -> int:
        """The highest of the marks that is reached; 0 below the first."""
        return max((mark for mark in WARNED_AT_BP if self.share_bp >= mark), default=0)
