"""What was refused, the called for first."""

import re

import pytest
from flask import url_for
from flask.testing import FlaskClient
from sqlalchemy import select

from pos.catalog.models import Product
from pos.kernel.clock import day_start
from pos.kernel.database import open_reading, unit_of_work
from pos.kernel.reason import Reason
from pos.producers.terms import get_producer, save_producer
from pos.reports.refusals import RefusedGoods, count_refusals, list_refusals
from pos.shifts.drawer import get_open_shift
from pos.stock.lots import place_hold
from pos.stock.models import Lot
from tests.conftest import MANAGER, MORNING, STATION, TODAY, Shop


def test_calling_the_manager_puts_it_on_top_of_the_list(village: Shop, cashier: FlaskClient) -> None:
    scanned = village.village.misfit_codes
    for name in ("Mứt dừa 200 g", "Mứt dừa 200 g", "Kẹo gừng 200 g"):
        assert cashier.post("/till/scan", data={"code": scanned[name]}).status_code == 422
    cashier.post("/till/scan", data={"code": "9520000999996"})
    cashier.post("/till/call", data={"product": "Kẹo gừng 200 g", "codes": "certificate_ended"})
    boss = village.client("manager")
    listed = boss.get("/refused?days=1").text
    assert listed.index("Kẹo gừng") < listed.index("Mứt dừa")  # called for, though the other was met twice
    assert "quầy đã gọi" in listed
    assert "đã hết hạn ngày 19/11/2026" in listed
    links = re.findall(r'class="button" href="([^"]+)"', listed)
    assert any(link.startswith("/papers/new?product=") for link in links)
    assert "/products/new?barcode=9520000999996" in links
    for link in links:
        assert boss.get(link.replace("&amp;", "&")).status_code == 200, link
    assert "9520000999996" in boss.get("/products/new?barcode=9520000999996").text
    assert "Thu ngân gọi vì hàng bị từ chối" in boss.get("/today").text


def test_a_refusal_for_two_reasons_is_one_refusal(village: Shop, cashier: FlaskClient) -> None:
    with unit_of_work() as session:
        lot = session.scalars(select(Lot)).first()
        product = session.get(Product, lot.product_id)
        producer = get_producer(session, product.producer_id)
        name, product_id = product.name, product.id
        place_hold(session, product_id=product_id, reason="phồng", by=MANAGER, at=MORNING)
        producer.suspended_on = TODAY
        save_producer(session, producer, by=MANAGER, at=MORNING)
    assert cashier.post(f"/till/add/{product_id}").status_code == 422
    boss = village.client("manager")
    with open_reading() as session:
        assert len(list_refusals(session, day_start(TODAY))) >= 2
        assert count_refusals(session, day_start(TODAY)) == 1
    assert "Từ chối 1 lần" in boss.get("/refused?days=1").text
    assert re.search(r"<strong>1</strong><small><a href=\"/refused", boss.get("/today").text)
    with open_reading() as session:
        shift = get_open_shift(session, STATION).number
    for page in ("/journal?kind=refused", f"/shifts/{shift}"):
        assert f"{name}" in boss.get(page).text, page


def test_what_is_refused_before_the_shift_is_named_as_scanned(village: Shop) -> None:
    till = village.client("cashier")
    till.post("/till/scan", data={"code": "9520000999996"})
    till.post("/till/shift/open", data={"float": "500000"})
    boss = village.client("manager")
    with open_reading() as session:
        shift = get_open_shift(session, STATION).number
    for page in ("/journal?kind=refused", f"/shifts/{shift}"):
        assert "9520000999996" in boss.get(page).text, page


@pytest.mark.parametrize(("reason", "kind", "is_shops", "is_named"), [
    (Reason.make("no_certificate", goods_class="ocop"), "recognition", False, True),
    (Reason.make("no_food_safety"), "food_safety", False, False),
    (Reason.make("food_safety_ended", number="1", ended=TODAY), "food_safety", False, False),
    (Reason.make("no_declaration", paper="declaration"), "declaration", False, True),
    (Reason.make("no_licence", paper="alcohol_licence"), "alcohol_licence", False, False),
    (Reason.make("no_licence", paper="shop_alcohol_licence"), "shop_alcohol_licence", True, False),
])  # fmt: skip
def test_a_missing_paper_is_mended_on_a_form_of_its_kind_and_producer(
    village: Shop, reason: Reason, kind: str, is_shops: bool, is_named: bool
) -> None:
    with open_reading() as session:
        product = session.get_one(Product, 1)
        producer_id, sku = product.producer_id, product.sku
    endpoint, values = RefusedGoods(reason, product.name, product.id).mended_at
    with village.app.test_request_context():
        address = url_for(endpoint, **values)
    page = village.client("manager").get(address).text
    assert re.search(rf'<option selected value="{kind}">', page)
    chosen = re.findall(r'<option selected value="(\d*)">', page)
    assert chosen == ([""] if is_shops else [str(producer_id)])
    assert (re.search(rf"<textarea[^>]*>\s*{sku}", page) is not None) is is_named
