"""Whole tables come through the same child process: every row and cell, whatever the headings mean."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from pos.importing.sheets import read_tables
from pos.importing.workbook import open_tables
from pos.kernel.cell_table import CellTable, name_cell
from pos.kernel.errors import Refused

from .old_excel import write_xls


def read_written(folder: Path, content: bytes) -> tuple[tuple[Any, ...], ...]:
    (folder / "x.xls").write_bytes(content)
    (table,) = read_tables(folder / "x.xls")
    return table.rows


def test_a_workbook_of_two_sheets_comes_whole_through_the_child_process(tmp_path: Path) -> None:
    book = Workbook()
    book.worksheets[0].append(["SỔ PHỤ"])
    book.worksheets[0].append([])
    book.worksheets[0].append([None, "Nợ\nDebit", 5, datetime(2026, 8, 5, 14, 8)])
    book.create_sheet("B").append(["x"])
    book.save(tmp_path / "x.xlsx")
    first, second = open_tables(tmp_path / "x.xlsx")
    assert first.rows == (("SỔ PHỤ",), (), (None, "Nợ\nDebit", 5, datetime(2026, 8, 5, 14, 8)))
    assert second == CellTable("B", (("x",),))


def test_an_old_workbook(tmp_path: Path) -> None:
    rows = read_written(tmp_path, write_xls([["Sao kê", None], [None, None], ["a", 5.0]]))
    assert rows == (("Sao kê",), (), ("a", 5.0))


def test_a_page_keeps_merged_cells_in_their_columns(tmp_path: Path) -> None:
    page = """<html><table><tr><td colspan=4>Sao kê</td></tr></table><table>
      <tr><th rowspan="2">Ngày</th><th colspan="2">Phát sinh</th><th rowspan="2">Số dư<br>Balance</th></tr>
      <tr><th>Nợ</th><th>Có</th></tr><tr><td>05/08/2026</td><td></td><td>1,000</td><td>2,000</td></tr></table>"""
    assert read_written(tmp_path, page.encode()) == (
        ("Sao kê",),
        ("Ngày", "Phát sinh", None, "Số dư\nBalance"),
        (None, "Nợ", "Có"),
        ("05/08/2026", None, "1,000", "2,000"),
    )


@pytest.mark.parametrize("sign", [",", ";", "\t", "|"])
def test_the_sign_between_cells_is_found_whatever_the_headings_are(tmp_path: Path, sign: str) -> None:
    rows = [
        ["Sao ke tai khoan"],
        ["Ngay", "Ghi no", "Ghi co", "Noi dung"],
        ["05/08/2026", '"1,000.00"', "", '"a, b; c | d"'],
        ["06/08/2026", "", '"2,000.00"', '"a\nb"'],
    ]
    content = "\n".join(sign.join(row) for row in rows).encode()
    assert read_written(tmp_path, content)[2:] == (
        ("05/08/2026", "1,000.00", None, "a, b; c | d"),
        ("06/08/2026", None, "2,000.00", "a\nb"),
    )


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7 x", b"a\x00b", b"PK\x03\x04broken"])
def test_what_is_no_table_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.xls").write_bytes(content)
    with pytest.raises(Refused) as refused:
        open_tables(tmp_path / "x.xls")
    assert refused.value.reasons[0].code == "workbook_odd"


@pytest.mark.parametrize(("position", "name"), [(0, "A19"), (25, "Z19"), (26, "AA19"), (79, "CB19")])
def test_a_cell_is_called_as_sheets_call_it(position: int, name: str) -> None:
    assert name_cell(19, position) == name
