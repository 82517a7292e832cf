"""A statement on paper: its sums, words, lists a VAT rate and rows are read back; the code leads to the books."""

from io import BytesIO

import cv2
import numpy as np
import pypdfium2
from openpyxl import load_workbook
from pypdf import PdfReader
from sqlalchemy.orm import Session

from pos.kernel.database import open_reading, unit_of_work
from pos.kernel.quantity import ONE
from pos.producers.terms import get_producer
from pos.settlement.entries import record_deduction
from pos.settlement.models import EntryKind, Statement
from pos.settlement.statement_pdf import render_statement
from pos.settlement.statements import get_statement, list_statement_rows
from pos.settlement.vat_lists import list_goods_sold
from pos.shop.models import get_shop
from tests.builders import a_product, an_open_shift
from tests.conftest import MANAGER, MORNING, TODAY, Shop

from .account_steps import bring_back, deliver, goods_under, sell
from .test_statements import freeze

ADDRESS = "https://shop.example/bk/abc"


def a_statement(session: Session) -> Statement:
    """Two jars of one rate, one of them brought back, a bottle of another; shelf rent."""
    producer, jar, _lot = goods_under(session, 50_000, 2_000)
    bottle = a_product(session, producer, 7, price_vnd=110_000, name="Rượu nếp")
    bottle.vat_category = "not_reduced"
    session.flush()
    deliver(session, bottle, lot="R1")
    an_open_shift(session)
    sale = sell(session, (jar, 2 * ONE), (bottle, ONE))
    bring_back(session, sale)
    record_deduction(session, producer, EntryKind.SHELF_RENT, 30_000, "thuê kệ", by=MANAGER, at=MORNING)
    return freeze(session, producer, TODAY)


def test_goods_sold_are_listed_a_vat_rate_less_what_came_back(shop: Shop) -> None:
    with unit_of_work() as session:
        lists = list_goods_sold(list_statement_rows(session, a_statement(session).number))
    assert [(each.category, each.amount_vnd, each.tax_vnd) for each in lists] == [
        ("not_reduced", 110_000, 10_000), ("standard", 50_000, 3_704),
    ]  # fmt: skip
    assert [line.quantity_milli for each in lists for line in each.lines] == [ONE, ONE]


def test_the_paper_says_what_the_statement_froze(shop: Shop) -> None:
    with unit_of_work() as session:
        statement = a_statement(session)
        number = statement.number
    with shop.app.test_request_context(), open_reading() as session:
        statement, rows = get_statement(session, number), list_statement_rows(session, number)
        producer = get_producer(session, statement.producer_id)
        paper = render_statement(get_shop(session), producer, statement, rows, ADDRESS, lambda text: text)
    text = " ".join(page.extract_text() for page in PdfReader(BytesIO(paper)).pages)
    assert "98.000" in text, "the balance: 40.000 + 88.000 − 30.000"
    assert "Chín mươi tám nghìn đồng" in text
    assert "Rượu nếp" in text
    image = pypdfium2.PdfDocument(paper)[0].render(scale=3).to_numpy()
    decoded = cv2.QRCodeDetector().detectAndDecode(np.ascontiguousarray(image[..., :3]))[0]
    assert decoded == ADDRESS


def test_the_code_on_the_paper_leads_to_the_books_and_another_to_nothing(shop: Shop) -> None:
    with unit_of_work() as session:
        code = a_statement(session).check_code
    page = shop.client().get(f"/bk/{code}").text
    assert "98.000" in page
    assert shop.client().get("/bk/no-such-code").status_code == 404


def test_the_manager_downloads_both(village: Shop) -> None:
    with unit_of_work() as session:
        producer, product, _lot = goods_under(session, 50_000, 2_000, n=91)
        an_open_shift(session)
        sell(session, (product, ONE))
        number = freeze(session, producer, TODAY).number
    manager = village.client("manager")
    assert manager.get(f"/settlement/statements/{number}.pdf").data.startswith(b"%PDF")
    book = load_workbook(BytesIO(manager.get(f"/settlement/statements/{number}.xlsx").data))
    assert [cell.value for cell in book.worksheets[0][2]][10] == 40_000
