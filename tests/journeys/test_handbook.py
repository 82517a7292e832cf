"""A cashier's first five minutes by the handbook's text alone: only what it names is pressed; its pictures are taken here."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from playwright.sync_api import Browser, Page

from pos.demo.build import TOLD_PINS
from pos.handbook.pages import ORDER, load_pages, search_pages
from tests.conftest import Served

from .conftest import scan, sign_in

ROOT = Path(__file__).parents[2]
TEXTS = ROOT / "pos" / "handbook" / "vi"
SHIPPED = ROOT / "pos" / "static" / "handbook"
TAKEN = ROOT / ".artifacts" / "handbook"


def keep_picture(page: Page, name: str) -> None:
    """The picture as a user sees it now; `sh tests/run screens` copies it into the package."""
    TAKEN.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=TAKEN / f"{name}.jpg", type="jpeg", quality=62)


def labels(text: str) -> set[str]:
    """What the text tells to press or read: its bold words, and its keys."""
    return set(re.findall(r"\*\*([^*]+)\*\*", text)) | set(re.findall(r"`([^`]+)`", text))


class Reader:
    """Somebody who knows nothing but the page, and presses nothing that it doesn't name."""

    def __init__(self, page: Page, text: str) -> None:
        self.page, self.known = page, labels(text)

    def press(self, label: str) -> None:
        assert label in self.known, f"the handbook never names “{label}”"
        self.page.get_by_role("button", name=label).first.click()

    def key(self, key: str) -> None:
        assert key in self.known, f"the handbook never names the key {key}"
        self.page.keyboard.press(key)

    def sees(self, panel: str) -> None:
        self.page.wait_for_selector(f"#till[data-panel={panel}]")

    def scans(self, code: str) -> None:
        self.page.wait_for_timeout(80)  # a scanner pauses between two symbols
        scan(self.page, code)


@pytest.fixture
def desk(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="vi-VN")
    page = context.new_page()
    page.set_default_timeout(8000)
    yield page
    context.close()


@pytest.mark.journey
def test_the_first_five_minutes(desk: Page, served: Served) -> None:
    reader = Reader(desk, (TEXTS / "thu-ngan.md").read_text("utf-8"))
    codes = served.village.codes
    desk.goto(f"{served.base}/sign-in")
    desk.get_by_role("button", name="Thu ngân 1").click()  # "touch your name"
    desk.fill("#pin", TOLD_PINS["cashier"])
    reader.press("Đăng nhập")
    reader.sees("shift_open")
    keep_picture(desk, "mo-ca")
    assert "Quỹ đầu ca" in reader.known
    desk.fill("#float", "500000")
    reader.press("Mở ca")
    reader.sees("pay")

    reader.scans(codes["Chè lam gừng 250 g"])  # by scan
    desk.wait_for_selector(".line:nth-of-type(1)")
    desk.locator(".tile", has_text="Trứng gà mía").click()  # by tile
    desk.wait_for_selector(".line:nth-of-type(2)")
    desk.locator(".tile", has_text="Cà chua").click()  # by weight
    reader.sees("weight")
    assert "0,450" in reader.known
    desk.fill("#weight", "0,450")
    reader.key("Enter")
    desk.wait_for_selector(".line:nth-of-type(3)")
    keep_picture(desk, "gio-hang")

    reader.scans(served.village.misfit_codes["Rượu mơ 200 g"])  # refused
    reader.sees("refused")
    desk.wait_for_timeout(250)
    keep_picture(desk, "tu-choi")
    assert desk.locator(".line").count() == 3
    reader.press("Đã hiểu")
    reader.sees("pay")

    reader.key("F8")
    reader.sees("cash")
    desk.fill("#given", "100000")
    reader.key("Enter")
    reader.sees("done")
    assert "Đã trả" in reader.known
    desk.get_by_text("Đã trả").first.wait_for()
    desk.wait_for_timeout(600)
    keep_picture(desk, "da-tra")
    number = (desk.locator(".paper img").get_attribute("src") or "").split("/")[-1].split(".")[0]
    reader.key("Enter")
    reader.sees("pay")

    reader.key("F6")  # goods come back
    reader.sees("refund_find")
    reader.scans(f"PT-{number}")
    reader.sees("refund")
    desk.fill("#part-1", "1")
    desk.fill("#reason", "hộp móp")
    reader.press("Hoàn tiền")
    reader.sees("done")
    desk.get_by_text(
        "44.000"
    ).first.wait_for()  # its share of what was paid, rounded down; the rest waits for the next
    reader.key("Enter")
    reader.sees("pay")

    reader.press("Kết ca")
    reader.sees("shift_close")
    desk.fill("#counted", "519750")
    reader.key("Enter")
    reader.sees("shift_differs")  # 500.000 + 60.000 paid - 44.000 given back is in the drawer
    assert "Két thừa 3.750\u00a0₫" in desk.get_by_role("alert").inner_text()
    desk.fill("#counted", "516000")
    reader.key("Enter")
    reader.sees("shift_closed")
    assert desk.locator(".figures dd strong").first.inner_text() == "đủ"


@pytest.mark.journey
@pytest.mark.long
def test_the_other_pictures(desk: Page, served: Served, browser: Browser) -> None:
    sign_in(desk, served, "manager")
    desk.goto(f"{served.base}/inspection")
    keep_picture(desk, "kiem-tra")
    phone = browser.new_context(viewport={"width": 390, "height": 844}, locale="vi-VN").new_page()
    sign_in(phone, served, "producer")
    keep_picture(phone, "chu-the")
    phone.context.close()


def test_each_picture_that_a_page_shows_is_shipped_and_light() -> None:
    named = {
        name
        for page in ORDER
        for name in re.findall(r"\]\(([^)]+\.jpg)\)", (TEXTS / f"{page}.md").read_text("utf-8"))
    }
    assert named == {path.name for path in SHIPPED.glob("*.jpg")}
    assert all(path.stat().st_size < 150_000 for path in SHIPPED.glob("*.jpg"))


def test_bold_words_are_words_of_the_screens() -> None:
    """A label that the screens no longer bear would send its reader looking for nothing."""
    with (ROOT / "pos/translations/vi/LC_MESSAGES/messages.po").open("rb") as file:
        output = {
            s for m in read_po(file) if m.id for s in ([m.string] if isinstance(m.string, str) else m.string)
        }
    for page in ORDER:
        text = (TEXTS / f"{page}.md").read_text("utf-8")
        bold = set(re.findall(r"\*\*([^*]+)\*\*", text))
        assert sorted(word for word in bold if word.rstrip("…") not in output and word not in output) == [], (
            page
        )


@pytest.mark.parametrize(("words", "anchor"), [
    ("tra lai", "khach-tra-lai-hang"), ("mất điện", "mat-dien-may-treo"), ("đổi giá", "doi-gia-mot-mon"), ("sao luu", "sao-luu"),
])  # fmt: skip
def test_the_handbook_is_found_by_words_with_accents_or_none(words: str, anchor: str) -> None:
    assert anchor in [hit.section.anchor for hit in search_pages(words)]
    assert not search_pages("khôngcóđâu")
    assert not search_pages("  ")


def test_every_page_has_a_title_and_sections_to_jump_to() -> None:
    for page in load_pages().values():
        assert page.title != page.name
        assert len(page.sections) >= 4
        assert all(f'id="{section.anchor}"' in page.html for section in page.sections)
