"""A stop set while the till has the goods in a basket; its lists complete against an independent query."""

import re
from io import BytesIO

import pypdfium2
import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import func, select, text

from pos.catalog.models import Product
from pos.kernel.actor import SYSTEM
from pos.kernel.database import open_reading, unit_of_work
from pos.kernel.formats import format_quantity
from pos.kernel.quantity import ONE
from pos.recalls import views as recall_views
from pos.recalls.recall import get_recall
from pos.sales.basket import add_goods, find_open_basket
from pos.sales.models import LotKnownBy, SaleLine
from pos.sales.pay import pay_basket
from pos.sales.refund import refund_sale
from pos.stock import views as stock_views
from pos.stock.lots import place_hold
from pos.stock.models import Hold, Lot, StockMove
from pos.web.row_names import name_documents
from tests.builders import a_delivery, a_maker, a_product, a_sale, an_open_shift
from tests.conftest import CASHIER, MANAGER, MORNING, STATION, Shop

INDEPENDENT = """
    SELECT l.sale_number, l.n,
           CASE WHEN l.lot_id = :lot AND l.lot_known_by <> 'assumed' THEN 1 ELSE 0 END
    FROM sale_line l JOIN sale s ON s.number = l.sale_number
    WHERE s.refunds IS NULL AND (l.lot_id = :lot OR (l.lot_known_by = 'assumed'
          AND l.product_id = (SELECT product_id FROM lot WHERE id = :lot)
          AND s.at >= (SELECT min(at) FROM stock_move WHERE lot_id = :lot)
          AND ((SELECT sum(quantity_milli) FROM stock_move WHERE lot_id = :lot) > 0
               OR s.at <= (SELECT max(at) FROM stock_move WHERE lot_id = :lot))))
    ORDER BY l.sale_number, l.n
"""


def test_a_stop_reaches_the_basket_the_buyers_page_and_every_slip(village: Shop) -> None:
    """From the phone while the till has it in its basket: payment refused, the buyer's page red, the list complete."""
    cashier, boss = village.client("cashier"), village.client("manager")
    cashier.post("/till/shift/open", data={"float": "0"})
    cashier.post("/till/scan", data={"code": village.village.codes["Chè lam gừng 250 g"]})
    with open_reading() as session:
        basket = find_open_basket(session, STATION)
        assert basket is not None
        lot = session.get_one(Lot, basket.lines[0].lot_id)
    boss.post(f"/lots/{lot.id}/stop", data={"reason": "phát hiện dị vật"})
    pay = {"basket_id": basket.id, "version": basket.version, "given": "45000"}
    assert cashier.post("/till/pay", data=pay).status_code == 422
    assert "stopped" in cashier.get("/till").text
    assert "Thu hồi: mang trả lại" in village.app.test_client().get(f"/t/{lot.trace_code}").text
    with open_reading() as session:
        hold = session.scalars(select(Hold).where(Hold.lot_id == lot.id)).one()
        found = [(s.number, s.n, int(s.is_certain)) for s in get_recall(session, hold.id).sold]
        assert found == [tuple(row) for row in session.execute(text(INDEPENDENT), {"lot": lot.id})]
        assert found
    shown = boss.get(f"/recalls/{hold.id}").text
    assert all(f"{number:06}" in shown for number, *_rest in found)
    assert "phát hiện dị vật" in boss.get("/recalls").text


def test_a_line_whose_lot_was_assumed_is_possible_and_one_that_was_seen_is_certain(any_shop: Shop) -> None:
    with unit_of_work() as session:
        maker = a_maker(session)
        product = a_product(session, maker)
        first = a_delivery(session, maker, product, 10 * ONE, lot="A")
        an_open_shift(session)
        only = a_sale(session, product, ONE)  # one lot on the shelf: certain
        second = a_delivery(session, maker, product, 10 * ONE, lot="B")
        assumed = a_sale(session, product, ONE)  # booked on A, but it may have been a pack of B
        basket = add_goods(
            session, STATION, product.id, ONE, at=MORNING, lot_id=second.id, known_by=LotKnownBy.SCANNED
        )
        scanned = pay_basket(
            session, basket.id, basket.version, 45_000, station=STATION, by=CASHIER, at=MORNING
        )
        refund_sale(
            session, scanned, {1: ONE}, reason="thu hồi", request="1", station=STATION, by=MANAGER, at=MORNING
        )
        on_a = place_hold(session, lot_id=first.id, reason="x", by=MANAGER, at=MORNING)
        on_b = place_hold(session, lot_id=second.id, reason="x", by=MANAGER, at=MORNING)
        output = {s.number: (s.is_certain, s.back_milli) for s in get_recall(session, on_a.id).sold}
        assert output == {only.number: (True, 0), assumed.number: (False, 0)}
        output = {s.number: (s.is_certain, s.back_milli) for s in get_recall(session, on_b.id).sold}
        assert output == {assumed.number: (False, 0), scanned.number: (True, ONE)}
        whole = place_hold(session, product_id=product.id, reason="x", by=MANAGER, at=MORNING)
        assert len(get_recall(session, whole.id).lots) == 2
        assert (
            session.scalars(select(SaleLine.lot_known_by).order_by(SaleLine.sale_number)).first()
            == "only_lot"
        )


@pytest.fixture
def stopped(village: Shop) -> tuple[FlaskClient, Hold]:
    with unit_of_work() as session:
        lot = session.scalars(select(Lot).where(Lot.product_id == 1)).first()
        assert lot is not None
        hold = place_hold(
            session, lot_id=lot.id, reason="nghi nhiễm <b>vi khuẩn</b>", by=SYSTEM, at=village.clock.now()
        )
    return village.client("viewer"), hold


def test_the_notice_says_which_goods_why_and_what_to_do(stopped: tuple[FlaskClient, Hold]) -> None:
    client, hold = stopped
    document = pypdfium2.PdfDocument(client.get(f"/recalls/{hold.id}.pdf").data)
    output = re.sub(r"\s+", " ", document[0].get_textpage().get_text_range())
    for words in ("THU HỒI", "Chè lam gừng 250 g", "L261121", "nghi nhiễm <b>vi khuẩn</b>", "mang"):
        assert words in output, words
    document[0].render(scale=1).to_pil().save(".artifacts/recall-notice.png")


def test_the_workbook_holds_every_list(stopped: tuple[FlaskClient, Hold]) -> None:
    client, hold = stopped
    book = load_workbook(BytesIO(client.get(f"/recalls/{hold.id}.xlsx").data))
    assert len(book.sheetnames) == 4
    with open_reading() as session:
        recall = get_recall(session, hold.id)
    assert book.worksheets[2].max_row == 1 + len(recall.sold)
    assert book.worksheets[1].max_row == 1 + len(recall.on_hand)
    for address in ("/recalls/99999", "/recalls/99999.pdf", "/recalls/99999.xlsx"):
        assert client.get(address).status_code == 404


def test_long_lists_come_a_page_at_a_time_and_their_figures_whole(
    stopped: tuple[FlaskClient, Hold], monkeypatch: pytest.MonkeyPatch
) -> None:
    client, hold = stopped
    with unit_of_work() as session:
        products = select(SaleLine.product_id).group_by(SaleLine.product_id).order_by(func.count().desc())
        hold = place_hold(session, product_id=session.scalar(products), reason="x", by=SYSTEM, at=hold.at)
        recall = get_recall(session, hold.id)
    monkeypatch.setattr(recall_views, "PAGE", 1)
    pages, noticed = max(len(recall.sold), len(recall.came_in)), []
    for page in range(1, pages + 1):
        shown = client.get(f"/recalls/{hold.id}?page={page}").text
        assert f"<strong>{recall.slips_possible}</strong>" in shown
        assert (f"page={page + 1}" in shown) is (page < pages)
        noticed += re.findall(r'<td class="num">(\d{6})</td>', shown)
    assert noticed == [f"{sold.number:06}" for sold in recall.sold]
    assert len(noticed) > 1


def test_a_lots_moves_come_the_newest_first_a_page_at_a_time(
    stopped: tuple[FlaskClient, Hold], monkeypatch: pytest.MonkeyPatch
) -> None:
    client, hold = stopped
    monkeypatch.setattr(stock_views, "PAGE", 1)
    address, noticed = f"/lots/{hold.lot_id}", []
    cell = r'<td class="num">([^<]+)</td><td>(?:<a[^>]*>)?([^<]+)(?:</a>)?</td></tr>'
    while address:
        shown = client.get(address).text
        noticed += re.findall(cell, shown)
        older = re.search(r'href="([^"]+before=\d+)"', shown)
        address = older.group(1) if older else ""
    with open_reading() as session:
        moves = select(StockMove).where(StockMove.lot_id == hold.lot_id).order_by(StockMove.id.desc())
        unit = session.get_one(Product, session.get_one(Lot, hold.lot_id).product_id).unit
        with client.application.test_request_context():
            causes = name_documents(session, [move.document for move in session.scalars(moves)])
            expected = [
                (format_quantity(move.quantity_milli, unit), causes[move.document].text)
                for move in session.scalars(moves)
            ]
        assert noticed == expected
    assert len(noticed) > 1


def test_a_lot_that_looks_like_a_formula_is_text_in_the_workbook(stopped: tuple[FlaskClient, Hold]) -> None:
    client, hold = stopped
    with unit_of_work() as session:
        session.get_one(Lot, hold.lot_id).number = "=1+1"
    cell = load_workbook(BytesIO(client.get(f"/recalls/{hold.id}.xlsx").data)).worksheets[0]["D2"]
    assert (cell.data_type, cell.value) == ("s", "=1+1")
