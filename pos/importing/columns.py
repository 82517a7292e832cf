"""importing/columns.py — which column is which, by the headings that people write."""

from collections.abc import Sequence
from typing import Any

from ..kernel.text import fold_text

# field: the heading that an export writes first, then others that people use. Compared without accents.
HEADINGS: dict[str, tuple[str, ...]] = {
    "producer_name": ("Chủ thể", "Tên hộ SX", "Hộ sản xuất", "Tên chủ thể", "Cơ sở sản xuất", "Nhà sản xuất", "Đơn vị", "Producer", "Tên hộ", "Hộ SX", "Hộ", "Chủ thể OCOP", "Tên cơ sở", "Cơ sở"),
    "producer_address": ("Địa chỉ", "Địa chỉ hộ SX", "Address"),
    "producer_phone": ("SĐT", "Điện thoại", "Số điện thoại", "Phone"),
    "sku": ("Mã hàng", "Mã sản phẩm", "Mã SP", "SKU"),
    "name_vi": ("Tên hàng hoá", "Tên hàng", "Tên sản phẩm", "Sản phẩm", "Tên SP", "Hàng hoá", "Product", "Name", "Mặt hàng", "Tên mặt hàng", "Tên"),
    "pack": ("Quy cách", "Đóng gói", "Pack", "Quy cách đóng gói"),
    "unit": ("Bán theo", "Đơn vị tính", "ĐVT", "Unit"),
    "name_en": ("Tên tiếng Anh", "English name"),
    "barcode": ("Mã vạch", "Barcode", "GTIN", "EAN", "Mã vạch EAN", "Mã số mã vạch", "Mã EAN"),
    "group_code": ("Nhóm", "Nhóm hàng", "Group"),
    "goods_class": ("Hạng", "Loại hàng", "Class"),
    "kind": ("Kiểu hàng", "Kind"),
    "net_content": ("Khối lượng tịnh", "Net content"),
    "storage": ("Bảo quản", "Storage"),
    "ingredients": ("Thành phần", "Ingredients"),
    "allergens": ("Dị ứng", "Chất gây dị ứng", "Allergens"),
    "story_vi": ("Câu chuyện", "Story"),
    "story_en": ("Câu chuyện tiếng Anh", "Story in English"),
    "alcohol": ("Độ cồn", "Alcohol"),
    "label_entries": ("Nhãn đã kiểm", "Label"),
    "vat_category": ("Thuế GTGT", "VAT"),
    "place": ("Nơi để", "Vị trí", "Kệ", "Place"),
    "price": ("Giá bán", "Giá", "Đơn giá", "Giá bán lẻ", "Giá niêm yết", "Price", "Giá bán VNĐ", "Giá VNĐ", "Giá tiền", "Giá bán đồng"),
    "price_starts": ("Giá từ ngày", "Áp dụng từ", "Price from"),
    "paper_kind": ("Loại giấy", "Kind of paper"),
    "paper_number": ("QĐ công nhận", "Số quyết định", "Số giấy", "Quyết định", "Số QĐ", "Giấy chứng nhận", "Số GCN", "Decision", "Số QĐ công nhận", "Quyết định công nhận", "QĐ", "Số quyết định công nhận", "GCN", "Giấy chứng nhận OCOP"),
    "paper_issuer": ("Nơi cấp", "Cơ quan cấp", "Issuer"),
    "paper_issued": ("Ngày QĐ", "Ngày cấp", "Ngày quyết định", "Ngày ký", "Issued", "Ngày công nhận", "Ngày ký QĐ", "Ngày ban hành", "Ngày QĐ công nhận"),
    "paper_starts": ("Hiệu lực từ", "Good from"),
    "revoked_on": ("Thu hồi từ", "Withdrawn on"),
    "revoked_by": ("Theo QĐ thu hồi", "Withdrawn by"),
    "banned": ("Cấm bán", "Banned"),
    "suspended_on": ("Tạm dừng từ", "Suspended since"),
    "suspended_why": ("Lý do tạm dừng", "Why suspended"),
    "held_because": ("Dừng bán vì", "Stopped because"),
    "paper_ends": ("Hiệu lực đến", "Hết hạn", "Ngày hết hạn", "Good until"),
    "stars": ("Sao", "Hạng sao", "Số sao", "Stars", "Số sao OCOP", "Sao OCOP", "Hạng sao OCOP", "Xếp hạng", "Hạng OCOP"),
    "name_written": ("Tên ghi trên giấy", "Name as written"),
    "lot_number": ("Lô", "Số lô", "Lot", "Số lô SX", "Lô hàng", "Số lô sản xuất", "Lô SX"),
    "made_on": ("NSX", "Ngày sản xuất", "Made on", "Ngày SX"),
    "expires_on": ("HSD", "Hạn sử dụng", "Best before", "Hạn dùng", "Hạn SD", "Ngày hết hạn SD"),
    "quantity": ("Số lượng", "SL", "Tồn", "Tồn kho", "Quantity", "Số lượng tồn", "SL tồn", "Tồn đầu kỳ"),
    "origin_place": ("Xuất xứ", "Origin"),
    "delivery_note": ("Phiếu giao hàng", "Phiếu giao", "Delivery note"),
    "ignored": ("STT", "TT", "No", "Ghi chú", "Note"),
}  # fmt: skip

_BY_HEADING = {fold_text(text): name for name, texts in HEADINGS.items() for text in texts}
# An end of a paper to one reader, of a lot to another. Beside columns of a lot alone it is the lot's, beside those of a
# paper alone the paper's; beside both nobody can tell, and it is asked.
ENDS_OF_WHAT = {
    fold_text(text) for text in ("Hết hạn", "Ngày hết hạn", "Ngày hết hiệu lực", "Good until", "Ends")
}
UNCLEAR_END = "unclear_end"
_OF_LOT = {"lot_number", "made_on", "quantity", "delivery_note"}
_OF_PAPER = {"paper_kind", "paper_number", "paper_issued", "paper_issuer", "paper_starts"}
SEARCHED_ROWS = 30
LEAST_COLUMNS = 2


def find_field(heading: Any) -> str | None:
    """The field that a heading names: accents, case, spaces and a unit in brackets make no difference."""
    if not isinstance(heading, str):
        return None
    key = fold_text(heading)
    without_brackets = fold_text(heading.split("(")[0])
    return _BY_HEADING.get(key) or _BY_HEADING.get(without_brackets)


def _settle_ends(row: Sequence[Any], fields: dict[int, str]) -> None:
    """What a heading like "Ngày hết hạn" is the end of, by the columns that it has beside it."""
    for column, name in fields.items():
        if name != "paper_ends" or fold_text(row[column].split("(")[0]) not in ENDS_OF_WHAT:
            continue
        others = set(fields.values())
        has_lot, has_paper = bool(others & _OF_LOT), bool(others & _OF_PAPER)
        if "expires_on" not in others and has_lot:
            fields[column] = UNCLEAR_END if has_paper else "expires_on"


def find_heading(rows: Sequence[Sequence[Any]]) -> tuple[int, dict[int, str]] | None:
    """Index of the heading row among the first thirty, and field by column; None if there is none.

    Titles, merged cells and blank rows may stand above it: it is the row that names the most fields.
    """
    best: tuple[int, dict[int, str]] | None = None
    for n, row in enumerate(rows[:SEARCHED_ROWS]):
        fields: dict[int, str] = {}
        for column, cell in enumerate(row):
            name = find_field(cell)
            if name and name not in fields.values():
                fields[column] = name
        _settle_ends(row, fields)
        useful = {name for name in fields.values() if name != "ignored"}
        if len(useful) >= LEAST_COLUMNS and (best is None or len(fields) > len(best[1])):
            best = (n, fields)
    return best
