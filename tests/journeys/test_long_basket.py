"""Eight lines of a basket are seen without scrolling on the till's smallest screens; the tiles come back by one touch."""

import pytest
from playwright.sync_api import Browser

from pos.kernel.database import unit_of_work
from pos.sales.basket import add_goods
from tests.conftest import MORNING, STATION, Served

from .conftest import pay_exactly, scan, sign_in
from .test_pages import OVERLONG, SCREENS

pytestmark = pytest.mark.journey
CUT_LINES = """() => { const pane = document.getElementById('lines').getBoundingClientRect();
  return [...document.querySelectorAll('.line')].filter(e => e.getBoundingClientRect().bottom > pane.bottom + 1).length; }"""


@pytest.mark.parametrize("width", [1366, 1024])
def test_eight_lines_are_seen_at_once(browser: Browser, served: Served, width: int) -> None:
    codes = list(served.village.codes.items())
    served.app.config["DEMO_STRIP"] = [(name, code, True) for name, code in codes]
    page = browser.new_context(viewport={"width": width, "height": 768}, locale="vi-VN").new_page()
    sign_in(page, served, "cashier")
    page.fill("#float", "500000")
    page.keyboard.press("Enter")
    page.wait_for_selector("#till[data-panel=pay]")
    assert page.locator(".tile").first.is_visible()
    with served.app.app_context(), unit_of_work() as session:
        for product_id in range(1, 8):
            add_goods(session, STATION, product_id, 1000, at=MORNING)
    scan(page, codes[8][1])
    page.wait_for_selector(".line:nth-of-type(8)")
    page.wait_for_timeout(200)
    page.screenshot(path=SCREENS / f"till-eight-{width}.png")
    assert page.evaluate(CUT_LINES) == 0
    assert not page.locator(".tile").first.is_visible()
    page.get_by_role("button", name="Không mã").click()
    page.locator(".tile").first.wait_for(state="visible")
    page.screenshot(path=SCREENS / f"till-eight-tiles-{width}.png")
    page.wait_for_timeout(60)
    scan(page, codes[9][1])
    page.wait_for_selector(".line:nth-of-type(9)")
    page.locator(".tile").first.wait_for(state="hidden")
    pay_exactly(page)
    page.wait_for_selector("#till[data-panel=done]")
    number = page.locator(".paper img").get_attribute("src").split("/")[-1].split(".")[0]
    page.keyboard.press("Enter")
    page.wait_for_selector("#till[data-panel=pay]")
    page.wait_for_timeout(60)
    scan(page, f"PT-{number}")
    page.wait_for_selector("#till[data-panel=refund]")
    page.screenshot(path=SCREENS / f"till-eight-back-{width}.png")
    assert page.evaluate(OVERLONG) == []
    page.context.close()
