"""Enter in a box of the papers that are missing saves them, as its main button does."""

import pytest
from playwright.sync_api import Browser
from sqlalchemy import select

from pos.admission.models import Paper
from pos.kernel.database import open_reading
from tests.conftest import Served

from .conftest import sign_in

pytestmark = pytest.mark.journey


def test_enter_saves_what_was_typed(browser: Browser, served: Served) -> None:
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="vi-VN")
    page = context.new_page()
    page.set_default_timeout(8000)
    sign_in(page, served, "manager")
    page.goto(f"{served.base}/papers/missing")
    row = page.locator("fieldset.paper-row").first
    row.locator("input[name$='-number']").fill("88/ATTP-thử")
    row.locator("input[name$='-issued']").fill("5/3/26")
    stars = row.locator("select[name$='-stars']")
    if stars.count():
        stars.select_option("4")
    row.locator("input[name$='-number']").press("Enter")
    page.get_by_text("Đã nhập 1 giấy").wait_for()
    with served.app.app_context(), open_reading() as session:
        assert session.scalars(select(Paper).where(Paper.number == "88/ATTP-thử")).one()
    context.close()
