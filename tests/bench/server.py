"""The program as it is run: how soon it answers, and how its memory stands after thousands of sales."""

import http.client
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode

from .catalogue import code_of
from .figures import Figure, p50
from .shop import LOGIN, PIN, STATION, basket_in, hidden
from .sizes import Sizes

PATIENCE_SECONDS = 60
MOST_MEMORY_GROWTH = 1.10
FEW_PRODUCTS = 100  # memory is about sales made, not about goods kept


@dataclass
class Running:
    process: subprocess.Popen[str]
    address: str
    seconds: float


@contextmanager
def running(folder: Path, settings: Path | None = None) -> Iterator[Running]:
    """`ocop-pos run` over the folder, until its first answer; stopped at the end."""
    begun = time.perf_counter()
    command = [sys.executable, "-m", "pos.cli", "run", "--data", str(folder), "--no-browser", "--port", "0"]
    command += ["--config", str(settings)] if settings else []
    # its own care would back the years of books up in the middle of the measurement
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env=os.environ | {"OCOP_POS_CARE__NIGHTLY": "false"}
    )
    try:
        address = _told_address(process)
        _await_answer(address)
        yield Running(process, address, time.perf_counter() - begun)
    finally:
        process.terminate()
        process.wait(PATIENCE_SECONDS)


def _told_address(process: subprocess.Popen[str]) -> str:
    for line in process.stdout or ():
        if found := re.search(r"http://([\w.\[\]:]+)/till", line):
            return found.group(1)
    raise RuntimeError("ocop-pos run ended before it told its address")


def _await_answer(address: str) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        connection = http.client.HTTPConnection(address, timeout=PATIENCE_SECONDS)
        try:
            connection.request("GET", "/")
            if connection.getresponse().status in {200, 302}:
                return
        except OSError:
            time.sleep(0.005)  # it doesn't listen yet
        finally:
            connection.close()
    raise RuntimeError(f"no answer from {address}")


def measure_start(folder: Path, sizes: Sizes) -> list[Figure]:
    """From the command to the first answer, over years of books."""
    seconds = []
    for _ in range(sizes.starts):
        with running(folder) as server:
            seconds.append(server.seconds)
    return [Figure(f"start to first answer, {sizes.past_lines:,} past lines", p50(seconds), "s")]


def measure_memory(folder: Path, sizes: Sizes) -> list[Figure]:
    """One server, one cashier, sale after sale over HTTP; the process's resident memory on the way."""
    with running(folder) as server:
        browser = Browser(server.address)
        browser.sign_in()
        for n in range(sizes.sales_before):
            browser.sell(n)
        before = resident_mb(server.process.pid)
        for n in range(sizes.sales_before, sizes.sales_after):
            browser.sell(n)
        after = resident_mb(server.process.pid)
    return [
        Figure(f"server's memory after {sizes.sales_before:,} sales", before, "MB"),
        Figure(f"server's memory after {sizes.sales_after:,} sales", after, "MB", MOST_MEMORY_GROWTH, before),
    ]


def resident_mb(pid: int) -> float:
    """What the process holds in memory, as the kernel counts it."""
    status = Path(f"/proc/{pid}/status").read_text("ascii")
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    if found is None:
        raise RuntimeError("this kernel does not tell a process's memory")
    return int(found.group(1)) / 1024


@dataclass
class Browser:
    """As little of a browser as selling takes: a connection, a cookie, the page's form token."""

    address: str
    cookies: SimpleCookie = field(default_factory=SimpleCookie)
    token: str = ""

    def __post_init__(self) -> None:
        self.connection = http.client.HTTPConnection(self.address, timeout=PATIENCE_SECONDS)

    def sign_in(self) -> None:
        self.token = hidden(self._ask("GET", "/sign-in"), "csrf_token")
        self._ask("POST", "/sign-in", login=LOGIN, pin=PIN, station=STATION)
        self.token = hidden(self._ask("GET", "/till"), "csrf_token")
        self._ask("POST", "/till/shift/open", float="500000")

    def sell(self, n: int) -> None:
        self.pay(self.scan(code_of(1 + n % FEW_PRODUCTS), f"memory-{n}"))

    def scan(self, code: str, key: str) -> str:
        """The till's page with what was scanned."""
        return self._ask("POST", "/till/scan", code=code, quantity="", key=key)

    def pay(self, page: str) -> None:
        """The basket of this page, in cash."""
        paid = self._ask("POST", "/till/pay", given="9000000", sure="1", **basket_in(page))
        if 'data-panel="done"' not in paid:
            raise RuntimeError(f"the sale was not paid:\n{paid[:2000]}")

    def _ask(self, method: str, path: str, **form: str) -> str:
        headers = {"Cookie": self.cookies.output(header="", attrs=[], sep=";").strip()}
        body = None
        if method == "POST":
            body = urlencode(form | {"csrf_token": self.token})
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            self.cookies.load(cookie)
        text = answer.read().decode()
        if answer.status not in {200, 302}:
            raise RuntimeError(f"{method} {path} was answered with {answer.status}:\n{text[:2000]}")
        return text
