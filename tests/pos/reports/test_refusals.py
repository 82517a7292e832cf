"""What was refused, the called for first."""

import re

from flask.testing import FlaskClient
from sqlalchemy import select

from pos.catalog.models import Product
from pos.kernel.clock import day_start
from pos.kernel.database import open_reading, unit_of_work
from pos.producers.terms import get_producer, save_producer
from pos.reports.refusals import count_refusals, list_refusals
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
    assert "quầy gọi: 1" in boss.get("/today").text


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
