"""Lists as KiotViet, Sapo and MISA eShop export them are read as they are: nothing is asked of a column."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from sqlalchemy import select

from pos.catalog.models import Product
from pos.importing.answers import ImportAnswers
from pos.importing.apply import apply_plan
from pos.importing.preview import ImportPreview, make_preview
from pos.importing.workbook import open_workbook
from pos.kernel.database import open_reading, unit_of_work
from pos.kernel.errors import Refused
from pos.maintenance.verify import verify_books
from pos.pricing.prices import find_price
from pos.producers.models import Producer
from pos.storeroom.announce import list_expected
from tests.conftest import MANAGER, MORNING, TODAY, Shop

from .old_excel import write_xls

Rows = Sequence[Sequence[Any]]
KIOTVIET: Rows = (
    ("Loại hàng", "Nhóm hàng(3 Cấp)", "Mã hàng", "Mã vạch", "Tên hàng hóa", "Thương hiệu", "Giá bán", "Giá vốn", "Tồn kho", "Tồn nhỏ nhất",
     "Tồn lớn nhất", "ĐVT", "Mã ĐVT Cơ bản", "Quy đổi", "Thuộc tính", "Mã HH Liên quan", "Hình ảnh (url1,url2...)", "Trọng lượng",
     "Đang kinh doanh", "Được bán trực tiếp", "Mô tả", "Mẫu ghi chú", "Vị trí", "Hàng thành phần"),
    ("Hàng hóa", "Thực phẩm>>Bánh kẹo", "KV0001", "9520000000011", "Chè lam gừng 250g", "Hộ Lan", 45000, 30000, 12, 0, 999999, "Gói", None, 1, None,
     None, "https://cdn.example.com/a.jpg", 250, 1, 1, None, None, None, None),
    ("Hàng hóa", "Thực phẩm>>Bánh kẹo", "KV0001-T", "9520000000028", "Chè lam gừng 250g", "Hộ Lan", 500000, 0, 1, 0, 999999, "Thùng", "KV0001", 12,
     None, None, None, 3000, 1, 1, None, None, None, None),
    ("Hàng hóa", "Đồ thủ công", "KV0002", "123456", "Rổ tre", None, 120000, 80000, 0, 0, 999999, "Chiếc", None, 1, None, None, None, 0, 1, 1, None,
     None, None, None),
    ("Dịch vụ", "Dịch vụ", "DV01", None, "Gói quà", None, 10000, 0, 0, 0, 0, "Lần", None, 1, None, None, None, 0, 1, 1, None, None, None, None),
    ("Hàng hóa", "Thực phẩm", "KV0003", None, "Kẹo cũ", "Hộ Lan", 20000, 0, 5, 0, 0, "Gói", None, 1, None, None, None, 0, 0, 1, None, None, None, None),
)  # fmt: skip
SAPO: Rows = (
    ("Tên sản phẩm*", "Hình thức quản lý sản phẩm", "Loại sản phẩm", "Nhãn hiệu", "Mô tả sản phẩm", "Tags", "Thuộc tính 1", "Giá trị thuộc tính 1",
     "Tên phiên bản sản phẩm", "Mã SKU*", "Barcode", "Khối lượng", "Đơn vị khối lượng", "Ảnh đại diện", "Đơn vị", "Áp dụng thuế",
     "LC_CN1_Tồn kho ban đầu*", "LC_CN1_Giá vốn khởi tạo", "PL_Giá bán lẻ", "PL_Giá bán buôn", "PL_Giá nhập"),
    ("Mật ong", "Sản phẩm thường", "Thực phẩm", "Hộ Bình", None, None, "Dung tích", "500 ml", "Mật ong - 500 ml", "SA1", "9520000000035", 700, "g",
     None, "Chai", "Không", 10, 90000, 180000, 150000, 100000),
    (None, None, None, None, None, None, None, "1 lít", "Mật ong - 1 lít", "SA2", None, 1400, "g", None, "Chai", "Không", 4, 170000, 340000, 300000, 190000),
)  # fmt: skip
MISA: Rows = (
    ("Mã SKU", "Mã vạch", "Tên hàng hóa", "Nhóm hàng hóa", "Đơn vị tính", "Giá mua", "Giá bán", "Tồn kho", "Thương hiệu", "Trạng thái"),
    ("MS1", "9520000000042", "Tương nếp", "Gia vị", "Chai", 30000, 60000, 7, "Hộ Cúc", "Đang kinh doanh"),
    ("MS2", None, "Trứng gà ta", "Tươi sống", "Quả", 3000, 4500, 0, "Hộ Cúc", "Đang kinh doanh"),
    ("MS3", None, "Kẹo cũ", "Bánh kẹo", "Gói", 10000, 20000, 3, "Hộ Cúc", "Ngừng kinh doanh"),
)  # fmt: skip


def as_xlsx(rows: Rows) -> bytes:
    from io import BytesIO

    made, content = Workbook(), BytesIO()
    assert made.active is not None
    for row in rows:
        made.active.append(row)
    made.save(content)
    return content.getvalue()


def as_csv(rows: Rows, separator: str = ",", letters: str = "utf-8-sig") -> bytes:
    lines = (
        separator.join(
            "" if cell is None else f'"{cell}"' if separator in str(cell) else str(cell) for cell in row
        )
        for row in rows
    )
    return "\r\n".join(lines).encode(letters)


def as_page(rows: Rows) -> bytes:
    cells = ("".join(f"<td>{'' if cell is None else cell}</td>" for cell in row) for row in rows)
    return f"<html><meta charset='utf-8'><table>{''.join(f'<tr>{row}</tr>' for row in cells)}</table></html>".encode()


FORMATS: dict[str, Callable[[Rows], bytes]] = {
    "xlsx": as_xlsx, "xls": write_xls, "csv": as_csv, "semicolons": lambda rows: as_csv(rows, ";"), "tabs in UTF-16": lambda rows: as_csv(rows, "\t", "utf-16"),
    "UTF-8 without a mark": lambda rows: as_csv(rows, ",", "utf-8"), "a page called xls": as_page, "xlsx called xls": as_xlsx,
}  # fmt: skip


def read(folder: Path, content: bytes, answers: ImportAnswers | None = None) -> ImportPreview:
    (folder / "list.xls").write_bytes(content)
    with open_reading() as session:
        return make_preview(session, open_workbook(folder / "list.xls"), TODAY, answers=answers)


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize(("rows", "name", "says"), [
    (KIOTVIET, "KiotViet", ["add", "other_unit", "producer_missing", "not_goods", "not_sold"]), (SAPO, "Sapo", ["add", "add"]),
    (MISA, "MISA eShop", ["add", "add", "not_sold"]),
], ids=["KiotViet", "Sapo", "MISA"])  # fmt: skip
def test_a_list_is_read_as_it_is(
    shop: Shop, tmp_path: Path, rows: Rows, name: str, says: list[str], form: str
) -> None:
    found = read(tmp_path, FORMATS[form](rows))
    assert found.programs == (name,)
    assert found.questions == ()
    assert [row.says for row in found.rows] == says


def test_kiotviet_s_goods_are_what_they_were_there(shop: Shop, tmp_path: Path) -> None:
    found = read(tmp_path, as_xlsx(KIOTVIET), ImportAnswers(producer_of_rest="HTX Mông Phụ"))
    assert [row.says for row in found.rows] == ["add", "other_unit", "add", "not_goods", "not_sold"]
    assert found.rows[2].notes == ("barcode_left",)
    assert {(deal.name, deal.agreed.deal if deal.agreed else None) for deal in found.deals} == {
        ("Hộ Lan", "firm"), ("HTX Mông Phụ", "firm"),
    }  # fmt: skip
    with unit_of_work() as session:
        apply_plan(session, found, by=MANAGER, at=MORNING, source="kv.xlsx")
    with open_reading() as session:
        goods = {p.sku: p for p in session.scalars(select(Product))}
        assert {sku: (p.name_vi, p.kind, p.unit) for sku, p in goods.items()} == {
            "KV0001": ("Chè lam gừng 250g", "packaged_food", "piece"), "KV0002": ("Rổ tre", "craft", "piece"),
        }  # fmt: skip
        assert find_price(session, goods["KV0001"].id, TODAY) == 45_000
        assert session.get_one(Producer, goods["KV0002"].producer_id).name == "HTX Mông Phụ"
        (delivery,) = list_expected(session)
        assert [(line.product_id, line.quantity_milli) for line in delivery.lines] == [
            (goods["KV0001"].id, 12_000)
        ]
        assert verify_books(session) == []


def test_sapo_s_variants_are_products_of_their_own(shop: Shop, tmp_path: Path) -> None:
    found = read(tmp_path, as_xlsx(SAPO))
    assert [(row.values["name_vi"], row.values["price"], row.values["producer_name"]) for row in found.rows] == [
        ("Mật ong - 500 ml", 180_000, "Hộ Bình"), ("Mật ong - 1 lít", 340_000, "Hộ Bình"),
    ]  # fmt: skip


def test_old_letters_of_windows_are_read(shop: Shop, tmp_path: Path) -> None:
    """cp1258 writes a tone as a letter of its own behind the vowel."""
    import unicodedata

    plain = "Chủ thể,Tên hàng,Giá bán\nHộ mẫu,Kẹo lạc,20000\n"
    decomposed = "".join(_to_1258(c) for c in unicodedata.normalize("NFC", plain))
    found = read(tmp_path, decomposed.encode("cp1258"))
    assert [(row.says, row.name) for row in found.rows] == [("add", "Kẹo lạc")]


def _to_1258(letter: str) -> str:
    import unicodedata

    try:
        letter.encode("cp1258")
    except UnicodeEncodeError:
        parts = unicodedata.normalize("NFD", letter)
        tones = [part for part in parts[1:] if part in "\u0300\u0301\u0303\u0309\u0323"]
        rest = unicodedata.normalize("NFC", "".join(part for part in parts if part not in tones))
        return rest + "".join(tones)
    return letter


def test_signs_and_lines_within_a_cell_part_no_cells(shop: Shop, tmp_path: Path) -> None:
    text = 'Chủ thể,Tên hàng,Giá bán,Câu chuyện\nHộ mẫu,"Kẹo, lạc",20000,"a;b;c;d;e;f\nhai dòng"\n'
    (row,) = read(tmp_path, text.encode()).rows
    assert (row.says, row.name, row.values["price"], row.values["story_vi"]) == (
        "add",
        "Kẹo, lạc",
        20_000,
        "a;b;c;d;e;f hai dòng",
    )


@pytest.mark.parametrize("content", [
    b"", b"%PDF-1.4 nothing", bytes(range(256)) * 20, write_xls([("a", "b")])[:700], b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(3000),
    b"<html><p>no table</p></html>", b"PK\x03\x04 broken", b"a,b\n1,2\n",
])  # fmt: skip
def test_what_is_no_list_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.xls").write_bytes(content)
    with pytest.raises(Refused, match="workbook_odd"):
        open_workbook(tmp_path / "x.xls")


def test_variants_of_one_name_are_told_apart(shop: Shop, tmp_path: Path) -> None:
    head = KIOTVIET[0]
    variants = [
        tuple({"Mã hàng": sku, "Tên hàng hóa": "Mật ong", "Thương hiệu": "Hộ Bình", "Giá bán": price, "Thuộc tính": f"Dung tích:{size}",
               "Đang kinh doanh": 1}.get(heading) for heading in head)
        for sku, size, price in (("A1", "250ml", 90_000), ("A2", "500ml", 170_000))
    ]  # fmt: skip
    found = read(tmp_path, as_xlsx([head, *variants]))
    assert [(row.says, row.values["pack"]) for row in found.rows] == [("add", "250ml"), ("add", "500ml")]
    head = (
        "Mã SKU",
        "Tên hàng hóa",
        "Nhóm hàng hóa",
        "Đơn vị tính",
        "Giá mua",
        "Giá bán",
        "Tồn kho ban đầu",
        "Thương hiệu",
        "Là mẫu mã",
        "Thuộc tính",
    )
    rows = [
        (None, "Trà sen", "Trà", "Hộp", 50_000, 90_000, None, "Hộ Cúc", "Có", None), ("T1", None, None, None, None, None, 4, None, None, "100 g"),
        ("T2", None, None, None, None, 170_000, 2, None, None, "200 g"),
    ]  # fmt: skip
    found = read(tmp_path, as_xlsx([head, *rows]))
    assert [(row.says, row.values.get("name_vi"), row.values.get("pack"), row.values.get("price")) for row in found.rows[1:]] == [
        ("add", "Trà sen", "100 g", 90_000), ("add", "Trà sen", "200 g", 170_000),
    ]  # fmt: skip
    assert found.rows[0].says == "model_row"
