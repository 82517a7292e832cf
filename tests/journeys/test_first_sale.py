"""A cashier's first sale in a real browser: three goods scanned, cash, and the receipt on paper."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import Served

from .conftest import scan, scan_by_real_keys

pytestmark = pytest.mark.journey


def test_three_goods_scanned_and_paid(till: Page, served: Served) -> None:
    codes = list(served.village.codes.values())
    for n, code in enumerate((codes[0], codes[10], codes[22]), 1):
        scan(till, code)
        expect(till.locator(".line")).to_have_count(n)
    expect(till.locator(".due strong")).to_have_text("285.000 ₫")
    till.keyboard.press("F8")
    till.wait_for_selector("#given")
    till.keyboard.type("300000", delay=80)
    expect(till.locator("#change")).to_have_text("15.000 ₫")
    till.keyboard.press("Enter")
    expect(till.locator(".paid .change strong")).to_have_text("15.000 ₫")
    assert served.printer is not None
    assert served.printer.wait_for_sheets(1)
    assert served.printer.kicks == 1
    till.keyboard.press("Enter")
    expect(till.locator(".empty .change strong")).to_have_text("15.000 ₫")


def test_a_scan_in_a_text_box_leaves_the_box_as_it_was(till: Page, served: Served) -> None:
    code = next(iter(served.village.codes.values()))
    till.focus("#search")
    till.keyboard.type("mật", delay=120)
    till.wait_for_timeout(200)
    scan_by_real_keys(till, code)
    expect(till.locator(".line")).to_have_count(1)
    expect(till.locator("#search")).to_have_value("mật")


def test_quantity_before_a_scan_and_keys_after_it(till: Page, served: Served) -> None:
    code = next(iter(served.village.codes.values()))
    till.keyboard.type("3*", delay=120)
    expect(till.locator("#times")).to_have_text("3 ×")
    scan(till, code)
    expect(till.locator(".line .num").first).to_have_text(re.compile(r"^3 ×"))
    till.keyboard.press("+")
    expect(till.locator(".line .num").first).to_have_text(re.compile(r"^4 ×"))
    till.keyboard.press("-")
    expect(till.locator(".line .num").first).to_have_text(re.compile(r"^3 ×"))
    till.keyboard.press("Delete")
    expect(till.locator(".line")).to_have_count(0)


def test_weight_is_asked_and_taken(till: Page) -> None:
    till.get_by_role("button", name="Cà chua").click()
    till.wait_for_selector("#weight")
    till.keyboard.type("0,450", delay=80)
    till.keyboard.press("Enter")
    expect(till.locator(".line .num").first).to_have_text("0,45 kg × 25.000")
    expect(till.locator(".sum")).to_have_text("11.250")


def test_refused_goods_leave_the_basket_and_wait_for_a_human(till: Page, served: Served) -> None:
    good = next(iter(served.village.codes.values()))
    bad = served.village.misfit_codes["Kẹo gừng 200 g"]
    scan(till, good)
    expect(till.locator(".line")).to_have_count(1)
    till.wait_for_timeout(450)
    scan(till, bad)
    expect(till.locator(".refusal h2")).to_have_text("Kẹo gừng 200 g")
    expect(till.locator(".line")).to_have_count(1)
    scan(till, good)  # a scanner's Enter dismisses nothing, and nothing is added under the panel
    expect(till.locator(".refusal h2")).to_be_visible()
    expect(till.locator(".line .num").first).to_have_text(re.compile(r"^1 ×"))
    till.wait_for_timeout(100)
    till.keyboard.press("Enter")
    expect(till.locator("#till")).to_have_attribute("data-panel", "pay")


def test_park_and_take_over(till: Page, served: Served) -> None:
    scan(till, next(iter(served.village.codes.values())))
    expect(till.locator(".line")).to_have_count(1)
    till.get_by_role("button", name="Treo giỏ").click()
    expect(till.locator(".line")).to_have_count(0)
    till.keyboard.press("F4")
    till.locator(".stack button").first.click()
    expect(till.locator(".line")).to_have_count(1)


def test_name_found_without_accents(till: Page) -> None:
    till.keyboard.press("F2")
    till.keyboard.type("mat ong", delay=90)
    expect(till.locator(".found button", has_text="Mật ong hoa nhãn")).to_have_count(1)
    till.locator(".found button").first.click()
    expect(till.locator(".line")).to_have_count(1)
    expect(till.locator("#search")).to_have_value("")


def test_lock_and_unlock_keep_the_basket(till: Page, served: Served) -> None:
    scan(till, next(iter(served.village.codes.values())))
    expect(till.locator(".line")).to_have_count(1)
    till.keyboard.press("F12")
    till.wait_for_selector("#pin")
    till.goto(f"{served.base}/till")
    assert "/sign-in" in till.url
    login, pin = next((login, pin) for role, name, login, pin in served.village.pins if name == "Thu ngân 2")
    till.fill("#login", login)
    till.fill("#pin", pin)
    till.press("#pin", "Enter")
    expect(till.locator(".line")).to_have_count(1)


def test_the_tills_clock_has_the_shops_time_and_goes_on(till: Page, served: Served) -> None:
    """The devices' states come in every second; none of them sets the clock back to the last act's time."""
    expect(till.locator("#clock")).to_have_text("09:00")
    till.evaluate("() => { const now = Date.now; Date.now = () => now() + 10 * 60_000; }")
    expect(till.locator("#clock")).to_have_text("09:10")
    till.wait_for_timeout(1500)
    expect(till.locator("#clock")).to_have_text("09:10")
    till.keyboard.press("F1")
    expect(till.locator("#clock")).to_have_text("09:00")  # an answer has the server's time again
