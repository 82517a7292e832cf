"""Statements as banks write them, of invented accounts and people: the same transfers in each bank's form."""

import csv
import html
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from pos.importing.sheets import read_tables
from pos.payments.statements.mapping import StatementMapping
from pos.payments.statements.read import read_statement
from pos.payments.statements.statement import Statement
from tests.pos.importing.old_excel import write_xls

ACCOUNT = "19001234567890"
OPENING = 2_154_000
Rows = list[list[Any]]


@dataclass(frozen=True)
class Transfer:
    """`change`: đồng with the sign that they have for the account."""

    at: datetime
    change: int
    reference: str
    text: str
    name: str = ""
    account: str = ""
    bank: str = ""
    booked: date | None = None


TRANSFERS = (
    Transfer(datetime(2026, 8, 3, 9, 12, 5), 3_122_361, "FT26215000000001", "CUSTOMER MBVCB 2420648919 339176 OC7K2QF9XA CT tu",
             "NGUYEN VAN A", "0011000000001", "VIETCOMBANK"),
    Transfer(datetime(2026, 8, 3, 9, 12, 5), 45_000, "FT26215000000002", "OC7K 2QF9 XB", "TRAN THI B", "0011000000002", "BIDV"),
    Transfer(datetime(2026, 8, 4, 18, 0, 30), -11_000, "FT26216000000003", "PHI DICH VU"),
    Transfer(datetime(2026, 8, 4, 18, 0, 30), -11_000, "FT26216000000003", "PHI DICH VU"),
    Transfer(datetime(2026, 8, 8, 22, 45), 37, "FT26220000000004", "OC7K2QF9XC", "LE VAN C", "0011000000003", "ACB", date(2026, 8, 10)),
    Transfer(datetime(2026, 8, 12, 7, 0, 1), -1_500_000, "FT26224000000005", "TRA TIEN HANG", "HTX MAU", "0011000000004", "AGRIBANK"),
    Transfer(datetime(2026, 8, 31, 23, 59, 59), 1_234_567, "FT26243000000006", "CUSTOMER D. DEN: HTX", "PHAM THI D", "0011000000005", "MB"),
)  # fmt: skip
CLOSING = OPENING + sum(each.change for each in TRANSFERS)


def show(amount: int, mark: str = ",") -> str:
    return f"{amount:,}".replace(",", mark)


def with_balances(transfers: Sequence[Transfer], opening: int) -> list[tuple[Transfer, str, str, int]]:
    """Each transfer with its debit, its credit, and the balance after it."""
    found, balance = [], opening
    for each in transfers:
        balance += each.change
        debit, credit = ("", show(each.change)) if each.change > 0 else (show(-each.change), "")
        found.append((each, debit, credit, balance))
    return found


def booked(each: Transfer) -> date:
    return each.booked or each.at.date()


def sum_sides(transfers: Sequence[Transfer]) -> tuple[int, int]:
    """Debits, credits."""
    return (
        -sum(each.change for each in transfers if each.change < 0),
        sum(each.change for each in transfers if each.change > 0),
    )


def mb(transfers: Sequence[Transfer] = TRANSFERS, opening: int = OPENING, *, filler: str = "") -> Rows:
    """MB's form; `filler` stands in what is empty, as in its CSV files."""
    debits, credits_ = sum_sides(transfers)
    rows: Rows = [
        ["NGÂN HÀNG TMCP QUÂN ĐỘI"], ["SỔ PHỤ CHI TIẾT KIÊM BÁO NỢ/BÁO CÓ"], ["(DETAILED STATEMENT OF ACCOUNT)"], [],
        ["Khách hàng/Customer: HTX MAU"], ["Số CIF/CIF No: 1234567"], [f"Tài khoản/Account No: {ACCOUNT}"], ["Loại tiền/Currency: VND"], [],
        ["Từ ngày/From: 01/08/2026 Đến ngày/To: 31/08/2026"], [], [f"Số dư đầu kỳ/ Opening Balance: {show(opening)} VND"], [], [], [], [], [],
        ["Ngày giao dịch\n(Transaction Date)", "Ngày hạch toán\n(Accounting Date)", "Số bút toán\n(Transaction No)", "Phát sinh nợ\n(Debit)",
         "Phát sinh có\n(Credit)", "Số dư lũy kế\n(Accumulated balance)", "Nội dung\n(Details)", "Đơn vị thụ hưởng/ Đơn vị chuyển\n(Beneficiary/Applicant)",
         "Tài khoản\n(Account)", "Ngân hàng đối tác\n(Remitter Bank)"],
    ]  # fmt: skip
    for each, debit, credit, balance in with_balances(transfers, opening):
        cells = [f"{each.at:%d/%m/%Y %H:%M:%S}", f"{booked(each):%d/%m/%Y}", each.reference, debit, credit, show(balance), each.text,
                 each.name, each.account, each.bank]  # fmt: skip
        rows.append([cell or filler for cell in cells])
    closing = opening + credits_ - debits
    rows += [
        ["Tổng phát sinh trong kỳ / Total", None, None, show(debits), show(credits_)],
        [f"Số dư cuối kỳ / Closing Balance: {show(closing)} VND"],
    ]
    return rows


def vietcombank(transfers: Sequence[Transfer] = TRANSFERS, opening: int = OPENING) -> Rows:
    debits, credits_ = sum_sides(transfers)
    rows: Rows = [
        ["NGÂN HÀNG THƯƠNG MẠI CỔ PHẦN NGOẠI THƯƠNG VIỆT NAM"], [], ["SAO KÊ TÀI KHOẢN/ STATEMENT OF ACCOUNT"], [],
        ["Số tài khoản/ Account number:", None, ACCOUNT], ["Tên tài khoản/ Account name:", None, "HTX MAU"], ["Loại tiền/ Currency:", None, "VND"],
        [], [], [None, None, "Từ/ From: 01/08/2026", None, None, "Đến/ To: 31/08/2026"],
        ["Số dư đầu kỳ/ Opening", None, f"{show(opening)} VND"], [], [],
        ["STT\nNo.", "Ngày1/\nTNX Date/ Số CT/ Doc No", "Ngày hiệu lực2/\nEffective date", "Số tiền ghi nợ/\nDebit", "Số tiền ghi có/\nCredit",
         "Số dư/\nBalance", "Nội dung chi tiết/\nTransactions in detail"],
    ]  # fmt: skip
    for n, (each, debit, credit, balance) in enumerate(with_balances(transfers, opening), start=1):
        rows.append([n, f"{each.at:%d/%m/%Y} / {each.reference}", f"{booked(each):%d/%m/%Y}", debit, credit, show(balance), each.text])  # fmt: skip
    rows += [
        ["Tổng số/ Total", None, None, show(debits), show(credits_)],
        ["Số dư cuối kỳ/ Closing balance", None, f"{show(opening + credits_ - debits)} VND"],
        ["1 Ngày giao dịch thực hiện. 2 Ngày hiệu lực."],
    ]
    return rows


def techcombank(transfers: Sequence[Transfer] = TRANSFERS, opening: int = OPENING) -> Rows:
    """Newest first, days as text, amounts with `+`."""
    debits, credits_ = sum_sides(transfers)
    rows: Rows = [
        ["NGÂN HÀNG TMCP KỸ THƯƠNG VIỆT NAM"], ["TRANSACTION ENQUIRY"], [], ["Số tài khoản/Account number", None, int(ACCOUNT)],
        ["Tên tài khoản/Account name", None, "HTX MAU"], ["Loại tiền/Currency", None, "VND"], ["Từ ngày/From:2026-08-01 Đến ngày/To:2026-08-31"],
        ["Số dư đầu kỳ/Opening balance", None, opening], ["Số dư cuối kỳ/Closing balance", None, opening + credits_ - debits],
        ["Tổng tiền ghi nợ/Total debits", None, debits], ["Tổng tiền ghi có/Total credits", None, credits_], *[[] for _ in range(9)],
        ["Ngày KH thực hiện/Requesting date", "Ngày giao dịch/Transaction date", "Số bút toán/Reference number", "Ngân hàng đối tác / Remitter's bank",
         "Tài khoản đích/Remitter's account number", "Tên tài khoản đối ứng/Remitter's account name", "Diễn giải/Description", "Nợ/Debit", "Có/Credit",
         "Phí/Lãi / Fee/Interest", "Thuế/Transaction VAT", "Số dư/Running balance"],
    ]  # fmt: skip
    for each, debit, credit, balance in reversed(with_balances(transfers, opening)):
        rows.append([f"{each.at:%Y-%m-%d %H:%M:%S}", f"{booked(each):%Y-%m-%d}", each.reference, each.bank, each.account, each.name, each.text,
                     debit, f"+ {credit}" if credit else None, "0", "0", balance])  # fmt: skip
    return rows


def bidv(transfers: Sequence[Transfer] = TRANSFERS, opening: int = OPENING) -> Rows:
    """Days as a sheet's own days, amounts as numbers, the time in a column of its own, two heading rows with a merged group."""
    debits, credits_ = sum_sides(transfers)
    rows: Rows = [
        ["BÁO CÁO CHI TIẾT SỐ DƯ TÀI KHOẢN"], [], ["SỐ TÀI KHOẢN CŨ", "21010000999999"], ["SỐ TÀI KHOẢN", ACCOUNT], ["LOẠI TIỀN TỆ", "VND"],
        ["Từ ngày 01/08/2026 đến ngày 31/08/2026"], ["SỐ DƯ ĐẦU KỲ", float(opening)], [],
        ["STT", "NGÀY GIAO DỊCH", "GIỜ", "NGÀY HIỆU LỰC", "PHÁT SINH", None, "SỐ DƯ", "SỐ CHỨNG TỪ", "DIỄN GIẢI"],
        [None, None, None, None, "NỢ", "CÓ", None, None, None],
    ]  # fmt: skip
    for n, (each, _debit, _credit, balance) in enumerate(with_balances(transfers, opening), start=1):
        day = datetime.combine(booked(each), datetime.min.time())
        amounts = [0, float(each.change)] if each.change > 0 else [float(-each.change), 0]
        rows.append([n, datetime.combine(each.at.date(), datetime.min.time()), each.at.time(), day, *amounts, float(balance), each.reference, each.text])  # fmt: skip
    rows += [["Cộng phát sinh", None, None, None, debits, credits_], ["SỐ DƯ CUỐI KỲ", opening + credits_ - debits]]  # fmt: skip
    return rows


def bidv_csv(transfers: Sequence[Transfer] = TRANSFERS, opening: int = OPENING) -> Rows:
    """Nothing but the table: no account, no period, no times."""
    rows: Rows = [["STT", "Ngày GD", "Số tham chiếu", "Mô tả", "Phát sinh Nợ", "Phát sinh Có", "Số dư"]]
    for n, (each, debit, credit, balance) in enumerate(with_balances(transfers, opening), start=1):
        rows.append([n, f"{each.at:%d/%m/%Y}", each.reference, each.text, debit and f"{debit}.00", credit and f"{credit}.00", f"{show(balance)}.00"])  # fmt: skip
    return rows


def unknown_bank(transfers: Sequence[Transfer] = TRANSFERS, opening: int = OPENING) -> Rows:
    """One signed column, points between thousands, newest first."""
    rows: Rows = [["Lịch sử giao dịch"], [f"STK: {ACCOUNT}"], ["Thời gian", "Biến động (VND)", "Số dư sau giao dịch", "Nội dung", "Mã GD"]]  # fmt: skip
    for each, _debit, _credit, balance in reversed(with_balances(transfers, opening)):
        sign = "+" if each.change > 0 else "-"
        rows.append([f"{each.at:%H:%M:%S %d/%m/%Y}", f"{sign}{show(abs(each.change), '.')},00 VND", show(balance, "."), each.text, each.reference])  # fmt: skip
    return rows


def as_xlsx(rows: Rows) -> bytes:
    book = Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    kept = BytesIO()
    book.save(kept)
    return kept.getvalue()


def as_csv(rows: Rows, sign: str = ",") -> bytes:
    kept = StringIO()
    csv.writer(kept, delimiter=sign).writerows(rows)
    return kept.getvalue().encode("utf-8-sig")


def as_xls(rows: Rows) -> bytes:
    return write_xls(rows)


def as_page(rows: Rows) -> bytes:
    """A table of a page that is called .xls."""
    lines = []
    for row in rows:
        cells = (html.escape(str(cell if cell is not None else "")).replace("\n", "<br>") for cell in row)
        lines.append("<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>")
    return f"<html><meta charset='utf-8'><table>{''.join(lines)}</table></html>".encode()


def read_file(folder: Path, content: bytes, mapping: StatementMapping | None = None) -> Statement:
    """As the room of banking does it, without the child process."""
    (folder / "statement.xls").write_bytes(content)
    return read_statement(read_tables(folder / "statement.xls"), mapping)
