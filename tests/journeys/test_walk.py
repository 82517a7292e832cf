"""A random walk at the till with keyboard, touch and a scanner of many suffixes: after each act the basket is the model's.

`sh tests/run walk` walks 20 seeds of 200 acts; every day two short ones. The model knows nothing of the till's code: it
says what a cashier means by each act.
"""

import os
import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page
from sqlalchemy import select

from pos.catalog.models import Barcode, Product
from pos.kernel.database import open_reading, unit_of_work
from pos.kernel.quantity import ONE
from pos.sales.basket import find_open_basket
from tests.builders import a_delivery, a_maker, a_product
from tests.conftest import STATION, Served

from .conftest import pay_exactly

pytestmark = pytest.mark.journey

SEEDS, ACTS = (int(os.environ.get("WALK_SEEDS", "2")), int(os.environ.get("WALK_ACTS", "40")))
TYPED = """([text, end]) => {
  const send = (init) => document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { bubbles: true, cancelable: true, ...init }));
  for (const c of text) send({ key: c, code: `Digit${c}` });
  const [control, key] = end.includes("+") ? [true, end.at(-1)] : [false, end];
  send({ key, code: control ? `Key${key.toUpperCase()}` : key, ctrlKey: control });
}"""  # in one go, whatever else the machine does; the rest of the suffix by real keys, which press what has the focus
HAND_MS = 90  # no hand is quicker, before a scan and after it
SUFFIXES = (
    ("Enter",),
    ("Enter", "Enter"),
    ("Tab",),
    ("Enter", "Control+j"),
    ("Control+m", "Control+j"),
    ("Enter", "Tab"),
    ("Tab", "Enter"),
)
SETTLED_S = 6.0
RESCAN_S = 0.2  # the same code sooner is a bounce


def send_scan(page: Page, code: str, suffix: tuple[str, ...]) -> None:
    page.wait_for_timeout(HAND_MS)
    page.evaluate(TYPED, [code, suffix[0]])
    for key in suffix[1:]:
        page.keyboard.press(key)
    page.wait_for_timeout(HAND_MS)


@dataclass
class Model:
    """What lies on the counter, in the order of its lines: product → pieces; what is parked; which line is marked."""

    lines: dict[str, int] = field(default_factory=dict)
    parked: list[dict[str, int]] = field(default_factory=list)
    marked: str | None = None

    def put(self, name: str, pieces: int = 1) -> None:
        self.lines[name] = self.lines.get(name, 0) + pieces
        self.marked = name

    def set(self, name: str, pieces: int) -> None:
        """A changed quantity is goods taken off and put on anew: the line goes to the end."""
        self.lines.pop(name)
        if pieces:
            self.lines[name] = pieces
        self.marked = name if pieces else self._last()

    def _last(self) -> str | None:
        return next(reversed(self.lines), None)

    def clear(self) -> None:
        self.lines, self.marked = {}, None


@dataclass
class Walker:
    page: Page
    goods: dict[str, str]  # name → code
    dice: random.Random
    model: Model = field(default_factory=Model)
    last_code: str = ""
    last_at: float = 0.0
    said: list[str] = field(default_factory=list)

    def scan(self, *, checking: bool = False) -> None:
        name = self.dice.choice(sorted(self.goods))
        code = self.goods[name]
        if code == self.last_code and time.monotonic() - self.last_at < RESCAN_S:
            time.sleep(RESCAN_S)
        suffix = self.dice.choice(SUFFIXES)
        send_scan(self.page, code, suffix)
        self.last_code, self.last_at = code, time.monotonic()
        self.said.append(f"scan {name} {suffix}")
        if not checking:
            self.model.put(name)

    def touch(self) -> None:
        name = self.dice.choice(sorted(self.goods))
        self.page.locator("#tiles .tile", has_text=name).click()
        self.said.append(f"touch {name}")
        self.model.put(name)

    def times(self) -> None:
        pieces = self.dice.randint(2, 4)
        self.page.keyboard.type(f"{pieces}*", delay=90)
        self.page.locator("#times", has_text=f"{pieces} ×").wait_for()
        self.scan()
        self.said.append(f"… {pieces} times")
        self.model.put(self.model.marked or "", pieces - 1)

    def search(self) -> None:
        name = self.dice.choice(sorted(self.goods))
        self.page.keyboard.press("F2")
        self.page.keyboard.type(name.lower(), delay=90)
        self.page.locator("#found button", has_text=name).first.wait_for()
        self.page.keyboard.press("Enter")
        self.said.append(f"search {name}")
        self.model.put(name)

    def mark(self) -> None:
        if self.model.lines:
            name = self.dice.choice(sorted(self.model.lines))
            self.page.locator(".line", has_text=name).locator(".what").click()
            self.said.append(f"mark {name}")
            self.model.marked = name

    def more(self) -> None:
        if self.model.marked:
            self.page.keyboard.press("+")
            self.said.append("+")
            self.model.set(self.model.marked, self.model.lines[self.model.marked] + 1)

    def less(self) -> None:
        if self.model.marked:
            self.page.keyboard.press("-")
            self.said.append("-")
            self.model.set(self.model.marked, self.model.lines[self.model.marked] - 1)

    def take_off(self) -> None:
        if self.model.marked:
            self.page.keyboard.press("Delete")
            self.said.append("Delete")
            self.model.set(self.model.marked, 0)

    def type_quantity(self) -> None:
        """A click selects all: what is typed replaces it."""
        if not self.model.marked:
            return
        now = self.model.lines[self.model.marked]
        pieces = self.dice.choice([n for n in range(1, 13) if n != now])
        self.page.locator(".line.selected .quantity input[name=quantity]").click()
        self.page.keyboard.type(str(pieces), delay=80)
        self.page.keyboard.press("Enter")
        self.said.append(f"quantity {pieces}")
        self.model.set(self.model.marked, pieces)

    def pay_exact(self) -> None:
        if self.model.lines:
            pay_exactly(self.page)
            self.page.wait_for_selector("#till[data-panel=done]")
            self.said.append("F8 F8, next buyer")
            self.model.clear()
            self.page.keyboard.press("Enter")
            self.page.wait_for_selector("#till[data-panel=pay]")

    def pay_basket(self) -> None:
        if self.model.lines:
            self.page.keyboard.press("F8")
            self.page.wait_for_selector("#given")
            self.page.keyboard.type("900000", delay=80)
            self.page.keyboard.press("Enter")
            self.page.wait_for_selector("#till[data-panel=done], .notice.look")
            if self.page.locator("#till[data-panel=done]").count() == 0:
                self.page.keyboard.press("Enter")  # is that what was handed over? It is
                self.page.wait_for_selector("#till[data-panel=done]")
            self.said.append("F8, cash, next buyer")
            self.model.clear()
            self.page.keyboard.press("Enter")
            self.page.wait_for_selector("#till[data-panel=pay]")

    def look_only(self) -> None:
        self.page.keyboard.press("F3")
        self.page.wait_for_selector("#till[data-panel=check]")
        self.scan(checking=True)
        self.page.locator(".side.check .price").wait_for()
        self.page.keyboard.press("Escape")
        self.page.wait_for_selector("#till[data-panel=pay]")
        self.said.append("F3, Esc")
        self._nothing_marked_but_the_last()

    def park(self) -> None:
        if self.model.lines and len(self.model.parked) < 3:
            self.page.get_by_role("button", name="Treo giỏ").click()
            self.said.append("park")
            self.model.parked.append(dict(self.model.lines))
            self.model.clear()

    def take_back(self) -> None:
        if self.model.parked and not self.model.lines:
            self.page.keyboard.press("F4")
            self.page.locator(".side.parked .stack button").first.click()
            self.said.append("take back")
            self.model.lines = self.model.parked.pop(0)
            self._nothing_marked_but_the_last()

    def stray(self) -> None:
        """Keys that mean nothing here: Enter on a basket, Escape, a line feed."""
        key = self.dice.choice(("Enter", "Escape", "Control+j", "Enter"))
        self.page.keyboard.press(key)
        self.said.append(f"stray {key}")

    def _nothing_marked_but_the_last(self) -> None:
        self.model.marked = next(reversed(self.model.lines), None)

    def check(self) -> None:
        """Within a moment both the screen and the books say what the model says, and go on saying it."""
        until = time.monotonic() + SETTLED_S
        while (found := self._found()) != (dict(self.model.lines),) * 2:
            assert time.monotonic() < until, f"{found} is not {self.model.lines}\nafter {self.said[-12:]}"
            self.page.wait_for_timeout(25)

    def _found(self) -> tuple[dict[str, int], dict[str, int]]:
        shown = self.page.evaluate(
            "() => [...document.querySelectorAll('.line')].map(l => [l.querySelector('strong').textContent, l.querySelector('.num').textContent])"
        )
        with open_reading() as session:
            basket = find_open_basket(session, STATION)
            kept: Counter[str] = Counter()
            for line in basket.lines if basket else ():
                kept[session.get_one(Product, line.product_id).name] += line.quantity_milli // ONE
        on_screen: Counter[str] = Counter()
        for name, text in shown:
            on_screen[name] += int(text.split(" ")[0].replace(".", ""))
        return dict(on_screen), dict(kept)


@pytest.fixture
def goods(served: Served) -> dict[str, str]:
    """Five products that can be scanned, touched and typed, of which there is always enough."""
    with served.app.app_context(), unit_of_work() as session:
        maker = a_maker(session, "Hộ đi bộ")
        names = {}
        for n in range(5):
            product = a_product(
                session, maker, 910 + n, name=f"Bước {'ABCDE'[n]}", price_vnd=11_500 + 1000 * n
            )
            product.on_tiles = True
            a_delivery(session, maker, product, 5000 * ONE, lot=f"W{n}")
            code = session.scalars(select(Barcode.gtin).where(Barcode.product_id == product.id)).one()
            names[product.name] = code.lstrip("0")
    return names


@pytest.mark.parametrize(
    "seed", [0, *(pytest.param(seed, marks=pytest.mark.long) for seed in range(1, SEEDS))]
)
def test_the_basket_is_what_the_cashier_meant(
    till: Page, served: Served, goods: dict[str, str], seed: int
) -> None:
    with served.app.app_context():
        till.reload()
        walker = Walker(till, goods, random.Random(seed))
        acts: list[tuple[Callable[[], None], int]] = [
            (walker.scan, 5), (walker.touch, 5), (walker.times, 1), (walker.search, 1), (walker.mark, 2), (walker.more, 2), (walker.less, 2),
            (walker.take_off, 1), (walker.type_quantity, 2), (walker.pay_exact, 1), (walker.pay_basket, 1), (walker.look_only, 1),
            (walker.park, 1), (walker.take_back, 1), (walker.stray, 4),
        ]  # fmt: skip
        for _ in range(ACTS):
            (act,) = walker.dice.choices([each for each, _ in acts], [weight for _, weight in acts])
            try:
                served.clock.advance(seconds=1)
                act()
                walker.check()
            except PlaywrightError as stuck:
                raise AssertionError(f"{stuck}\nafter {walker.said[-12:]} and {act.__name__}") from stuck


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_a_scanners_suffix_presses_nothing(
    till: Page, served: Served, goods: dict[str, str], suffix: tuple[str, ...]
) -> None:
    """A tile was touched and has the focus; the scanner's CR+LF adds no second piece of it, and pays nothing."""
    with served.app.app_context():
        till.reload()
        walker = Walker(till, goods, random.Random(1))
        walker.touch()
        walker.check()
        name = sorted(goods)[1]
        till.locator("#tiles .tile", has_text=min(goods)).focus()
        send_scan(till, goods[name], suffix)
        walker.model.put(name)
        walker.check()
        till.wait_for_timeout(400)
        walker.check()


def test_the_next_buyers_basket_is_empty(till: Page, served: Served, goods: dict[str, str]) -> None:
    """Touch a tile, F8 F8, Enter: "next customer" is no second egg."""
    with served.app.app_context():
        till.reload()
        walker = Walker(till, goods, random.Random(2))
        walker.touch()
        walker.check()
        walker.pay_exact()
        till.wait_for_timeout(400)
        walker.check()
        assert till.evaluate("document.activeElement === document.body")
