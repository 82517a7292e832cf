"""The buyer's pages: light, without script or cookie, in two languages, and the same as a static site."""

import http.server
import re
import threading
import urllib.request
from datetime import date
from functools import partial
from pathlib import Path

import pytest
from markupsafe import escape
from sqlalchemy import select

from hardware.symbology import check_digit, format_digital_link, format_gtin
from pos.admission.models import NAMES_PRODUCTS, Paper, PaperCover, PaperKind
from pos.catalog.models import Barcode, Product
from pos.kernel.actor import SYSTEM
from pos.kernel.database import open_reading, unit_of_work
from pos.kernel.own_codes import format_receipt_number
from pos.kernel.quantity import ONE
from pos.producers.models import Producer
from pos.sales.basket import add_goods
from pos.sales.models import Sale
from pos.sales.pay import pay_basket
from pos.sales.priced_basket import price_basket
from pos.sales.queries import list_refunds
from pos.sales.refund import get_sale, refund_sale
from pos.sales.void import undo_sale
from pos.shop.models import get_shop
from pos.stock.lots import place_hold
from pos.stock.models import Lot
from pos.trace.site import STATIC, export_site
from tests.builders import an_open_shift
from tests.conftest import MANAGER, MORNING, STATION, TODAY, Shop
from tests.independent.corpus import LETTERS, lot_numbers


def first_lot(product_id: int = 1) -> Lot:
    with open_reading() as session:
        return session.scalars(select(Lot).where(Lot.product_id == product_id).order_by(Lot.id)).first()  # type: ignore[return-value]


def test_a_page_says_what_a_buyer_asks(village: Shop) -> None:
    lot = first_lot()
    client = village.app.test_client()
    answer = client.get(f"/t/{lot.trace_code}")
    for words in (
        "Chè lam gừng",
        "Hợp tác xã mẫu 01",
        lot.number,
        "Còn hạn",
        "21/03/2027",
        "OCOP 4 sao",
        "Nguyên liệu của làng",
    ):
        assert words in answer.text, words
    with open_reading() as session:
        number = session.scalars(select(Paper.number).where(Paper.number.like("SP00001/QĐ-OCOP%"))).one()
    assert number in answer.text
    assert "Set-Cookie" not in answer.headers
    assert "<script" not in answer.text
    assert not re.search(r'(src|href)="https?://', answer.text)


def fill(shop: Shop, lot: Lot, gtin: str) -> None:
    """As much as a maker may ever write: names that go on, a page of story, every paper twice, all that happens to a lot."""
    words = "Bánh gạo nếp cái hoa vàng làng Đường Lâm nấu mật mía, gừng già và lạc rang "
    with unit_of_work() as session:
        product = session.get_one(Product, lot.product_id)
        producer = session.get_one(Producer, product.producer_id)
        product.name_vi = product.name_en = producer.name = (words * 3)[:200]
        product.ingredients = product.allergens = product.storage = (words * 10)[:700]
        product.story_vi = product.story_en = producer.story_vi = producer.story_en = (words * 40)[:3000]
        product.alcohol_permille, product.net_content_milli = 295, 500_000
        held = session.get_one(Lot, lot.id)
        held.origin_place, held.number = (words * 2)[:120], LETTERS[:20]
        for n, kind in enumerate([*PaperKind] * 2):
            of_product = kind in NAMES_PRODUCTS
            session.add(Paper(
                kind=kind, number=f"{n}/QĐ-UBND-{words[:40]}", issuer=(words * 2)[:150], issued=TODAY, starts=TODAY,
                ends=date(2027, 12, 31), producer_id=producer.id, revoked_on=TODAY if n % 3 == 0 else None,
                covers=[PaperCover(product_id=product.id, stars=None, name_written=words)] if of_product else [],
            ))  # fmt: skip
        place_hold(session, lot_id=lot.id, reason=(words * 4)[:250], by=SYSTEM, at=shop.clock.now())
        session.merge(Barcode(gtin=gtin, product_id=product.id, pack_milli=1000))


def test_pages_are_light_and_leave_nothing_behind(village: Shop) -> None:
    """Whatever the shop knows of a lot: with style and icon under 60 kB, no cookie, no script, nothing from elsewhere."""
    lot, gtin = first_lot(), "0952000009999" + check_digit("0952000009999")
    with open_reading() as session:
        receipt = session.scalars(select(Sale.receipt_code)).first()
    fill(village, lot, gtin)
    client = village.app.test_client()
    style = sum(len(client.get(f"/static/{name}").data) for name in STATIC)
    link = format_digital_link(gtin, LETTERS[:20])
    lots = (f"/t/{lot.trace_code}", f"/t/{lot.trace_code}/en", link)
    for path in (*lots, f"/r/{receipt}", f"/r/{receipt}/en"):
        answer = client.get(path)
        assert answer.status_code == 200
        assert 2_000 < style + len(answer.data) <= 60_000, path
        assert "Set-Cookie" not in answer.headers
        assert not re.search(r"<script|<iframe|\son\w+=|javascript:|@import", answer.text)
        assert not re.search(r"(src|href|action)=\"(https?:)?//", answer.text)
        assert f'lang="{"en" if path.endswith("/en") else "vi"}"' in answer.text
    assert "Đổi trả trong 3 ngày" in client.get(f"/r/{receipt}").text
    assert "Đổi trả" not in client.get(f"/r/{receipt}/en").text
    for path in lots:
        output = client.get(path).text
        assert output.count("QĐ-UBND") > 10
        assert output.count("<li") > 14
    style_sheet = client.get("/static/trace.css").text
    assert "url(" not in style_sheet
    assert "@import" not in style_sheet


def test_english_is_a_page_of_its_own(village: Shop) -> None:
    answer = village.app.test_client().get(f"/t/{first_lot().trace_code}/en")
    assert "Ginger rice cake" in answer.text
    assert 'lang="en"' in answer.text
    assert "Who made it" in answer.text
    assert "Còn hạn" not in answer.text


@pytest.mark.parametrize("days", [0, 30, 31, 10_000], ids=["today", "soon", "not yet soon", "long over"])
def test_its_state_is_that_of_the_day(village: Shop, days: int) -> None:
    lot = first_lot()
    assert lot.expires_on is not None
    from datetime import timedelta

    from pos.kernel.clock import day_start

    village.clock.at = day_start(lot.expires_on - timedelta(days=days if days < 10_000 else -1))
    output = village.app.test_client().get(f"/t/{lot.trace_code}").text
    expected = {0: "Sắp hết hạn", 30: "Sắp hết hạn", 31: "Còn hạn", 10_000: "Đã hết hạn"}[days]
    assert expected in output


def test_a_recall_shows_at_once(village: Shop) -> None:
    lot = first_lot()
    with unit_of_work() as session:
        place_hold(session, lot_id=lot.id, reason="phát hiện dị vật", by=SYSTEM, at=village.clock.now())
    output = village.app.test_client().get(f"/t/{lot.trace_code}").text
    assert "Thu hồi: mang trả lại điểm bán" in output
    assert "phát hiện dị vật" in output
    assert "Còn hạn" not in output


def test_a_digital_link_finds_the_same_lot_by_thirteen_or_fourteen_digits(village: Shop) -> None:
    lot = first_lot()
    with open_reading() as session:
        gtin = session.scalars(
            select(Barcode.gtin).where(Barcode.product_id == lot.product_id, Barcode.pack_milli == 1000)
        ).first()
    assert gtin is not None
    client = village.app.test_client()
    for code in (gtin, gtin[1:]):
        assert lot.number in client.get(f"/01/{code}/10/{lot.number}").text
    for wrong in ("/01/9520000000012/10/L1", f"/01/{gtin}/10/none", "/01/abc/10/x", "/t/none", "/r/none"):
        assert client.get(wrong).status_code == 404


def test_a_digital_link_finds_a_lot_whatever_it_is_called(village: Shop) -> None:
    lot = first_lot()
    with open_reading() as session:
        gtin = session.scalars(select(Barcode.gtin).where(Barcode.product_id == lot.product_id)).first()
    assert gtin is not None
    client = village.app.test_client()
    for number in (*lot_numbers(20), "Lô 5/đ", "A#B"):
        with unit_of_work() as session:
            session.get_one(Lot, lot.id).number = number
        for address in (
            format_digital_link(gtin, number),
            format_digital_link(format_gtin(gtin), number).replace("%2F", "%2f"),
        ):
            assert f"<dd>{escape(number)}</dd>" in client.get(address).text, address


def test_an_address_with_nul_leads_nowhere(any_shop: Shop) -> None:
    client = any_shop.app.test_client()
    for address in ("/01/9520000000011/10/%00", "/t/%00", "/r/a%00b/en", "/t/%00/picture.jpg"):
        assert client.get(address).status_code == 404


@pytest.mark.long
def test_the_static_site_has_a_folder_for_each_lot_that_can_be_one(village: Shop, tmp_path: Path) -> None:
    """Nothing is written beside it or over another lot; those that can't have their own code's page as all do."""
    numbers = {
        "L/7": True, '%2F?:"x': True, "picture.jpg": True, "../../../../up": False, ".A": False, "A//B": False, "/A": False,
        "..": False, "A/index.html": False, "ố" * 100: False, "A\nB": False,
    }  # fmt: skip
    with unit_of_work() as session:
        lots = session.scalars(select(Lot).where(Lot.product_id.in_(select(Barcode.product_id))))
        codes = {}
        for number, lot in zip(numbers, lots, strict=False):
            lot.number, codes[number] = number, lot.trace_code
    site = tmp_path / "site"
    export_site(village.app, site)
    links = {path: path.read_text("utf-8") for path in (site / "01").rglob("index.html")}
    for number, has_one in numbers.items():
        folders = [str(path.parent) for path, page in links.items() if codes[number] in page]
        assert bool(folders) == has_one, number
        assert all(folder.endswith(f"/10/{number}") for folder in folders)
        assert (site / "t" / codes[number] / "index.html").is_file()
    assert {path.name for path in tmp_path.iterdir()} == {"site", "village"}


def test_words_of_people_stay_words(village: Shop) -> None:
    with unit_of_work() as session:
        product = session.get_one(Product, 1)
        product.story_vi, product.allergens = "<script>alert(1)</script>", "<b>lạc</b>"
    output = village.app.test_client().get(f"/t/{first_lot().trace_code}").text
    assert "<script" not in output
    assert "&lt;b&gt;lạc" in output


@pytest.mark.long
def test_the_static_site_is_the_same_pages(village: Shop, tmp_path: Path) -> None:
    """Served by a plain web server: every lot and receipt in both languages, nothing of the shop besides."""
    pages = export_site(village.app, tmp_path / "site")
    handler = partial(http.server.SimpleHTTPRequestHandler, directory=str(tmp_path / "site"))
    handler.log_message = lambda *_: None  # type: ignore[attr-defined]
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_port}"
    lot = first_lot()
    with open_reading() as session:
        receipt = session.scalars(select(Sale.receipt_code)).first()
        lots = len(session.scalars(select(Lot.id)).all())
    assert pages > 2 * lots
    with village.app.test_request_context():
        live = village.app.test_client()
        for path in (f"/t/{lot.trace_code}", f"/t/{lot.trace_code}/en", f"/r/{receipt}", f"/r/{receipt}/en"):
            with urllib.request.urlopen(base + path, timeout=5) as answer:
                assert answer.read() == live.get(path).data
    with urllib.request.urlopen(f"{base}/t/{lot.trace_code}/picture.jpg", timeout=5) as answer:
        assert answer.read(2) == b"\xff\xd8"
    with urllib.request.urlopen(f"{base}/static/trace.css", timeout=5) as answer:
        assert answer.status == 200
    server.shutdown()
    server.server_close()
    tops = {path.name for path in (tmp_path / "site").iterdir()}
    assert tops == {"t", "r", "01", "static"}


def test_a_receipt_tells_what_came_back(village: Shop) -> None:
    with unit_of_work() as session:
        an_open_shift(session)
        basket = add_goods(session, STATION, 1, 2 * ONE, at=MORNING)
        due = price_basket(session, basket, TODAY).due_vnd
        sale = pay_basket(session, basket.id, basket.version, due, station=STATION, by=MANAGER, at=MORNING)
        code = sale.receipt_code
    stranger = village.app.test_client()
    assert "đã trả lại" not in stranger.get(f"/r/{code}").text
    with unit_of_work() as session:
        refund_sale(session, get_sale(session, sale.number), {1: ONE}, reason="hỏng", request="r", station=STATION,
                    by=MANAGER, at=MORNING)  # fmt: skip
    assert "đã trả lại: 1" in stranger.get(f"/r/{code}").text
    assert "returned: 1" in stranger.get(f"/r/{code}/en").text
    with open_reading() as session:
        back = list_refunds(session, get_sale(session, sale.number))[0].receipt_code
        number = format_receipt_number(sale.number, get_shop(session).code)
    assert f'href="/r/{back}"' in stranger.get(f"/r/{code}").text
    assert f"Phiếu này trả lại hàng của phiếu {number}." in stranger.get(f"/r/{back}").text


def test_an_undone_sales_receipt_says_that_nothing_of_it_counts(village: Shop) -> None:
    with unit_of_work() as session:
        an_open_shift(session)
        basket = add_goods(session, STATION, 1, ONE, at=MORNING)
        due = price_basket(session, basket, TODAY).due_vnd
        sale = pay_basket(session, basket.id, basket.version, due, station=STATION, by=MANAGER, at=MORNING)
        code = sale.receipt_code
        undo_sale(session, sale, reason="nhầm", station=STATION, by=MANAGER, at=MORNING, approval=None)
    page = village.app.test_client().get(f"/r/{code}").text
    assert f"Điểm bán đã hủy phiếu này ngày {TODAY:%d/%m/%Y}" in page


def test_only_papers_that_concern_the_goods_are_listed(village: Shop) -> None:
    """A producer's alcohol licence stands behind the rice wine, not behind the cake that they make as well."""
    with open_reading() as session:
        codes = {
            name: session.scalars(
                select(Lot.trace_code)
                .join(Product, Product.id == Lot.product_id)
                .where(Product.name_vi == name)
            ).first()
            for name in ("Rượu nếp cẩm", "Chè lam gừng")
        }
    client = village.client()
    pages = {name: client.get(f"/t/{code}").text.partition("Giấy tờ")[2] for name, code in codes.items()}
    assert "giấy phép sản xuất rượu" in pages["Rượu nếp cẩm"]
    assert "giấy phép sản xuất rượu" not in pages["Chè lam gừng"]
    assert all("giấy ATTP" in page for page in pages.values())
