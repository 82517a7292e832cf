"""payments/statements/letterhead.py — what a statement says around its lines: bank, account, currency, period, opening and closing balance."""

import re
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from ...kernel.cell_table import CellTable
from ...kernel.errors import Refused
from ...kernel.text import fold_text, remove_accents
from .cells import OddCell, is_blank, is_vnd, names_other_currency, read_amount, read_moment, show_cell
from .headings import Heading

LEAST_FIGURES, MOST_FIGURES = 6, 19  # of an account's number
LONGEST_LABEL = 400  # of a cell that is searched; what is longer is somebody's text


class BankKind(StrEnum):
    """Whose form of a statement it is."""

    MB = "mb"
    VIETCOMBANK = "vietcombank"
    TECHCOMBANK = "techcombank"
    BIDV = "bidv"
    OTHER = "other"


# Words of each bank's own form, the surest first: in its letterhead, its sheet's name, or its headings.
_BANK_WORDS = (
    (BankKind.VIETCOMBANK, ("vietcombank", "vcbaccountdetail", "vcb cashup", "tnx date", "transactions in detail")),
    (BankKind.TECHCOMBANK, ("techcombank", "transaction enquiry", "ngay kh thuc hien", "remitter s account name")),
    (BankKind.BIDV, ("bidv", "bao cao chi tiet so du tai khoan")),
    (BankKind.MB, ("mbbank", "so phu chi tiet kiem bao no bao co", "don vi thu huong don vi chuyen", "beneficiary applicant")),
)  # fmt: skip
_ACCOUNT_LABEL = re.compile(r"so tai khoan|account (?:no|number)\b|\bstk\b|so tk\b|acct no\b")
_SHORT_LABEL = re.compile(r"(?:tai khoan|account)(?: [0-9]|$)")
_NO_SHORT_LABEL = re.compile(r"\bten\b|\bname\b|loai|\bchu\b|so du|balance|ngay|\bdate\b")
_OLD_ACCOUNT = re.compile(r"\b(?:cu|old)\b")
_NOT_ACCOUNT = re.compile(r"doi ung|tai khoan dich|thu huong|remitter|beneficiary|counter")
_ACCOUNT = re.compile(r"(?<![0-9A-Za-z.,])([0-9]{6,19})(?![0-9A-Za-z]|[.,][0-9])")
_SPLIT_ACCOUNT = re.compile(r"(?<![0-9A-Za-z.,/-])([0-9]{2,6}(?: [0-9]{2,6}){1,5})(?![0-9A-Za-z.,/:-])")
_CURRENCY_LABEL = re.compile(r"(?:loai tien|currency|tien te|don vi tien)")
_OPENING = re.compile(r"so du dau|opening|so du truoc|beginning balance")
_CLOSING = re.compile(r"so du cuoi|closing|ending balance")
_TOTAL = re.compile(r"^(?:tong|total|grand total|cong (?:so )?phat sinh|cong$)")
_ONE_DAY = r"([0-9]{1,2}[/.-][0-9]{1,2}[/.-][0-9]{4}|[0-9]{4}-[0-9]{2}-[0-9]{2})"
_FROM = re.compile(rf"(?:\btu\b|\bfrom\b)[^0-9]{{0,40}}{_ONE_DAY}")
_TO = re.compile(rf"(?:\bden\b|\bto\b)[^0-9]{{0,40}}{_ONE_DAY}")
_FIGURES = re.compile(r"[(+−-]? ?[0-9][0-9.,]*\)?")


@dataclass(frozen=True, slots=True)
class Letterhead:
    """`account_number` is "" where the file has none; None stands for what it doesn't say."""

    bank: BankKind
    account_number: str
    currency: str
    starts: date | None
    ends: date | None
    opening_vnd: int | None
    closing_vnd: int | None


def read_letterhead(table: CellTable, heading: Heading, around: Sequence[int]) -> Letterhead:
    """What the rows `around` the lines say, by their numbers. Raises Refused for another currency or a second account."""
    rows = [table.rows[number - 1] for number in around]
    accounts = list(dict.fromkeys(_find_accounts(rows)))
    if len(accounts) > 1:
        raise Refused.because("statement_accounts_many", accounts=", ".join(accounts[:4]))
    starts, ends = _find_period(rows)
    return Letterhead(
        bank=find_bank(table, heading, rows),
        account_number=accounts[0] if accounts else "",
        currency=_find_currency(rows),
        starts=starts,
        ends=ends,
        opening_vnd=_find_balance(rows, _OPENING),
        closing_vnd=_find_balance(rows, _CLOSING),
    )


def find_bank(table: CellTable, heading: Heading, rows: Sequence[Sequence[Any]]) -> BankKind:
    """The bank whose form it is; OTHER where nothing says it."""
    above = [show_cell(cell) for row in rows for cell in row if isinstance(cell, str)]
    texts = [fold_text(text[:LONGEST_LABEL]) for text in (table.name, *above, *heading.texts)]
    for bank, words in _BANK_WORDS:
        if any(f" {word}" in f" {text}" for text in texts for word in words):
            return bank
    return BankKind.OTHER


def find_label(row: Sequence[Any], texts: Container[int] = ()) -> str:
    """The row's first text, folded; what stands in the columns of `texts` is somebody's own words."""
    for position, cell in enumerate(row):
        if isinstance(cell, str) and not is_blank(cell):
            return "" if position in texts else fold_text(cell[:LONGEST_LABEL])
    return ""


def is_summary(label: str) -> bool:
    """Is it a row's of totals or of a balance?"""
    return bool(_TOTAL.match(label) or _OPENING.match(label) or _CLOSING.match(label))


def is_total(label: str) -> bool:
    """Is it a row's of the totals of both sides?"""
    return bool(_TOTAL.match(label))


def make_account(number: str) -> str:
    """An account's number without spaces and dots."""
    return re.sub(r"[^0-9A-Z]", "", number.upper())


def _find_accounts(rows: Iterable[Sequence[Any]]) -> Iterable[str]:
    for row in rows:
        for position, cell in enumerate(row):
            if not isinstance(cell, str) or len(cell) > LONGEST_LABEL:
                continue
            if not _is_account_label(cell):
                continue
            if number := _find_number(cell) or _find_number_beside(row[position + 1 :]):
                yield number


def _is_account_label(text: str) -> bool:
    label, start = fold_text(text), fold_text(text.partition(":")[0])
    if _OLD_ACCOUNT.search(label) or _NOT_ACCOUNT.search(label):
        return False
    is_short = _SHORT_LABEL.search(start) and not _NO_SHORT_LABEL.search(start)
    return bool(_ACCOUNT_LABEL.search(label) or is_short)


def _find_number(text: str) -> str:
    after = text.partition(":")[2] or text
    found = _ACCOUNT.search(after) or _SPLIT_ACCOUNT.search(after)
    number = make_account(found[1]) if found else ""
    return number if LEAST_FIGURES <= len(number) <= MOST_FIGURES else ""


def _find_number_beside(cells: Sequence[Any]) -> str:
    """The number in the next cell that has anything."""
    for cell in cells:
        if not is_blank(cell):
            return (
                "" if type(cell) not in {str, int, float} else _find_number(show_cell(cell)[:LONGEST_LABEL])
            )
    return ""


def _find_currency(rows: Iterable[Sequence[Any]]) -> str:
    """'VND', or "" where nothing names it. Raises Refused for another."""
    found = ""
    for row in rows:
        for position, cell in enumerate(row):
            if not isinstance(cell, str) or not _CURRENCY_LABEL.search(fold_text(cell[:LONGEST_LABEL])):
                continue
            beside = next((show_cell(other) for other in row[position + 1 :] if not is_blank(other)), "")
            for text in (cell, beside):
                if currency := names_other_currency(text[:LONGEST_LABEL]):
                    raise Refused.because("statement_currency", currency=currency, cell="")
                found = "VND" if is_vnd(text[:LONGEST_LABEL]) else found
    return found


def _find_period(rows: Iterable[Sequence[Any]]) -> tuple[date | None, date | None]:
    starts = ends = None
    for row in rows:
        text = remove_accents(" ".join(map(_show_day, row))[: 2 * LONGEST_LABEL]).lower()
        starts = starts or _find_day(_FROM, text)
        ends = ends or _find_day(_TO, text)
    return (starts, ends) if starts and ends and starts <= ends else (None, None)


def _show_day(cell: Any) -> str:
    return cell.strftime("%Y-%m-%d") if isinstance(cell, date) else show_cell(cell)


def _find_day(pattern: re.Pattern[str], text: str) -> date | None:
    found = pattern.search(text)
    try:
        moment = read_moment(found[1]) if found else None
    except OddCell:
        return None
    return moment.day if moment else None


def _find_balance(rows: Sequence[Sequence[Any]], label: re.Pattern[str]) -> int | None:
    """The amount behind the label: in its cell, in the next filled cell of its row, or below it."""
    for n, row in enumerate(rows):
        for position, cell in enumerate(row):
            if not _has_label(cell, label):
                continue
            under = rows[n + 1][position] if n + 1 < len(rows) and position < len(rows[n + 1]) else None
            beside = (
                value for value in row[position + 1 :] if not is_blank(value) and not _has_label(value, label)
            )
            for value in (_find_labelled_figures(cell, label), next(beside, None), under):
                if value is not None and (amount := _try_amount(value)) is not None:
                    return amount
    return None


def _has_label(cell: Any, label: re.Pattern[str]) -> bool:
    return isinstance(cell, str) and bool(label.search(fold_text(cell[:LONGEST_LABEL])))


def _find_labelled_figures(cell: str, label: re.Pattern[str]) -> str | None:
    """The figures after the label in one cell, which may hold both balances."""
    text = remove_accents(show_cell(cell)[:LONGEST_LABEL]).lower()
    start = label.search(text)
    after = text[start.end() :].partition(":")[2] if start else ""
    if currency := names_other_currency(after[:60]):
        raise Refused.because("statement_currency", currency=currency, cell="")
    found = _FIGURES.search(after)
    return found[0].rstrip(".,") if found else None


def _try_amount(value: Any) -> int | None:
    try:
        return read_amount(value)
    except OddCell:
        return None
