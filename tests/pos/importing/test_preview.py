"""Workbooks: what a preview says, all or nothing, twice is once, and out and in again is the same."""

import json
import zipfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from sqlalchemy import func, select

from pos.catalog.models import Product
from pos.importing.apply import apply_plan
from pos.importing.export import render_empty_workbook, render_export
from pos.importing.preview import ImportPreview, make_preview
from pos.importing.workbook import open_workbook
from pos.kernel.database import open_reading, unit_of_work
from pos.kernel.errors import Refused
from pos.maintenance.verify import verify_books
from pos.pricing.models import Price
from pos.producers.models import Producer
from tests.conftest import MANAGER, MORNING, TODAY, Shop

BOOKS = Path(__file__).parents[2] / "data" / "workbooks"
EXPECTED = json.loads((BOOKS / "so-hang-htx.expected.json").read_text("utf-8"))


def looked_at(path: Path) -> ImportPreview:
    with open_reading() as session:
        return make_preview(session, open_workbook(path), TODAY)


def written(path: Path) -> ImportPreview:
    found = looked_at(path)
    with unit_of_work() as session:
        apply_plan(session, found, by=MANAGER, at=MORNING, source=path.name)
    return found


def book(folder: Path, rows: list[list[Any]], name: str = "b.xlsx") -> Path:
    made = Workbook()
    sheet = made.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    made.save(folder / name)
    return folder / name


HEADINGS = ["Tên hàng", "Quy cách", "Mã vạch", "Giá bán", "Sao", "QĐ công nhận", "Ngày QĐ", "Chủ thể"]
ROW = ["Chè lam", "250 g", "9520000000011", "45.000", "4", "118/QĐ-UBND", "05/03/2025", "Hộ mẫu A"]


def test_another_hands_workbook_says_what_it_must(shop: Shop) -> None:
    output = {row.row: row.says for row in looked_at(BOOKS / "so-hang-htx.xlsx").rows}
    assert output == {row["row"]: row["says"] for row in EXPECTED["rows"]}


def test_what_was_read_is_what_was_meant(shop: Shop) -> None:
    written(BOOKS / "so-hang-htx.xlsx")
    with open_reading() as session:
        products = {p.name: p for p in session.scalars(select(Product))}
        assert {
            "Chè lam gừng 250 g",
            "Chè lam gừng 500 g",
            "Tương nếp chai 500 ml",
            "Trứng gà mía",
            "Gà mía ủ muối",
        } <= set(products)
        assert products["Gà mía ủ muối"].unit == "kg"
        assert products["Chè lam gừng 250 g"].net_content_milli == 250_000
        assert products["Rượu nếp cái hoa vàng 500 ml"].kind == "alcohol"
        assert session.scalar(select(func.count()).select_from(Producer)) == 3
        assert verify_books(session) == []


def test_reading_it_in_twice_changes_nothing(shop: Shop) -> None:
    written(BOOKS / "so-hang-htx.xlsx")
    again = looked_at(BOOKS / "so-hang-htx.xlsx")
    assert again.plan == []
    assert again.counts["same"] == 8


@pytest.mark.parametrize(("heading", "typed", "expected"), [
    ("Giá bán", "45000 đ", 45_000), ("GIÁ BÁN (VNĐ)", "45.000", 45_000), ("gia ban", 45_000, 45_000), ("Đơn giá", "45,000", 45_000),
    ("Giá", " 45 000 ", 45_000), ("Gia niem yet", 45_000.0, 45_000),
])  # fmt: skip
def test_prices_in_every_dress(shop: Shop, tmp_path: Path, heading: str, typed: Any, expected: int) -> None:
    (row,) = looked_at(book(tmp_path, [["Chủ thể", "Tên sản phẩm", heading], ["Hộ mẫu", "Kẹo", typed]])).rows
    assert row.values["price"] == expected


@pytest.mark.parametrize(
    "typed", ["24/11/2025", "24-11-25", "2025-11-24", datetime(2025, 11, 24), " 24.11.2025 "]
)
def test_days_in_every_dress(shop: Shop, tmp_path: Path, typed: Any) -> None:
    rows = [
        ["Ngày ký", "Tên SP", "Số QĐ", "Hộ sản xuất", "Hạng sao"],
        [typed, "Kẹo", "1/QĐ", "Hộ mẫu", "★★★"],
    ]
    (row,) = looked_at(book(tmp_path, rows)).rows
    assert (row.says, row.values["paper_issued"].isoformat()) == ("add", "2025-11-24")


def test_columns_in_any_order_under_titles_and_blank_rows(shop: Shop, tmp_path: Path) -> None:
    turned = [["SỔ HÀNG"], [], ["năm 2026", None, None], HEADINGS[::-1], [], ROW[::-1], [None, "  ", None]]
    rows = looked_at(book(tmp_path, turned)).rows
    assert [(row.row, row.says) for row in rows if row.says != "name_missing"] == [(6, "add")]


@pytest.mark.parametrize(("column", "value", "says"), [
    ("Giá bán", "rẻ", "price_odd"), ("Giá bán", 45_000.5, "price_odd"), ("Giá bán", "0", "price_not_positive"),
    ("Giá bán", "9.000.000.000", "price_too_high"), ("Mã vạch", "9520000000012", "gtin_check_digit"), ("Sao", "năm", "stars_out_of_range"),
    ("Ngày QĐ", "29/02/2025", "date_not_a_day"), ("Ngày QĐ", "25/11/2026", "date_in_future"), ("Tên hàng", "=A1", "formula"),
    ("Chủ thể", "", "producer_missing"), ("Tên hàng", " \u200b ", "name_missing"),
])  # fmt: skip
def test_each_odd_cell_is_named(shop: Shop, tmp_path: Path, column: str, value: Any, says: str) -> None:
    at = HEADINGS.index(column)
    (row,) = looked_at(book(tmp_path, [HEADINGS, [*ROW[:at], value, *ROW[at + 1 :]]])).rows
    assert (row.says, row.cell) == (says, f"{'ABCDEFGH'[at]}2")


def test_the_shops_own_goods_out_and_in_again_change_nothing(village: Shop, tmp_path: Path) -> None:
    with open_reading() as session:
        (tmp_path / "out.xlsx").write_bytes(render_export(session, TODAY))
    again = looked_at(tmp_path / "out.xlsx")
    assert again.refused == []
    assert [(row.sheet, row.row, row.changes) for row in again.plan] == []


def test_a_shops_goods_into_an_empty_shop_are_the_same_goods(
    village: Shop, empty_template: Path, tmp_path: Path
) -> None:
    from flask_migrate import upgrade  # noqa: F401

    from pos.kernel.clock import FixedClock
    from tests.conftest import app_over, copied

    with open_reading() as session:
        first = render_export(session, TODAY)
    (tmp_path / "out.xlsx").write_bytes(first)
    app = app_over(copied(empty_template, tmp_path / "new"), FixedClock(MORNING))
    with app.app_context():
        found = written(tmp_path / "out.xlsx")
        assert found.refused == []
        with open_reading() as session:
            (tmp_path / "again.xlsx").write_bytes(render_export(session, TODAY))
            assert verify_books(session) == []
    assert cells(tmp_path / "again.xlsx") == cells(tmp_path / "out.xlsx")


def cells(path: Path) -> dict[str, set[tuple[Any, ...]]]:
    from openpyxl import load_workbook

    return {sheet.title: set(sheet.iter_rows(values_only=True)) for sheet in load_workbook(path).worksheets}


def test_the_template_is_an_empty_workbook_with_headings(shop: Shop, tmp_path: Path) -> None:
    (tmp_path / "t.xlsx").write_bytes(render_empty_workbook())
    assert [sheet.name for sheet in open_workbook(tmp_path / "t.xlsx")] == [
        "Chủ thể",
        "Sản phẩm",
        "Giấy tờ",
        "Giá",
        "Lô đầu kỳ",
    ]
    assert looked_at(tmp_path / "t.xlsx").rows == []


def test_a_failure_in_the_middle_writes_nothing(shop: Shop, tmp_path: Path) -> None:
    rows = [
        ["Chủ thể", "Tên hàng", "Lô", "Số lượng", "Nơi để"],
        ["Hộ mẫu", "Kẹo", "L1", 5, "Kệ OCOP"],
        ["Hộ mẫu", "Bánh", "L2", 5, "Kho"],
    ]
    found = looked_at(book(tmp_path, rows))
    found.plan[1].values["place"] = "không có"  # as if the place had gone between preview and writing
    with pytest.raises(Refused, match="place_not_found"), unit_of_work() as session:
        apply_plan(session, found, by=MANAGER, at=MORNING, source="b.xlsx")
    with open_reading() as session:
        assert session.scalar(select(func.count()).select_from(Product)) == 0


def test_midnight_between_preview_and_writing_moves_no_price(shop: Shop, tmp_path: Path) -> None:
    rows = [["Chủ thể", "Tên hàng", "Giá"], ["Hộ mẫu", "Kẹo", 20_000]]
    found = looked_at(book(tmp_path, rows))
    with unit_of_work() as session:
        apply_plan(session, found, by=MANAGER, at=MORNING + timedelta(days=1), source="b.xlsx")
        assert session.scalar(select(Price.starts)) == TODAY
    assert [row.says for row in looked_at(tmp_path / "b.xlsx").rows] == ["same"]


def test_bombs_and_broken_files_are_refused_politely(shop: Shop, tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (100 * 1024 * 1024))
    (tmp_path / "text.xlsx").write_text("no workbook")
    with zipfile.ZipFile(tmp_path / "hollow.xlsx", "w") as archive:
        archive.writestr("x", "y")
    book(tmp_path, [["a", "b"], [1, 2]], "headless.xlsx")
    for name in ("bomb.xlsx", "text.xlsx", "hollow.xlsx", "headless.xlsx"):
        with pytest.raises(Refused, match="workbook_odd"):
            open_workbook(tmp_path / name)


@pytest.mark.parametrize(("heading", "cell"), [
    ("Ngày QĐ", "1/1/99999999999"), ("HSD", "99999999999"), ("Giá bán", 1e308), ("Giá bán", "9" * 400), ("Số lượng", 1e308), ("Số lượng", "9" * 5000),
    ("Sao", "9" * 5000), ("Sao", "²"), ("Mã vạch", "9" * 5000), ("Giá bán", "1" + " " * 50_000), ("NSX", "²/1/2026"), ("Độ cồn", 1e300),
    ("Khối lượng tịnh", "9" * 3000 + " g"), ("Quy cách", "9" * 3000 + " g"),
])  # fmt: skip
def test_one_mad_cell_is_one_bad_row(shop: Shop, tmp_path: Path, heading: str, cell: Any) -> None:
    """Numbers of 400 figures, years that no calendar has, superscripts: that row is refused, the other is read."""
    head = ["Chủ thể", "Tên sản phẩm", heading, *(["Giá bán"] if heading != "Giá bán" else [])]
    price = [20_000] if heading != "Giá bán" else []
    rows = looked_at(
        book(
            tmp_path,
            [
                head,
                ["Hộ mẫu", "Kẹo", cell, *price],
                ["Hộ mẫu", "Mứt", None if heading != "Giá bán" else 20_000, *price],
            ],
        )
    ).rows
    assert len(rows) == 2
    assert rows[1].says in {"add", "add_but_inadmissible"}
