"""What stands around the lines: the account, the period and the balances, wherever a bank writes them."""

from typing import Any

import pytest

from pos.kernel.cell_table import CellTable
from pos.payments.statements.headings import Field
from pos.payments.statements.mapping import propose_columns
from pos.payments.statements.read import read_statement
from pos.payments.statements.statement import Statement

from . import statement_files as files
from .statement_files import ACCOUNT, TRANSFERS, Rows

HEAD = ["Ngày GD", "Ghi nợ", "Ghi có", "Nội dung"]
GOOD = ["05/08/2026", "", "45,000", "OC7K2QF9XA"]


def read_rows(rows: Rows) -> Statement:
    return read_statement([CellTable("S", tuple(map(tuple, rows)))])


@pytest.mark.parametrize(("above", "account"), [
    (["Tài khoản/Account No: 0123456789"], "0123456789"), (["Số tài khoản", None, "0123456789"], "0123456789"), (["Số TK: 0123 4567 89"], "0123456789"),
    (["STK: 0123456789 - VND"], "0123456789"), (["Account number", 19001234567890], "19001234567890"), (["SAO KÊ TÀI KHOẢN 0123456789"], "0123456789"),
    (["LỊCH SỬ GIAO DỊCH TÀI KHOẢN 0123456789"], "0123456789"), (["Tài khoản: 0123456789 Từ ngày: 01-08-2026"], "0123456789"),
    (["Số tài khoản/Account No: 0123456789 Tên tài khoản: HTX 1234567"], "0123456789"),
    (["Số tài khoản cũ: 0123456789"], ""), (["Tên tài khoản: HTX 1234567"], ""), (["Tài khoản đối ứng: 0123456789"], ""), (["Số dư tài khoản: 15.000.000"], ""),
    (["Ngày mở tài khoản", "01-08-2020"], ""), (["Ngày mở tài khoản: 2020-08-01"], ""), (["Account holder's ID: 012345678"], ""), (["Số CIF: 1234567"], ""),
    (["Mã số thuế: 0100000000"], ""), (["Số tài khoản", "HTX MAU", "0123456789"], ""), (["Tài khoản: 12345"], ""),
])  # fmt: skip
def test_the_account(above: list[Any], account: str) -> None:
    assert read_rows([above, HEAD, GOOD]).account_number == account


@pytest.mark.parametrize("above", [
    [["Số dư đầu kỳ: 1,000 VND"], ["Số dư cuối kỳ: 46,000 VND"]],
    [["Opening Balance: 1.000,00 Closing Balance: 46.000,00"]],
    [["Số dư đầu kỳ", None, "1,000", None, "Số dư cuối kỳ", "46,000"]],
    [["Số dư đầu kỳ", "Opening balance", 1000], ["Số dư cuối kỳ", "Closing balance", 46000.0]],
    [["Số dư đầu kỳ", "Tổng ghi có", "Số dư cuối kỳ"], ["1,000", "45,000", "46,000"]],
])  # fmt: skip
def test_the_balances(above: Rows) -> None:
    sums = read_rows([*above, HEAD, GOOD]).sums
    assert (sums.opening_vnd, sums.closing_vnd, sums.difference_vnd, sums.is_stated) == (
        1000,
        46_000,
        0,
        True,
    )


def test_balances_below_and_between_the_lines() -> None:
    rows = [HEAD, ["Số dư đầu kỳ", None, None, "1,000"], GOOD, ["Cộng phát sinh", "0", "45,000"], ["Số dư cuối kỳ", None, None, "46,000"]]  # fmt: skip
    statement = read_rows(rows)
    assert (statement.sums.difference_vnd, statement.odd_rows, len(statement.lines)) == (0, (), 1)


def test_a_note_that_begins_like_a_total_is_not_lost_when_its_day_is() -> None:
    for text in ("Tổng tiền hàng", "Công ty Mẫu", "Total", "Cong"):
        for amount in ("1,000", 1000):
            statement = read_rows([HEAD, GOOD, [None, None, amount, text]])
            assert [odd.reason.code for odd in statement.odd_rows] == ["statement_day_missing"], text


@pytest.mark.parametrize("head", [
    [["Ngày giao dịch", "Phát sinh nợ", "Phát sinh có", "Nội dung"], ["Transaction date", "Debit", "Credit", "Details"]],
    [["Ngày", "Phát sinh", None, "Nội dung"], [None, "Nợ", "Có", None]],
    [["Ngày", "Số tiền", None, "Nội dung"], [None, "Nợ", "Có", None], ["Date", "Debit", "Credit", "Description"]],
    [["NGAY", "PHAT SINH", None, "NOI DUNG"], [None, "NO", "CO", None]],
    [["Ngày GD\nDate", "Nợ/Debit", "Có/Credit", "Diễn giải\nDescription"]],
    [["Ngày Date", "Nợ Debit", "Có Credit", "Remarks"]],
])  # fmt: skip
def test_headings_in_one_row_or_two(head: Rows) -> None:
    statement = read_rows([["Sao kê", "Số dư đầu kỳ: 5"], *head, ["05/08/2026", "2,000", "", "a"], GOOD])
    assert [line.change_vnd for line in statement.lines] == [-2_000, 45_000]
    assert [line.text for line in statement.lines] == ["a", "OC7K2QF9XA"]
    assert statement.odd_rows == ()


def test_fillers_in_every_empty_cell_of_the_file() -> None:
    rows = [[cell or "37" for cell in [*row, *[""] * (10 - len(row))]] for row in files.mb()]
    statement = read_rows(rows)
    assert [line.change_vnd for line in statement.lines] == [each.change for each in TRANSFERS]
    assert (statement.account_number, statement.sums.difference_vnd) == (ACCOUNT, 0)
    assert (statement.odd_rows, statement.questions) == ((), ())


def test_months_written_first_are_asked() -> None:
    statement = read_rows([HEAD, ["08/05/2026", "", "1", ""], ["08/25/2026", "", "2", ""]])
    assert [odd.reason.code for odd in statement.odd_rows] == ["statement_day_unread"]
    assert statement.questions[-1].code == "statement_month_first"
    assert statement.questions[-1].facts == {"count": 1, "row": 3}


def test_what_was_not_carried_out_is_no_line() -> None:
    rows = [[*HEAD, "Trạng thái"], [*GOOD, "Thành công"], [*GOOD, "Thất bại"], [*GOOD, ""]]
    statement = read_rows(rows)
    assert [line.row for line in statement.lines] == [2, 4]
    assert [(odd.row, odd.reason.code) for odd in statement.odd_rows] == [(3, "statement_not_done")]


def test_the_form_that_asks_begins_with_what_the_headings_name() -> None:
    table = CellTable("S", (("Ngân hàng",), ("Ngày", "Bao nhiêu", "Nội dung"), ("05/08/2026", "1", "x")))
    assert propose_columns(table) == (2, {Field.DAY: 0, Field.TEXT: 2})
    assert propose_columns(CellTable("S", ())) == (None, {})
