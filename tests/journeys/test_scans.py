"""How scanners type: ten equal packs in a row, one that sends twice, one in ALT mode, and codes that are typed."""

import pytest
from playwright.sync_api import Page, expect

from pos.kernel.database import open_reading
from pos.sales.basket import find_open_basket
from tests.conftest import STATION, Served
from tests.journeys.conftest import scan
from tests.journeys.test_walk import goods, send_scan

__all__ = ["goods"]


def pieces(served: Served) -> int:
    with served.app.app_context(), open_reading() as session:
        basket = find_open_basket(session, STATION)
        return sum(line.quantity_milli for line in basket.lines) // 1000 if basket else 0


def settle(page: Page, served: Served, wanted: int) -> None:
    for _ in range(240):
        if pieces(served) == wanted:
            break
        page.wait_for_timeout(50)
    page.wait_for_timeout(300)
    assert pieces(served) == wanted


def test_ten_equal_scans_count_ten(till: Page, served: Served, goods: dict[str, str]) -> None:
    till.reload()
    code = goods[min(goods)]
    for _ in range(10):
        send_scan(till, code, ("Enter",))
        till.wait_for_timeout(300)
    settle(till, served, 10)


def test_a_scanner_that_sends_twice_counts_once_and_sounds_so(
    till: Page, served: Served, goods: dict[str, str]
) -> None:
    till.reload()
    code = goods[min(goods)]
    till.evaluate("""() => {
        window.flashes = [];
        new MutationObserver(() => window.flashes.push(document.body.dataset.flash)).observe(document.body, { attributes: true });
    }""")
    till.evaluate(
        """code => {
            const type = (code, key) => document.body.dispatchEvent(new KeyboardEvent("keydown", { code, key, bubbles: true }));
            for (let n = 0; n < 2; n += 1) {
                for (const digit of code) type(`Digit${digit}`, digit);
                type("Enter", "Enter");
            }
        }""",
        code,
    )
    settle(till, served, 1)
    assert "bounce" in till.evaluate("window.flashes")


def test_a_scanner_in_alt_mode_is_read(till: Page, served: Served, goods: dict[str, str]) -> None:
    """Alt held down, each letter's number on the number pad, Alt let go."""
    till.reload()
    for letter in goods[sorted(goods)[1]]:
        till.keyboard.down("Alt")
        for digit in f"0{ord(letter)}":
            till.keyboard.press(f"Numpad{digit}")
        till.keyboard.up("Alt")
    till.keyboard.press("Enter")
    settle(till, served, 1)


@pytest.mark.parametrize("words", ["TG-2", "PT-77", "không đâu có"])
def test_what_is_typed_is_answered_in_words(
    till: Page, served: Served, goods: dict[str, str], words: str
) -> None:
    till.reload()
    till.keyboard.press("F2")
    till.keyboard.type(words, delay=90)
    till.keyboard.press("Enter")
    till.locator(".notice", has_text=words).wait_for()
    assert pieces(served) == 0


def test_what_is_typed_under_an_open_refusal_is_done(
    till: Page, served: Served, goods: dict[str, str]
) -> None:
    till.reload()
    scan(till, served.village.misfit_codes["Nem chua 200 g"])
    expect(till.locator("#till")).to_have_attribute("data-panel", "refused")
    scan(till, goods[min(goods)])  # a scan is not added
    till.wait_for_timeout(300)
    assert pieces(served) == 0
    till.locator("#search").press_sequentially(goods[min(goods)], delay=90)
    till.keyboard.press("Enter")
    expect(till.locator("#till")).to_have_attribute("data-panel", "pay")
    settle(till, served, 1)


def test_under_a_question_a_scan_waits_and_whoever_goes_on_is_told(
    till: Page, served: Served, goods: dict[str, str]
) -> None:
    """Nothing that somebody scanned or asked for stays out of the basket without words."""
    till.reload()
    till.locator(".tile", has_text="Cà chua").click()
    expect(till.locator("#till")).to_have_attribute("data-panel", "weight")
    scan(till, goods[min(goods)])
    expect(till.locator(".side .notice")).to_contain_text("Món vừa quét chưa vào giỏ")
    assert pieces(served) == 0
    till.locator(".tile", has_text="Bánh tẻ nhân thịt").click()
    expect(till.locator(".side")).to_contain_text("Cà chua chưa vào giỏ")
    till.locator(".tile", has_text="Cà chua").click()
    till.fill("#weight", "0,5")
    till.keyboard.press("Enter")
    expect(till.locator("#till")).to_have_attribute("data-panel", "pay")
    expect(till.locator(".side")).not_to_contain_text("chưa vào giỏ")


def test_arrow_keys_choose_among_what_the_words_found(till: Page, served: Served) -> None:
    till.reload()
    till.locator("#search").press_sequentially("chè lam", delay=90)
    found = till.locator(".found[data-words='chè lam'] button")
    expect(found.nth(2)).to_be_visible()
    wanted = found.nth(1).locator("strong").inner_text()
    till.keyboard.press("ArrowDown")
    till.keyboard.press("ArrowDown")
    expect(found.nth(1)).to_have_class("chosen")
    till.keyboard.press("Enter")
    expect(till.locator(".line")).to_contain_text(wanted)
