"""Build the shops, take every measurement, tell the figures."""

import argparse
import logging
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path

from rich.console import Console

from pos.kernel.database import db, unit_of_work

from . import (
    books,
    displays,
    floor,
    lookup,
    paper,
    portal,
    queue,
    selling,
    server,
    settle,
    stock,
    tags,
    transfers,
    workbook,
)
from .catalogue import fill
from .figures import Figure, Result, tell, timed, write
from .history import add_acts, add_past
from .shop import Till, app_over, copied, new_shop
from .sizes import FULL, LINES_A_SALE, LOTS_A_PRODUCT, QUICK, Sizes

# On the checkout's own disk: a temporary folder may lie in memory, where syncing costs nothing.
ARTIFACTS = Path(".artifacts")
console = Console(stderr=True, highlight=False)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a twentieth of everything: about a minute")
    parser.add_argument("--json", type=Path, default=ARTIFACTS / "bench.json", help="where the figures go")
    asked = parser.parse_args()
    logging.getLogger("alembic").setLevel(logging.WARNING)
    warnings.simplefilter("ignore", ResourceWarning)
    begun = time.perf_counter()
    ARTIFACTS.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="bench-", dir=ARTIFACTS) as folder:
        figures = take_all(Path(folder), QUICK if asked.quick else FULL)
    tell(figures)
    write(figures, asked.json, quick=asked.quick, seconds=time.perf_counter() - begun)
    console.print(f"{time.perf_counter() - begun:.0f} s; figures in {asked.json}")


def take_all(folder: Path, sizes: Sizes) -> list[Figure]:
    """Each measurement on a shop of its own, but for those that compare within one."""
    shops = Shops(folder, sizes)
    figures = output("receipt's picture", lambda: paper.measure(sizes))
    figures += output("workbook", lambda: workbook.measure(shops.empty("import"), sizes))
    figures += output(
        "workbook beside a till", lambda: workbook.measure_beside_till(shops.empty("beside"), sizes)
    )
    figures += output("stock's pages", lambda: stock.measure(*shops.with_few_and_many_lots(), sizes))
    figures += output("tags", lambda: tags.measure(*shops.with_few_and_many_lots("tags"), sizes))
    figures += output(
        "bank transfers", lambda: transfers.measure(shops.small("transfers"), shops.empty("signals"), sizes)
    )
    figures += output("customer displays", lambda: displays.measure(shops.small("displays"), sizes))
    figures += output("server's memory", lambda: server.measure_memory(shops.small("memory"), sizes))
    figures += output(
        "a long statement", lambda: settle.measure_long(shops.of_one_producer(), sizes.statement_lines)
    )
    figures += output(
        "statements beside a till", lambda: settle.measure_run(shops.with_month(), sizes.month_goods)
    )
    figures += output("waiting receipts", lambda: queue.measure(shops.empty("queue"), sizes))
    figures += output("first strip", lambda: queue.measure_first_strip(shops.empty("strip"), sizes))
    young = output("a shop with little history", lambda: shops.with_past("young", sizes.few_past_lines))
    old = output("a shop with a long history", lambda: shops.with_past("old", sizes.past_lines))
    figures += output("sold in a year", lambda: books.measure_sold(old, sizes))
    figures += output("Z", lambda: books.measure_z(shops.with_open_shift(), sizes))
    figures += output("chain", lambda: books.measure_chain(shops.with_acts(), sizes))
    figures += output("start", lambda: server.measure_start(old, sizes))
    figures += output("name search", lambda: lookup.measure(old, sizes))
    figures += output("producer's first page", lambda: portal.measure(old, sizes))
    return sold(young, old, sizes) + figures


def sold(young: Path, old: Path, sizes: Sizes) -> list[Figure]:
    """The till's figures and the floor's, in the same two files."""
    new_hand, old_hand = (selling.Seller(Till(folder), sizes.products) for folder in (young, old))
    figures = output("scan and pay", lambda: selling.sell_by_turns(new_hand, old_hand, sizes))
    figures += output("payment's floor", lambda: floor.measure(old_hand, sizes))
    for seller in (new_hand, old_hand):
        seller.till.close()
    return figures


def output(what: str, act: Callable[[], Result]) -> Result:
    """Do it, and say on the terminal how long it took."""
    taken, result = timed(act)
    console.print(f"{taken / 1000:6.1f} s  {what}")
    return result


class Shops:
    """Folders with shops, each made once and copied from then on."""

    def __init__(self, folder: Path, sizes: Sizes) -> None:
        self.folder = folder
        self.sizes = sizes
        self.bare = folder / "bare"
        new_shop(self.bare)

    def empty(self, name: str) -> Path:
        return copied(self.bare, self.folder / name)

    def small(self, name: str) -> Path:
        return self._filled(name, server.FEW_PRODUCTS, 5)

    def with_few_and_many_lots(self, name: str = "lots") -> tuple[Path, Path]:
        many = self.sizes.lots_on_hand // LOTS_A_PRODUCT
        few, of = many // 10, self.sizes.producers
        return self._filled(f"few-{name}", few, of), self._filled(f"many-{name}", many, of)

    def with_past(self, name: str, past_lines: int) -> Path:
        goods = self.folder / "goods"
        if not goods.exists():
            self._filled("goods", self.sizes.products, self.sizes.producers)
        shop = copied(goods, self.folder / name)
        add_past(shop, past_lines)
        return shop

    def with_open_shift(self) -> Path:
        shop, sales = self._filled("shift", self.sizes.products // 10, 10), self.sizes.sales_of_a_shift
        add_past(shop, sales * LINES_A_SALE, sales, is_closed=False)
        return shop

    def of_one_producer(self) -> Path:
        """All that was sold in a month is one producer's."""
        lines = self.sizes.statement_lines
        shop = self._filled("one-producer", 100, 1)
        add_past(shop, lines, lines // LINES_A_SALE // 30)
        return shop

    def with_month(self) -> Path:
        """A month of sales of many producers' goods."""
        lines = self.sizes.month_lines
        shop = self._filled("month", self.sizes.month_goods, self.sizes.settled_producers)
        add_past(shop, lines, lines // LINES_A_SALE // 30)
        return shop

    def with_acts(self) -> Path:
        shop = self.empty("acts")
        add_acts(shop, self.sizes.acts)
        return shop

    def _filled(self, name: str, products: int, producers: int) -> Path:
        shop = self.empty(name)
        with app_over(shop).app_context():
            with unit_of_work() as session:
                fill(session, products, producers)
            db.engine.dispose()
        return shop


if __name__ == "__main__":
    main()
