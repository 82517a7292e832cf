"""The list below the till's search box goes with its words, however late the answer to them is."""

import time

import pytest
from playwright.sync_api import Page, Route

pytestmark = pytest.mark.journey
LATE_S = 0.6


def test_a_late_answer_does_not_cover_the_basket(till: Page) -> None:
    def answer_late(route: Route) -> None:
        time.sleep(LATE_S)
        route.continue_()

    till.route("**/till/search?*", answer_late)
    till.click("#search")
    with till.expect_response("**/till/search?*"):
        till.keyboard.type("che lam gung 250", delay=20)
        till.wait_for_timeout(250)  # the question is on its way
        till.keyboard.press("Enter")
        till.wait_for_selector(".line")
    till.wait_for_timeout(300)
    assert till.input_value("#search") == ""
    assert till.locator("#found button").count() == 0
