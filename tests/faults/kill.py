"""kill -9 in the middle of payments: four tills sell, the server dies, comes back, and is asked what it knows."""

import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from http.client import HTTPException
from pathlib import Path
from random import Random
from typing import Any

from .books import Reckoning, reckon, sales_in
from .process import ServerProcess
from .server import Settings
from .shop import STATIONS, Template, copy_of, findings, seconds_to_morning
from .till import Payment, Till, Told, Trouble

LOAD_SECONDS = (0.3, 0.9)  # between coming back and being killed again
Say = Callable[[str], None]


class Cashier:
    """One station's till and what its cashier was told. `paying` is set while a payment has no answer."""

    def __init__(self, till: Till, codes: tuple[str, ...], dice: Random) -> None:
        self.till = till
        self.told: list[Told] = []
        self.paying: Payment | None = None
        self.trouble = ""
        self._codes = codes
        self._dice = dice
        self._thread = threading.Thread()

    def start(self) -> None:
        """Sell until the server is gone."""
        self._thread = threading.Thread(target=self._sell_until_gone, daemon=True)
        self._thread.start()

    def wait(self) -> None:
        self._thread.join()

    def _sell_until_gone(self) -> None:
        try:
            while True:
                self._pay(self.till.fill_basket(self._dice.sample(self._codes, self._dice.randint(1, 2))))
        except Trouble as trouble:
            self.trouble = str(trouble)
        except (OSError, HTTPException):
            return  # no answer, or half of one: whether it was paid, only the books know

    def _pay(self, payment: Payment) -> None:
        self.paying = payment
        self.told.append(self.till.pay(payment))
        self.paying = None

    def pay_again(self) -> None:
        """What a cashier does who saw no answer: the same button, on the same screen."""
        try:
            self._pay(self.paying)
        except Trouble as trouble:
            self.trouble = f"paying again: {trouble}"


@dataclass
class Tally:
    """What was found over all kills."""

    kills: int = 0
    in_flight: int = 0
    retried: int = 0
    retried_committed: int = 0
    acknowledged: int = 0
    found: int = 0
    lost: int = 0
    half: int = 0
    doubled: int = 0
    corrupt: int = 0
    verify: int = 0
    seconds: float = 0.0
    examples: list[str] = field(default_factory=list)

    def count(self, result: Reckoning) -> None:
        """The newest reckoning covers all sales so far: what is wrong once stays, and is counted once."""
        self.found = result.found
        self.lost, self.half = max(self.lost, len(result.lost)), max(self.half, len(result.half))
        self.doubled = max(self.doubled, len(result.doubled))
        self.corrupt += bool(result.corrupt)
        wrong = [f"lost: slip {slip}" for slip in sorted(result.lost)]
        wrong += [*sorted(result.half), *sorted(result.doubled), result.corrupt]
        self.examples += [output for output in wrong if output and output not in self.examples]

    @property
    def clean(self) -> bool:
        return not (self.lost or self.half or self.doubled or self.corrupt or self.verify or self.examples)

    def as_plain(self) -> dict[str, Any]:
        return asdict(self)


def prove(template: Template, scratch: Path, kills: int, dice: Random, say: Say) -> Tally:
    """Kill and reckon, so many times; then let the house's own `verify` speak."""
    began, tally = time.monotonic(), Tally()
    shop = copy_of(template, scratch / "killed")
    settings = Settings(str(shop), seconds_to_morning())
    cashiers = [Cashier(Till("", name), template.codes, Random(dice.random())) for name in STATIONS]
    first_free = sales_in(shop / "shop.db")

    def spare() -> ServerProcess:
        return ServerProcess(settings, scratch / "killed-says")

    with ExitStack() as at_the_end:
        server = at_the_end.enter_context(spare())
        call_in(cashiers, server.open(), template)
        for n in range(1, kills + 1):
            following = at_the_end.enter_context(spare())  # it imports while this one sells, so none waits
            tally.in_flight += kill_under_load(server, cashiers, dice)
            server = following
            come_back(server, cashiers, shop / "shop.db", first_free, tally)
            if n % 10 == 0:
                say(f"  {n} kills, {tally.in_flight} payments in flight, {tally.acknowledged} acknowledged, "
                    f"{time.monotonic() - began:.0f} s")  # fmt: skip
            if tally.examples:
                break
        tally.verify = len(found := findings(shop))
    tally.examples += [f"verify: {finding.row}: {finding.said}" for finding in found[:5]]
    tally.seconds = round(time.monotonic() - began, 1)
    return tally


def call_in(cashiers: list[Cashier], base: str, template: Template) -> None:
    """Everyone signs in and opens a shift, once: sign-ins outlive the kills like everything else."""
    for cashier in cashiers:
        cashier.till.base = base
        cashier.till.begin(template.login, template.pin)


def kill_under_load(server: ServerProcess, cashiers: list[Cashier], dice: Random) -> int:
    """Returns how many payments were under way, sent or being sent, when the server died without answering."""
    for cashier in cashiers:
        cashier.start()
    time.sleep(dice.uniform(*LOAD_SECONDS))
    under_way = [cashier.paying for cashier in cashiers]
    server.kill()
    for cashier in cashiers:
        cashier.wait()
    return sum(
        payment is not None and cashier.paying is payment
        for cashier, payment in zip(cashiers, under_way, strict=True)
    )


def come_back(
    server: ServerProcess, cashiers: list[Cashier], database: Path, first_free: int, tally: Tally
) -> None:
    """Start anew over the same folder, reckon, pay again what had no answer, reckon again."""
    base = server.open()
    tally.kills += 1
    tally.count(reckon(database, all_told(cashiers), first_free))
    before, retried = sales_in(database), [cashier for cashier in cashiers if cashier.paying is not None]
    for cashier in cashiers:
        cashier.till.base = base
    for cashier in retried:
        cashier.pay_again()
    tally.retried += len(retried)
    tally.retried_committed += len(retried) - (sales_in(database) - before)
    told = all_told(cashiers)
    tally.acknowledged = len(told)
    tally.count(reckon(database, told, first_free, whole_file=tally.kills % 10 == 0))
    tally.examples += [cashier.trouble for cashier in cashiers if cashier.trouble]


def all_told(cashiers: list[Cashier]) -> list[Told]:
    return [sale for cashier in cashiers for sale in cashier.told]
