"""A phone over https at another address of this computer; the public door, walked; a client that never shakes hands."""

import re
import socket
import ssl
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from cryptography import x509
from PIL import Image
from playwright.sync_api import Browser, Page, Playwright
from sqlalchemy import select

from pos.catalog.models import Product
from pos.demo.build import TOLD_PINS
from pos.files.models import StoredFile
from pos.kernel.database import open_reading
from pos.lan.certificate import authority_der, fingerprint, list_own_addresses, prepare_certificate
from pos.lan.door import PUBLIC_DOOR, PlainDoor, TlsDoor, mark_requests
from pos.lan.views import CERTIFICATES
from pos.sales.models import Sale
from pos.stock.models import Lot
from tests.conftest import Served
from tests.web.test_rights import rules

from .camera import with_camera_at
from .conftest import scan, sign_in
from .pages import faults

LAN_ADDRESS = (
    "127.0.0.7"  # an alias of the loopback: another address of this computer, as its network's would be
)
SCREENS = Path(".artifacts/screens")


@dataclass
class Doors:
    shop: Served
    https: str
    public: str
    authority: Path


@pytest.fixture
def doors(served: Served) -> Iterator[Doors]:
    """The shop with its https door on a network address, and the public door."""
    folder = served.folder / CERTIFICATES
    chain, key = prepare_certificate(folder, [LAN_ADDRESS], at=datetime.now(UTC))
    tls = TlsDoor(mark_requests(served.app, "lan"), LAN_ADDRESS, 0, chain, key, threads=4).open()
    public = PlainDoor(mark_requests(served.app, PUBLIC_DOOR), "127.0.0.1", 0, threads=4).open()
    yield Doors(
        served,
        f"https://{LAN_ADDRESS}:{tls.port}",
        f"http://127.0.0.1:{public.port}",
        folder / "shop-authority.pem",
    )
    tls.close()
    public.close()


def trusting(authority: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(authority))


def status(address: str, method: str = "GET") -> int:
    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_arguments: object) -> None:
            return None

    request = urllib.request.Request(address, method=method, data=b"" if method == "POST" else None)
    try:
        with urllib.request.build_opener(Stay).open(request, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


# ── the certificate


def test_a_phone_that_trusts_the_authority_needs_no_exception(doors: Doors) -> None:
    with urllib.request.urlopen(
        f"{doors.https}/phone", context=trusting(doors.authority), timeout=10
    ) as answer:
        assert answer.status == 200
    with pytest.raises(urllib.error.URLError, match="CERTIFICATE_VERIFY_FAILED"):
        urllib.request.urlopen(f"{doors.https}/phone", context=ssl.create_default_context(), timeout=10)


def test_the_authority_can_vouch_for_private_networks_alone(doors: Doors) -> None:
    authority = x509.load_pem_x509_certificate(doors.authority.read_bytes())
    allowed = authority.extensions.get_extension_for_class(x509.NameConstraints)
    assert allowed.critical
    assert {str(n.value) for n in allowed.value.permitted_subtrees or () if isinstance(n, x509.DNSName)} == {
        "localhost", "local", "lan", "home.arpa",
    }  # fmt: skip
    server = x509.load_pem_x509_certificates((doors.authority.parent / "shop-server.pem").read_bytes())[0]
    assert server.not_valid_after_utc - server.not_valid_before_utc <= timedelta(days=398)  # Apple's limit


def test_the_keys_are_the_shops_alone_and_the_certificate_lasts_until_it_must_not(tmp_path: Path) -> None:
    now = datetime.now(UTC)
    chain, key = prepare_certificate(tmp_path, ["127.0.0.7"], at=now)
    assert (key.stat().st_mode & 0o777, (tmp_path / "shop-authority.key").stat().st_mode & 0o777) == (
        0o600,
        0o600,
    )
    first = chain.read_bytes()
    assert prepare_certificate(tmp_path, ["127.0.0.7"], at=now)[0].read_bytes() == first
    assert (
        prepare_certificate(tmp_path, ["127.0.0.7", "127.0.0.8"], at=now)[0].read_bytes() != first
    )  # the address has changed
    second = chain.read_bytes()
    assert (
        prepare_certificate(tmp_path, ["127.0.0.8"], at=now + timedelta(days=380))[0].read_bytes() != second
    )  # it would end soon
    der = authority_der(tmp_path)
    assert der is not None
    assert re.fullmatch(r"([0-9A-F]{2}:){31}[0-9A-F]{2}", fingerprint(der))
    chain.write_text("broken")
    assert b"CERTIFICATE" in prepare_certificate(tmp_path, ["127.0.0.8"], at=now)[0].read_bytes()
    assert authority_der(tmp_path / "none") is None
    assert "127.0.0.1" in list_own_addresses()


# ── the door


def test_a_client_that_never_shakes_hands_keeps_nobody_waiting(doors: Doors) -> None:
    port = int(doors.https.rsplit(":", 1)[1])
    idle = [socket.create_connection((LAN_ADDRESS, port)) for _ in range(20)]
    idle[0].sendall(b"GET / HTTP/1.0\r\n\r\n")  # plain http at the https door
    began = time.monotonic()
    with urllib.request.urlopen(
        f"{doors.https}/phone", context=trusting(doors.authority), timeout=10
    ) as answer:
        assert answer.status == 200
    assert time.monotonic() - began < 5
    for item in idle:
        item.close()


def test_many_at_once_get_their_own_answers(doors: Doors) -> None:
    got: list[int] = []

    def ask() -> None:
        with urllib.request.urlopen(
            f"{doors.https}/static/shop.css", context=trusting(doors.authority), timeout=20
        ) as answer:
            got.append(len(answer.read()))

    threads = [threading.Thread(target=ask) for _ in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == [Path("pos/static/shop.css").stat().st_size] * 24


def test_the_public_door_knows_the_buyers_and_producers_pages_alone(doors: Doors) -> None:
    """Every route of the application by the public door: 404 but for those two kinds."""
    open_to_all, shut = set(), set()
    for endpoint, method, address in rules(doors.shop):
        code = status(doors.public + address, method)
        (shut if code == 404 else open_to_all).add(endpoint)
        if endpoint.split(".")[0] not in {"trace", "portal", "identity", "invitation"}:
            assert code == 404, (endpoint, method, code)
    assert open_to_all == {"identity.sign_in", "identity.sign_out", "identity.set_language"} | {
        endpoint
        for endpoint, _method, _address in rules(doors.shop)
        if endpoint.startswith(("portal.", "invitation."))
    }
    with doors.shop.app.app_context(), open_reading() as session:
        code, receipt = (
            session.scalars(select(Lot.trace_code)).first(),
            session.scalars(select(Sale.receipt_code)).first(),
        )
    assert [
        status(f"{doors.public}{path}") for path in (f"/t/{code}", f"/r/{receipt}", "/static/trace.css")
    ] == [200] * 3


def test_by_the_public_door_producers_alone_sign_in(doors: Doors, browser: Browser) -> None:
    page = browser.new_context(viewport={"width": 390, "height": 844}, locale="vi-VN").new_page()
    logins = {role: login for role, _name, login, _pin in doors.shop.village.pins}
    for role in ("manager", "cashier", "viewer"):
        page.goto(f"{doors.public}/sign-in")
        assert "Thu ngân" not in page.content()  # nobody's name is offered to strangers
        page.fill("#login", logins[role])
        page.fill("#pin", TOLD_PINS[role])
        page.press("#pin", "Enter")
        page.wait_for_load_state()
        assert page.url.endswith("/sign-in"), role
    page.fill("#login", logins["producer"])
    page.fill("#pin", TOLD_PINS["producer"])
    page.press("#pin", "Enter")
    page.wait_for_url("**/mine")
    page.context.close()


# ── the phone in hand


@pytest.mark.journey
def test_a_phone_on_the_shops_network(browser: Browser, doors: Doors, tmp_path: Path) -> None:
    """Https on the network's address: price check, photo of a product, the buyer's page of a lot."""
    context = browser.new_context(
        viewport={"width": 390, "height": 844},
        locale="vi-VN",
        has_touch=True,
        is_mobile=True,
        ignore_https_errors=True,
    )
    page = context.new_page()
    page.set_default_timeout(8000)
    page.goto(f"{doors.https}/phone")
    assert page.evaluate("window.isSecureContext")  # without it a phone's camera stays shut
    looked_at(page, "lan-guide-phone")
    with page.expect_download() as loading:
        page.get_by_role("link", name="1. Tải chứng chỉ về máy").click()
    assert loading.value.suggested_filename == "ocop-pos.crt"

    doors.shop.base, plain = doors.https, doors.shop.base
    sign_in(page, doors.shop, "manager")
    cookie = next(c for c in context.cookies() if c["name"] == "ocop")
    assert (cookie["secure"], cookie["httpOnly"], cookie["sameSite"]) == (True, True, "Lax")
    page.goto(f"{doors.https}/till")
    page.fill("#float", "0")
    page.press("#float", "Enter")
    page.wait_for_selector("#till[data-panel=pay]")
    page.get_by_role("button", name="Giá", exact=True).tap()
    page.wait_for_selector("#till[data-panel=check]")
    page.wait_for_timeout(60)
    scan(page, doors.shop.village.codes["Chè lam gừng 250 g"])
    page.wait_for_selector(".price")
    assert "45.000" in page.locator(".price").inner_text()
    assert page.locator(".line").count() == 0  # looked at, not sold
    looked_at(page, "lan-price-check-phone")
    trace = page.get_by_role("link", name="Truy xuất").first.get_attribute("href")

    page.goto(f"{doors.https}/products/1/photo")
    photo = tmp_path / "photo.png"
    Image.effect_noise((1600, 1200), 90).convert("RGB").save(photo)
    page.set_input_files("#picture", str(photo))
    page.get_by_role("button", name="Giữ ảnh này").tap()
    page.wait_for_selector(".notice.ok")
    page.wait_for_load_state("networkidle")
    looked_at(page, "lan-photo-phone")
    with doors.shop.app.app_context(), open_reading() as session:
        stored = session.get_one(StoredFile, session.get_one(Product, 1).picture_id)
    assert (stored.name, stored.media_type) == ("photo.png", "image/jpeg")

    stranger = browser.new_context(
        viewport={"width": 390, "height": 844}, java_script_enabled=False, ignore_https_errors=True
    )
    buyer = stranger.new_page()
    answer = buyer.goto(f"{doors.https}{trace}")
    assert answer is not None
    assert answer.status == 200
    assert "Chè lam gừng" in buyer.inner_text("h1")
    assert stranger.cookies() == []
    assert buyer.locator("img.picture").evaluate("image => image.naturalWidth") > 0
    buyer.screenshot(path=SCREENS / "lan-trace-phone.png")
    picture = buyer.request.get(f"{doors.https}{trace}/picture.jpg")
    assert Image.open(BytesIO(picture.body())).width <= 640
    doors.shop.base = plain
    stranger.close()
    context.close()


def looked_at(page: Page, name: str) -> None:
    SCREENS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENS / f"{name}.png")
    assert faults(page) == []


@pytest.mark.journey
def test_a_phone_scans_into_the_basket_by_its_camera(
    playwright: Playwright, served: Served, tmp_path: Path
) -> None:
    """By the shop's own computer's decoders: Debian's Chromium has none of its own. One pack in view is one pack sold."""
    browser = with_camera_at(playwright, served.village.codes["Chè lam gừng 250 g"], tmp_path)
    page = browser.new_context(
        viewport={"width": 390, "height": 844}, locale="vi-VN", has_touch=True
    ).new_page()
    page.set_default_timeout(8000)
    sign_in(page, served, "cashier")
    page.fill("#float", "0")
    page.keyboard.press("Enter")
    page.wait_for_selector("#till[data-panel=pay]")
    page.get_by_role("button", name="Quét bằng máy ảnh").click()
    page.wait_for_selector(".line", timeout=20_000)
    page.wait_for_timeout(1500)
    assert "Chè lam gừng" in page.inner_text("#lines")
    assert "1 × 45.000" in page.inner_text("#lines"), "it stays in view, and is taken once"
    SCREENS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENS / "till-camera-phone.png")
    assert faults(page) == []
    browser.close()
