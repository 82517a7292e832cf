"""payments/statements/headings.py — which column of a statement is what, by the headings that banks write, in one row or in two."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ...kernel.cell_table import CellTable, name_cell
from ...kernel.errors import Refused
from ...kernel.text import fold_text, normalize_text
from .cells import OddCell, is_blank, names_other_currency, read_amount, read_moment, show_cell

SEARCHED_ROWS = 40
LONGEST_HEADING = 200


class Field(StrEnum):
    """What a column of a statement holds."""

    REQUESTED = "requested"  # when the payer pressed
    DAY = "day"
    BOOKED = "booked"  # when the bank booked it
    TIME = "time"
    DEBIT = "debit"  # the bank's word for money that left the account
    CREDIT = "credit"  # for money that came
    AMOUNT = "amount"  # one column for both
    SIDE = "side"  # which of the two, in a word
    BALANCE = "balance"
    TEXT = "text"
    REFERENCE = "reference"
    PAYER_NAME = "payer_name"
    PAYER_ACCOUNT = "payer_account"
    PAYER_BANK = "payer_bank"
    CURRENCY = "currency"
    STATUS = "status"  # whether the transfer was carried out


DAYS = (Field.REQUESTED, Field.DAY, Field.BOOKED)
AMOUNTS = (Field.DEBIT, Field.CREDIT, Field.AMOUNT)

# Compared without accents and case. Long ones are also found within a heading, short ones only as the whole of it.
ALIASES: Mapping[Field, tuple[str, ...]] = {
    Field.REQUESTED: ("requesting date", "ngay kh thuc hien", "ngay khach hang thuc hien", "ngay yeu cau"),
    Field.DAY: ("ngay giao dich", "ngay gd", "ngay gio giao dich", "thoi gian giao dich", "transaction date", "trans date", "tran date",
                "tnx date", "txn date", "date time", "ngay gio", "ngay", "date", "thoi gian", "ngay1", "ngay phat sinh", "posting date"),
    Field.BOOKED: ("ngay hach toan", "ngay hieu luc", "ngay hl", "accounting date", "booking date", "effective date", "value date",
                   "ngay ghi so", "ngay hieu luc2"),
    Field.TIME: ("gio giao dich", "gio gd", "gio", "time", "transaction time", "thoi diem"),
    Field.DEBIT: ("phat sinh no", "so tien ghi no", "so tien no", "ghi no", "debit amount", "debit", "tien ra", "so tien ra", "ps no", "rut ra",
                  "withdrawal", "money out"),
    Field.CREDIT: ("phat sinh co", "so tien ghi co", "so tien co", "ghi co", "co", "credit amount", "credit", "tien vao", "so tien vao", "ps co",
                   "gui vao", "deposit", "money in"),
    Field.AMOUNT: ("so tien", "amount", "transaction amount", "so tien giao dich", "so tien gd", "gia tri giao dich", "phat sinh", "bien dong"),
    Field.SIDE: ("no co", "debit credit", "dr cr", "d c", "loai giao dich", "loai gd", "ghi no ghi co", "chieu giao dich", "vao ra"),
    Field.BALANCE: ("so du luy ke", "so du sau giao dich", "so du", "so du cuoi", "running balance", "accumulated balance", "balance",
                    "available balance"),
    Field.TEXT: ("noi dung chi tiet", "noi dung giao dich", "noi dung", "dien giai", "mo ta", "details", "description", "txn description",
                 "transactions in detail", "transaction details", "remark", "remarks", "ghi chu", "chi tiet giao dich", "narrative"),
    Field.REFERENCE: ("so but toan", "so ct", "so tham chieu", "so chung tu", "ma gd", "ma giao dich", "transaction no", "reference number",
                      "reference no", "reference", "ref no", "doc no", "transaction id", "ma tham chieu", "so giao dich", "ma but toan"),
    Field.PAYER_NAME: ("don vi thu huong don vi chuyen", "don vi thu huong", "don vi chuyen", "ten tai khoan doi ung", "ten doi ung",
                       "beneficiary applicant", "remitter s account name", "nguoi chuyen", "nguoi gui", "ten nguoi chuyen", "payer name",
                       "counterparty", "counterparty name", "doi tac", "ten doi tac"),
    Field.PAYER_ACCOUNT: ("tai khoan doi ung", "tai khoan dich", "tai khoan", "account", "remitter s account number", "so tai khoan doi ung",
                          "tk doi ung", "counterparty account", "tai khoan chuyen", "payer account"),
    Field.PAYER_BANK: ("ngan hang doi tac", "ngan hang doi ung", "remitter bank", "remitter s bank", "ngan hang", "counterparty bank"),
    Field.CURRENCY: ("loai tien", "loai tien te", "currency", "tien te", "don vi tien te"),
    Field.STATUS: ("trang thai", "status", "tinh trang", "trang thai giao dich", "ket qua"),
}  # fmt: skip
_FIELD_OF = {alias: field for field, aliases in ALIASES.items() for alias in aliases}
_WITHIN = sorted(
    (alias for alias in _FIELD_OF if " " in alias or alias in {"debit", "credit", "balance"}),
    key=len,
    reverse=True,
)
_PARTS = re.compile(r"[\n/(),]")
_WHOLE, _PART, _INSIDE = 0, 1, 2  # how surely a heading names a field


@dataclass(frozen=True, slots=True)
class Heading:
    """`row`: its first row. `below`: the first row under it. `columns`: each field's position, from 0.

    `texts`: the headings as they are written.
    """

    row: int
    below: int
    columns: Mapping[Field, int]
    texts: tuple[str, ...] = ()


def match_heading(text: str) -> dict[Field, int]:
    """The fields that one heading names and how surely: as the whole of it, as one of its parts, or within it."""
    if len(text) > LONGEST_HEADING:
        return {}
    if (field := _find_field(text)) is not None:
        return {field: _WHOLE}
    found: dict[Field, int] = {}
    for part in _PARTS.split(text):
        if (field := _find_field(part)) is not None:
            found.setdefault(field, _PART)
    return found or _match_inside(fold_text(text))


def _find_field(text: str) -> Field | None:
    """The field that it is an alias of, or two aliases in a row: 'Ngày Date'. 'Nợ' is the debit, but 'No.' is a number."""
    if normalize_text(text).lower() == "nợ":
        return Field.DEBIT
    folded = fold_text(text)
    if folded in _FIELD_OF:
        return _FIELD_OF[folded]
    words = folded.split()
    for n in range(1, len(words)):
        first, second = (_FIELD_OF.get(" ".join(part)) for part in (words[:n], words[n:]))
        if first is not None and first is second:
            return first
    return None


def _match_inside(folded: str) -> dict[Field, int]:
    padded = f" {folded} "
    for alias in _WITHIN:
        if f" {alias} " in padded:
            return {_FIELD_OF[alias]: _INSIDE}
    return {}


def find_heading(table: CellTable) -> Heading | None:
    """The first row among the first forty that names a day and amounts; None if there is none.

    Raises Refused where it says two things of one column, or one of two columns.
    """
    for n, row in enumerate(table.rows[:SEARCHED_ROWS]):
        second = table.rows[n + 1] if n + 1 < len(table.rows) else ()
        alone = names_amounts(read_headings(n + 1, _make_texts(row)))
        below = names_amounts(read_headings(n + 2, _make_texts(second)))
        joined = _join_rows(row, second)
        if is_heading_like(second) and names_amounts(read_headings(n + 1, joined)) and (alone or not below):
            _refuse_contradiction(n + 1, row, second)
            return _make_heading(n + 1, n + 3, joined)
        if alone:
            return _make_heading(n + 1, n + 2, _make_texts(row))
    return None


def _make_heading(row: int, below: int, texts: Sequence[str]) -> Heading:
    columns = read_headings(row, texts, strictly=True)
    for field in (*AMOUNTS, Field.BALANCE):
        position = columns.get(field)
        if position is not None and (currency := names_other_currency(texts[position])):
            raise Refused.because("statement_currency", currency=currency, cell=name_cell(row, position))
    return Heading(row, below, columns, tuple(texts))


def names_amounts(columns: Mapping[Field, int]) -> bool:
    """Do they name a day, and an amount or both sides of the account?"""
    has_amount = Field.AMOUNT in columns or (Field.DEBIT in columns and Field.CREDIT in columns)
    return has_amount and any(day in columns for day in DAYS)


def read_headings(row: int, texts: Sequence[str], *, strictly: bool = False) -> dict[Field, int]:
    """Each field's column: the one that names it most surely, the first of them.

    `strictly`: Raises Refused where two name a side of the account equally surely.
    """
    found: dict[Field, tuple[int, int]] = {}
    for position, text in enumerate(texts):
        for field, level in match_heading(text).items():
            best = found.get(field)
            if best is None or level < best[0]:
                found[field] = (level, position)
            elif strictly and level == best[0] < _INSIDE and field in AMOUNTS:
                first, second = name_cell(row, best[1]), name_cell(row, position)
                raise Refused.because("statement_heading_twice", first=first, second=second, text=text[:60])
    _add_unmarked_debit(found, texts)
    if Field.DEBIT in found and Field.CREDIT in found:
        if found[Field.DEBIT][1] == found[Field.CREDIT][1]:  # one column can't be both
            del found[Field.DEBIT], found[Field.CREDIT]
        else:
            found.pop(Field.AMOUNT, None)
            found.pop(Field.SIDE, None)
    return {field: position for field, (_level, position) in found.items()}


def _add_unmarked_debit(found: dict[Field, tuple[int, int]], texts: Sequence[str]) -> None:
    """'NO' beside 'CO', in letters without accents, is the debit."""
    credit = found.get(Field.CREDIT)
    if Field.DEBIT in found or credit is None or fold_text(texts[credit[1]]) not in {"co", "phat sinh co"}:
        return
    for position in (credit[1] - 1, credit[1] + 1):
        if 0 <= position < len(texts) and fold_text(texts[position]) in {"no", "phat sinh no"}:
            found[Field.DEBIT] = (_WHOLE, position)
            return


def _make_texts(row: Sequence[Any]) -> list[str]:
    return [cell if isinstance(cell, str) else "" for cell in row]


def _join_rows(first: Sequence[Any], second: Sequence[Any]) -> list[str]:
    """Headings of two rows; the upper one of a group stands in its first cell and counts for the others."""
    width = max(len(first), len(second))
    upper = [*_make_texts(first), *[""] * (width - len(first))]
    lower = [*_make_texts(second), *[""] * (width - len(second))]
    group, texts = "", []
    for over, under in zip(upper, lower, strict=True):
        group = over if over.strip() or not under.strip() else group
        texts.append(_join_texts(group, under))
    return texts


def _join_texts(over: str, under: str) -> str:
    """'Phát sinh' over 'Nợ' is 'Phát sinh Nợ'; two languages of one heading stay two lines."""
    if not under.strip() or not over.strip():
        return over or under
    joined = f"{over} {under}"
    if {*match_heading(joined)} & {Field.DEBIT, Field.CREDIT} and _find_field(joined) is not None:
        return joined
    return under if {*match_heading(under)} & {Field.DEBIT, Field.CREDIT} else f"{over}\n{under}"


def is_heading_like(row: Sequence[Any]) -> bool:
    """Only texts, none of them a day or an amount, and one at least names a field."""
    cells = [cell for cell in row if not is_blank(cell)]
    return len(cells) > 1 and all(map(_is_plain_text, cells)) and _matches_any(row)


def _matches_any(row: Sequence[Any]) -> bool:
    return any(match_heading(text) for text in _make_texts(row) if text)


def _is_plain_text(cell: Any) -> bool:
    if not isinstance(cell, str):
        return False
    for read in (read_amount, read_moment):
        try:
            read(cell)
        except OddCell:
            continue
        return False
    return True


def _refuse_contradiction(number: int, first: Sequence[Any], second: Sequence[Any]) -> None:
    """Raises Refused where the lower of two heading rows says the other side of a column."""
    for position, (over, under) in enumerate(zip(_make_texts(first), _make_texts(second), strict=False)):
        upper, lower = ({*match_heading(text)} & {Field.DEBIT, Field.CREDIT} for text in (over, under))
        if upper and lower and upper != lower:
            cell = name_cell(number + 1, position)
            raise Refused.because("statement_heading_contradicts", cell=cell, text=f"{over} / {under}"[:80])


def is_column_count(row: Sequence[Any]) -> bool:
    """A row that only numbers the columns: (1) (2) (3)."""
    figures = [show_cell(cell).strip("()") for cell in row if not is_blank(cell)]
    return len(figures) > 2 and figures in (
        [str(n) for n in range(1, len(figures) + 1)],
        [chr(ord("A") + n) for n in range(len(figures))],
    )
