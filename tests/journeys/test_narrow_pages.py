"""On a phone of 390 px no page of the desk is wider than the screen: tables scroll within their card."""

from datetime import timedelta

import pytest
from playwright.sync_api import Browser

from pos.catalog.models import Product
from pos.identity.models import FactChange
from pos.kernel.database import unit_of_work
from pos.stock.models import Lot
from tests.conftest import MORNING, TODAY, Served

from .conftest import sign_in

pytestmark = pytest.mark.journey


def test_no_page_is_wider_than_a_phone(browser: Browser, served: Served) -> None:
    page = browser.new_context(viewport={"width": 390, "height": 844}, locale="vi-VN").new_page()
    sign_in(page, served, "manager")
    with served.app.app_context(), unit_of_work() as session:
        lot = session.get_one(Lot, 1)
        lot_name = (
            f"{session.get_one(Product, lot.product_id).name} · {lot.number}-LO-SAN-XUAT-2026-11-24-CA-SANG"
        )
        session.add(
            FactChange(subject="lot:1", name=lot_name, changes='{"expires_on":["2026-11-27","2026-11-29"]}', at=MORNING,
                       by_id=None, by_name="Quản lý", approved_by="", due_on=TODAY + timedelta(days=1), applied_at=None)
        )  # fmt: skip
    wide = {}
    for address in ("/today", "/people", "/journal", "/shifts", "/papers", "/stock", "/tags", "/products/1"):
        page.goto(served.base + address)
        width = page.evaluate("() => document.scrollingElement.scrollWidth")
        cut = page.evaluate(
            "() => [...document.querySelectorAll('main table')].filter(e => !e.closest('.scroll') && e.scrollWidth > e.parentElement.clientWidth + 1).length"
        )
        if width > 390 or cut:
            wide[address] = (width, cut, page.evaluate(
                "() => [...document.querySelectorAll('main *')].filter(e => !e.closest('.scroll table') && e.getBoundingClientRect().right > innerWidth).map(e => e.outerHTML.slice(0, 120)).slice(0, 4)"
            ))  # fmt: skip
    assert wide == {}
