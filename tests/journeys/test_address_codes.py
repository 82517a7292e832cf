"""Every QR code of an address is read back by two decoders: from the screen, from a phone's screen, and from the printed sheet."""

from collections.abc import Iterator
from io import BytesIO

import pypdfium2
import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, Page
from pyzbar import pyzbar
from sqlalchemy import select

from pos.kernel.database import open_reading
from pos.lan.phone_address import NETWORK_ADDRESS
from pos.producers.models import Producer
from tests.conftest import Served

from .conftest import sign_in

SIZES = [(1366, 768), (390, 844)]
NETWORK = "https://192.168.100.200:8443"


@pytest.fixture(params=SIZES, ids=["laptop", "phone"])
def page(browser: Browser, served: Served, request: pytest.FixtureRequest) -> Iterator[Page]:
    width, height = request.param
    served.app.extensions[NETWORK_ADDRESS] = NETWORK
    context = browser.new_context(viewport={"width": width, "height": height}, locale="vi-VN")
    opened = context.new_page()
    opened.set_default_timeout(8000)
    sign_in(opened, served, "manager")
    yield opened
    context.close()


def read_codes(picture: bytes | Image.Image) -> list[tuple[str, str]]:
    """What each decoder reads first: ZXing, ZBar."""
    image = picture if isinstance(picture, Image.Image) else Image.open(BytesIO(picture)).convert("L")
    by_zxing = [found.text for found in zxingcpp.read_barcodes(image)]
    by_zbar = [found.data.decode() for found in pyzbar.decode(image)]
    return list(zip(by_zxing, by_zbar, strict=True))


def show_code(page: Page) -> None:
    """In the middle of the screen, where no bar lies over it."""
    page.locator(".qr").evaluate("code => code.scrollIntoView({ block: 'center' })")


def test_a_producers_invitation_is_read_from_the_screen_and_from_its_sheet(
    served: Served, page: Page
) -> None:
    with served.app.app_context(), open_reading() as session:
        producer_id = session.scalars(select(Producer.id)).first()
    page.goto(f"{served.base}/producers/{producer_id}/people")
    page.click(".head button.primary")
    address = page.get_attribute(".invitation p a", "href")
    assert address is not None
    show_code(page)
    assert read_codes(page.screenshot()) == [(address, address)]
    page.goto(served.base + str(page.get_attribute(".invitation a[target=_blank]", "href")))
    assert read_codes(page.screenshot(full_page=True)) == [(address, address)]
    paper = pypdfium2.PdfDocument(page.pdf(format="A4"))[0].render(scale=2).to_pil().convert("L")
    assert read_codes(paper) == [(address, address)]


def test_the_guide_for_phones_and_the_customer_displays_code_are_read_from_the_screen(
    served: Served, page: Page
) -> None:
    page.goto(f"{served.base}/phone")
    show_code(page)
    assert read_codes(page.screenshot()) == [(f"{served.base}/phone",) * 2]
    page.goto(
        f"{served.base}/devices/customer-display/{served.app.extensions['ocop_config'].stations[0].name}"
    )
    page.click("main form button.primary")
    show_code(page)
    address = page.inner_text("pre.command").strip()
    assert address.startswith(NETWORK)
    assert read_codes(page.screenshot()) == [(address, address)]
