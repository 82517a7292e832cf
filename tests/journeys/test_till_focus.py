"""Whatever panel of the till asks for something, what is typed goes into its box, not into the search for goods."""

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import Served

from .conftest import scan

pytestmark = pytest.mark.journey

CLOSED = "#till[data-panel=shift_closed]"


def open_panel(till: Page, name: str, *, key: str = "", button: str = "") -> None:
    """Waits until the focus has been given, as `finishRequest` of the till does after each answer."""
    if key:
        till.keyboard.press(key)
    else:
        till.get_by_role("button", name=button).click()
    till.wait_for_selector(f"#till[data-panel={name}][data-focused=yes]")


def put_goods_on(till: Page, served: Served) -> None:
    till.wait_for_timeout(60)
    scan(till, next(iter(served.village.codes.values())))
    till.wait_for_selector(".line")


def expect_in(till: Page, box: str, typed: str) -> None:
    """Typed like a person does: slower than a scanner."""
    expect(till.locator(box)).to_be_focused()
    till.keyboard.type(typed, delay=90)
    expect(till.locator(box)).to_have_value(typed)
    expect(till.locator("#search")).to_have_value("")


@pytest.mark.parametrize(
    ("name", "key", "button", "box", "typed"),
    [
        ("sales", "F7", "", "#f-time", "9:30"),
        ("refund_find", "F6", "", "#number", "12"),
        ("drawer", "", "Mở két", "#reason", "doi"),
        ("cash_move", "", "Thu / chi tiền mặt", "#amount", "50"),
        ("shift_close", "", "Kết ca", "#counted", "50"),
    ],
)
def test_the_box_of_a_panel_has_the_focus(
    till: Page, name: str, key: str, button: str, box: str, typed: str
) -> None:
    open_panel(till, name, key=key, button=button)
    expect_in(till, box, typed)


def test_a_basket_is_parked_under_the_name_that_was_typed(till: Page, served: Served) -> None:
    put_goods_on(till, served)
    open_panel(till, "parked", key="F4")
    expect_in(till, "#label", "chi Hoa")
    till.keyboard.press("Enter")
    till.wait_for_selector("#till[data-panel=pay]")
    expect(till.locator(".line")).to_have_count(0)
    open_panel(till, "parked", key="F4")
    expect(till.locator(".side.parked .stack")).to_contain_text("chi Hoa")


def test_what_is_unfolded_has_the_focus(till: Page) -> None:
    open_panel(till, "shift_close", button="Kết ca")
    till.locator("details.notes summary").click()
    expect(till.locator("details.notes input").first).to_be_focused()


def close_short(till: Page) -> None:
    """The shift closes with 5,000 too little, counted twice."""
    open_panel(till, "shift_close", button="Kết ca")
    till.keyboard.type("495000", delay=90)
    till.keyboard.press("Enter")
    till.wait_for_selector("#till[data-panel=shift_differs]")
    till.get_by_role("button", name="thiếu 5.000").click()
    till.wait_for_selector(f"{CLOSED}[data-focused=yes]")


def test_after_a_short_close_the_reason_is_typed_and_enter_goes_on(till: Page) -> None:
    close_short(till)
    expect_in(till, "#reason", "thoi nham")
    till.keyboard.press("Enter")
    expect(till.locator(".explain [role=status]")).to_contain_text("thoi nham")
    expect(till.get_by_role("button", name="Mở ca tiếp theo")).to_be_focused()
    till.keyboard.press("Enter")
    till.wait_for_selector("#till[data-panel=shift_open]")


def test_after_a_short_close_enter_alone_opens_the_next_shift(till: Page) -> None:
    close_short(till)
    expect(till.locator("#reason")).to_be_focused()
    till.keyboard.press("Enter")
    till.wait_for_selector("#till[data-panel=shift_open]")
