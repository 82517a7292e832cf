"""A lot is stopped from the phone while the till has it in its basket: red without a scan, unpaid, and its page says so."""

import time
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy import select, text

from pos.kernel.database import open_reading
from pos.sales.basket import find_open_basket
from pos.stock.models import Hold, Lot
from tests.conftest import STATION, Served
from tests.web.test_recall import INDEPENDENT

from .conftest import pay_exactly, scan, sign_in

pytestmark = pytest.mark.journey
SCREENS = Path(".artifacts/screens")


def test_a_stop_from_the_phone_reaches_the_till_without_a_scan(
    till: Page, browser: Browser, served: Served
) -> None:
    scan(till, served.village.codes["Chè lam gừng 250 g"])
    till.wait_for_selector(".line")
    with served.app.app_context(), open_reading() as session:
        basket = find_open_basket(session, STATION)
        assert basket is not None
        lot = session.get_one(Lot, basket.lines[0].lot_id)
    phone = browser.new_context(
        viewport={"width": 390, "height": 844}, locale="vi-VN", has_touch=True
    ).new_page()
    sign_in(phone, served, "manager")
    phone.goto(f"{served.base}/lots/{lot.id}")
    phone.fill("[name=reason]", "khách báo có dị vật")
    phone.get_by_role("button", name="Dừng ngay").click()
    stopped = time.monotonic()
    till.wait_for_selector(".line.stopped", timeout=4000)
    assert time.monotonic() - stopped < 4, "on an idle machine within two seconds"
    assert "khách báo có dị vật" in till.inner_text("#lines")
    till.screenshot(path=SCREENS / "till-recalled-desk.png")
    pay_exactly(till)
    till.wait_for_selector("#till[data-panel=refused]")
    buyer = browser.new_context(viewport={"width": 390, "height": 844}).new_page()
    buyer.goto(f"{served.base}/t/{lot.trace_code}")
    assert "Thu hồi: mang trả lại" in buyer.inner_text("body")
    with served.app.app_context(), open_reading() as session:
        hold = session.scalars(select(Hold).where(Hold.lot_id == lot.id)).one()
        slips = {f"{number:06}" for number, *_rest in session.execute(text(INDEPENDENT), {"lot": lot.id})}
    phone.goto(f"{served.base}/recalls/{hold.id}")
    shown = phone.inner_text("main")
    assert slips
    assert all(slip in shown for slip in slips)
    phone.screenshot(path=SCREENS / "recall-from-phone-phone.png", full_page=True)
