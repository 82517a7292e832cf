"""A real Chromium: Debian's, or the one that CHROMIUM names."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from pos.demo.build import TOLD_PINS
from tests.conftest import Served

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
             "--disable-component-update", "--disable-sync", "--autoplay-policy=no-user-gesture-required"]  # fmt: skip


def chromium() -> str:
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    assert path, "Chromium is missing: apt-get install chromium"
    return path


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    found = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
    yield found
    found.close()


@pytest.fixture
def till(browser: Browser, served: Served) -> Iterator[Page]:
    with till_of(browser, served) as page:
        yield page


@contextmanager
def till_of(browser: Browser, served: Served) -> Iterator[Page]:
    """The till in a browser of 1366 × 768, a cashier signed in, the shift open."""
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="vi-VN")
    page = context.new_page()
    page.set_default_timeout(8000)
    sign_in(page, served, "cashier")
    page.fill("#float", "500000")
    page.keyboard.press("Enter")
    page.wait_for_selector("#till[data-panel=pay]")
    yield page
    context.close()


def sign_in(page: Page, shop: Served, role: str) -> None:
    login = next(login for r, _name, login, _pin in shop.village.pins if r == role)
    page.goto(f"{shop.base}/sign-in")
    page.fill("#login", login)
    page.fill("#pin", TOLD_PINS[role])
    page.press("#pin", "Enter")
    page.wait_for_load_state()


def pay_exactly(page: Page) -> None:
    """The buyer hands over just what is due: F8, and F8 again."""
    page.keyboard.press("F8")
    page.wait_for_selector("#till[data-panel=cash]")
    page.keyboard.press("F8")


BURST = """(text) => {
  const codeOf = (c) => /[0-9]/.test(c) ? `Digit${c}` : c === "-" ? "Minus" : `Key${c.toUpperCase()}`;
  const send = (init) => document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { bubbles: true, cancelable: true, ...init }));
  for (const c of text) send({ key: c, code: codeOf(c), shiftKey: /[A-Z]/.test(c) });
  send({ key: "Enter", code: "Enter" });
}"""


def scan(page: Page, code: str) -> None:
    """What a keyboard-wedge scanner does: a burst of keys, then Enter. In one go, whatever else the machine does."""
    page.evaluate(BURST, code)


def scan_by_real_keys(page: Page, code: str) -> None:
    """The same through the browser's own input, as fast as it goes."""
    page.keyboard.type(code)
    page.keyboard.press("Enter")
