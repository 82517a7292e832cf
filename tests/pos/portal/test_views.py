"""A producer's pages: own lines, own stopped lots."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from pos.catalog.models import Product
from pos.demo.build import TOLD_PINS
from pos.kernel.database import open_reading, unit_of_work
from pos.sales.basket import find_open_basket
from pos.sales.models import Basket, Sale, SaleLine
from pos.stock.models import Lot
from tests.conftest import STATION, Shop


@pytest.fixture
def cashier(village: Shop) -> FlaskClient:
    client = village.client("cashier")
    client.post("/till/shift/open", data={"float": "500000"})
    return client


def code(village: Shop, name: str = "Chè lam gừng 250 g") -> str:
    return village.village.codes[name]


def open_basket() -> Basket:
    with open_reading() as session:
        basket = find_open_basket(session, STATION)
        assert basket is not None
        return basket


def pay(client: FlaskClient, given: str) -> Sale:
    basket = open_basket()
    answer = client.post(
        "/till/pay", data={"basket_id": basket.id, "version": basket.version, "given": given}
    )
    assert 'data-panel="done"' in answer.text
    with open_reading() as session:
        return session.scalars(select(Sale).order_by(Sale.number.desc())).first()  # type: ignore[return-value]


def test_a_producer_opens_a_line_up_to_the_slips_time_and_nobody_elses(
    village: Shop, cashier: FlaskClient
) -> None:
    cashier.post("/till/scan", data={"code": code(village)})
    sale = pay(cashier, "45000")
    with unit_of_work() as session:
        line = session.get_one(SaleLine, (sale.number, 1))
        other = session.scalars(select(SaleLine).where(SaleLine.producer_id != line.producer_id)).first()
        own_login = next(
            login for role, name, login, _ in village.village.pins if name == "Hợp tác xã mẫu 01"
        )
    boss = next(login for role, _, login, _ in village.village.pins if role == "manager")
    cashier.post(
        f"/till/refund/{sale.number}",
        data={"part-1": "1", "reason": "móp", "key": "r", "login": boss, "pin": TOLD_PINS["manager"]},
    )
    client = village.client("producer", login=own_login)
    shown = client.get(f"/mine/sales/{sale.number}/1")
    assert shown.status_code == 200
    assert "24/11/2026 09:00" in shown.text
    assert "trả lại 1" in shown.text
    assert "Thu ngân" not in shown.text
    assert other is not None
    assert client.get(f"/mine/sales/{other.sale_number}/{other.n}").status_code == 404
    losses = client.get("/mine/losses").text
    assert "khách trả lại" in losses
    assert "Chè lam gừng" in losses


def test_a_producers_stopped_lot_says_why_and_what_to_do(village: Shop) -> None:
    with open_reading() as session:
        lot = session.scalars(
            select(Lot).join(Product, Product.id == Lot.product_id).where(Product.name_vi == "Nem chua")
        ).one()
        maker = session.get_one(Product, lot.product_id).producer_id
    login = next(
        login
        for role, name, login, _ in village.village.pins
        if role == "producer" and name.endswith(f"{maker:02}")
    )
    shown = village.client("producer", login=login).get("/mine").text
    assert "Đã dừng bán" in shown or "phồng" in shown
