"""On a phone each figure of a table says what it is: a row's cells have the headings of their columns."""

from playwright.sync_api import Browser

from pos.kernel.database import unit_of_work
from pos.producers.terms import get_producer
from pos.settlement.deductions import record_deduction
from pos.settlement.models import EntryKind
from pos.settlement.statements import approve_statement, prepare_statement
from tests.conftest import MANAGER, Served

from .conftest import sign_in

BARE = """() => [...document.querySelectorAll("table.stacked tbody td")]
  .filter((cell) => cell.colSpan === 1 && cell.cellIndex > 0 && cell.textContent.trim() && !cell.matches(".acts")
    && !cell.querySelector("a, button, label") && !cell.dataset.label).map((cell) => cell.outerHTML.slice(0, 200))"""


def test_the_figures_of_settlement_are_labelled_on_a_phone(served: Served, browser: Browser) -> None:
    at = served.clock.now()
    with served.app.app_context(), unit_of_work() as session:
        producer = get_producer(session, 1)
        record_deduction(session, producer, EntryKind.SHELF_RENT, 30_000, "thuê kệ", by=MANAGER, at=at)
        prepared = prepare_statement(session, 1, at.date().replace(day=at.day - 1), at)
        number = approve_statement(session, producer, prepared, by=MANAGER, at=at).number
    page = browser.new_context(viewport={"width": 390, "height": 844}, locale="vi-VN").new_page()
    sign_in(page, served, "manager")
    for path in (
        "/settlement",
        "/settlement/producers/1",
        f"/settlement/statements/{number}",
        "/producers/1/people",
        "/messages",
    ):
        page.goto(served.base + path)
        page.wait_for_load_state("load")
        assert page.evaluate(BARE) == [], path
    page.context.close()
