"""Two phones count a shelf, one of them by its camera, while the till sells from it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright
from sqlalchemy import select

from pos.catalog.models import Product
from pos.kernel.database import open_reading
from pos.kernel.quantity import ONE
from pos.maintenance.verify import verify_books
from pos.stock.models import Lot, OnHand
from tests.conftest import Served

from .camera import with_camera_at
from .conftest import pay_exactly, scan, sign_in
from .pages import faults

pytestmark = pytest.mark.journey
SCREENS = Path(".artifacts/screens")
GOODS = "Chè lam gừng 250 g"


@pytest.fixture
def camera(playwright: Playwright, served: Served, tmp_path: Path) -> Iterator[BrowserContext]:
    """A phone whose camera is held at the pack."""
    browser = with_camera_at(playwright, served.village.codes[GOODS], tmp_path)
    yield browser.new_context(viewport={"width": 390, "height": 844}, locale="vi-VN", has_touch=True)
    browser.close()


def counting(page: Page, shop: Served, role: str, number: int) -> None:
    page.set_default_timeout(8000)
    sign_in(page, shop, role)
    page.goto(f"{shop.base}/counts/{number}")


def note(page: Page, lot: str, pieces: int) -> None:
    page.fill("#quantity", str(pieces))
    page.locator("button.lot", has_text=lot).click()
    page.wait_for_selector("text=Đã ghi:")


@pytest.mark.long
def test_two_phones_and_a_till(camera: BrowserContext, browser: Browser, till: Page, served: Served) -> None:
    with served.app.app_context(), open_reading() as session:
        lot, _product, on_hand = session.execute(
            select(Lot, Product, OnHand)
            .join(Product, Product.id == Lot.product_id)
            .join(OnHand, OnHand.lot_id == Lot.id)
            .where(Product.name_vi == "Chè lam gừng", Product.pack == "250 g", OnHand.place_id == Product.shelf_place_id)
            .order_by(OnHand.quantity_milli.desc())
        ).first()  # fmt: skip
    there = on_hand.quantity_milli // ONE - 2  # two have been stolen: nobody knows yet
    number = begin(browser, served, on_hand.place_id)
    first, second = camera.new_page(), phone(browser)
    counting(first, served, "manager", number)
    counting(second, served, "manager", number)

    first.click("text=Quét bằng máy ảnh")
    first.wait_for_selector("#quantity", timeout=20_000)  # the camera read the code: which lot is it?
    SCREENS.mkdir(parents=True, exist_ok=True)
    first.screenshot(path=SCREENS / "count-camera-phone.png")
    note(first, lot.number, 3)
    second.fill("#code", "che lam gung 250")
    second.press("#code", "Enter")
    second.wait_for_selector("#quantity")
    assert faults(second) == []
    sell_one(till, served)  # between the two: nobody can say whether it was counted
    note(second, lot.number, there - 3)

    result = phone(browser)
    counting(result, served, "manager", number)
    result.goto(f"{served.base}/counts/{number}/result")
    assert "có thay đổi trong lúc đếm" in result.inner_text("main")
    post(result, "Đếm lại toàn bộ lô này một lượt")
    result.locator("tr", has_text=GOODS).locator("text=Đếm lại").click()
    result.fill("#quantity", str(there - 1))
    result.click("#tallying .card .primary")
    result.wait_for_selector("text=Đã ghi:")
    sell_one(till, served)  # and once more before it is posted
    result.goto(f"{served.base}/counts/{number}/result")
    post(result, "ghi sổ lúc")
    result.screenshot(path=SCREENS / "count-result-phone.png", full_page=True)
    with served.app.app_context(), open_reading() as session:
        left = session.get_one(OnHand, (lot.id, on_hand.place_id)).quantity_milli
        assert left == (there - 2) * ONE
        assert verify_books(session) == []


def begin(browser: Browser, shop: Served, place_id: int) -> int:
    page = phone(browser)
    sign_in(page, shop, "manager")
    page.goto(f"{shop.base}/counts")
    page.select_option("#place_id", str(place_id))
    page.click("text=Bắt đầu kiểm kê")
    page.wait_for_load_state()
    return int(page.url.rsplit("/", 1)[1])


def phone(browser: Browser) -> Page:
    return browser.new_context(
        viewport={"width": 390, "height": 844}, locale="vi-VN", has_touch=True
    ).new_page()


def sell_one(till: Page, shop: Served) -> None:
    scan(till, shop.village.codes[GOODS])
    till.wait_for_selector(".line")
    pay_exactly(till)
    till.wait_for_selector("#till[data-panel=done]")
    till.keyboard.press("Escape")


def post(result: Page, answer: str) -> None:
    result.fill("[name=reason]", "kiểm kê cuối tháng")
    result.select_option("[name=login]", "thu-ngan-1")
    result.fill("[name=pin]", "135792")
    result.click("button:has-text('Ghi sổ')")
    result.wait_for_selector(f"text={answer}")
