"""A statement on paper: its sums, words, lists a VAT rate and rows are read back; the code leads to the books."""

import re
from io import BytesIO

import cv2
import numpy as np
import pypdfium2
import pytest
from flask_babel import force_locale, gettext
from openpyxl import load_workbook
from pypdf import PdfReader
from sqlalchemy.orm import Session

from pos.documents.long_list import LongList
from pos.documents.pdf import make_table, render_document
from pos.kernel.database import open_reading, unit_of_work
from pos.kernel.quantity import ONE
from pos.producers.terms import get_producer
from pos.settlement.deductions import record_deduction
from pos.settlement.export import export_statement_pdf, list_agreed
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
        receipt = sell(session, (product, ONE)).number
        number = freeze(session, producer, TODAY).number
    manager = village.client("manager")
    assert manager.get(f"/settlement/statements/{number}.pdf").data.startswith(b"%PDF")
    book = load_workbook(BytesIO(manager.get(f"/settlement/statements/{number}.xlsx").data))
    first, sold, together, last = ([cell.value for cell in row] for row in list(book.worksheets[0])[1:])
    assert (first[2], first[11]) == ("Số dư đầu", 0)
    assert (sold[4], sold[7:]) == (f"{receipt:06}", [50_000, 0, -10_000, 0, 40_000])
    assert together[7:] == [50_000, 0, -10_000, 0, 40_000]
    assert (last[2], last[11]) == ("Số dư cuối", 40_000)
    assert "sale_line" not in str([cell.value for row in book.worksheets[0] for cell in row])


def test_the_paper_has_sum_and_signatures_together_terms_and_receipts_and_cuts_nothing(shop: Shop) -> None:
    """What the check page says of the statement stands on the paper, too."""
    with unit_of_work() as session:
        statement = a_statement(session)
        number, code = statement.number, statement.check_code
    with shop.app.test_request_context(), open_reading() as session, force_locale("vi"):
        paper = export_statement_pdf(session, get_statement(session, number), "https://shop.example", gettext)
        agreed = list_agreed(session, list_statement_rows(session, number), gettext)
    pages = [page.extract_text() for page in PdfReader(BytesIO(paper)).pages]
    first = " ".join(pages[0].split())
    assert "Chín mươi tám nghìn đồng" in first
    assert "(ký, họ tên)" in first
    assert "hoa hồng 20 %" in " ".join(how for _day, how in agreed)
    assert "hoa hồng 20 %" in first
    whole = " ".join(" ".join(pages).split())
    assert "…" not in whole.replace("(rượu …)", "")
    assert "phiếu 000001" in whole
    check = shop.client().get(f"/bk/{code}").text
    for kind in re.findall(r"<li><div>([^<]+)</div>", check):
        assert kind in whole, kind


def test_a_long_list_breaks_what_is_too_long_and_draws_a_rule_a_row() -> None:
    name = "Set quà Tết năm món đặc sản của làng Mông Phụ, hộp gỗ khắc tên, có thiệp, giao tận nhà " * 2
    rows = [("24/11/2026", name, "1.000.000")] * 90
    paper = render_document(
        "Thử", "", [LongList(("Ngày", "Hàng", "Tiền"), rows, (9, 30, 12), frozenset({2}))], foot=""
    )
    text = " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(paper)).pages).split())
    assert "…" not in text
    assert text.count("thiệp,") == 180
    assert text.count("24/11/2026") == 90
    assert text.count("1.000.000") == 90


def test_a_row_that_is_higher_than_a_page_goes_on_over_pages() -> None:
    """A reason of thousands of words, or one word without an end: the paper is made all the same, and nothing of it is lost."""
    rows = [("24/11/2026", "lý do " * 3_000, "1"), ("25/11/2026", "x" * 9_000, "2"), ("26/11/2026", "", "3")]
    paper = render_document(
        "Thử", "", [LongList(("Ngày", "Hàng", "Tiền"), rows, (9, 10, 12), frozenset({2}))], foot=""
    )
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(paper)).pages)
    assert text.count("do") == 3_000
    assert text.count("x") == 9_000
    assert "26/11/2026" in text


def test_a_minus_is_a_minus_in_rows_of_one_line_and_of_several() -> None:
    """The shipped letters have no U+2212: it is written as a sign that they have, never left out."""
    rows = [("24/11", "Kẹo", "−1.440"), ("25/11", "Kẹo lạc vừng đặc biệt " * 5, "−16.200")]
    paper = render_document(
        "Thử", "", [LongList(("Ngày", "Hàng", "Tiền"), rows, (9, 20, 12), frozenset({2}))], foot=""
    )
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(paper)).pages)
    assert text.count("–1.440") == 1
    assert text.count("–16.200") == 1


@pytest.mark.parametrize("text", ["lý do " * 3_000, "x" * 9_000], ids=["words", "one word"])
def test_a_table_s_row_that_is_higher_than_a_page_goes_on_over_pages(text: str) -> None:
    """Every other table of every paper: the cash book, the parties of a statement, an annex."""
    paper = render_document("Thử", "", [make_table(("Ngày", "Việc"), [("24/11", text), ("25/11", "hết")], (1, 3))], foot="")  # fmt: skip
    pages = PdfReader(BytesIO(paper)).pages
    shown = "".join(page.extract_text() for page in pages)
    assert len(pages) > 1
    assert shown.count("do") + shown.count("x") == text.count("do") + text.count("x")
    assert "hết" in shown
