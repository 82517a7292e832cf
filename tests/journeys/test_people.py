"""The page of the people: a question opens below its button, and nothing slides under the mouse."""

import pytest
from playwright.sync_api import Browser, Locator

from tests.conftest import Served

from .conftest import sign_in

pytestmark = pytest.mark.journey


def find_corner(button: Locator) -> tuple[int, int]:
    box = button.bounding_box()
    assert box is not None
    return round(box["x"]), round(box["y"])


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (390, 844)])
def test_a_question_leaves_its_button_under_the_mouse(
    browser: Browser, served: Served, width: int, height: int
) -> None:
    context = browser.new_context(viewport={"width": width, "height": height}, locale="vi-VN")
    page = context.new_page()
    page.set_default_timeout(8000)
    sign_in(page, served, "manager")
    page.goto(f"{served.base}/people")
    row = page.locator("tbody tr").nth(1)
    row.evaluate("row => row.scrollIntoView({ block: 'start' })")
    for name in ("Cho nghỉ", "PIN mới"):
        button = row.locator("summary", has_text=name)
        before = find_corner(button)
        beside = [find_corner(other) for other in row.locator("a.button").all()]
        button.click()
        question = row.locator("details[open] form")
        assert question.is_visible()
        assert find_corner(button) == before
        assert [find_corner(other) for other in row.locator("a.button").all()] == beside
        box = question.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
        page.screenshot(path=f".artifacts/people-{width}-{'pin' if name == 'PIN mới' else 'leave'}.png")
        button.dblclick()
        assert page.url == f"{served.base}/people"
        assert page.locator(".notice.ok").count() == 0, "nobody got a new PIN"
        if question.count():
            button.click()
    context.close()
