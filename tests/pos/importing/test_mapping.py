"""What each column becomes, what is asked about it first, and that nothing is written before it is answered."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from pos.catalog.models import Product
from pos.importing.answers import ImportAnswers
from pos.importing.apply import apply_plan
from pos.importing.mapping import ColumnChoice, list_questions, map_sheets
from pos.importing.memory import recall_columns, remember_columns
from pos.importing.preview import ImportPreview, make_preview
from pos.importing.workbook import open_workbook
from pos.kernel.database import open_reading, unit_of_work
from pos.kernel.errors import Refused
from tests.conftest import MANAGER, MORNING, TODAY, Shop

from .test_preview import book


def read(
    folder: Path, *rows: list[Any], choices: dict[tuple[int, int], ColumnChoice] | None = None
) -> ImportPreview:
    sheets = open_workbook(book(folder, list(rows)))
    with open_reading() as session:
        return make_preview(session, sheets, TODAY, answers=ImportAnswers(columns=choices or {}))


def ask(folder: Path, *rows: list[Any]) -> list[tuple[str, str]]:
    found = list_questions(map_sheets(open_workbook(book(folder, list(rows)))))
    return [(column.heading, column.question) for column in found]


HEAD = ["Chủ thể", "Tên hàng"]


def test_two_columns_of_one_meaning_are_asked_about_and_nothing_is_written(
    shop: Shop, tmp_path: Path
) -> None:
    rows = [*HEAD, "Đơn giá", "Giá bán"], ["Hộ mẫu", "Kẹo lạc", 40_000, 45_000]
    found = read(tmp_path, *rows)
    assert [(column.letter, column.question) for column in found.questions] == [
        ("C", "two_columns"), ("D", "two_columns"),
    ]  # fmt: skip
    assert found.plan == []
    with pytest.raises(Refused, match="columns_unsure"), unit_of_work() as session:
        apply_plan(session, found, by=MANAGER, at=MORNING, source="b")
    answered = read(tmp_path, *rows, choices={(0, 3): ColumnChoice("price")})
    assert answered.questions == ()
    assert answered.rows[0].values["price"] == 45_000


@pytest.mark.parametrize(("cells", "field"), [
    (["gói", "chai", "kg", "hộp"], "unit"), (["Hộ Lan", "HTX Mông Phụ"], "producer_name"),
])  # fmt: skip
def test_don_vi_is_what_its_cells_say(tmp_path: Path, cells: list[str], field: str) -> None:
    (sheet,) = map_sheets(
        open_workbook(book(tmp_path, [["Tên hàng", "Đơn vị"], *(["Kẹo", cell] for cell in cells)]))
    )
    assert (sheet.columns[1].field, sheet.columns[1].question) == (field, "")


def test_don_vi_of_both_is_asked(tmp_path: Path) -> None:
    assert ask(tmp_path, ["Tên hàng", "Đơn vị"], ["Kẹo", "gói"], ["Mứt", "Hộ Lan"]) == [
        ("Đơn vị", "two_meanings")
    ]


@pytest.mark.parametrize("heading", [
    "Giá (nghìn đồng)", "Giá (1000đ)", "Giá bán (1.000đ)", "Giá nghìn đồng", "Giá (ngàn)", "Giá bán (k)", "Đơn giá (triệu)",
])  # fmt: skip
def test_a_price_in_thousands_is_asked_about(tmp_path: Path, heading: str) -> None:
    assert ask(tmp_path, [*HEAD, heading], ["Hộ mẫu", "Kẹo", 1500]) == [(heading, "price_unit")]


@pytest.mark.parametrize("rows", [
    [["ĐVT: nghìn đồng"], [*HEAD, "Giá"], ["Hộ mẫu", "Kẹo", 1500]],
    [[*HEAD, "Giá"], ["Hộ mẫu", "Kẹo", 45], ["Hộ mẫu", "Mứt", 60]],
])  # fmt: skip
def test_thousands_are_told_by_a_line_above_or_by_the_numbers(tmp_path: Path, rows: list[list[Any]]) -> None:
    assert ask(tmp_path, *rows) == [("Giá", "price_unit")]


@pytest.mark.parametrize(("how", "cell", "price"), [
    ("1000", 45, 45_000), ("1000", "45", 45_000), ("1000", 45.5, 45_500), ("1000", "45,5", 45_500), ("1", 1500, 1500),
    ("1000", "45k", 45_000), ("", "45 nghìn", 45_000), ("", "45 ngàn đồng", 45_000), ("", "1,2 triệu", 1_200_000), ("", "1.250.000", 1_250_000),
])  # fmt: skip
def test_a_price_is_what_its_unit_makes_of_it(
    shop: Shop, tmp_path: Path, how: str, cell: Any, price: int
) -> None:
    choices = {(0, 2): ColumnChoice("price", how)} if how else {}
    (row,) = read(tmp_path, [*HEAD, "Giá"], ["Hộ mẫu", "Kẹo", cell], choices=choices).rows
    assert row.values["price"] == price


def test_a_price_of_a_part_is_refused_and_one_in_dong_asks_nothing(shop: Shop, tmp_path: Path) -> None:
    found = read(
        tmp_path, [*HEAD, "Giá (VNĐ)"], ["Hộ mẫu", "Kẹo", "45.000/100g"], ["Hộ mẫu", "Mứt", "60.000/kg"]
    )
    assert (found.questions, [row.says for row in found.rows]) == ((), ["price_per_amount", "add"])


@pytest.mark.parametrize(("heading", "options"), [
    ("SL (thùng)", ("pieces",)), ("SL (kg)", ("kg", "1")), ("Tồn kho (g)", ("g", "1")), ("SL (gói)", ()), ("Số lượng", ()),
])  # fmt: skip
def test_a_quantity_in_boxes_or_by_weight_is_asked(
    tmp_path: Path, heading: str, options: tuple[str, ...]
) -> None:
    (sheet,) = map_sheets(open_workbook(book(tmp_path, [[*HEAD, heading], ["Hộ mẫu", "Kẹo", 5]])))
    assert sheet.columns[2].field == "quantity"
    assert sheet.columns[2].options == options


def test_boxes_become_pieces_and_kilograms_a_weight(shop: Shop, tmp_path: Path) -> None:
    rows = [*HEAD, "Lô", "SL (thùng)"], ["Hộ mẫu", "Kẹo", "L1", 5]
    (row,) = read(tmp_path, *rows, choices={(0, 3): ColumnChoice("quantity", "12")}).rows
    assert row.values["quantity"] == 60_000
    rows = [*HEAD, "Lô", "SL (kg)"], ["Hộ mẫu", "Rau muống", "L1", 2.5]
    (row,) = read(tmp_path, *rows, choices={(0, 3): ColumnChoice("quantity", "kg")}).rows
    assert (row.values["quantity"], row.values["unit"]) == (2500, "kg")


def test_a_weight_takes_its_unit_from_the_heading_or_is_asked(shop: Shop, tmp_path: Path) -> None:
    (row,) = read(tmp_path, [*HEAD, "Khối lượng tịnh (g)"], ["Hộ mẫu", "Kẹo", 250]).rows
    assert row.values["net_content"] == (250_000, "g")
    assert ask(tmp_path, [*HEAD, "Khối lượng tịnh"], ["Hộ mẫu", "Kẹo", 250]) == [
        ("Khối lượng tịnh", "weight_unit")
    ]


def test_a_date_that_shows_its_month_only_ends_with_it(shop: Shop, tmp_path: Path) -> None:
    from openpyxl import Workbook

    made = Workbook()
    sheet = made.active
    assert sheet is not None
    sheet.append([*HEAD, "Lô", "HSD", "SL"])
    sheet.append(["Hộ mẫu", "Kẹo", "L1", datetime(2027, 2, 1), 5])
    sheet["D2"].number_format = "mm/yyyy"
    made.save(tmp_path / "m.xlsx")
    with open_reading() as session:
        found = make_preview(session, open_workbook(tmp_path / "m.xlsx"), TODAY)
    assert found.rows[0].values["expires_on"] == date(2027, 2, 28)
    assert found.columns[0][1][3].note == "month_last"


@pytest.mark.parametrize(("days", "asked", "first"), [
    (["05/03/2026", "07/04/2026"], True, None), (["05/03/2026", "25/04/2026"], False, date(2026, 3, 5)),
    (["05/03/2026", "04/25/2026"], False, date(2026, 5, 3)), (["05/05/2026", "06/06/2026"], False, date(2026, 5, 5)),
])  # fmt: skip
def test_the_order_of_day_and_month_is_told_by_a_day_above_12_or_asked(
    shop: Shop, tmp_path: Path, days: list[str], asked: bool, first: date | None
) -> None:
    found = read(
        tmp_path,
        [*HEAD, "Lô", "NSX", "SL"],
        *(["Hộ mẫu", f"Kẹo {n}", f"L{n}", day, 5] for n, day in enumerate(days)),
    )
    assert [column.question for column in found.questions] == ["day_order"] * asked
    if first:
        assert found.rows[0].values["made_on"] == first


def test_a_column_whose_days_contradict_each_other_is_asked_about(shop: Shop, tmp_path: Path) -> None:
    days = ["25/12/2026", "12/25/2026", "05/03/2026"]
    rows = (
        [*HEAD, "Lô", "HSD", "SL"],
        *(["Hộ mẫu", f"Kẹo {n}", f"L{n}", day, 5] for n, day in enumerate(days)),
    )
    assert [column.question for column in read(tmp_path, *rows).questions] == ["day_order"]
    answered = read(tmp_path, *rows, choices={(0, 3): ColumnChoice("expires_on", "dm")})
    assert [row.values.get("expires_on") for row in answered.rows] == [
        date(2026, 12, 25),
        None,
        date(2026, 3, 5),
    ]


def test_the_days_of_one_column_never_silence_a_question_of_another(shop: Shop, tmp_path: Path) -> None:
    rows = (
        [*HEAD, "Lô", "NSX", "HSD", "SL"],
        ["Hộ mẫu", "Kẹo A", "L1", "25/10/2026", "25/12/2026", 5],
        ["Hộ mẫu", "Kẹo B", "L2", "26/10/2026", datetime(2027, 1, 12), 5],
    )
    assert [column.question for column in read(tmp_path, *rows).questions] == ["days_swapped"]


@pytest.mark.parametrize("how", ["swap", "md", "dm"])
def test_the_order_of_days_is_asked_of_each_list_anew(shop: Shop, tmp_path: Path, how: str) -> None:
    rows = (
        [*HEAD, "Lô", "HSD", "SL"],
        ["Hộ mẫu", "Kẹo", "L1", "01/12/2027", 5],
        ["Hộ mẫu", "Kẹo", "L2", "02/11/2027", 5],
    )
    sheets = open_workbook(book(tmp_path, list(rows)))
    with unit_of_work() as session:
        remember_columns(session, sheets, {(0, 3): ColumnChoice("expires_on", how)}, MORNING)
    with open_reading() as session:
        recalled = recall_columns(session, sheets)
    assert recalled == {(0, 3): ColumnChoice("expires_on")}
    assert [column.question for column in read(tmp_path, *rows, choices=recalled).questions] == ["day_order"]


def test_an_end_beside_neither_lot_nor_paper_is_asked(tmp_path: Path) -> None:
    assert ask(tmp_path, [*HEAD, "Giá", "Hết hạn"], ["Hộ mẫu", "Kẹo", 45_000, date(2027, 1, 1)]) == [
        ("Hết hạn", "two_meanings")
    ]


def test_what_was_said_of_columns_is_remembered_for_the_same_headings(shop: Shop, tmp_path: Path) -> None:
    sheets = open_workbook(book(tmp_path, [[*HEAD, "Đơn giá", "Giá bán"], ["Hộ mẫu", "Kẹo", 40_000, 45_000]]))
    choices = {(0, 2): ColumnChoice("cost"), (0, 3): ColumnChoice("price", "1")}
    with unit_of_work() as session:
        remember_columns(session, sheets, choices, MORNING)
    other = open_workbook(
        book(tmp_path, [["CHỦ THỂ", "tên hàng", "Đơn giá", "Giá bán"], ["Hộ khác", "Mứt", 1, 2]])
    )
    changed = open_workbook(book(tmp_path, [[*HEAD, "Giá bán"], ["Hộ mẫu", "Kẹo", 45_000]]))
    with open_reading() as session:
        assert recall_columns(session, other) == choices
        assert recall_columns(session, changed) == {}
        assert session.scalar(select(func.count()).select_from(Product)) == 0


def test_days_that_excel_turned_round_are_asked_about_and_turned_back(shop: Shop, tmp_path: Path) -> None:
    rows = (
        [*HEAD, "Lô", "NSX", "SL"],
        ["Hộ mẫu", "Kẹo A", "L1", "25/10/2026", 5],
        ["Hộ mẫu", "Kẹo B", "L2", datetime(2026, 1, 11), 5],
    )
    found = read(tmp_path, *rows)
    assert [column.question for column in found.questions] == ["days_swapped"]
    turned = read(tmp_path, *rows, choices={(0, 3): ColumnChoice("made_on", "swap")})
    assert [row.values["made_on"] for row in turned.rows] == [date(2026, 10, 25), date(2026, 11, 1)]
    assert turned.questions == ()
