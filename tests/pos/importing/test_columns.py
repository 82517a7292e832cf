"""Lists as other hands write them: what a preview says of each is what then happens."""

import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.datastructures import MultiDict

from pos.admission.forms import MissingPaperForm
from pos.admission.gate import Act
from pos.admission.goods import judge_products
from pos.admission.missing_papers import list_missing_papers
from pos.admission.models import PaperCover
from pos.catalog.models import Product
from pos.importing.export import render_export
from pos.kernel.database import open_reading, unit_of_work
from pos.maintenance.verify import verify_books
from pos.producers.models import Producer
from pos.stock.lots import place_hold
from pos.stock.models import Hold, Lot, OnHand, Place, Zone
from pos.storeroom.move import move_stock
from tests.builders import a_delivery, a_maker, a_product
from tests.conftest import MANAGER, MORNING, TODAY, Shop

from .test_preview import HEADINGS, ROW, book, looked_at, written


def row_with(**more: Any) -> list[Any]:
    return [more.get(heading, value) for heading, value in zip(HEADINGS, ROW, strict=True)]


def says(folder: Path, *rows: list[Any], headings: list[Any] = HEADINGS) -> list[str]:
    return [row.says for row in looked_at(book(folder, [headings, *rows])).rows]


def test_a_wrong_stated_size_hides_no_rows(shop: Shop, tmp_path: Path) -> None:
    path = book(tmp_path, [HEADINGS, ROW])
    wrong = tmp_path / "wrong.xlsx"
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(wrong, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name.endswith("sheet1.xml"):
                content = re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1"', content)
            target.writestr(name, content)
    assert [row.says for row in looked_at(wrong).rows] == ["add"]


def test_a_list_without_a_producer_says_so(shop: Shop, tmp_path: Path) -> None:
    assert says(tmp_path, ROW[:-1], headings=HEADINGS[:-1]) == ["producer_missing"]


@pytest.mark.parametrize(("odd", "code"), [
    ({"Giá bán": 45}, "price_too_low"), ({"Giá bán": "45"}, "price_too_low"), ({"Ngày QĐ": None}, "issued_missing"),
    ({"Mã vạch": "9520000000011 x²"}, "gtin_check_digit"), ({"Giá bán": "45.000,00"}, "add"), ({"Giá bán": "45k"}, "add"),
    ({"Giá bán": "45000 dong"}, "add"), ({"Ngày QĐ": "ngày 05/03/2025"}, "add"), ({"Ngày QĐ": "2025-03-05 00:00:00"}, "add"),
    ({"Tên hàng": "Tổng số"}, "ignored_total"),
])  # fmt: skip
def test_a_cell_is_read_or_named(shop: Shop, tmp_path: Path, odd: dict[str, Any], code: str) -> None:
    assert says(tmp_path, row_with(**odd)) == [code]


LOTS = ["Chủ thể", "Tên hàng", "Lô", "NSX", "HSD", "Số lượng", "Nơi để"]


@pytest.mark.parametrize(("cells", "code"), [
    (["L1", "01/11/2026", "12/2026", 5, "Kệ OCOP"], "add"), (["L1", "01/11/2026", "12/26", 5, "Kệ OCOP"], "add"),
    (["L1", "10/11/2026", "01/11/2026", 5, "Kệ OCOP"], "made_after_end"), (["L1", "01/11/2026", "12/2026", 5, "gác"], "place_unknown"),
    (["L1", "01/11/2026", "12/2026", "mười", "Kệ OCOP"], "quantity_odd"),
])  # fmt: skip
def test_a_lot_is_taken_or_refused_by_its_cell(
    shop: Shop, tmp_path: Path, cells: list[Any], code: str
) -> None:
    assert says(tmp_path, ["Hộ mẫu", "Kẹo", *cells], headings=LOTS) == [code]


def test_half_a_piece_is_no_opening_stock(shop: Shop, tmp_path: Path) -> None:
    with unit_of_work() as session:
        a_product(session, a_maker(session))
    row = ["Hộ mẫu A", "Chè lam gừng", "1", "L1", "01/11/2026", "12/2026", 1.5, "Kệ OCOP"]
    assert says(tmp_path, row, headings=[*LOTS[:2], "Quy cách", *LOTS[2:]]) == ["quantity_odd"]


def test_stars_once_entered_outlive_a_list_without_them(shop: Shop, tmp_path: Path) -> None:
    written(book(tmp_path, [HEADINGS, ROW]))
    without = [cell for heading, cell in zip(HEADINGS, ROW, strict=True) if heading != "Sao"]
    without[3 - 0] = "46.000"  # something changes, so that the row is written
    written(book(tmp_path, [[h for h in HEADINGS if h != "Sao"], without]))
    with open_reading() as session:
        assert session.scalars(select(PaperCover.stars)).all() == [4]


def test_an_accent_makes_another_product(shop: Shop, tmp_path: Path) -> None:
    item, other = (
        row_with(**{"Tên hàng": "Bánh tẻ", "Mã vạch": None}),
        row_with(**{"Tên hàng": "Bánh té", "Mã vạch": None}),
    )
    assert says(tmp_path, item, other) == ["add", "add"]
    written(book(tmp_path, [HEADINGS, item, other]))
    with open_reading() as session:
        assert set(session.scalars(select(Product.name_vi))) == {"Bánh tẻ", "Bánh té"}


def test_two_prices_for_one_product_are_for_people_to_settle(shop: Shop, tmp_path: Path) -> None:
    assert says(tmp_path, ROW, row_with(**{"Giá bán": "50.000"})) == ["add", "differs_from_row"]


def test_columns_that_nobody_understands_are_told(shop: Shop, tmp_path: Path) -> None:
    found = looked_at(book(tmp_path, [[*HEADINGS, "Cân nặng thùng"], [*ROW, 3]]))
    assert found.unread == (("Sheet", "Cân nặng thùng"),)


@pytest.mark.parametrize("heading", [
    "Tên mặt hàng", "Mặt hàng", "TEN HANG", "  tên   hàng ", "Tên hàng (ghi như nhãn)",
])  # fmt: skip
def test_a_name_column_by_many_names(shop: Shop, tmp_path: Path, heading: str) -> None:
    assert says(tmp_path, ROW, headings=[heading, *HEADINGS[1:]]) == ["add"]


def test_what_stops_goods_goes_out_and_comes_in_again(
    shop: Shop, empty_template: Path, tmp_path: Path
) -> None:
    """A stopped lot, a suspended producer, goods in quarantine: a new shop made of the export stops them too."""
    with unit_of_work() as session:
        maker = a_maker(session)
        product = a_product(session, maker)
        lot = a_delivery(session, maker, product)
        quarantine = session.scalars(select(Place).where(Place.zone == Zone.QUARANTINE)).one()
        move_stock(session, lot, product.shelf_place_id or 0, quarantine.id, 4000, by=MANAGER, at=MORNING)
        place_hold(session, lot_id=lot.id, reason="mẫu không đạt", by=MANAGER, at=MORNING)
        maker.suspended_on, product.banned = TODAY, True
    with open_reading() as session:
        out = tmp_path / "out.xlsx"
        out.write_bytes(render_export(session, TODAY))
    with unit_of_work() as session:  # the new shop: the same books without these goods' names
        for name, table in (("product", Product), ("producer", Producer)):
            for row in session.scalars(select(table)):
                row.archived = name == "product"
                if name == "product":
                    row.sku, row.name_vi, row.barcodes = f"X{row.sku}", "Hàng cũ", []
    written(out)
    with open_reading() as session:
        fresh = session.scalars(select(Product).where(~Product.archived)).one()
        assert fresh.banned
        waiting = session.execute(
            select(Place.zone, OnHand.quantity_milli).join(OnHand, OnHand.place_id == Place.id)
            .join(Lot, Lot.id == OnHand.lot_id).where(Lot.product_id == fresh.id)
        ).all()  # fmt: skip
        assert dict(waiting) == {Zone.OCOP: 6000, Zone.QUARANTINE: 4000}
        assert session.scalars(select(Hold.reason).where(Hold.lot_id != lot.id)).all() == ["mẫu không đạt"]
        assert [f for f in verify_books(session) if f.check != "version"] == []


def test_stars_of_a_list_without_decisions_are_offered_with_the_papers(shop: Shop, tmp_path: Path) -> None:
    """They prove nothing: the goods are refused as before, and a row of which nothing was typed is no beginning."""
    bare = {"QĐ công nhận": None, "Ngày QĐ": None, "Mã vạch": None}
    rows = [row_with(**bare), row_with(**bare, **{"Tên hàng": "Kẹo lạc", "Sao": None})]
    assert [row.says for row in looked_at(book(tmp_path, [HEADINGS, *rows])).rows] == [
        "add_but_inadmissible"
    ] * 2
    written(book(tmp_path, [HEADINGS, *rows]))
    with open_reading() as session:
        missing = {
            item.products[0].name_vi: item for item in list_missing_papers(session, TODAY) if item.asks_stars
        }
        assert {name: item.likely_stars for name, item in missing.items()} == {"Chè lam": 4, "Kẹo lạc": None}
        lam = missing["Chè lam"].products[0]
        assert "no_certificate" in {reason.code for reason in judge_products(session, [lam.id], Act.SELL, TODAY)[lam.id].refusals}  # fmt: skip
        assert verify_books(session) == []
        key = missing["Chè lam"].row_key
    with shop.app.test_request_context():
        form = MissingPaperForm(MultiDict({f"{key}-stars": "4"}), prefix=f"{key}-")
    form.offer_known("", 4, is_sent=True)
    assert not form.is_begun
    form.offer_known("", 3, is_sent=True)
    assert form.is_begun
