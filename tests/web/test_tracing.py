"""One page from any code; recalls of a producer or a paper; the drill against the clock."""

import json
import re
from datetime import timedelta
from io import BytesIO

import pypdfium2
import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select, text

from pos.admission.models import Paper, PaperKind
from pos.catalog.models import Barcode, Product
from pos.kernel.database import open_reading, unit_of_work
from pos.kernel.errors import Refused
from pos.maintenance.verify import verify_books
from pos.sales.models import Sale, SaleLine
from pos.stock.lots import place_holds
from pos.stock.models import Hold, Lot, MoveKind, OnHand, StockMove
from pos.stock.moves import StockStep, post_moves
from pos.trace.journey import find_lots
from pos.trace.models import LotView
from tests.conftest import MANAGER, MORNING, Shop


@pytest.fixture
def lot(village: Shop) -> Lot:
    """A lot of the village of which some was sold."""
    with open_reading() as session:
        found = session.scalars(
            select(Lot).join(SaleLine, SaleLine.lot_id == Lot.id).where(Lot.product_id == 1)
        ).first()
        assert found is not None
        return found


def codes_of(lot: Lot) -> dict[str, str]:
    with open_reading() as session:
        sale = session.scalars(
            select(Sale).join(SaleLine, SaleLine.sale_number == Sale.number).where(SaleLine.lot_id == lot.id)
        ).first()
        gtin = session.scalars(select(Barcode.gtin).where(Barcode.product_id == lot.product_id)).first()
        product = session.get_one(Product, lot.product_id)
        assert sale is not None
        return {
            "the lot's own address": f"https://trace.example.com/t/{lot.trace_code}", "its GTIN alone": gtin or "",
            "GTIN and lot": f"(01){gtin}(10){lot.number}", "a Digital Link": f"https://trace.example.com/01/{gtin}/10/{lot.number}",
            "the product's number": product.sku, "a slip's number": f"PT-{sale.number:06}",
            "a slip's address": f"https://trace.example.com/r/{sale.receipt_code}",
        }  # fmt: skip


def test_every_code_leads_to_the_lot(village: Shop, lot: Lot) -> None:
    viewer = village.client("viewer")
    for what, code in codes_of(lot).items():
        answer = viewer.get("/trace", query_string={"code": code}, follow_redirects=True)
        assert f"/trace/{lot.id}" in answer.text or answer.request.path == f"/trace/{lot.id}", what
    assert "Không lô nào" in viewer.get("/trace?code=KHONG-CO").text
    assert "Không lô nào" not in viewer.get("/trace").text
    assert village.client("cashier").get("/trace").status_code == 403


def test_the_way_is_whole_against_the_ledger(village: Shop, lot: Lot) -> None:
    viewer = village.client("viewer")
    told = json.loads(viewer.get(f"/trace/{lot.id}.json").data)
    with open_reading() as session:
        moved, total = session.execute(
            select(func.count(), func.sum(StockMove.quantity_milli)).where(StockMove.lot_id == lot.id)
        ).one()
        sold = session.execute(
            text("SELECT l.sale_number, l.n FROM sale_line l JOIN sale s ON s.number = l.sale_number"
                 " WHERE l.lot_id = :lot AND s.refunds IS NULL ORDER BY 1, 2"), {"lot": lot.id}
        ).all()  # fmt: skip
    assert (len(told["moves"]), sum(m["quantity_milli"] for m in told["moves"])) == (moved, total)
    assert [(s["slip"], s["line"]) for s in told["sold"]] == [tuple(row) for row in sold]
    assert sum(place["quantity_milli"] for place in told["on_hand"]) == total
    assert told["came"]
    assert told["papers"]
    assert told["lot"]["number"] == lot.number
    book = load_workbook(BytesIO(viewer.get(f"/trace/{lot.id}.xlsx").data))
    assert book.worksheets[4].max_row == 1 + len(sold)
    shown = viewer.get(f"/trace/{lot.id}").text
    assert f"{sold[0][0]:06}" in shown
    for ending in ("", ".json", ".xlsx"):
        assert viewer.get(f"/trace/99999{ending}").status_code == 404


@pytest.mark.parametrize("what", ["producer", "paper"])
def test_all_goods_of_a_producer_or_a_paper_are_one_recall(village: Shop, what: str) -> None:
    boss = village.client("manager")
    with open_reading() as session:
        if what == "producer":
            id_ = 1
            named = set(session.scalars(select(Product.id).where(Product.producer_id == id_)))
        else:
            paper = session.scalars(
                select(Paper).where(Paper.kind == PaperKind.RECOGNITION, Paper.producer_id == 1)
            ).first()
            assert paper is not None
            id_, named = paper.id, {cover.product_id for cover in paper.covers}
        wanted = set(session.scalars(select(Lot.number).where(Lot.product_id.in_(named))))
        waiting = int(session.scalar(select(func.count()).select_from(OnHand).join(Lot).where(
            Lot.product_id.in_(named), OnHand.quantity_milli != 0)) or 0)  # fmt: skip
    assert boss.post(f"/recalls/of-{what}/{id_}", data={"reason": " "}).status_code == 422
    twice = {"reason": "giấy giả", "once": "k"}
    answer = boss.post(f"/recalls/of-{what}/{id_}", data=twice)
    assert boss.post(f"/recalls/of-{what}/{id_}", data=twice).location.endswith("/recalls")
    hold = int(answer.location.rsplit("/", 1)[1])
    with open_reading() as session:
        stops = session.scalars(select(Hold).where(Hold.reason == "giấy giả")).all()
        assert {stop.product_id for stop in stops} == named
        assert len({stop.batch for stop in stops}) == 1
    book = load_workbook(BytesIO(boss.get(f"/recalls/{hold}.xlsx").data))
    assert book.worksheets[1].max_row == 1 + waiting
    assert {row[3].value for row in book.worksheets[0].iter_rows(min_row=2)} == wanted
    login = next(login for role, _name, login, _pin in village.village.pins if role == "cashier")
    boss.post(f"/recalls/{hold}/release", data={"reason": "giấy thật", "login": login, "pin": "135792"})
    with open_reading() as session:
        assert session.scalar(
            select(func.count()).where(Hold.releases_id.in_([stop.id for stop in stops]))
        ) == len(stops)
        assert verify_books(session) == []


def test_stopping_nothing_is_said_and_a_part_may_be_released_first(village: Shop) -> None:
    with unit_of_work() as session:
        with pytest.raises(Refused) as caught:
            place_holds(session, [], reason="x", by=MANAGER, at=MORNING)
        assert caught.value.reasons[0].code == "nothing_to_stop"
        stops = place_holds(session, [1, 2, 2], reason="x", by=MANAGER, at=MORNING)
        assert len(stops) == 2
    login = next(login for role, _name, login, _pin in village.village.pins if role == "cashier")
    boss = village.client("manager")
    with open_reading() as session:
        lot = session.scalars(select(Lot).where(Lot.product_id == 1)).first()
        assert lot is not None
    typed = {"reason": "đã kiểm", "login": login, "pin": "135792"}
    assert boss.post(f"/holds/{stops[0].id}/release/{lot.id}", data=typed).status_code == 302
    assert boss.post(f"/recalls/{stops[1].id}/release", data=typed).status_code == 302
    assert boss.post(f"/recalls/{stops[1].id}/release", data=typed).status_code == 422


def test_a_drill_says_how_long_it_took_and_how_much_was_found(village: Shop, lot: Lot) -> None:
    boss = village.client("manager")
    began = boss.post(f"/recalls/drills/new/{lot.id}")
    number = int(began.location.rsplit("/", 1)[1])
    with open_reading() as session:
        waiting = session.scalars(
            select(OnHand).where(OnHand.lot_id == lot.id, OnHand.quantity_milli > 0)
        ).all()
        sales_before = session.scalar(select(func.count()).select_from(Hold))
    village.clock.advance(minutes=3, seconds=20)
    for row in waiting:
        typed = {"place_id": str(row.place_id), "quantity": str(row.quantity_milli // 1000 - 1)}
        assert boss.post(f"/recalls/drills/{number}/found", data=typed).status_code == 302
        assert boss.post(f"/recalls/drills/{number}/found", data=typed).status_code == 422
    assert (
        boss.post(f"/recalls/drills/{number}/found", data={"place_id": "1", "quantity": "x"}).status_code
        == 422
    )
    village.clock.advance(minutes=2)
    boss.post(f"/recalls/drills/{number}/end", data={"note": "một gói rơi sau kệ"})
    assert boss.post(f"/recalls/drills/{number}/end", data={}).status_code == 422
    shown = boss.get(f"/recalls/drills/{number}").text
    assert "5:20" in shown
    whole = sum(row.quantity_milli for row in waiting)
    found = whole - 1000 * len(waiting)
    page = pypdfium2.PdfDocument(boss.get(f"/recalls/drills/{number}.pdf").data)[0]
    output = re.sub(r"\s+", " ", page.get_textpage().get_text_range())
    assert f"tìm thấy {found * 10_000 // whole / 100:.0f} %" in output
    assert "một gói rơi sau kệ" in output
    page.render(scale=1.4).to_pil().save(".artifacts/drill-report.png")
    assert f"/recalls/drills/{number}" in boss.get("/recalls").text
    with open_reading() as session:
        assert session.scalar(select(func.count()).select_from(Hold)) == sales_before, "a drill stops nothing"
        assert verify_books(session) == []
    assert boss.get("/recalls/drills/99").status_code == 404
    with unit_of_work() as session:  # the lot goes on its way after the clock was stopped
        gone = StockStep(lot.id, waiting[0].place_id, MoveKind.COUNTED, -waiting[0].quantity_milli, "test")
        post_moves(session, [gone], MORNING + timedelta(days=9))
    later = boss.get(f"/recalls/drills/{number}").text
    in_the_books = re.compile(r"theo sổ: [^<]*")
    assert in_the_books.findall(later) == in_the_books.findall(shown), "the report stays as it was"


def test_openings_of_a_lots_page_are_counted_and_nothing_else_is_kept(village: Shop, lot: Lot) -> None:
    buyer = village.app.test_client()
    for _ in range(3):
        answer = buyer.get(f"/t/{lot.trace_code}")
        assert "Set-Cookie" not in answer.headers
    with open_reading() as session:
        assert session.scalars(select(LotView)).all() == [], "gathered in memory first"
    village.clock.advance(minutes=2)
    buyer.get(f"/t/{lot.trace_code}/en")
    village.clock.advance(minutes=2)
    buyer.get(f"/t/{lot.trace_code}")
    with open_reading() as session:
        (row,) = session.scalars(select(LotView))
        assert (row.lot_id, row.times) == (lot.id, 5)
        assert {column.name for column in LotView.__table__.columns} == {"lot_id", "day", "times"}
    assert "khách đã mở 5 lần" in village.client("manager").get(f"/trace/{lot.id}").text


def test_case_accents_and_signs_of_a_number_do_not_matter(lot: Lot, village: Shop) -> None:
    with unit_of_work() as session:
        mine = session.get_one(Lot, lot.id)
        wanted = {found.id for found in find_lots(session, mine.number)}
        assert mine.id in wanted
        assert {found.id for found in find_lots(session, mine.number.lower())} == wanted
        sku = session.get_one(Product, mine.product_id).sku
        by_product = [found.id for found in find_lots(session, sku)]
        assert mine.id in by_product
        assert [found.id for found in find_lots(session, sku.lower())] == by_product
        mine.number = "Đợt 7/A"
        session.flush()
        for typed in ("đợt 7/a", "DOT 7/A", "dot 7-a"):
            assert [found.id for found in find_lots(session, typed)] == [mine.id]
        assert find_lots(session, "-") == []
