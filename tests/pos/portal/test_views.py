"""A producer's pages: own lines, own stopped lots."""

from flask.testing import FlaskClient
from sqlalchemy import select

from pos.catalog.models import Product
from pos.demo.build import TOLD_PINS
from pos.identity.people import add_person
from pos.kernel.actor import Role
from pos.kernel.database import open_reading, unit_of_work
from pos.kernel.formats import format_vnd_on_screen
from pos.sales.models import Sale, SaleLine
from pos.stock.models import Lot
from tests.builders import code_of, pay_at_the_till
from tests.conftest import MANAGER, MORNING, Shop


def test_a_producer_opens_a_line_up_to_the_slips_time_and_nobody_elses(
    village: Shop, cashier: FlaskClient
) -> None:
    cashier.post("/till/scan", data={"code": code_of(village)})
    sale = pay_at_the_till(cashier, "45000")
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


def test_a_line_that_is_paid_less_than_its_price_says_why(village: Shop) -> None:
    with open_reading() as session:
        line = session.scalars(
            select(SaleLine)
            .join(Sale, Sale.number == SaleLine.sale_number)
            .where(SaleLine.amount_vnd != SaleLine.paid_vnd, SaleLine.producer_id.is_not(None), Sale.refunds.is_(None))
            .order_by(SaleLine.sale_number.desc())
        ).first()  # fmt: skip
        even = session.scalars(select(SaleLine).where(SaleLine.amount_vnd == SaleLine.paid_vnd, SaleLine.producer_id == line.producer_id)).first()  # fmt: skip
        assert line is not None
        producer_id, number, n = line.producer_id, line.sale_number, line.n
    with unit_of_work() as session:
        add_person(session, "Người của hộ", Role.PRODUCER, login="ho-do", pin=TOLD_PINS["producer"], producer_id=producer_id, by=MANAGER, at=MORNING)  # fmt: skip
    client = village.client("producer", login="ho-do")
    shown = client.get(f"/mine/sales/{number}/{n}").text
    assert format_vnd_on_screen(line.amount_vnd) in shown
    assert format_vnd_on_screen(line.paid_vnd) in shown
    assert "mỗi dòng chịu một phần" in shown
    assert even is not None
    assert "mỗi dòng chịu một phần" not in client.get(f"/mine/sales/{even.sale_number}/{even.n}").text
    assert "phiếu làm tròn tiền lẻ" in client.get("/mine/sales", query_string={"before": number + 1}).text
