"""A shop's whole list read from a workbook, judged, and written."""

import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Thread
from typing import Any

from openpyxl import Workbook
from sqlalchemy import Engine

from pos.importing.apply import apply_plan
from pos.importing.own_process import write_list
from pos.importing.preview import ImportPreview, make_preview
from pos.importing.workbook import open_workbook
from pos.kernel.actor import SYSTEM
from pos.kernel.clock import business_day
from pos.kernel.database import db, open_reading, unit_of_work

from .catalogue import PACKS, code_of, fill, name_of
from .figures import Figure, milliseconds, p95
from .selling import Seller, Times
from .shop import Till, app_over
from .sizes import Sizes

MOST_SECONDS = 25  # from the file to the last row
MOST_SECONDS_WRITTEN = 10
MOST_SECONDS_BESIDE = 10
MOST_TIMES = 1.5
SALES_ALONE = 20
PACE_SECONDS = 0.2
CODES_FROM = 100_000  # beyond those of the shop's own goods
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
        Figure(f"workbook of {goods} written", ended - previewed, "s", MOST_SECONDS_WRITTEN),
        Figure(f"workbook of {goods} previewed and written", ended - begun, "s", MOST_SECONDS),
    ]


def _write_workbook(path: Path, products: int, today: date, first: int = 1) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Hàng hoá")
    sheet.append(HEADINGS)
    for n in range(first, first + products):
        sheet.append(_row(n, products, today))
    book.save(path)


def _row(n: int, products: int, today: date) -> list[Any]:
    """A product with its producer, price, certificate and opening lot, as people's own lists have them."""
    return [
        f"Hộ sản xuất mẫu {n % max(1, products // 20):04}", name_of(n), PACKS[n % len(PACKS)], code_of(n), "Thực phẩm",
        20_000 + n % 200 * 1000, f"{n}/QĐ-UBND", today - timedelta(days=100), 3 + n % 3, f"L{n:06}",
        today - timedelta(days=10), today + timedelta(days=200), 40, "Kệ OCOP", "Đường Lâm", f"PG{n:06}",
    ]  # fmt: skip


def measure_beside_till(folder: Path, sizes: Sizes) -> list[Figure]:
    """What a till's answers take while a list is written, beside what they take else."""
    goods = 200
    till = Till(folder)
    with till.app.app_context(), unit_of_work() as session:
        fill(session, goods, 10)
    seller = Seller(till, goods)
    seller.warm_up()
    alone = Times()
    _sell_alone(seller, alone)
    path, today = folder / "list.xlsx", business_day(datetime.now(UTC))
    _write_workbook(path, sizes.imported, today, first=CODES_FROM)
    with till.app.app_context():
        with open_reading() as session:
            found = make_preview(session, open_workbook(path), today)
        engine = db.engine
    took: list[float] = []
    writing = Thread(target=lambda: took.append(milliseconds(lambda: _write_in_parts(engine, found)) / 1000))
    writing.start()
    while writing.is_alive():
        seller.sell()
        time.sleep(PACE_SECONDS)
    writing.join()
    beside, seller.times = seller.times, Times()
    _sell_alone(seller, alone)
    till.close()
    return [
        Figure(
            f"workbook of {sizes.imported:,} products written beside a till",
            took[0],
            "s",
            MOST_SECONDS_BESIDE,
        ),
        Figure("scan to answered line meanwhile, p95", p95(beside.scans), "ms", MOST_TIMES, p95(alone.scans)),
        Figure("pay to answered receipt meanwhile, p95", p95(beside.pays), "ms", MOST_TIMES, p95(alone.pays)),
    ]


def _sell_alone(seller: Seller, alone: Times) -> None:
    """Before and after, so that a busy moment of the machine doesn't speak for one side."""
    for _ in range(SALES_ALONE):
        seller.sell()
        time.sleep(PACE_SECONDS)
    alone.scans += seller.times.scans
    alone.pays += seller.times.pays
    seller.times = Times()


def _write_in_parts(engine: Engine, found: ImportPreview) -> None:
    write_list(engine, found, lambda *_: None, by=SYSTEM, at=datetime.now(UTC), source="list.xlsx")
