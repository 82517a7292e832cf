"""A till over HTTP as its cashier uses it: what stands on the screen decides what is sent next."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener

PATIENCE_SECONDS = 30


class Trouble(Exception):
    """The server answered what no till should see in this test."""


@dataclass(frozen=True, slots=True)
class Payment:
    """What is sent when the cashier takes the money. Sent again, it must be the same to the letter."""

    basket_id: int
    version: int
    given_vnd: int
    lines: int

    @property
    def key(self) -> str:
        return f"basket:{self.basket_id}:{self.version}"


@dataclass(frozen=True, slots=True)
class Told:
    """A sale that the cashier saw completed."""

    payment: Payment
    slip: int


class Till:
    """One station with its sign-in. `base` changes when the server comes back at another port."""

    def __init__(self, base: str, station: str) -> None:
        self.base = base
        self.station = station
        self._browser = build_opener(HTTPCookieProcessor())

    def begin(self, login: str, pin: str) -> None:
        """Sign in and open the shift."""
        self._ask("/sign-in", login=login, pin=pin, station=self.station)
        self._ask("/till/shift/open", float="500000")
        if 'name="float"' in self._ask("/till"):
            raise Trouble(f"{self.station}: the shift did not open")

    def fill_basket(self, codes: Iterable[str]) -> Payment:
        """Scan the goods; what then stands on the screen is what is to be paid, exactly."""
        for code in codes:
            if 'data-panel="age"' in self._ask("/till/scan", code=code):  # alcohol: this buyer is of age
                self._ask("/till/scan", code=code, age="yes")
        return payment_on(self._ask("/till/panel/pay"))

    def pay(self, payment: Payment) -> Told:
        """Take the money. Returns when, and only when, the screen says that it is paid."""
        screen = self._ask(
            "/till/pay", basket_id=payment.basket_id, version=payment.version, given=payment.given_vnd, sure=1
        )
        slip = re.search(r"/till/receipt/(\d+)\.png", screen)
        if slip is None:
            raise Trouble(f"{self.station}: not paid: {screen[:1500]}")
        return Told(payment, int(slip[1]))

    def _ask(self, path: str, **fields: object) -> str:
        body = urlencode(fields).encode() if fields else None
        try:
            with self._browser.open(self.base + path, body, timeout=PATIENCE_SECONDS) as answer:
                return answer.read().decode()
        except HTTPError as no:
            raise Trouble(f"{self.station}: {path} answered {no.code}: {no.read(1500)!r}") from no


def payment_on(screen: str) -> Payment:
    """The button "exact": its hidden fields are the payment."""
    return Payment(
        basket_id=_field(screen, "basket_id"), version=_field(screen, "version"),
        given_vnd=_field(screen, "given"), lines=len(re.findall(r"data-line=", screen)),
    )  # fmt: skip


def _field(screen: str, name: str) -> int:
    found = re.search(rf'name="{name}" value="(\d+)"', screen)
    if found is None:
        raise Trouble(f"nothing to pay on the screen: {screen[:1500]}")
    return int(found[1])
