"""A row is compared with all that the books hold: goods sold no more too, and each fact as it would be written."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from pos.catalog.models import GoodsKind, Product
from pos.catalog.products import list_codes, save_product
from pos.importing.preview import RowPreview
from pos.kernel.database import open_reading, unit_of_work
from pos.producers.models import Producer
from tests.builders import a_delivery, a_maker, a_product, a_stocked_shop, gtin13
from tests.conftest import MANAGER, MORNING, TODAY, Shop

from .test_apply import preview, write


@pytest.fixture
def sold(shop: Shop) -> Product:
    """A product that was on the floor."""
    with unit_of_work() as session:
        return a_stocked_shop(session)


def keep(product: Product, **facts: Any) -> None:
    with unit_of_work() as session:
        kept = session.get_one(Product, product.id)
        for name, value in facts.items():
            setattr(kept, name, value)
        save_product(session, kept, list_codes(kept), by=MANAGER, at=MORNING)


@pytest.mark.parametrize(
    "cells",
    [
        {"Mã vạch": gtin13(1)},
        {"Mã hàng": "its own"},
        {"Tên hàng": "Chè lam gừng", "Quy cách": "1"},
        {"Mã vạch": gtin13(1), "Lô": "L9", "SL": 5, "Kệ": "Kệ OCOP"},
    ],
)
def test_what_is_sold_no_more_no_row_changes_unseen(
    sold: Product, tmp_path: Path, cells: dict[str, Any]
) -> None:
    keep(sold, archived=True)
    row = {"Chủ thể": "Hộ mẫu A", "Tên hàng": "Kẹo khác", "Quy cách": "2 kg", "Kiểu hàng": "craft"} | cells
    if "Mã hàng" in row:
        row["Mã hàng"] = sold.sku
    found = preview(tmp_path, tuple(row), tuple(row.values()))
    assert [(row.says, row.text) for row in found.rows] == [("sold_no_more", sold.name)]
    assert found.plan == []
    keep(sold, archived=False)
    with open_reading() as session:
        assert session.get_one(Product, sold.id).kind == GoodsKind.PACKAGED_FOOD


@pytest.mark.parametrize(
    ("before", "cell", "after"), [(55, "5,4", 54), (0, "0,9", 9), (54, "5,49", 54), (54, 5.4, 54)]
)
def test_alcohol_is_compared_as_it_is_written(
    sold: Product, tmp_path: Path, before: int, cell: object, after: int
) -> None:
    keep(sold, alcohol_permille=before)
    row = read_alcohol(tmp_path, sold, cell)
    assert row.values["alcohol"] == after
    assert row.says == ("same" if before == after else "needs_second_person")


def read_alcohol(folder: Path, product: Product, cell: object) -> RowPreview:
    head = ("Chủ thể", "Mã hàng", "Tên hàng", "Quy cách", "Độ cồn")
    return preview(folder, head, ("Hộ mẫu A", product.sku, "Chè lam gừng", "1", cell)).rows[0]


def test_what_was_never_on_the_floor_takes_the_alcohol_of_the_list(shop: Shop, tmp_path: Path) -> None:
    with unit_of_work() as session:
        product = a_product(session, a_maker(session), name="Rượu nếp", kind=GoodsKind.ALCOHOL)
        maker = session.get_one(Producer, product.producer_id).name
    head = ("Chủ thể", "Tên hàng", "Quy cách", "Độ cồn")
    write(preview(tmp_path, head, (maker, "Rượu nếp", product.pack, "29,5")))
    with open_reading() as session:
        assert session.get_one(Product, product.id).alcohol_permille == 295


HEAD = ("Chủ thể", "Tên hàng", "Quy cách", "Giá")


@pytest.fixture
def weighed(shop: Shop) -> Product:
    """Vegetables by weight that never came yet."""
    with unit_of_work() as session:
        return a_product(session, a_maker(session), name="Rau muống", unit="kg")


def unit_of(product: Product) -> str:
    with open_reading() as session:
        return session.get_one(Product, product.id).unit


def test_the_words_of_a_pack_never_make_pieces_of_weighed_goods(weighed: Product, tmp_path: Path) -> None:
    found = preview(tmp_path, HEAD, ("Hộ mẫu A", "Rau muống", weighed.pack, 30_000))
    assert [row.changes for row in found.rows] == [["price"]]
    write(found)
    assert unit_of(weighed) == "kg"


def test_a_list_changes_the_unit_only_of_what_never_came(weighed: Product, tmp_path: Path) -> None:
    head, row = (*HEAD, "ĐVT"), ("Hộ mẫu A", "Rau muống", weighed.pack, 30_000, "bó")
    assert preview(tmp_path, head, row).rows[0].says == "change"
    with unit_of_work() as session:
        a_delivery(
            session, session.get_one(Producer, weighed.producer_id), session.get_one(Product, weighed.id)
        )
    (found,) = preview(tmp_path, head, row).rows
    assert (found.says, found.text) == ("unit_fixed", "Rau muống")
    assert preview(tmp_path, head, (*row[:4], "kg")).rows[0].says == "change"


@pytest.mark.parametrize(
    ("unit", "pack"),
    [("gói", "gói"), ("Hộp", "Hộp"), ("chục", "chục"), ("vỉ", "vỉ"), ("cái", ""), ("chiếc", ""), ("kg", ""), ("piece", "")],
)  # fmt: skip
def test_the_word_for_the_unit_is_the_pack_of_goods_without_one(
    shop: Shop, tmp_path: Path, unit: str, pack: str
) -> None:
    head = ("Chủ thể", "Tên hàng", "Giá", "ĐVT", "Mã vạch")
    rows = [("Hộ mẫu", "Kẹo lạc", 20_000, unit, None), ("Hộ mẫu", "Kẹo dồi", 20_000, unit, gtin13(5))]
    write(preview(tmp_path, head, *rows))
    with open_reading() as session:
        assert [product.pack for product in session.scalars(select(Product))] == [pack, pack]
    assert [row.says for row in preview(tmp_path, head, *rows).rows] == ["same", "same"]


def test_goods_in_the_books_without_a_pack_are_meant_by_their_name(shop: Shop, tmp_path: Path) -> None:
    write(
        preview(tmp_path, HEAD, ("Hộ mẫu", "Kẹo lạc", None, 20_000), ("Hộ mẫu", "Kẹo dồi", "200 g", 20_000))
    )
    head = ("Chủ thể", "Tên hàng", "Giá", "ĐVT")
    found = preview(
        tmp_path, head, ("Hộ mẫu", "Kẹo lạc", 20_000, "gói"), ("Hộ mẫu", "Kẹo dồi", 20_000, "gói")
    )
    assert [row.says for row in found.rows] == ["same", "name_alike"]


def test_a_lot_without_a_day_of_making_is_named(shop: Shop, tmp_path: Path) -> None:
    head = (*HEAD, "Lô", "SL", "NSX")
    rows = [("Hộ mẫu", "Kẹo lạc", "200 g", 20_000, f"L{n}", 5, day) for n, day in enumerate((None, TODAY))]
    found = preview(tmp_path, head, *rows)
    assert [row.notes for row in found.rows] == [("made_on_missing",), ()]
