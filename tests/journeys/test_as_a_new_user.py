"""The README's promise: three goods scanned, cash taken, and the paper says what was sold, read by another's eyes."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from pos.kernel.database import open_reading
from pos.kernel.formats import format_vnd
from pos.sales.queries import list_receipt_lines
from tests.conftest import Served
from tests.hardware.test_printing import distance, letters, read_by_tesseract

from .conftest import pay_exactly, scan

pytestmark = pytest.mark.journey


def test_the_paper_of_a_sale_says_what_was_sold(till: Page, served: Served, tmp_path: Path) -> None:
    codes = list(served.village.codes.values())
    for n, code in enumerate((codes[15], codes[16], codes[1]), 1):
        scan(till, code)
        expect(till.locator(".line")).to_have_count(n)
    pay_exactly(till)
    expect(till.locator("#till")).to_have_attribute("data-panel", "done")
    number = int(re.search(r"(\d+)\.png", till.locator(".paper img").get_attribute("src") or "").group(1))  # type: ignore[union-attr]
    assert served.printer is not None
    (sheet,) = served.printer.wait_for_sheets(1)
    text = read_by_tesseract(sheet, tmp_path)
    with served.app.app_context(), open_reading() as session:
        lines = list_receipt_lines(session, number)
    read = letters(text)
    wrong = total = 0
    for line, lot_number, *_rest in lines:
        assert format_vnd(line.amount_vnd, sign=False) in text
        assert lot_number in text
        name = letters(line.name)
        wrong += min(distance(name, read[i : i + len(name)]) for i in range(len(read)))
        total += len(name)
    assert wrong <= 0.02 * total


def test_an_input_method_cannot_change_a_scan(till: Page, served: Served) -> None:
    """Keys as Telex leaves them: the letter is an â, or only 'Process'; the code of the key is what counts."""
    code = next(iter(served.village.codes.values()))
    till.evaluate(
        """(code) => {
          const send = (init) => document.dispatchEvent(new KeyboardEvent("keydown", { bubbles: true, cancelable: true, ...init }));
          for (const digit of code) send({ key: "Process", code: `Digit${digit}`, isComposing: true });
          send({ key: "Enter", code: "Enter" });
        }""",
        code,
    )
    expect(till.locator(".line")).to_have_count(1)


def test_a_server_that_is_gone_is_said_and_the_scan_waits(till: Page, served: Served) -> None:
    code = next(iter(served.village.codes.values()))
    till.route("**/till/scan", lambda route: route.abort())
    scan(till, code)
    expect(till.locator("#offline")).to_be_visible(timeout=2000)
    till.unroute("**/till/scan")
    expect(till.locator(".line")).to_have_count(1)
    expect(till.locator("#offline")).to_be_hidden()
    expect(till.locator(".line .num").first).to_have_text(re.compile(r"^1 ×"))


def test_the_buyer_sees_the_total_on_the_other_side(till: Page, served: Served) -> None:
    other = till.context.browser.new_context().new_page()  # type: ignore[union-attr]
    other.goto(f"{served.base}/till/display/Quầy 1")
    expect(other.locator(".total")).to_have_text("0 ₫")
    scan(till, next(iter(served.village.codes.values())))
    expect(other.locator(".total")).to_have_text("45.000 ₫")
    other.context.close()


def test_a_key_pressed_before_the_page_is_ready_pays_all_the_same(till: Page, served: Served) -> None:
    """The pay form as it is for a moment after a scan: on the page, and htmx has not taken it up."""
    scan(till, next(iter(served.village.codes.values())))
    expect(till.locator(".line")).to_have_count(1)
    till.evaluate("""() => {
        const known = document.querySelector(".suggested-amounts form");
        const fresh = document.importNode(new DOMParser().parseFromString(known.outerHTML, "text/html").forms[0], true);
        for (const part of [fresh, ...fresh.querySelectorAll("*")]) part.removeAttribute("data-htmx-powered");
        known.replaceWith(fresh);
        setTimeout(() => htmx.process(fresh), 100);
        fresh.querySelector("button").click();
    }""")
    expect(till.locator("#till")).to_have_attribute("data-panel", "done")
    assert "csrf_token" not in till.url
