"""A till with everything on real ptys: its scanner, scale, pole display and printer, pulled and plugged in a sale."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from hardware.fakes.players import FakePoleDisplay, ScalePlayer, ScannerPlayer
from hardware.fakes.serial_printer import SerialPrinter
from pos.demo.build import Village
from pos.kernel.database import open_reading
from pos.printing.models import JobState, PrintJob
from tests.conftest import Served, serving

from .conftest import pay_exactly, sign_in, till_of

pytestmark = pytest.mark.journey
WITHIN_3_S = 3000


@dataclass
class Counter:
    """A till's page and what hangs on the till."""

    page: Page
    shop: Served
    scanner: ScannerPlayer
    scale: ScalePlayer
    pole: FakePoleDisplay
    printer: SerialPrinter

    def code(self, n: int) -> str:
        return list(self.shop.village.codes.values())[n]


@pytest.fixture
def counter(browser: Browser, village_template: tuple[Path, Village], tmp_path: Path) -> Iterator[Counter]:
    scanner, scale = ScannerPlayer(tmp_path / "ttySCANNER"), ScalePlayer(tmp_path / "ttySCALE")
    pole, printer = FakePoleDisplay(tmp_path / "ttyPOLE"), SerialPrinter(tmp_path / "ttyPRINTER").plug()
    for plug in (scanner, scale, pole):
        plug.plug()
    devices = {"scanner": scanner.address, "scale": scale.address, "display": pole.address}
    with (
        serving(village_template, tmp_path / "shop", printer.address, **devices) as shop,
        till_of(browser, shop) as page,
    ):
        yield Counter(page, shop, scanner, scale, pole, printer)
    for device in (scanner, scale, pole, printer):
        device.pull()


def test_scanner_and_printer_pulled_and_plugged_in_the_middle_of_a_sale(counter: Counter) -> None:
    """Nothing is lost, and each state is on the screen within three seconds."""
    page, foot = counter.page, counter.page.locator("#device-states")
    counter.scanner.scan(counter.code(0))
    expect(page.locator(".line")).to_have_count(1)

    counter.scanner.pull()
    expect(foot).to_contain_text("Không thấy máy quét", timeout=WITHIN_3_S)
    expect(page.locator(".line")).to_have_count(1)
    counter.scanner.plug()
    expect(foot).not_to_contain_text("Không thấy máy quét", timeout=WITHIN_3_S)
    counter.scanner.scan(counter.code(10))
    expect(page.locator(".line")).to_have_count(2)

    counter.printer.pull()
    expect(foot).to_contain_text("máy in không trả lời", timeout=WITHIN_3_S + 1000)
    pay_exactly(page)
    expect(page.locator("#till")).to_have_attribute("data-panel", "done")
    expect(foot).to_contain_text("chờ in", timeout=WITHIN_3_S)
    assert counter.printer.sheets == []
    counter.printer.plug()
    counter.shop.clock.advance(
        seconds=30
    )  # it stands still by itself, and each try waits longer than the one before
    assert counter.printer.wait_for_sheets(1, seconds=15)
    expect(foot).not_to_contain_text("chờ in", timeout=WITHIN_3_S)
    with counter.shop.app.app_context(), open_reading() as session:
        (job,) = session.scalars(select(PrintJob))
        assert job.state == JobState.PRINTED


def test_a_scan_during_a_reload_is_put_on_once(counter: Counter) -> None:
    counter.page.route("**/till/scan", lambda route: route.abort())  # told to the page, which then is gone
    counter.scanner.scan(counter.code(0))
    expect(counter.page.locator("#offline")).to_be_visible()
    counter.page.unroute("**/till/scan")
    counter.page.reload()
    counter.scanner.scan(counter.code(10))
    expect(counter.page.locator(".line")).to_have_count(2)
    shown = [line.locator(".num").first.inner_text() for line in counter.page.locator(".line").all()]
    assert [text[:3] for text in shown] == ["1 ×", "1 ×"]
    counter.page.reload()
    counter.page.wait_for_timeout(1500)
    assert [line.locator(".num").first.inner_text() for line in counter.page.locator(".line").all()] == shown


@pytest.mark.parametrize(
    "output",
    [
        b"\xff\xfe\x00\x80" * 40 + b"\r",
        b"9520000\r",
        b"x" * 10_240 + b"\r",
        b"<script>document.title='gone'</script>\r",
    ],
    ids=["noise", "half a symbol", "10 kB", "a script"],
)
def test_nonsense_from_a_scanner_is_refused_politely(counter: Counter, output: bytes) -> None:
    """The basket is untouched, the red card says what to do, and the next good scan goes in."""
    page = counter.page
    counter.scanner.scan(counter.code(0))
    expect(page.locator(".line")).to_have_count(1)
    title = page.title()
    counter.scanner.send(output)
    expect(page.locator("#till")).to_have_attribute("data-panel", "refused")
    expect(page.locator(".refusal")).to_be_visible()
    expect(page.locator(".line")).to_have_count(1)
    assert page.title() == title
    page.keyboard.press("Enter")
    expect(page.locator("#till")).to_have_attribute("data-panel", "pay")
    counter.scanner.scan(counter.code(10))
    expect(page.locator(".line")).to_have_count(2)


def test_a_burst_of_scans_is_put_on_in_its_order(counter: Counter) -> None:
    for n in (0, 10, 22, 1, 5):
        counter.scanner.scan(counter.code(n))
    expect(counter.page.locator(".line")).to_have_count(5)


def test_the_newest_page_of_a_station_hears_its_scanner(counter: Counter) -> None:
    expect(counter.page.locator("#scanner-moved")).to_be_hidden()
    other = counter.page.context.new_page()
    other.goto(f"{counter.shop.base}/till")
    other.wait_for_selector("#device-states .dot")
    counter.scanner.scan(counter.code(0))
    expect(other.locator(".line")).to_have_count(1)
    expect(other.locator(".line .num").first).to_have_text("1 × 45.000")
    expect(other.locator("#scanner-moved")).to_be_hidden()
    expect(counter.page.locator("#scanner-moved")).to_be_visible()
    counter.page.get_by_role("button", name="Nghe ở đây").click()
    expect(counter.page.locator("#scanner-moved")).to_be_hidden()
    expect(other.locator("#scanner-moved")).to_be_visible()


def test_the_scale_weighs_and_the_pole_shows(counter: Counter) -> None:
    page = counter.page
    counter.scale.lay(0)
    page.get_by_role("button", name="Cà chua").click()
    expect(page.locator("#scale")).to_contain_text("Chưa có gì trên cân")
    counter.scale.lay(512, stable=False)
    expect(page.locator("#scale")).to_contain_text("chưa ổn định")
    expect(page.locator("[name=scale_weight]")).to_have_count(0)
    counter.scale.overload()
    expect(page.locator("#scale")).to_contain_text("Quá tải")
    counter.scale.negative()
    expect(page.locator("#scale")).to_contain_text("về 0")
    counter.scale.lay(512)
    expect(page.locator("#scale strong")).to_have_text("0,512 kg")
    page.keyboard.press("Enter")
    expect(page.locator(".line .num").first).to_have_text("0,512 kg × 25.000")
    expect(page.locator(".sum")).to_have_text("12.800")
    until_shown(counter, "Ca chua       12.800", "Can tra       12.000")
    page.get_by_role("button", name="Cà chua").click()
    counter.scale.pull()
    expect(page.locator("#scale")).to_contain_text("Cân không báo", timeout=WITHIN_3_S + 2000)
    page.keyboard.type("1,5", delay=80)
    page.keyboard.press("Enter")
    expect(page.locator(".line")).to_have_count(2)


def until_shown(counter: Counter, upper: str, lower: str) -> None:
    for _ in range(60):
        if counter.pole.lines[0] == upper and counter.pole.lines[1].startswith(lower):
            return
        counter.page.wait_for_timeout(50)
    raise AssertionError(counter.pole.lines)


def test_a_scanner_is_taught_by_two_samples(browser: Browser, counter: Counter) -> None:
    """One that puts a star before each code and types ^] as two letters for GS1's separator."""
    page = counter.page
    page.goto(f"{counter.shop.base}/devices/teach")
    page.wait_for_timeout(300)
    counter.scanner.scan("*MAU12345")
    expect(page.locator("#plain-shown")).to_have_text("*MAU12345⟨Enter⟩")
    counter.scanner.scan("*]C110AB-1^]21XY9")
    expect(page.locator("#gs1-shown")).to_contain_text("21XY9")
    page.get_by_role("button", name="Lưu cách máy quét gửi").click()
    expect(page.locator("table")).to_contain_text("^]")
    page.goto(f"{counter.shop.base}/till")
    page.wait_for_selector("#device-states .dot")
    counter.scanner.scan(f"*{counter.code(0)}")
    expect(page.locator(".line")).to_have_count(1)


@pytest.mark.long
def test_the_devices_page_shows_each_of_them(browser: Browser, counter: Counter) -> None:
    boss = browser.new_context(viewport={"width": 1366, "height": 768}, locale="vi-VN").new_page()
    sign_in(boss, counter.shop, "manager")
    boss.goto(f"{counter.shop.base}/devices")
    counter.scale.lay(1250)
    expect(boss.locator("#devices")).to_contain_text("1,250 kg", timeout=WITHIN_3_S + 2000)
    counter.scanner.pull()
    expect(boss.locator("#devices")).to_contain_text("Cắm lại", timeout=WITHIN_3_S + 2000)
    boss.get_by_role("button", name="Hiện thử").click()
    until_shown(counter, "12345678901234567890", "Kiem tra")
    boss.screenshot(path=".artifacts/devices.png", full_page=True)
    boss.context.close()
