"""No page is wider than a phone or cuts a word, for whoever looks, in both languages, with larger letters too.

Every page that a role may open without more than its address, and those of PAGES, at 390 and 1366 px; letters at 100 and 120 %.
"""

from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Error, Page

from pos.catalog.models import Product
from pos.identity.models import FactChange
from pos.kernel.database import unit_of_work
from pos.stock.models import Lot
from pos.web.rights import find_roles
from tests.conftest import MORNING, TODAY, Served

from .conftest import sign_in
from .test_pages import PAGE_WALKS, PAGES

pytestmark = pytest.mark.journey
LANGUAGES = ("vi", "en")
SIZES = ((390, 844), (1366, 768))
LETTERS = ("100%", "120%")
NO_PAGES = {"till.display", "identity.sign_in", "till.show_tiles", "till.find_by_name", "till.watch_lines"}
FAULTS = """() => {
  const name = e => e.tagName + ' ' + (e.textContent || e.name || '').trim().replace(/\\s+/g, ' ').slice(0, 50);
  const seen = e => e.checkVisibility() && e.offsetParent && !e.closest('.visually-hidden, .skip');
  const found = [];
  const width = document.scrollingElement.scrollWidth;
  if (width > innerWidth) {
    const beyond = [...document.querySelectorAll('body *')].filter(e => seen(e) && e.getBoundingClientRect().right > innerWidth + 1 && !e.closest('.scroll, nav, .tabs, #strip, .till-foot'));
    found.push(`${width} px wide: ` + beyond.slice(0, 3).map(name).join(' | '));
  }
  for (const e of document.querySelectorAll('main table'))
    if (seen(e) && !e.closest('.scroll') && e.scrollWidth > e.parentElement.clientWidth + 1) found.push('table beyond its parent');
  for (const e of document.querySelectorAll('button, a.button, label, legend, summary, .chip'))
    if (seen(e) && e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).display !== 'inline') found.push('cut: ' + name(e));
  const pen = document.createElement('canvas').getContext('2d');
  for (const e of document.querySelectorAll('select')) {
    if (!seen(e) || !e.selectedOptions.length) continue;
    const style = getComputedStyle(e);
    pen.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
    const room = e.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight) - 16;
    if (pen.measureText(e.selectedOptions[0].textContent.trim()).width > room + 1) found.push('cut select: ' + e.name + ' ' + e.selectedOptions[0].textContent.trim().slice(0, 50));
  }
  return found;
}"""


def list_addresses(served: Served, role: str) -> list[str]:
    """Each page that this role may open."""
    rules = served.app.url_map.iter_rules()
    plain = [
        rule.rule
        for rule in rules
        if not rule.arguments and "GET" in (rule.methods or ()) and rule.endpoint not in NO_PAGES
        and role in {allowed.value for allowed in find_roles(served.app.view_functions[rule.endpoint]) or ()}
    ]  # fmt: skip
    return sorted({*plain, *PAGES[role].values()})


def add_a_long_name(served: Served) -> None:
    """A change that waits, of a lot with a very long number."""
    with served.app.app_context(), unit_of_work() as session:
        lot = session.get_one(Lot, 1)
        lot_name = (
            f"{session.get_one(Product, lot.product_id).name} · {lot.number}-LO-SAN-XUAT-2026-11-24-CA-SANG"
        )
        session.add(
            FactChange(subject="lot:1", name=lot_name, changes='{"expires_on":["2026-11-27","2026-11-29"]}', at=MORNING,
                       by_id=None, by_name="Quản lý", approved_by="", due_on=TODAY + timedelta(days=1), applied_at=None)
        )  # fmt: skip


def look_at(page: Page, address: str) -> list[str]:
    """What is wrong with the page as it stands, at each size and with each letters."""
    found = []
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        for letters in LETTERS:
            page.evaluate("(letters) => document.documentElement.style.fontSize = letters", letters)
            found += [f"{address} {width} {letters}: {fault}" for fault in page.evaluate(FAULTS)]
    return found


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("role", PAGE_WALKS)
def test_no_page_is_wider_than_a_phone_nor_cuts_a_word(
    browser: Browser, served: Served, role: str, language: str
) -> None:
    page = browser.new_context(viewport={"width": 390, "height": 844}, locale="vi-VN").new_page()
    sign_in(page, served, role)
    add_a_long_name(served)
    if language == "en":
        page.goto(f"{served.base}/handbook")
        page.locator("button[lang=en]").first.click()
        page.wait_for_load_state()
    found = []
    for address in list_addresses(served, role):
        try:
            answer = page.goto(served.base + address)
        except Error:
            continue  # a file to be kept
        if answer is None or "text/html" not in answer.headers.get("content-type", ""):
            continue
        found += look_at(page, address)
    page.context.close()
    assert found == [], "\n".join(found)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_menu_fits_a_low_screen_whichever_group_is_open(
    browser: Browser, served: Served, language: str
) -> None:
    page = browser.new_context(viewport={"width": 1366, "height": 768}, locale="vi-VN").new_page()
    sign_in(page, served, "manager")
    if language == "en":
        page.locator("button[lang=en]").first.click()
        page.wait_for_load_state()
    groups = page.locator(".menu details")
    assert groups.count() == 5
    for number in range(5):
        if groups.nth(number).get_attribute("open") is None:
            groups.nth(number).locator("summary").focus()
            page.keyboard.press("Enter")
        assert page.locator(".menu details[open]").count() == 1
        assert groups.nth(number).locator("a").first.is_visible()
        assert (
            page.evaluate(
                "() => { const top = document.querySelector('.top'); return top.scrollHeight - top.clientHeight; }"
            )
            <= 0
        )
    page.context.close()


def test_the_menu_opens_without_scripts(browser: Browser, served: Served) -> None:
    page = browser.new_context(
        viewport={"width": 390, "height": 844}, locale="vi-VN", java_script_enabled=False
    ).new_page()
    sign_in(page, served, "manager")
    group = page.locator(".bar details").nth(4)
    group.locator("summary").click()
    group.get_by_role("link", name="Nhật ký").click()
    page.wait_for_url("**/journal")
    page.context.close()
