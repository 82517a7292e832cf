"""One more person of a producer, on the phone: from the link that the shop hands over to the producer's own pages."""

import re
from collections.abc import Iterator

import pytest
from msgspec.structs import replace
from playwright.sync_api import Browser, Page

from pos.kernel.database import open_reading
from pos.producers.models import Producer
from tests.conftest import Served

from .conftest import sign_in

pytestmark = pytest.mark.journey
NAME, OWN_PIN = "Nguyễn Thị Út", "274951"


@pytest.fixture
def phone(browser: Browser, served: Served) -> Iterator[Page]:
    """A phone that nobody is signed in on; the shop's address is one that phones reach."""
    config = served.app.extensions["ocop_config"]
    port = served.base.rpartition(":")[2]
    public = replace(config.public, base_url=f"http://shop.localhost:{port}")
    served.app.extensions["ocop_config"] = replace(config, public=public)
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="vi-VN")
    page = context.new_page()
    page.set_default_timeout(8000)
    yield page
    context.close()


def invite(browser: Browser, served: Served, producer_id: int) -> tuple[str, str]:
    """The manager invites a person; the link and the PIN that the page shows."""
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="vi-VN")
    page = context.new_page()
    page.set_default_timeout(8000)
    sign_in(page, served, "manager")
    page.goto(f"{served.base}/producers/{producer_id}/people")
    page.click("text=Mời một người")
    link = page.get_attribute(".invitation a[href*='/invited/']", "href")
    pin = page.inner_text(".invitation .figure")
    context.close()
    assert link is not None
    return link, pin


def fill(phone: Page, told: str, new: str, again: str, name: str = NAME) -> None:
    for box, text in (("told", told), ("name", name), ("new", new), ("again", again)):
        phone.fill(f"#{box}", text)
    phone.click("text=Vào")
    phone.wait_for_load_state()


def test_an_invited_person_comes_in_by_link_and_pin_and_signs_in_again_by_their_own(
    phone: Page, browser: Browser, served: Served
) -> None:
    with served.app.app_context(), open_reading() as session:
        producer = session.get_one(Producer, 1)
    link, told = invite(browser, served, producer.id)
    phone.goto(link)
    assert phone.url.endswith("/invited"), "the address keeps no secret"
    assert producer.name in phone.inner_text("main")
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")

    fill(phone, "000000" if told != "000000" else "111111", OWN_PIN, OWN_PIN)
    assert phone.url.endswith("/invited")
    assert phone.input_value("#name") == NAME, "what was typed stays"
    fill(phone, told, OWN_PIN, "274952")
    assert "Hai lần không giống nhau" in phone.inner_text("form")
    fill(phone, told, "123456", "123456")
    assert phone.url.endswith("/invited"), "a PIN that anybody guesses"

    fill(phone, told, OWN_PIN, OWN_PIN)
    phone.wait_for_url("**/mine")
    told_login = re.search(r"đăng nhập bằng tên\s+(\S+)\s+và", phone.inner_text("main"))
    assert told_login, "how they come in from now on"
    assert "Bán hôm nay" in phone.inner_text("#now")

    phone.click("text=Đăng xuất")
    phone.wait_for_selector("#login")
    phone.goto(link)
    assert phone.locator("#told").count() == 0, "a link lets one person in"
    phone.goto(f"{phone.url.partition('/invited')[0]}/sign-in")
    phone.fill("#login", told_login[1])
    phone.fill("#pin", OWN_PIN)
    phone.press("#pin", "Enter")
    phone.wait_for_url("**/mine")
    assert producer.name in phone.inner_text("header")
