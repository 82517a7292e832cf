"""Workbooks made to hurt are refused by a child process within its limits; what is sound comes through it unchanged."""

import resource
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from datetime import time as clock_time
from pathlib import Path

import pytest
from openpyxl import Workbook

from pos.importing.sheets import Sheet, read_sheets
from pos.importing.workbook import open_workbook
from pos.importing.workbook_worker import cell_from_json, cell_to_json
from pos.kernel.errors import Refused
from tests.attacks import hostile_files as hostile

BOOKS = sorted((Path(__file__).parents[2] / "data" / "workbooks").glob("*.xlsx"))


@pytest.mark.long
@pytest.mark.parametrize(("make", "code"), [
    (hostile.workbook_of_one_endless_row, "workbook_heavy"), (hostile.workbook_bomb, "workbook_odd"),
    (hostile.many_small_parts, "workbook_odd"), (hostile.noisy_pdf, "workbook_odd"), (lambda: b"", "workbook_odd"),
    (lambda: hostile.truncated(hostile.workbook_of(b"<row/>")), "workbook_odd"),
    (lambda: hostile.workbook_of(b"<row><c><v>1</v></c></row>" * 40_000), "workbook_odd"),
], ids=["endless row", "bomb", "parts", "PDF", "nothing", "truncated", "40,000 rows"])  # fmt: skip
def test_a_hostile_workbook_is_refused_and_this_process_stays_small(
    tmp_path: Path, make: Callable[[], bytes], code: str
) -> None:
    (tmp_path / "x.xlsx").write_bytes(make())
    before, began = resource.getrusage(resource.RUSAGE_SELF), time.monotonic()
    with pytest.raises(Refused) as refused:
        open_workbook(tmp_path / "x.xlsx")
    after = resource.getrusage(resource.RUSAGE_SELF)
    assert refused.value.reasons[0].code == code
    assert time.monotonic() - began < 100
    assert after.ru_utime - before.ru_utime < 1.0, "the till's process did not read it"
    assert after.ru_maxrss - before.ru_maxrss < 60_000


@pytest.mark.parametrize("path", BOOKS, ids=[path.name for path in BOOKS])
def test_a_sound_workbook_comes_through_unchanged(path: Path) -> None:
    try:
        here: list[Sheet] | str = read_sheets(path)
    except Refused as odd:
        here = str(odd)
    try:
        there: list[Sheet] | str = open_workbook(path)
    except Refused as odd:
        there = str(odd)
    assert there == here


@pytest.mark.parametrize("value", [
    None, "chè lam", 12, 0.45, True, date(2026, 11, 24), datetime(2026, 11, 24, 9, 30), clock_time(9, 30), timedelta(hours=30),
])  # fmt: skip
def test_each_kind_of_cell_comes_through(value: object) -> None:
    back = cell_from_json(cell_to_json(value))
    assert (back, type(back)) == (value, type(value))


def test_typed_dates_and_formulas_come_through_a_real_workbook(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(["Tên sản phẩm", "Giá bán", "Hạn sử dụng"])
    sheet.append(["Chè lam", "=1+1", datetime(2027, 1, 31)])
    book.save(tmp_path / "x.xlsx")
    (read,) = open_workbook(tmp_path / "x.xlsx")
    assert [list(cells) for _n, cells in read.rows] == [["Chè lam", "=1+1", datetime(2027, 1, 31)]]
