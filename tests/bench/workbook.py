"""A shop's whole list read from a workbook, judged, and written."""

import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from pos.importing.apply import apply_plan
from pos.importing.preview import make_preview
from pos.importing.workbook import open_workbook
from pos.kernel.actor import SYSTEM
from pos.kernel.clock import business_day
from pos.kernel.database import db, open_reading, unit_of_work

from .catalogue import PACKS, code_of, name_of
from .figures import Figure
from .shop import app_over
from .sizes import Sizes

MOST_SECONDS = 60
HEADINGS = (
    "Hộ sản xuất", "Tên hàng hoá", "Quy cách", "Mã vạch", "Nhóm", "Giá bán", "QĐ công nhận", "Ngày QĐ", "Hạng sao",
    "Lô", "NSX", "HSD", "Số lượng", "Nơi để", "Xuất xứ", "Phiếu giao hàng",
)  # fmt: skip


def measure(folder: Path, sizes: Sizes) -> list[Figure]:
    """From the file to the last row in the books of a new shop."""
    path = folder / "list.xlsx"
    today = business_day(datetime.now(UTC))
    _write_workbook(path, sizes.imported, today)
    with app_over(folder).app_context():
        begun = time.perf_counter()
        with open_reading() as session:
            found = make_preview(session, open_workbook(path), today)
        previewed = time.perf_counter()
        with unit_of_work() as session:
            apply_plan(session, found, by=SYSTEM, at=datetime.now(UTC), source=path.name)
        ended = time.perf_counter()
        db.engine.dispose()
    if len(found.plan) != sizes.imported:
        raise RuntimeError(f"the workbook's rows were read as {dict(found.counts)}")
    goods = f"{sizes.imported:,} products"
    return [
        Figure(f"workbook of {goods} previewed", previewed - begun, "s"),
        Figure(f"workbook of {goods} previewed and written", ended - begun, "s", MOST_SECONDS),
    ]


def _write_workbook(path: Path, products: int, today: date) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Hàng hoá")
    sheet.append(HEADINGS)
    for n in range(1, products + 1):
        sheet.append(_row(n, products, today))
    book.save(path)


def _row(n: int, products: int, today: date) -> list[Any]:
    """A product with its producer, price, certificate and opening lot, as people's own lists have them."""
    return [
        f"Hộ sản xuất mẫu {n % max(1, products // 20):04}", name_of(n), PACKS[n % len(PACKS)], code_of(n), "Thực phẩm",
        20_000 + n % 200 * 1000, f"{n}/QĐ-UBND", today - timedelta(days=100), 3 + n % 3, f"L{n:06}",
        today - timedelta(days=10), today + timedelta(days=200), 40, "Kệ OCOP", "Đường Lâm", f"PG{n:06}",
    ]  # fmt: skip
