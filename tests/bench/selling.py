"""Scan to answered line, pay to answered receipt: the server's own time, in a young shop and in an old one."""

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import update

from pos.kernel.database import unit_of_work
from pos.printing.models import JobState, PrintJob

from .catalogue import code_of
from .figures import Figure, milliseconds, p50, p95, timed
from .shop import Till, basket_in
from .sizes import LINES_A_SALE, Sizes

WARM_UP = 5
ROUND = 10
MOST_GROWTH = 1.3


@dataclass
class Times:
    scans: list[float] = field(default_factory=list)
    pays: list[float] = field(default_factory=list)


@dataclass
class Seller:
    """A till whose answers are timed. The same seed scans the same goods in every shop."""

    till: Till
    products: int
    times: Times = field(default_factory=Times)
    dice: random.Random = field(default_factory=lambda: random.Random(1))

    def fill_basket(self) -> dict[str, str]:
        """Five scans; the basket to be paid."""
        page = ""
        for number in self.dice.sample(range(1, self.products + 1), LINES_A_SALE):
            page = self._timed_scan(code_of(number))
        return basket_in(page)

    def sell(self) -> None:
        """One sale of five lines, and its slip printed outside the timed part."""
        basket = self.fill_basket()
        self.times.pays.append(milliseconds(lambda: self.till.pay(basket)))
        self.print_all()

    def _timed_scan(self, code: str) -> str:
        taken, page = timed(lambda: self.till.scan(code))
        self.times.scans.append(taken)
        return page

    def print_all(self) -> None:
        """What the print worker does meanwhile: the screen would else list ever more waiting slips."""
        done = update(PrintJob).where(PrintJob.state == JobState.WAITING)
        with self.till.app.app_context(), unit_of_work() as session:
            session.execute(done.values(state=JobState.PRINTED, printed_at=datetime.now(UTC)))

    def warm_up(self) -> None:
        for _ in range(WARM_UP):
            self.sell()
        self.times = Times()


def sell_by_turns(young: Seller, old: Seller, sizes: Sizes) -> list[Figure]:
    """Both shops by turns, a few sales each, so that a busy moment of the machine hits them alike."""
    for seller in (young, old):
        seller.warm_up()
    for _ in range(sizes.measured_sales // ROUND):
        for seller in (young, old):
            for _ in range(ROUND):
                seller.sell()
    lines = f"{sizes.past_lines:,} past lines"
    scan, pay = p95(old.times.scans), p95(old.times.pays)
    return [
        Figure(f"scan to answered line, p50, {lines}", p50(old.times.scans), "ms"),
        Figure(f"scan to answered line, p95, {lines}", scan, "ms"),
        Figure(f"pay to answered receipt, p50, {lines}", p50(old.times.pays), "ms"),
        Figure(f"pay to answered receipt, p95, {lines}", pay, "ms"),
        Figure(f"scan: p95 against {sizes.few_past_lines:,} past lines", scan, "ms", MOST_GROWTH, p95(young.times.scans)),
        Figure(f"pay: p95 against {sizes.few_past_lines:,} past lines", pay, "ms", MOST_GROWTH, p95(young.times.pays)),
    ]  # fmt: skip
