"""No row of a workbook changes, alone, what the gate judges goods by that were on the floor, whatever else it is about."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from sqlalchemy import select

from pos.admission.models import Paper, PaperKind
from pos.admission.papers import CoveredProduct, save_paper
from pos.catalog.models import Product
from pos.importing.apply import apply_plan
from pos.importing.preview import RowPreview, make_preview
from pos.importing.workbook import open_workbook
from pos.kernel.actor import SYSTEM
from pos.kernel.database import open_reading, unit_of_work
from pos.producers.models import Producer
from tests.builders import a_product, a_stocked_shop, gtin13
from tests.conftest import MANAGER, MORNING, TODAY, Shop

ISSUED = TODAY - timedelta(days=800)
NEW_ISSUED = TODAY - timedelta(days=10)
GOODS = (
    "Chủ thể",
    "Tên hàng",
    "Quy cách",
    "Mã vạch",
    "Giá bán",
    "Sao",
    "Số QĐ",
    "Ngày QĐ",
    "Hiệu lực đến",
    "Tên ghi trên giấy",
)
PAPERS = ("Loại giấy", "Số giấy", "Ngày cấp", "Hiệu lực đến", "Chủ thể", "Mã SP", "Sao")  # fmt: skip


def read(folder: Path, headings: tuple[str, ...], **cells: Any) -> tuple[RowPreview, list[tuple[Any, ...]]]:
    """What the preview says of one row, with the box for moved ends ticked; then every paper after its plan."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(headings)
    sheet.append([cells.get(heading) for heading in headings])
    book.save(folder / "b.xlsx")
    sheets = open_workbook(folder / "b.xlsx")
    with unit_of_work() as session:
        found = make_preview(session, sheets, TODAY, may_move_ends=True)
        apply_plan(session, found, by=MANAGER, at=MORNING, source="b")
    with open_reading() as session:
        papers = [(p.number, p.issued, p.starts, p.ends, [(c.product_id, c.stars, c.name_written) for c in p.covers])
                  for p in session.scalars(select(Paper).order_by(Paper.id))]  # fmt: skip
    return found.rows[0], papers


@pytest.fixture
def sold(shop: Shop) -> Product:
    """A product on the floor, its certificate `1/QĐ`, its maker's food safety paper `2/ATTP` and the shop's licence `3/GP`."""
    with unit_of_work() as session:
        product = a_stocked_shop(session)
        maker = session.get_one(Producer, product.producer_id)
        unsold = a_product(session, maker, 2, name="Kẹo lạc")
        for kind, number, producer_id, covers in (
            (PaperKind.RECOGNITION, "1/QĐ", maker.id, [CoveredProduct(product.id, 3, "Bánh gai")]),
            (PaperKind.FOOD_SAFETY, "2/ATTP", maker.id, []),
            (PaperKind.SHOP_ALCOHOL_LICENCE, "3/GP", None, []),
            (PaperKind.RECOGNITION, "4/QĐ", maker.id, [CoveredProduct(unsold.id, 3)]),
        ):
            paper = Paper(kind=kind, number=number, issued=ISSUED, producer_id=producer_id)
            save_paper(session, paper, covers, by=SYSTEM, at=MORNING)
    return product


SAME = {
    "Quy cách": "1",
    "Tên hàng": "Chè lam gừng",
    "Mã vạch": gtin13(1),
    "Giá bán": 45_000,
    "Số QĐ": "1/QĐ",
    "Ngày QĐ": ISSUED,
    "Chủ thể": "Hộ mẫu A",
}
NEW = SAME | {"Tên hàng": "Kẹo chưa có", "Mã vạch": gtin13(77)}


@pytest.mark.parametrize(
    ("headings", "cells"),
    [
        (GOODS, SAME | {"Ngày QĐ": NEW_ISSUED}),
        (GOODS, NEW | {"Ngày QĐ": NEW_ISSUED}),
        (GOODS, NEW | {"Ngày QĐ": NEW_ISSUED, "Hiệu lực đến": TODAY + timedelta(days=900)}),
        (GOODS, NEW | {"Hiệu lực đến": ISSUED + timedelta(days=100)}),
        (GOODS, SAME | {"Sao": 5}),
        (GOODS, SAME | {"Tên ghi trên giấy": "Chè lam gừng"}),
        (PAPERS, {"Loại giấy": "food_safety", "Số giấy": "2/ATTP", "Ngày cấp": NEW_ISSUED, "Chủ thể": "Hộ mẫu A"}),
        (PAPERS, {"Loại giấy": "shop_alcohol_licence", "Số giấy": "3/GP", "Ngày cấp": NEW_ISSUED}),
        (PAPERS, {"Loại giấy": "shop_alcohol_licence", "Số giấy": "3 / gp", "Ngày cấp": ISSUED,
                  "Hiệu lực đến": TODAY + timedelta(days=200)}),
    ],
)  # fmt: skip
def test_a_row_that_would_change_them_needs_a_second_person(
    sold: Product, tmp_path: Path, headings: tuple[str, ...], cells: dict[str, Any]
) -> None:
    with open_reading() as session:
        before = [(p.number, p.issued, p.ends) for p in session.scalars(select(Paper).order_by(Paper.id))]
    row, papers = read(tmp_path, headings, **cells)
    assert row.says == "needs_second_person", row
    assert row.floor_change is not None
    assert row.text == row.floor_change.name
    assert row.floor_change.paper_id
    assert row.floor_change.facts, "what the books have, and what the row says"
    assert all(in_books != in_row for _name, in_books, in_row in row.floor_change.facts)
    assert [(number, issued, ends) for number, issued, _starts, ends, _covers in papers] == before


def test_a_paper_of_all_goods_is_not_narrowed_to_one(sold: Product, tmp_path: Path) -> None:
    row, papers = read(tmp_path, PAPERS, **{"Loại giấy": "food_safety", "Số giấy": "2/ATTP", "Ngày cấp": ISSUED,
                                            "Chủ thể": "Hộ mẫu A", "Mã SP": sold.sku})  # fmt: skip
    assert row.says == "needs_second_person"
    assert ("2/ATTP", []) in [(paper[0], paper[-1]) for paper in papers]


def test_what_was_never_on_the_floor_one_person_changes(sold: Product, tmp_path: Path) -> None:
    row, papers = read(
        tmp_path,
        GOODS,
        **NEW
        | {
            "Tên hàng": "Kẹo lạc",
            "Quy cách": "2",
            "Mã vạch": gtin13(2),
            "Số QĐ": "4/QĐ",
            "Ngày QĐ": NEW_ISSUED,
            "Sao": 4,
        },
    )
    assert row.says == "change"
    assert ("4/QĐ", NEW_ISSUED) in [paper[:2] for paper in papers]


def test_a_new_product_joins_a_paper_that_is_as_the_books_have_it(sold: Product, tmp_path: Path) -> None:
    row, papers = read(tmp_path, GOODS, **NEW | {"Sao": 3})
    assert row.says in {"add", "add_but_inadmissible"}
    (covers,) = (paper[-1] for paper in papers if paper[0] == "1/QĐ")
    assert [cover[1] for cover in covers] == [3, 3]
    assert covers[0] == (sold.id, 3, "Bánh gai")


@pytest.mark.parametrize("kind", ["food_safety", "shop_alcohol_licence", "cosmetic_notice"])
def test_a_limited_paper_needs_a_day_to_count_from(sold: Product, tmp_path: Path, kind: str) -> None:
    named = {"Loại giấy": kind, "Số giấy": "9/X", "Chủ thể": "Hộ mẫu A", "Mã SP": sold.sku}
    assert read(tmp_path, PAPERS, **named)[0].says == "issued_missing"
    assert read(tmp_path, PAPERS, **named | {"Hiệu lực đến": date(2027, 1, 1)})[0].says == "add"


@pytest.mark.parametrize("by", ["Mã SP", "Mã vạch"])
def test_a_paper_without_a_producer_is_its_products_and_gets_no_twin(
    sold: Product, tmp_path: Path, by: str
) -> None:
    headings = ("Loại giấy", "Số giấy", "Ngày cấp", "Hiệu lực đến", by, "Sao")
    cells = {"Loại giấy": "recognition", "Số giấy": "1/QĐ", "Ngày cấp": NEW_ISSUED, "Sao": 5}
    row, papers = read(tmp_path, headings, **cells, **{by: sold.sku if by == "Mã SP" else gtin13(1)})
    assert row.says == "needs_second_person", row
    assert [paper[0] for paper in papers].count("1/QĐ") == 1
    read(tmp_path, headings, **cells | {"Số giấy": "9/QĐ"}, **{by: sold.sku if by == "Mã SP" else gtin13(1)})
    with open_reading() as session:
        fresh = session.scalars(select(Paper).where(Paper.number == "9/QĐ")).one()
        assert fresh.producer_id == sold.producer_id
