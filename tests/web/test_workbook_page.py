"""A workbook's page says of each row what it is: what is added, what two people change, what was left out."""

from collections.abc import Sequence
from datetime import timedelta
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from openpyxl import Workbook
from sqlalchemy import select

from pos.admission.models import Paper, PaperKind
from pos.catalog.models import Product
from pos.kernel.database import open_reading
from pos.producers.models import Producer
from tests.builders import wait_for_workbook
from tests.conftest import TODAY, Shop


@pytest.fixture
def manager(village: Shop) -> FlaskClient:
    return village.client("manager")


def send_workbook(manager: FlaskClient, *rows: Sequence[object]) -> str:
    """The address of the workbook's page, once it was read."""
    book, content = Workbook(), BytesIO()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    book.save(content)
    content.seek(0)
    address = manager.post("/workbooks", data={"workbook": (content, "b.xlsx")}).location
    wait_for_workbook(manager, address)
    return str(address)


def test_a_row_for_two_people_names_the_paper_and_both_days(manager: FlaskClient) -> None:
    with open_reading() as session:
        product = session.get_one(Product, 1)
        maker = session.get_one(Producer, product.producer_id).name
        wanted = select(Paper).where(
            Paper.kind == PaperKind.RECOGNITION, Paper.producer_id == product.producer_id
        )
        paper = next(p for p in session.scalars(wanted) if any(c.product_id == 1 for c in p.covers))
    issued = TODAY - timedelta(days=10)
    price = 45_000
    new = (maker, "Kẹo dồi lạc", "200 g", price, 3, "99/QĐ", TODAY - timedelta(days=30))
    address = send_workbook(
        manager, ("Chủ thể", "Tên hàng", "Quy cách", "Giá bán", "Sao", "Số QĐ", "Ngày QĐ"),
        (maker, product.name_vi, product.pack, price, None, paper.number, issued), new,
    )  # fmt: skip
    page = manager.get(address).text
    assert f"{paper.number} liên quan đến hàng đã bày bán" in page
    assert f"ngày cấp: sổ ghi {paper.issued:%d/%m/%Y}, dòng này ghi {issued:%d/%m/%Y}" in page
    assert f'href="/papers/{paper.id}"' in page
    assert "sẽ thêm; bán được khi đủ giấy tờ khác" in page
    manager.post(f"{address}/write")
    assert '<p class="notice look" role="status">' in manager.get(address).text, "a refusal is no tick"
    manager.post(f"{address}/write", data={"without_refused": "1"})
    page = wait_for_workbook(manager, address)
    assert '<p class="notice look" role="status">' in page
    assert "1 dòng bị từ chối chưa ghi" in page


def test_what_was_written_whole_has_its_tick(manager: FlaskClient) -> None:
    address = send_workbook(manager, ("Chủ thể", "Điện thoại"), ("Hộ mới", "0900 000 000"))
    manager.post(f"{address}/write")
    page = wait_for_workbook(manager, address)
    assert '<p class="notice ok" role="status">' in page
    assert "bị từ chối" not in page
