"""What is typed into a box for money stays as it was typed: nothing is silently made another sum."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.conftest import Served

from .conftest import scan_by_real_keys, sign_in

pytestmark = pytest.mark.journey


@pytest.fixture
def closed_till(browser: Browser, served: Served) -> Page:
    page = browser.new_context(viewport={"width": 1366, "height": 768}, locale="vi-VN").new_page()
    page.set_default_timeout(8000)
    sign_in(page, served, "cashier")
    return page


@pytest.mark.parametrize("typed", ["1e9", "²", "-500", "năm trăm", "1,5"])
def test_a_float_that_is_no_sum_stays_and_is_refused_at_its_box(closed_till: Page, typed: str) -> None:
    box = closed_till.locator("#float")
    box.press_sequentially(typed, delay=90)  # as a person types: faster is a scanner
    expect(box).to_have_value(typed)
    box.press("Enter")
    expect(closed_till.locator("#float-no")).to_be_visible()
    expect(closed_till.locator("#float")).to_have_value(typed)
    expect(closed_till.locator("#till")).to_have_attribute("data-panel", "shift_open")


@pytest.mark.parametrize("typed", ["500000", "12000000"])
def test_a_float_typed_fast_is_a_sum_and_no_scan(closed_till: Page, typed: str) -> None:
    closed_till.locator("#float").focus()
    scan_by_real_keys(closed_till, typed)
    expect(closed_till.locator("#till")).to_have_attribute("data-panel", "pay")


def test_figures_are_grouped_while_they_are_typed(closed_till: Page) -> None:
    box = closed_till.locator("#float")
    box.press_sequentially("1250000")
    expect(box).to_have_value("1.250.000")
    for _ in range(4):
        box.press("ArrowLeft")
    box.press_sequentially("7")
    expect(box).to_have_value("12.507.000")


def test_the_list_of_keys_has_the_panels_width(closed_till: Page) -> None:
    closed_till.fill("#float", "500000")
    closed_till.press("#float", "Enter")
    expect(closed_till.locator("#till")).to_have_attribute("data-panel", "pay")
    closed_till.keyboard.press("F1")
    expect(closed_till.locator("#till")).to_have_attribute("data-panel", "keys")
    widths = closed_till.evaluate(
        "() => ['.side', '.side .keys'].map(e => document.querySelector(e).clientWidth)"
    )
    assert widths[1] >= 0.8 * widths[0]
    assert closed_till.locator(".side .keys dd").first.bounding_box()["width"] > 180  # type: ignore[index]
