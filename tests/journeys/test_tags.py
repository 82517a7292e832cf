"""Must show 1 of the tags: prices rise, a paper ends, a product is stopped; a walk with a phone turns the shelf green."""

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from pos.kernel.database import open_reading, unit_of_work
from pos.pricing.bulk import set_prices
from pos.stock.lots import place_hold
from pos.stock.models import Place
from pos.tags.models import Tag
from pos.tags.shelf import hang_tag
from pos.tags.truth import find_truth
from tests.conftest import MANAGER, MORNING, TODAY, Served
from tests.pos.tags.test_truth import end_one_certificate, print_all

from .conftest import sign_in

pytestmark = pytest.mark.journey


@pytest.fixture
def phone(browser: Browser, served: Served) -> Page:
    page = browser.new_context(
        viewport={"width": 390, "height": 844}, locale="vi-VN", has_touch=True
    ).new_page()
    page.set_default_timeout(8000)
    sign_in(page, served, "manager")
    return page


def scan(page: Page, tag: int) -> None:
    page.fill("#code", f"TG-{tag}")
    page.get_by_role("button", name="Đã thấy").click()
    page.wait_for_load_state()


@pytest.mark.long
def test_a_walk_turns_the_shelf_green(phone: Page, served: Served) -> None:
    with served.app.test_request_context(), unit_of_work() as session:
        hang_tag(session, [tag for tag, _ in print_all(session).tags], by=MANAGER, at=MORNING)
        prices = {item.tag.product_id: item.tag.price_vnd for item in find_truth(session, TODAY).hanging}
        risen = list(prices)[:12]
        set_prices(
            session,
            [(id_, prices[id_] + 1000) for id_ in risen],
            starts=TODAY,
            note="",
            by=MANAGER,
            at=MORNING,
        )
        stopped = list(prices)[20]
        place_hold(session, product_id=stopped, reason="phồng", by=MANAGER, at=MORNING)
    with served.app.test_request_context():
        end_one_certificate(served, not_of={*risen, stopped})

    phone.goto(f"{served.base}/tags")
    expect(phone.locator("tbody .chip.no").first).to_be_visible()
    phone.select_option("#of", "changed")
    phone.get_by_role("button", name="In", exact=True).click()
    expect(phone.locator("tbody tr")).to_have_count(12)
    with served.app.app_context(), open_reading() as session:
        fresh = {tag.product_id: tag for tag in session.scalars(select(Tag).where(Tag.batch_id == 2))}
        floor = session.scalars(
            select(Place.id).where(Place.zone.in_(["ocop", "other"])).order_by(Place.code)
        ).all()
    assert set(fresh) == set(risen)

    for place in floor:
        phone.goto(f"{served.base}/tags/walk/{place}")
        while (red := phone.locator(".walk.no:has(button)").filter(has_text="Gỡ xuống")).count():
            red.first.get_by_role("button", name="Đã gỡ").click()
            phone.wait_for_load_state()
        with served.app.app_context(), open_reading() as session:
            here = [tag.id for tag in fresh.values() if tag.place_id == place]
            hanging = [
                item.tag.id for item in find_truth(session, TODAY, place_id=place).hanging if item.is_true
            ]
        for tag in (*here, *hanging[:2]):
            scan(phone, tag)
            expect(phone.locator("[data-scanned]")).to_have_class("card item walk ok")
        expect(phone.locator(".walk.no")).to_have_count(0)
    phone.screenshot(path=".artifacts/tags-walk.png", full_page=True)
    phone.goto(f"{served.base}/tags/walk")
    expect(phone.get_by_text("không đúng")).to_have_count(0)
    with served.app.app_context(), open_reading() as session:
        assert find_truth(session, TODAY).untrue == []
        assert {item.tag.product_id for item in find_truth(session, TODAY).hanging} >= set(risen)
    phone.context.close()
