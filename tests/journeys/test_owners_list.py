"""The owner's own list, with all that is unclear in it: asked once, answered by clicks, written, and nothing typed is lost."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from playwright.sync_api import Browser, Page
from sqlalchemy import select

from pos.catalog.models import Product
from pos.kernel.database import open_reading
from pos.producers.terms import find_producer, find_terms
from pos.storeroom.announce import list_expected
from tests.conftest import TODAY, Served

from .conftest import sign_in

HEADINGS = (
    "STT",
    "Tên hàng",
    "Quy cách",
    "Đơn giá",
    "Giá bán",
    "Đơn vị",
    "SL",
    "HSD",
    "Kệ",
    "Chủ thể",
    "Hoa hồng",
    "Xã",
)
ROWS: tuple[tuple[Any, ...], ...] = (
    (1, "Chè lam gừng", "250 g", 40, 45, "gói", 20, datetime(2027, 3, 1), "Kệ gỗ", "Hộ Lan", "15%", "Đường Lâm"),
    (2, "Rổ tre", None, 100, 120, "chiếc", 5, None, "Kệ gỗ", "Hộ Lan", "15%", "Đường Lâm"),
    (3, "Trứng gà ta", "chục", 30, 35, "chục", 0, None, "Kệ gỗ", "Hộ Bình", None, "Đường Lâm"),
    (4, "Đặc sản Mông Phụ", "hộp", 80, 90, "hộp", 3, None, "Kệ gỗ", "Hộ Bình", None, "Đường Lâm"),
)  # fmt: skip


def write_list(folder: Path) -> Path:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["DANH SÁCH HÀNG (ĐVT: nghìn đồng)"])
    sheet.append(HEADINGS)
    for row in ROWS:
        sheet.append(row)
    for cell in sheet["H"][2:]:
        cell.number_format = "mm/yyyy"
    book.save(folder / "hang-htx.xlsx")
    return folder / "hang-htx.xlsx"


def take_picture(page: Page, name: str) -> None:
    for width, height in ((1366, 768), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{name} is wider than {width}"
        page.screenshot(path=f".artifacts/import-{name}-{width}.png", full_page=True)
    page.set_viewport_size({"width": 1366, "height": 768})


@pytest.mark.long
def test_an_unclear_list_is_asked_about_once_and_then_written(
    browser: Browser, served: Served, tmp_path: Path
) -> None:
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="vi-VN")
    page = context.new_page()
    page.set_default_timeout(8000)
    sign_in(page, served, "manager")
    page.goto(f"{served.base}/workbooks")
    take_picture(page, "start")
    page.set_input_files("#workbook", write_list(tmp_path))
    page.get_by_role("button", name="Xem trước").click()
    page.get_by_text("Có hai cột cùng nghĩa").wait_for()
    take_picture(page, "questions")
    page.get_by_label("giá bán: E").check()
    page.get_by_role("button", name="Trả lời xong").click()
    page.get_by_text("tính bằng đồng hay nghìn đồng").wait_for()
    page.get_by_label("nghìn đồng: 45 là").check()
    page.get_by_role("button", name="Trả lời xong").click()
    page.get_by_text("Cần trả lời").first.wait_for()
    take_picture(page, "rows")
    page.get_by_label("Chưa có nơi để nào tên “Kệ gỗ”").select_option("new:ocop")
    page.get_by_label("nghe tên chưa rõ").select_option("packaged_food")
    page.get_by_role("button", name="Trả lời xong").click()
    page.get_by_role("button", name="Ghi 4 dòng").wait_for()
    take_picture(page, "ready")
    page.select_option("select[name='deal.ho binh']", "consignment")
    page.fill("input[name='commission.ho binh']", "12,5")
    page.get_by_role("button", name="Ghi 4 dòng").click()
    page.get_by_text("Đã ghi 4 dòng").wait_for()
    take_picture(page, "written")
    context.close()
    with served.app.app_context(), open_reading() as session:
        kinds = dict(session.execute(select(Product.name_vi, Product.kind)).all())
        assert [kinds[row[1]] for row in ROWS] == ["packaged_food", "craft", "fresh_food", "packaged_food"]
        terms = [
            find_terms(session, find_producer(session, name).id, TODAY) for name in ("Hộ Lan", "Hộ Bình")
        ]  # type: ignore[union-attr]
        assert [each.commission_bp for each in terms if each] == [1500, 1250]
        waiting = [d for d in list_expected(session) if d.delivery_note == "Tồn đầu kỳ"]
        assert sum(len(delivery.lines) for delivery in waiting) == 3
