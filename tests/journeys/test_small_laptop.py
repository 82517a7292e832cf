"""At 1024 px the manager's long tables are whole; what is wider than its card shows that there is more."""

import pytest
from playwright.sync_api import Browser

from tests.conftest import Served

from .conftest import sign_in

pytestmark = pytest.mark.journey

TOO_WIDE = """() => [...document.querySelectorAll('main .card.scroll')]
  .filter(card => card.scrollWidth > card.clientWidth + 1).map(card => `${card.scrollWidth} in ${card.clientWidth}`)"""


@pytest.mark.long
def test_long_tables_are_whole_on_a_small_laptop(browser: Browser, served: Served) -> None:
    page = browser.new_context(viewport={"width": 1024, "height": 768}, locale="vi-VN").new_page()
    sign_in(page, served, "manager")
    found = {}
    for address in (
        "/ends",
        "/shifts",
        "/recalls",
        "/products",
        "/inspection",
        "/today",
        "/papers",
        "/stock",
    ):
        page.goto(served.base + address)
        if wide := page.evaluate(TOO_WIDE):
            found[address] = wide
    page.context.close()
    assert found == {}
