"""The buyer's pages: light, without script or cookie, in two languages, and the same as a static site."""

import http.server
import re
import threading
import urllib.request
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import select

from pos.admission.models import Paper
from pos.catalog.models import Barcode, Product
from pos.kernel.actor import SYSTEM
from pos.kernel.database import reading, unit_of_work
from pos.sales.models import Sale
from pos.stock.lots import stop
from pos.stock.models import Lot
from pos.trace.site import export
from tests.conftest import Shop


def first_lot(product_id: int = 1) -> Lot:
    with reading() as session:
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
    with reading() as session:
        number = session.scalars(select(Paper.number).where(Paper.number.like("SP00001/recognition%"))).one()
    assert number in answer.text
    assert "Set-Cookie" not in answer.headers
    assert "<script" not in answer.text
    assert not re.search(r'(src|href)="https?://', answer.text)


def test_a_page_is_light(village: Shop) -> None:
    lot = first_lot()
    client = village.app.test_client()
    whole = (
        len(client.get(f"/t/{lot.trace_code}").data)
        + len(client.get("/static/trace.css").data)
        + len(client.get("/static/icon.svg").data)
    )
    assert whole < 60_000


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

    from pos.kernel.clock import starts_at

    village.clock.at = starts_at(lot.expires_on - timedelta(days=days if days < 10_000 else -1))
    said = village.app.test_client().get(f"/t/{lot.trace_code}").text
    expected = {0: "Sắp hết hạn", 30: "Sắp hết hạn", 31: "Còn hạn", 10_000: "Đã hết hạn"}[days]
    assert expected in said


def test_a_recall_shows_at_once(village: Shop) -> None:
    lot = first_lot()
    with unit_of_work() as session:
        stop(session, lot_id=lot.id, reason="phát hiện dị vật", by=SYSTEM, at=village.clock.now())
    said = village.app.test_client().get(f"/t/{lot.trace_code}").text
    assert "Thu hồi: mang trả lại điểm bán" in said
    assert "phát hiện dị vật" in said
    assert "Còn hạn" not in said


def test_a_digital_link_finds_the_same_lot_by_thirteen_or_fourteen_digits(village: Shop) -> None:
    lot = first_lot()
    with reading() as session:
        gtin = session.scalars(
            select(Barcode.gtin).where(Barcode.product_id == lot.product_id, Barcode.pack_milli == 1000)
        ).first()
    assert gtin is not None
    client = village.app.test_client()
    for code in (gtin, gtin[1:]):
        assert lot.number in client.get(f"/01/{code}/10/{lot.number}").text
    for wrong in ("/01/9520000000012/10/L1", f"/01/{gtin}/10/none", "/01/abc/10/x", "/t/none", "/r/none"):
        assert client.get(wrong).status_code == 404


def test_words_of_people_stay_words(village: Shop) -> None:
    with unit_of_work() as session:
        product = session.get_one(Product, 1)
        product.story_vi, product.allergens = "<script>alert(1)</script>", "<b>lạc</b>"
    said = village.app.test_client().get(f"/t/{first_lot().trace_code}").text
    assert "<script" not in said
    assert "&lt;b&gt;lạc" in said


def test_the_static_site_is_the_same_pages(village: Shop, tmp_path: Path) -> None:
    """Served by a plain web server: every lot and receipt in both languages, nothing of the shop besides."""
    pages = export(village.app, tmp_path / "site")
    handler = partial(http.server.SimpleHTTPRequestHandler, directory=str(tmp_path / "site"))
    handler.log_message = lambda *_: None  # type: ignore[attr-defined]
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_port}"
    lot = first_lot()
    with reading() as session:
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
