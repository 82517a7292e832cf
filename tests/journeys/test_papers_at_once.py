"""Papers without typing a code: products are found by their names, scans dropped together, days written out."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from pos.admission.models import Paper
from pos.catalog.models import Product
from pos.kernel.database import open_reading
from tests.conftest import Served
from tests.web.test_papers_desk import a_pdf

from .conftest import sign_in

pytestmark = pytest.mark.journey


@pytest.fixture
def desk(browser: Browser, served: Served) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="vi-VN")
    page = context.new_page()
    page.set_default_timeout(8000)
    sign_in(page, served, "manager")
    yield page
    context.close()


def names_of(shop: Served, producer_id: int) -> dict[int, str]:
    with shop.app.app_context(), open_reading() as session:
        products = session.scalars(
            select(Product).where(Product.producer_id == producer_id, ~Product.archived)
        )
        return {product.id: product.name_vi for product in products}


def find_paper(shop: Served, number: str) -> Paper | None:
    with shop.app.app_context(), open_reading() as session:
        paper = session.scalars(select(Paper).where(Paper.number == number)).first()
        if paper is not None:
            session.refresh(paper, ["covers"])
        return paper


@pytest.mark.long
def test_products_of_a_paper_are_found_by_name(desk: Page, served: Served) -> None:
    names = names_of(served, 1)
    first, *_others = names.values()
    desk.goto(f"{served.base}/papers/new?producer=1")
    desk.fill("#number", "79/QĐ-thử")
    desk.fill("#issued", "5/3/25")
    desk.press("#issued", "Tab")
    expect(desk.locator("#issued")).to_have_value("05/03/2025")
    desk.locator("#cover-words").press_sequentially(first.lower()[:6], delay=20)
    desk.wait_for_selector("#cover-found button")
    desk.keyboard.press("Enter")
    desk.wait_for_selector(".cover-list li")
    assert "/papers/new" in desk.url, "Enter chooses and doesn't send"
    desk.locator(".cover-list select").first.select_option("4")
    desk.screenshot(path=".artifacts/paper-goods.png")
    desk.click("form.card .actions button.primary")
    desk.wait_for_load_state()
    paper = find_paper(served, "79/QĐ-thử")
    assert paper is not None
    assert [cover.stars for cover in paper.covers] == [4]
    desk.goto(f"{served.base}/papers/{paper.id}")
    desk.wait_for_selector(".cover-list li")
    assert desk.locator(".cover-list select").first.input_value() == "4"
    desk.click("#cover-all")
    expect(desk.locator(".cover-list li")).to_have_count(len(names))
    assert desk.locator("#products").input_value().count("\n") == len(names) - 1


def test_a_number_that_nobody_knows_stays_as_it_was_typed(desk: Page, served: Served) -> None:
    desk.goto(f"{served.base}/papers/new")
    desk.evaluate("document.getElementById('products').hidden = false")
    desk.fill("#products", "SP99999 4 Kẹo lạ")
    desk.fill("#number", "80/QĐ-thử")
    desk.click("form.card .actions button.primary")
    desk.wait_for_selector("#products-no")
    desk.wait_for_timeout(300)
    assert desk.locator("#products").is_visible()
    assert desk.locator("#products").input_value() == "SP99999 4 Kẹo lạ"


def test_scans_are_sent_one_by_one_and_offered_at_their_papers(
    desk: Page, served: Served, tmp_path: Path
) -> None:
    files = []
    for n in range(3):
        path = tmp_path / f"giấy {n}.pdf"
        path.write_bytes(a_pdf(1 + n))
        files.append(path)
    broken = tmp_path / "hỏng.pdf"
    broken.write_bytes(b"nothing")
    desk.goto(f"{served.base}/papers/missing")
    first = desk.locator(".paper-row input").first
    first.fill("đang gõ dở")
    desk.set_input_files("#scans", [*files, broken])
    desk.wait_for_selector("ul.scans li:nth-child(3)")
    assert re.search(r"hỏng.pdf", desk.locator(".wrong").first.inner_text())
    assert desk.locator(".paper-row input").first.input_value() == "đang gõ dở"
    assert desk.locator(".paper-row select").last.locator("option").count() >= 4
    desk.screenshot(path=".artifacts/papers-missing.png", full_page=True)
    for width in (1366, 390):
        desk.set_viewport_size({"width": width, "height": 844})
        assert desk.evaluate("document.documentElement.scrollWidth") <= width
    desk.screenshot(path=".artifacts/papers-missing-390.png", full_page=True)
