"""A cashier's first sale in a real browser: three goods scanned, cash, and the receipt on paper."""

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import Served

from .conftest import scan

pytestmark = pytest.mark.journey


def test_three_goods_scanned_and_paid(till: Page, served: Served) -> None:
    codes = list(served.village.codes.values())
    for n, code in enumerate((codes[0], codes[10], codes[22]), 1):
        scan(till, code)
        expect(till.locator(".line")).to_have_count(n)
    expect(till.locator(".due strong")).to_have_text("285.000 ₫")
    till.screenshot(path="/tmp/w/till.png")
    till.keyboard.press("F8")
    till.wait_for_selector("#given")
    till.screenshot(path="/tmp/w/cash.png")
    till.keyboard.type("300000", delay=80)
    expect(till.locator("#change")).to_have_text("15.000 ₫")
    till.keyboard.press("Enter")
    expect(till.locator(".paid .change strong")).to_have_text("15.000 ₫")
    till.screenshot(path="/tmp/w/done.png")
    assert served.printer.wait_for_sheets(1)
