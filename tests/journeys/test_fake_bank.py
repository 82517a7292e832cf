"""The demo at its till: a buyer's transfer at the press of a button, told by the fake bank to the poller as by any other."""

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, expect

from pos.app import start_feeds
from pos.demo.bank_views import start_fake_bank, with_fake_bank
from pos.demo.playing_bank import PlayingBank
from pos.demo.village_bank import open_bank_account
from pos.kernel.actor import Actor, Role
from pos.kernel.clock import FixedClock
from pos.kernel.database import unit_of_work
from tests.conftest import MANAGER, Served

from .conftest import scan, sign_in, till_of
from .test_pages import OVERLONG

pytestmark = pytest.mark.journey
OTHER = Actor(1, "Người thứ hai", Role.MANAGER)


@contextmanager
def running(clock: FixedClock) -> Iterator[None]:
    """The clock goes on while this lasts: the poller waits by it."""
    stopping = threading.Event()

    def run() -> None:
        while not stopping.wait(0.2):
            clock.advance(seconds=0.2)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    yield
    stopping.set()
    thread.join()


@contextmanager
def demo_till_of(browser: Browser, served: Served) -> Iterator[Page]:
    """The demo's till: the village has its account, the bank plays, the poller asks it."""
    app, clock = served.app, served.clock
    with PlayingBank(clock) as bank, running(clock):
        app.extensions["ocop_config"] = with_fake_bank(app.extensions["ocop_config"], bank)
        with app.app_context(), unit_of_work() as session:
            open_bank_account(session, MANAGER, OTHER, clock.now())
        app.config["DEMO_STRIP"] = served.village.strip  # type: ignore[union-attr]
        start_fake_bank(app, bank)
        feeds = start_feeds(app)
        with till_of(browser, served) as page:
            yield page
        feeds.stop()


@pytest.fixture
def demo_till(browser: Browser, served: Served) -> Iterator[Page]:
    with demo_till_of(browser, served) as page:
        yield page


def show_code(page: Page, served: Served, count: int = 1) -> None:
    for n, code in enumerate(list(served.village.codes.values())[15 : 15 + count], 1):  # type: ignore[union-attr]
        scan(page, code)
        expect(page.locator(".line")).to_have_count(n)
    page.keyboard.press("F9")
    expect(page.locator(".transfer-code .qr svg")).to_be_visible()


def press_buyer(page: Page, label: str) -> None:
    page.locator("#fake-bank button", has_text=label).click()
    expect(page.locator("#fake-bank-told")).to_contain_text("Đã chuyển")


def test_three_goods_the_buyer_pays_and_the_sale_completes_and_prints(
    demo_till: Page, served: Served
) -> None:
    show_code(demo_till, served, 3)
    press_buyer(demo_till, "Khách trả đủ")
    expect(demo_till.locator("#till")).to_have_attribute("data-panel", "done")
    assert served.printer is not None
    served.printer.wait_for_sheets(1)


def test_too_little_then_the_rest(demo_till: Page, served: Served) -> None:
    show_code(demo_till, served, 2)
    press_buyer(demo_till, "Thiếu 20.000")
    expect(demo_till.locator(".transfer-code .notice.look")).to_contain_text("20.000")
    demo_till.locator(".transfer-code button.primary").click()
    expect(demo_till.locator(".transfer-code .qr svg")).to_be_visible()
    press_buyer(demo_till, "Khách trả đủ")
    expect(demo_till.locator("#till")).to_have_attribute("data-panel", "done")


def test_twice_is_one_sale_and_the_second_is_to_give_back_as_the_closed_shift_says(
    demo_till: Page, served: Served
) -> None:
    show_code(demo_till, served)
    press_buyer(demo_till, "Trả hai lần")
    expect(demo_till.locator("#till")).to_have_attribute("data-panel", "done")
    expect(demo_till.locator("#transfers .chip")).to_have_text(re.compile(r"phiếu.*thừa", re.DOTALL))
    expect(demo_till.locator(".paid-head .sum")).to_have_text(re.compile(r"\d\.000"))
    demo_till.keyboard.press("Enter")
    for panel, button in (
        ("pay", "Kết ca"),
        ("shift_close", "Kết ca"),
        ("shift_differs", "Cứ kết ca"),
        ("shift_closed", "Mở ca"),
    ):
        demo_till.wait_for_selector(f"#till[data-panel={panel}]")
        assert demo_till.evaluate(OVERLONG) == [], (
            panel
        )  # the demo's strip and what came are on the screen as well
        if panel == "shift_close":
            demo_till.fill("#counted", "1")
        demo_till.locator(".side button", has_text=button).click(trial=panel == "shift_closed")
    expect(demo_till.locator(".beside-cash dt")).to_have_text(
        ["Chuyển khoản (1)", "Còn phải trả lại khách (1)"]
    )


def test_after_the_basket_was_given_up_all_is_to_give_back(demo_till: Page, served: Served) -> None:
    show_code(demo_till, served)
    press_buyer(demo_till, "Một giờ sau")
    expect(demo_till.locator(".transfer-code .notice.look")).to_contain_text("trả lại")


def test_without_a_code_it_is_on_the_bank_page_with_its_next_step(demo_till: Page, served: Served) -> None:
    show_code(demo_till, served)
    press_buyer(demo_till, "Không ghi mã")
    expect(demo_till.locator(".transfer-code .qr svg")).to_be_visible()
    manager = demo_till.context.browser.new_context(locale="vi-VN").new_page()  # type: ignore[union-attr]
    sign_in(manager, served, "manager")
    for _ in range(20):
        manager.goto(f"{served.base}/bank")
        if manager.get_by_text("chuyen tien").count():
            break
        manager.wait_for_timeout(500)
    expect(manager.get_by_role("heading", name="Tiền gì?")).to_be_visible()
    manager.get_by_role("row").filter(has_text="chuyen tien").get_by_role("link", name="Tiền gì?").click()
    expect(manager).to_have_url(re.compile(r"/bank/transfers/\d+"))
    manager.screenshot(path=".artifacts/fake-bank-without-code.png")
    manager.context.close()
