"""A producer's pages: own lines, own stopped lots."""

from dataclasses import replace
from datetime import timedelta

from flask.testing import FlaskClient
from sqlalchemy import select

from pos.catalog.models import Product
from pos.demo.build import TOLD_PINS
from pos.identity.models import Person
from pos.identity.people import add_person
from pos.kernel.actor import Approval, Role
from pos.kernel.database import open_reading, unit_of_work
from pos.kernel.formats import format_vnd_on_screen
from pos.portal.own_sales import list_own_days
from pos.portal.queries import sum_sold
from pos.sales.models import Sale, SaleLine
from pos.stock.models import Lot, MoveKind, OnHand, Place, Zone
from pos.storeroom.write_off import write_off
from tests.builders import code_of, pay_at_the_till
from tests.conftest import MANAGER, MORNING, TODAY, Shop


def write_returned_off(lot_id: int) -> None:
    """Whatever of a lot lies in the corner for what came back."""
    with unit_of_work() as session:
        corner = session.scalars(select(Place).where(Place.zone == Zone.QUARANTINE)).one()
        rest = session.get_one(OnHand, (lot_id, corner.id)).quantity_milli
        seen_by = session.scalars(select(Person.id).where(Person.role == "manager")).first()
        approval = Approval(replace(MANAGER, person_id=seen_by), "thấy", MORNING)
        write_off(
            session, session.get_one(Lot, lot_id), corner.id, rest, MoveKind.WRITTEN_OFF, reason="vỏ rách, không bán lại được",
            photo=None, approval=approval, by=MANAGER, at=MORNING,
        )  # fmt: skip


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
    assert "Vì sao: móp" in losses
    assert "Đang để riêng" in losses
    assert "để riêng, không bán" in client.get("/mine/stock").text
    write_returned_off(line.lot_id or 0)
    losses = client.get("/mine/losses").text
    assert "Vì sao: vỏ rách, không bán lại được" in losses
    assert "Sau đó đã bỏ." in losses


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
    assert "làm tròn tiền lẻ" in client.get("/mine/sales", query_string={"before": number + 1}).text


def test_sales_are_summed_for_the_day_the_week_and_the_month(village: Shop) -> None:
    with open_reading() as session:
        days = list_own_days(session, 1, TODAY.replace(day=1))
        sums = sum_sold(session, 1, TODAY)
    monday = TODAY - timedelta(days=TODAY.weekday())
    assert sums == tuple(
        sum(paid for day, paid in days.items() if day >= first)
        for first in (TODAY, monday, TODAY.replace(day=1))
    )
    assert sums[2] > 0
    page = village.client("producer").get("/mine/sales").text
    assert f"Tuần này, từ {monday:%d/%m/%Y}" in page
    assert "Tháng này" in page
