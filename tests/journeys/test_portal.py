"""A producer's phone: a sale shows while it is paid, the pages are light, and without a network the last figures stay."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Error, Page
from sqlalchemy import select

from pos.kernel.database import open_reading
from pos.sales.models import SaleLine
from tests.conftest import Served

from .conftest import pay_exactly, scan, sign_in

LIGHT_BYTES = 150_000
KEPT = """async () => {
  const isKept = async () => Boolean(await (await caches.open("mine")).match("/static/shop.css"));
  while (!(await isKept())) await new Promise((later) => setTimeout(later, 50));
}"""


@contextmanager
def phone_of(browser: Browser, shop: Served) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="vi-VN")
    page = context.new_page()
    page.set_default_timeout(8000)
    sign_in(page, shop, "producer")
    yield page
    context.close()


def test_a_phone_shows_a_sale_as_it_is_paid_and_nobody_reloads_it(
    till: Page, served: Served, browser: Browser
) -> None:
    with phone_of(browser, served) as phone:
        assert phone.inner_text("#now strong >> nth=0").startswith("0")
        phone.evaluate("window.notReloaded = true")
        scan(till, served.village.codes["Chè lam gừng 250 g"])
        till.wait_for_selector(".lines >> text=Chè lam gừng")
        pay_exactly(till)
        phone.wait_for_selector("#now strong:has-text('45.000')")
        assert phone.evaluate("window.notReloaded")
        assert "Chè lam gừng 250 g" in phone.inner_text("#newest .item >> nth=0")
        with served.app.app_context(), open_reading() as session:
            newest = session.scalars(select(SaleLine).order_by(SaleLine.sale_number.desc())).first()
            assert newest is not None
        phone.click("#newest a >> nth=0")
        phone.wait_for_url(f"**/mine/sales/{newest.sale_number}/{newest.n}")


def test_the_first_visit_is_light_enough_for_a_village(served: Served, browser: Browser) -> None:
    """All that the browser fetches from the page of the sign-in to the first page's end, as it comes over the line.

    Without the worker: what it fetches for itself again would be told twice or not at all.
    """
    context = browser.new_context(viewport={"width": 390, "height": 844}, service_workers="block")
    phone = context.new_page()
    network = context.new_cdp_session(phone)
    network.send("Network.enable")
    sizes: dict[str, int] = {}
    names: dict[str, str] = {}
    network.on(
        "Network.responseReceived", lambda told: names.update({told["requestId"]: told["response"]["url"]})
    )
    network.on("Network.loadingFinished", lambda told: sizes.update({told["requestId"]: told["encodedDataLength"]}))  # fmt: skip
    sign_in(phone, served, "producer")
    phone.wait_for_selector("#now")
    phone.evaluate("document.fonts.ready.then(() => undefined)")
    phone.wait_for_timeout(1500)
    assert {"mine", "shop.css", "mine.js"} <= {url.rsplit("/", 1)[-1] for url in names.values()}
    assert sum(sizes.values()) <= LIGHT_BYTES, sorted(
        (size, names.get(key, key)) for key, size in sizes.items()
    )
    assert all(url.startswith(served.base) for url in names.values()), "nothing from elsewhere"
    context.close()


def test_without_a_network_the_last_figures_stay_with_their_time_until_signed_out(
    served: Served, browser: Browser
) -> None:
    with phone_of(browser, served) as phone:
        phone.evaluate(KEPT)
        phone.context.set_offline(True)
        phone.goto(f"{served.base}/mine/stock")
        assert "Đây là số liệu lúc 24/11/2026 09:00" in phone.inner_text("main")
        assert "Cửa hàng còn phải trả bạn" in phone.inner_text("main")
        phone.context.set_offline(False)
        phone.click("text=Thử lại")
        phone.wait_for_selector("#now")
        phone.click("text=Đăng xuất")
        phone.wait_for_load_state()
        assert phone.evaluate("caches.has('mine')") is False
        phone.context.set_offline(True)
        with pytest.raises(Error, match="ERR_"):  # the browser's own page: there is no network
            phone.goto(f"{served.base}/mine")
