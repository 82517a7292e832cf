"""A producer's phone: a sale shows while it is paid, the pages are light, and without a network the last figures stay."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Error, Page
from sqlalchemy import select

from pos.catalog.models import Product
from pos.identity.models import Person
from pos.kernel.database import open_reading, unit_of_work
from pos.kernel.quantity import ONE
from pos.producers.models import Producer
from pos.sales.models import SaleLine
from pos.settlement.deductions import record_deduction
from pos.settlement.models import EntryKind
from pos.stock.models import Lot, OnHand
from pos.storeroom.kits import ComponentUse, make_sets
from tests.builders import a_gift_set
from tests.conftest import MANAGER, Served

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


def pack_sets(served: Served) -> tuple[str, str, str]:
    """Nine gift sets of goods of the phone's producer and of another: their name, and the names of the two."""
    with served.app.app_context(), unit_of_work() as session:
        login = next(login for role, _name, login, _pin in served.village.pins if role == "producer")
        maker = session.scalars(select(Person).where(Person.login == login)).one().producer_id
        found: dict[bool, tuple[Product, Lot, OnHand]] = {}
        for product, lot, on_hand in session.execute(
            select(Product, Lot, OnHand)
            .join(Lot, Lot.product_id == Product.id)
            .join(OnHand, (OnHand.lot_id == Lot.id) & (OnHand.place_id == Product.shelf_place_id))
            .where(OnHand.quantity_milli >= 9 * ONE, Product.unit == "piece", Product.name_vi.in_(("Chè lam gừng", "Kẹo lạc")))
        ):  # fmt: skip
            found.setdefault(product.producer_id == maker, (product, lot, on_hand))
        own, other = found[True], found[False]
        recipe = {own[0].id: ONE, other[0].id: ONE}
        kit = a_gift_set(
            session,
            session.get_one(Producer, other[0].producer_id),
            own[0].shelf_place_id,
            recipe,
            "Quà Kẻ Mía",
        )
        used = [ComponentUse(lot.id, on_hand.place_id, 9 * ONE) for _product, lot, on_hand in (own, other)]
        make_sets(session, kit, 9, used, kit.shelf_place_id or 0, by=MANAGER, at=served.clock.now())
        return kit.name, own[0].name, other[0].name


def test_a_phone_shows_its_own_part_of_a_gift_set_that_is_sold(
    till: Page, served: Served, browser: Browser
) -> None:
    name, own, other = pack_sets(served)
    with phone_of(browser, served) as phone:
        owed = phone.inner_text("#now .figures")
        till.click("#search")
        till.keyboard.type(name, delay=40)
        till.wait_for_selector("#found button")
        till.keyboard.press("Enter")
        till.wait_for_selector(f".lines >> text={name}")
        pay_exactly(till)
        newest = phone.locator("#newest .item").first
        newest.filter(has_text=f"nằm trong {name}").wait_for()
        assert own in newest.inner_text()
        assert other not in phone.inner_text("main")
        assert not phone.inner_text("#now strong >> nth=0").startswith("0")
        assert phone.inner_text("#now .figures") != owed
        phone.click("#newest a >> nth=0")
        phone.wait_for_url("**/mine/sales/*/1")
        assert own in phone.inner_text("main")
        assert other not in phone.inner_text("main")
        assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_phone_shows_what_the_shop_owes_when_it_pays_or_deducts(served: Served, browser: Browser) -> None:
    with phone_of(browser, served) as phone:
        before = phone.inner_text("#now .figures")
        with served.app.app_context(), unit_of_work() as session:
            maker = session.scalars(
                select(Producer).where(Producer.name == phone.inner_text("header .brand"))
            ).one()
            record_deduction(
                session, maker, EntryKind.SHELF_RENT, 12_345, "kệ", by=MANAGER, at=served.clock.now()
            )
        phone.wait_for_function(
            "(before) => document.querySelector('#now .figures').innerText !== before", arg=before
        )


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
