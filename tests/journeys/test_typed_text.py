"""What was typed into a form comes back in the other language, whatever the page's address was; leaving otherwise asks first."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from pos.kernel.database import open_reading, unit_of_work
from pos.producers.models import Producer
from pos.settlement.models import Statement
from pos.settlement.statements import approve_statement, prepare_statement
from tests.conftest import MANAGER, Served

from .conftest import sign_in

TO_ENGLISH, TO_VIETNAMESE = "form[data-language] button[lang=en]", "form[data-language] button[lang=vi]"


@pytest.fixture
def statement(served: Served) -> int:
    """The number of a statement of the producer who signs in, with a row."""
    login = next(name for role, name, *_ in served.village.pins if role == "producer")
    with served.app.app_context(), unit_of_work() as session:
        producer = session.scalars(select(Producer).where(Producer.name == login)).one()
        ends = served.clock.now().date().replace(day=served.clock.now().day - 1)
        prepared = prepare_statement(session, producer.id, ends, served.clock.now())
        return approve_statement(session, producer, prepared, by=MANAGER, at=served.clock.now()).number


def open_page(browser: Browser, served: Served, role: str) -> Page:
    page = browser.new_context(viewport={"width": 390, "height": 844}, locale="vi-VN").new_page()
    page.set_default_timeout(8000)
    sign_in(page, served, role)
    return page


@pytest.fixture
def producers_page(browser: Browser, served: Served) -> Iterator[Page]:
    page = open_page(browser, served, "producer")
    yield page
    page.context.close()


def test_a_complaint_stays_in_another_language_with_the_line_it_is_of(
    served: Served, producers_page: Page, statement: int
) -> None:
    page = producers_page
    address = f"{served.base}/mine/statements/{statement}/dispute?line=1"
    page.goto(address)
    page.fill("textarea", "thiếu một hộp")
    page.click(TO_ENGLISH)
    page.wait_for_selector(TO_VIETNAMESE)
    assert page.url == address
    expect(page.locator("textarea")).to_have_value("thiếu một hộp")
    page.click("main form button.primary")
    page.wait_for_url(f"**/mine/statements/{statement}")
    with served.app.app_context(), open_reading() as session:
        assert session.scalars(select(Statement.number)).all()


def test_after_an_error_the_switch_shows_the_form_and_what_stood_in_it(
    served: Served, browser: Browser
) -> None:
    page = open_page(browser, served, "manager")
    with served.app.app_context(), open_reading() as session:
        producer_id = session.scalars(select(Producer.id)).first()
    for path, box, typed, button in (
        (f"/producers/{producer_id}/terms", "#starts", "31/02/2026", "main form button.primary"),
        (f"/settlement/producers/{producer_id}/deduct", "#reason", "thuê kệ", "main form button.primary"),
        ("/settlement", "#ends", "31/02/2026", "form[action$=drafts] button.primary"),
    ):
        page.goto(served.base + path)
        page.fill(box, typed)
        page.click(button)
        page.wait_for_selector("p.wrong")
        page.click(TO_ENGLISH)
        page.wait_for_selector(TO_VIETNAMESE)
        page.wait_for_load_state("load")
        expect(page.locator(box)).to_have_value(typed)
        page.click(TO_VIETNAMESE)
        page.wait_for_selector(TO_ENGLISH)
    page.context.close()


def test_whoever_leaves_a_typed_message_is_asked_and_whoever_sent_it_is_not(
    served: Served, browser: Browser
) -> None:
    page = open_page(browser, served, "manager")
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.goto(f"{served.base}/messages/1")
    page.locator("textarea").press_sequentially("mai lấy hàng")
    page.evaluate("location.assign('/today')")
    page.wait_for_timeout(500)
    assert asked == ["beforeunload"]
    assert page.input_value("textarea") == "mai lấy hàng"
    page.click("main form button.primary")
    page.wait_for_selector(".bubble >> text=mai lấy hàng")
    page.goto(f"{served.base}/today")
    assert asked == ["beforeunload"]
    page.context.close()
