"""A manager agrees on new terms: sees a step that doesn't rise at its box, then what the terms change, goes back, and saves."""

import pytest
from playwright.sync_api import Browser

from tests.conftest import Served

from .conftest import sign_in

pytestmark = pytest.mark.journey


@pytest.mark.parametrize("size", [(1366, 768), (390, 844)], ids=["desk", "phone"])
def test_new_terms_with_steps(browser: Browser, served: Served, size: tuple[int, int]) -> None:
    page = browser.new_context(viewport={"width": size[0], "height": size[1]}, locale="vi-VN").new_page()
    page.set_default_timeout(8000)
    sign_in(page, served, "manager")
    page.goto(f"{served.base}/producers/1/terms")
    page.fill("#commission_bp", "20")
    if not page.is_visible("#bands-0-from_vnd"):  # folded where the terms so far have no steps
        page.get_by_text("Bậc hoa hồng: vượt mức thì tính khác").click()
    for n, (from_vnd, rate) in enumerate([("10.000.000", "15"), ("5.000.000", "12")]):
        page.fill(f"#bands-{n}-from_vnd", from_vnd)
        page.fill(f"#bands-{n}-commission_bp", rate)
    page.get_by_role("button", name="Xem sẽ thay đổi gì").click()
    wrong = page.locator("#bands-1-from_vnd-no")
    assert wrong.is_visible(), "the steps are open where one of them is wrong"
    page.fill("#bands-1-from_vnd", "20.000.000")
    page.get_by_role("button", name="Xem sẽ thay đổi gì").click()
    assert page.get_by_text("88.000").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.get_by_role("button", name="Sửa lại").click()
    assert page.input_value("#bands-1-from_vnd") == "20.000.000"
    page.get_by_role("button", name="Xem sẽ thay đổi gì").click()
    page.get_by_role("button", name="Ghi thỏa thuận này").click()
    page.get_by_text("trên 20.000.000").first.wait_for()
    assert page.get_by_role("link", name="Phụ lục hợp đồng").first.is_visible()
    page.context.close()
