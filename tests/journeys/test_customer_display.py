"""The buyer's screen beside a till at work: it follows, shows the code and the thanks, is empty for the next, and comes back by itself."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from pos.kernel.database import unit_of_work
from pos.lan.door import PlainDoor
from pos.station.customer_display import make_display_key
from tests.conftest import MANAGER, STATION, Served

from .conftest import pay_exactly
from .test_transfer import money_comes, paying_till, put_goods_on  # noqa: F401  a fixture

pytestmark = pytest.mark.journey


def a_new_address(served: Served) -> str:
    with served.app.app_context(), unit_of_work() as session:
        key = make_display_key(session, STATION, by=MANAGER, at=served.clock.now()).key
    return f"{served.base}/display/{key}"


@pytest.fixture
def display(browser: Browser, served: Served) -> Iterator[Page]:
    """A small screen of 800 × 480, in a browser that nobody has signed in with."""
    context = browser.new_context(viewport={"width": 800, "height": 480})
    page = context.new_page()
    page.goto(a_new_address(served))
    yield page
    context.close()


def test_it_follows_the_till_to_the_next_buyer(paying_till: Page, display: Page, served: Served) -> None:  # noqa: F811
    expect(display.locator(".greeting h1")).to_have_text("Điểm OCOP Mông Phụ")
    put_goods_on(paying_till, served, 3)
    expect(display.locator(".lines li")).to_have_count(3)
    total = paying_till.locator(".due strong, .total strong, .total").first.inner_text()
    expect(display.locator(".to-pay strong")).to_contain_text(re.findall(r"[\d.]+", total)[0])
    paying_till.keyboard.press("F9")
    code = display.locator(".qr svg")
    expect(code).to_be_visible()
    box = code.bounding_box()
    assert box is not None
    assert box["width"] * 0.8 >= 0.45 * 480, "without its quiet zone"
    money_comes(served, 10_000)
    expect(display.locator(".missing")).to_contain_text("thiếu")
    expect(code).to_have_count(0)
    paying_till.locator(".transfer-code button.primary").click()
    expect(code).to_be_visible()
    money_comes(served)
    expect(display.locator(".screen-thanks h1")).to_contain_text("Cảm ơn")
    served.clock.advance(seconds=13)
    expect(display.locator(".greeting")).to_be_visible()
    put_goods_on(paying_till, served, 1)
    expect(display.locator(".lines li")).to_have_count(1)


def test_cash_shows_the_change_and_a_new_address_empties_it(
    paying_till: Page,  # noqa: F811
    display: Page,
    served: Served,
) -> None:
    put_goods_on(paying_till, served, 1)
    expect(display.locator(".lines li")).to_have_count(1)
    pay_exactly(paying_till)
    expect(display.locator(".screen-thanks dd")).to_have_count(1)
    a_new_address(served)
    expect(display.locator("#screen")).to_contain_text("đã đổi địa chỉ")


def test_it_says_that_it_is_away_and_comes_back_by_itself(
    paying_till: Page,  # noqa: F811
    display: Page,
    served: Served,
) -> None:
    put_goods_on(paying_till, served, 1)
    paying_till.keyboard.press("F9")
    expect(display.locator(".qr svg")).to_be_visible()
    display.context.set_offline(True)
    expect(display.locator("#not-connected")).to_be_visible(timeout=20_000)
    expect(display.locator(".qr svg")).to_have_count(0)
    display.context.set_offline(False)
    expect(display.locator(".qr svg")).to_be_visible(timeout=20_000)
    expect(display.locator("#not-connected")).to_be_hidden()


def test_it_outlives_the_server(browser: Browser, served: Served) -> None:
    """A door of its own, which is closed and opened again on the same port, as when the shop's computer starts anew."""
    door = PlainDoor(served.app, "127.0.0.1", 0, threads=2).open()
    address = a_new_address(served).replace(served.base, f"http://127.0.0.1:{door.port}")
    page = browser.new_context(viewport={"width": 390, "height": 844}).new_page()
    page.goto(address)
    closed = page.locator(".screen-closed")
    expect(closed).to_be_visible()
    door.close()
    expect(page.locator("#not-connected")).to_be_visible(timeout=20_000)
    door = PlainDoor(served.app, "127.0.0.1", door.port, threads=2).open()
    expect(closed).to_be_visible(timeout=20_000)
    page.context.close()
    door.close()
