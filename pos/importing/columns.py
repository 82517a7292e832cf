"""importing/columns.py — which column is which, by the headings that people write."""

from collections.abc import Sequence
from typing import Any

from ..kernel.text import fold_text

# field: the heading that an export writes first, then others that people use. Compared without accents.
HEADINGS: dict[str, tuple[str, ...]] = {
    "producer_name": ("Chủ thể", "Tên hộ SX", "Hộ sản xuất", "Tên chủ thể", "Cơ sở sản xuất", "Nhà sản xuất", "Producer", "Tên hộ", "Hộ SX", "Hộ", "Chủ thể OCOP", "Tên cơ sở", "Cơ sở", "Đơn vị sản xuất", "Nhà cung cấp", "Người sản xuất", "Thương hiệu", "Nhãn hiệu"),
    "producer_address": ("Địa chỉ", "Địa chỉ hộ SX", "Address"),
    "producer_phone": ("SĐT", "Điện thoại", "Số điện thoại", "Phone"),
    "sku": ("Mã hàng", "Mã sản phẩm", "Mã SP", "SKU", "Mã SKU"),
    "name_vi": ("Tên hàng hoá", "Tên hàng", "Tên sản phẩm", "Sản phẩm", "Tên SP", "Hàng hoá", "Product", "Name", "Mặt hàng", "Tên mặt hàng", "Tên"),
    "pack": ("Quy cách", "Đóng gói", "Pack", "Quy cách đóng gói"),
    "unit": ("Bán theo", "Đơn vị tính", "ĐVT", "Unit"),
    "name_en": ("Tên tiếng Anh", "English name"),
    "barcode": ("Mã vạch", "Barcode", "GTIN", "EAN", "Mã vạch EAN", "Mã số mã vạch", "Mã EAN"),
    "group_code": ("Nhóm", "Nhóm hàng", "Group"),
    "goods_class": ("Hạng", "Loại hàng", "Class"),
    "kind": ("Kiểu hàng", "Kind"),
    "net_content": ("Khối lượng tịnh", "Net content", "Khối lượng", "Trọng lượng", "Trọng lượng tịnh", "Thể tích", "Dung tích", "Net weight"),
    "storage": ("Bảo quản", "Storage"),
    "ingredients": ("Thành phần", "Ingredients"),
    "allergens": ("Dị ứng", "Chất gây dị ứng", "Allergens"),
    "story_vi": ("Câu chuyện", "Story"),
    "story_en": ("Câu chuyện tiếng Anh", "Story in English"),
    "alcohol": ("Độ cồn", "Alcohol"),
    "label_entries": ("Nhãn đã kiểm", "Label"),
    "vat_category": ("Thuế GTGT", "VAT"),
    "place": ("Nơi để", "Vị trí", "Kệ", "Place"),
    "price": ("Giá bán", "Giá", "Đơn giá", "Giá bán lẻ", "Giá niêm yết", "Price", "Giá bán VNĐ", "Giá VNĐ", "Giá tiền", "Giá bán đồng", "Giá bán ra"),
    "cost": ("Giá vốn", "Giá nhập", "Giá mua", "Cost"),
    "commission": ("Hoa hồng", "% hoa hồng", "Chiết khấu", "% chiết khấu", "Tỷ lệ hoa hồng", "Hoa hồng %", "Commission"),
    "picture": ("Ảnh", "Hình ảnh", "Tên ảnh", "File ảnh", "Tệp ảnh", "Ảnh sản phẩm", "Hình", "Picture", "Photo"),
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
    "quantity": ("Số lượng", "SL", "Tồn", "Tồn kho", "Quantity", "Số lượng tồn", "SL tồn", "Tồn đầu kỳ", "Số lượng đầu kỳ", "Tồn hiện tại"),
    "origin_place": ("Xuất xứ", "Origin"),
    "delivery_note": ("Phiếu giao hàng", "Phiếu giao", "Delivery note"),
    "ignored": ("STT", "TT", "No", "Ghi chú", "Note", "Số thứ tự"),
}  # fmt: skip

# What other programs' lists say besides, which no heading of people's own lists means.
OTHER_FIELDS = (
    "variant_words",
    "is_model",
    "variant_name",
    "goods_type",
    "is_sold",
    "other_unit_of",
    "group_words",
    "picture_address",
)
FIELDS = (*(name for name in HEADINGS if name != "ignored"), *OTHER_FIELDS)
NOT_READ = "ignored"  # a column without meaning here, or one that a person passes over

_BY_HEADING = {fold_text(text): name for name, texts in HEADINGS.items() for text in texts}
UNIT_WORDS = frozenset({
    "vnd", "dong", "d", "nghin", "ngan", "1000d", "1000", "1", "000", "000d", "k", "trieu", "usd", "kg", "g", "gram", "gam",
    "ml", "lit", "l", "goi", "chai", "hop", "thung", "ket", "loc", "bao", "cai", "chiec", "dvt", "don", "vi", "tinh",
})  # fmt: skip
# "Đơn vị" is whose goods they are to one reader, what they are sold by to another: its cells tell.
TWO_MEANINGS = {"don vi": ("producer_name", "unit"), "unit": ("unit", "producer_name")}
# An end of a paper to one reader, of a lot to another. Beside columns of a lot alone it is the lot's, beside those of a
# paper alone the paper's; beside both or neither nobody can tell, and it is asked.
ENDS_OF_WHAT = {
    fold_text(text) for text in ("Hết hạn", "Ngày hết hạn", "Ngày hết hiệu lực", "Good until", "Ends")
}
UNCLEAR_END = "unclear_end"
OF_LOT = frozenset({"lot_number", "made_on", "quantity", "delivery_note"})
OF_PAPER = frozenset({"paper_kind", "paper_number", "paper_issued", "paper_issuer", "paper_starts"})
SEARCHED_ROWS = 30
LEAST_COLUMNS = 2


def find_field(heading: Any) -> str | None:
    """The field that a heading names: accents, case, spaces and a unit in brackets or after it make no difference."""
    if not isinstance(heading, str):
        return None
    key = fold_text(heading)
    if key in TWO_MEANINGS:
        return TWO_MEANINGS[key][0]
    found = _BY_HEADING.get(key) or _BY_HEADING.get(fold_text(heading.split("(")[0]))
    words = key.split()
    while found is None and len(words) > 1 and words[-1] in UNIT_WORDS:
        words.pop()
        found = _BY_HEADING.get(" ".join(words))
    return found


def is_end_of_what(heading: str) -> bool:
    """Is it an end that may be a paper's or a lot's?"""
    return fold_text(heading.split("(", maxsplit=1)[0]) in ENDS_OF_WHAT


def find_heading(rows: Sequence[Sequence[Any]]) -> int | None:
    """Index of the heading row among the first thirty; None if there is none.

    Titles, merged cells and blank rows may stand above it: it is the row that names the most fields.
    """
    best, most = None, 0
    for n, row in enumerate(rows[:SEARCHED_ROWS]):
        named = [name for name in map(find_field, row) if name]
        useful = {name for name in named if name != NOT_READ}
        if len(useful) >= LEAST_COLUMNS and len(set(named)) > most:
            best, most = n, len(set(named))
    return best
