"""payments/statements/read_lines.py — each row under the headings as a line, as an odd row, or as a text around the lines."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any

from ...kernel.cell_table import name_cell
from ...kernel.clock import SHOP_ZONE
from ...kernel.errors import Refused
from ...kernel.reason import Reason
from ...kernel.text import fold_text
from ..signals import Direction
from .cells import (
    DateOrder,
    LocalMoment,
    OddCell,
    is_blank,
    is_vnd,
    read_amount,
    read_moment,
    read_time,
    show_cell,
)
from .headings import (
    DAYS,
    Field,
    Heading,
    is_column_count,
    is_heading_like,
    names_amounts,
    read_headings,
)
from .letterhead import find_label, is_summary, is_total
from .mapping import Sign
from .statement import OddRow, StatementLine

LONGEST_TEXT = 1000
LONGEST_NAME = 200
LONGEST_RAW = 2000
Row = tuple[Any, ...]
_LIKE_DAY = re.compile(r"\d{1,4} ?[/.-] ?\d|\d{5,}$")
_DONE = {"thanh cong", "success", "successful", "succeeded", "completed", "complete", "done", "posted", "booked", "hoan tat", "hoan thanh", "da hoan thanh",
         "giao dich thanh cong", "da hach toan", "ok"}  # fmt: skip
_SIDES = {
    Direction.IN: {"c", "cr", "co", "credit", "ghi co", "in", "tien vao", "vao", "thu", "phat sinh co", "nhan tien", "nhan"},
    Direction.OUT: {"d", "dr", "no", "debit", "ghi no", "out", "tien ra", "ra", "chi", "phat sinh no", "chuyen tien", "rut tien", "rut"},
}  # fmt: skip


@dataclass(slots=True)
class SortedRows:
    """`around`: the numbers of rows that are no lines. `totals`: of those, the ones that sum both sides."""

    lines: list[StatementLine] = field(default_factory=list)
    odd_rows: list[OddRow] = field(default_factory=list)
    around: list[int] = field(default_factory=list)
    totals: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class RowReader:
    """One file's way of saying things: its columns, its order of dates, its signs."""

    columns: Mapping[Field, int]
    sign: Sign
    date_order: DateOrder

    def get_cell(self, row: Row, name: Field) -> Any:
        position = self.columns.get(name, len(row))
        return row[position] if position < len(row) else None

    def get_text(self, row: Row, name: Field, most: int = LONGEST_NAME) -> str:
        cell = self.get_cell(row, name)
        return "" if is_blank(cell) else show_cell(cell)[:most]

    def list_text_positions(self) -> set[int]:
        """Where people's own words stand."""
        return {self.columns[name] for name in (Field.TEXT, Field.PAYER_NAME) if name in self.columns}

    def make_reason(self, odd: OddCell, number: int, name: Field, cell: Any) -> Reason:
        place = name_cell(number, self.columns.get(name, 0))
        return Reason(str(odd), {"row": number, "cell": place, "text": show_cell(cell)[:60]})


def sort_rows(rows: Sequence[Row], heading: Heading, reader: RowReader) -> SortedRows:
    """Every row of `rows`, the first of which is row `heading.below`. Raises Refused for headings that say otherwise further down."""
    found = SortedRows()
    for number, row in enumerate(rows, start=heading.below):
        if has_day(row, reader):
            _read_row(found, number, row, reader)
        elif not _is_between_lines(number, row, heading):
            _sort_undated(found, number, row, reader)
    return found


def _is_between_lines(number: int, row: Row, heading: Heading) -> bool:
    """Nothing in it, the headings again, or the numbers of the columns."""
    return all(map(is_blank, row)) or is_column_count(row) or _is_repeated_heading(number, row, heading)


def _sort_undated(found: SortedRows, number: int, row: Row, reader: RowReader) -> None:
    label = find_label(row, reader.list_text_positions())
    if not is_summary(label) and not is_footnote(row, reader):
        _read_row(found, number, row, reader)
        return
    found.around.append(number)
    if is_total(label):
        found.totals.append(number)


def _read_row(found: SortedRows, number: int, row: Row, reader: RowReader) -> None:
    line = read_line(number, row, reader)
    if isinstance(line, Reason):
        found.odd_rows.append(OddRow(number, line, show_row(row)))
    else:
        found.lines.append(line)


def show_row(row: Row) -> str:
    return " | ".join(show_cell(cell) for cell in row)[:LONGEST_RAW]


def _is_repeated_heading(number: int, row: Row, heading: Heading) -> bool:
    """The headings again, as on each page of a printed statement. Raises Refused where they say otherwise."""
    if not heading.texts or not is_heading_like(row):
        return False
    columns = read_headings(number, [cell if isinstance(cell, str) else "" for cell in row])
    if not names_amounts(columns):
        return False
    for name in {*columns} & {*heading.columns}:
        if columns[name] != heading.columns[name]:
            place = name_cell(number, columns[name])
            raise Refused.because("statement_headings_differ", row=number, first=heading.row, cell=place)
    return True


def find_moment(row: Row, reader: RowReader) -> tuple[Field, LocalMoment] | None:
    """The first of its days that is filled. Raises OddCell."""
    for name in DAYS:
        if (moment := read_moment(reader.get_cell(row, name), reader.date_order)) is not None:
            return name, moment
    return None


def has_day(row: Row, reader: RowReader) -> bool:
    try:
        return find_moment(row, reader) is not None
    except OddCell:
        return False


def is_footnote(row: Row, reader: RowReader) -> bool:
    """Of a row without a day: neither an amount nor what is written like a day: a text under the lines."""
    amounts = [reader.get_cell(row, name) for name in (Field.DEBIT, Field.CREDIT, Field.AMOUNT)]
    if any(any(sign.isnumeric() for sign in show_cell(cell)) for cell in amounts):
        return False
    days = [show_cell(reader.get_cell(row, name)) for name in DAYS]
    return not any(_LIKE_DAY.match(text) for text in days)


def read_line(number: int, row: Row, reader: RowReader) -> StatementLine | Reason:
    """The row as a line, or why it is none."""
    moment = _read_day(number, row, reader)
    if isinstance(moment, Reason):
        return moment
    change = _read_change(number, row, reader)
    if isinstance(change, Reason):
        return change
    if (reason := _find_other_obstacle(number, row, reader)) is not None:
        return reason
    clock = moment.clock or time.min
    return StatementLine(
        row=number,
        at=datetime.combine(moment.day, clock, SHOP_ZONE).astimezone(UTC),
        has_time=moment.clock is not None,
        booked_on=_find_booking_day(row, reader),
        direction=Direction.IN if change > 0 else Direction.OUT,
        amount_vnd=abs(change),
        reference=_find_reference(row, reader, moment),
        text=reader.get_text(row, Field.TEXT, LONGEST_TEXT),
        balance_vnd=_find_amount(reader.get_cell(row, Field.BALANCE)),
        payer_name=reader.get_text(row, Field.PAYER_NAME),
        payer_account=reader.get_text(row, Field.PAYER_ACCOUNT),
        payer_bank=reader.get_text(row, Field.PAYER_BANK),
        raw=show_row(row),
    )


def _find_other_obstacle(number: int, row: Row, reader: RowReader) -> Reason | None:
    """Another currency, or a transfer that was not carried out."""
    currency, status = (reader.get_text(row, name) for name in (Field.CURRENCY, Field.STATUS))
    if currency and not is_vnd(currency):
        return reader.make_reason(OddCell("statement_cell_currency"), number, Field.CURRENCY, currency)
    if status and fold_text(status) not in _DONE:
        return reader.make_reason(OddCell("statement_not_done"), number, Field.STATUS, status)
    return None


def _read_day(number: int, row: Row, reader: RowReader) -> LocalMoment | Reason:
    name = next((day for day in DAYS if not is_blank(reader.get_cell(row, day))), None)
    if name is None:
        return Reason.make("statement_day_missing", row=number)
    try:
        moment = read_moment(reader.get_cell(row, name), reader.date_order)
    except OddCell as odd:
        return reader.make_reason(odd, number, name, reader.get_cell(row, name))
    assert moment is not None  # noqa: S101 - the cell is not blank
    if moment.clock is not None:
        return moment
    try:
        clock = read_time(reader.get_cell(row, Field.TIME))
    except OddCell as odd:
        return reader.make_reason(odd, number, Field.TIME, reader.get_cell(row, Field.TIME))
    return LocalMoment(moment.day, clock if clock != time.min else None, moment.rest)


def _find_booking_day(row: Row, reader: RowReader) -> date | None:
    """The last of its days: the bank's own."""
    for name in reversed(DAYS):
        try:
            moment = read_moment(reader.get_cell(row, name), reader.date_order)
        except OddCell:
            continue
        if moment is not None:
            return moment.day
    return None


def _find_reference(row: Row, reader: RowReader, moment: LocalMoment) -> str:
    """The bank's number, which may stand in the same cell as the day."""
    position = reader.columns.get(Field.REFERENCE)
    if position is None or position in {reader.columns.get(name) for name in DAYS}:
        return moment.rest[:LONGEST_NAME] if position is not None else ""
    return reader.get_text(row, Field.REFERENCE)


def _find_amount(cell: Any) -> int | None:
    try:
        return read_amount(cell)
    except OddCell:
        return None


def _read_change(number: int, row: Row, reader: RowReader) -> int | Reason:
    """Đồng with the sign that they have for the account."""
    names = (Field.DEBIT, Field.CREDIT) if Field.DEBIT in reader.columns else (Field.AMOUNT,)
    amounts: dict[Field, int] = {}
    for name in names:
        try:
            amount = read_amount(reader.get_cell(row, name))
        except OddCell as odd:
            return reader.make_reason(odd, number, name, reader.get_cell(row, name))
        if amount:
            amounts[name] = amount
    if not amounts:
        return Reason.make("statement_amount_missing", row=number)
    if len(amounts) > 1:
        first, second = (name_cell(number, reader.columns[name]) for name in names)
        return Reason.make("statement_both_sides", row=number, first=first, second=second)
    ((name, amount),) = amounts.items()
    change = _sign_amount(name, amount, row, reader)
    if change is None:
        code = "statement_side_unread" if reader.sign is Sign.SIDE else "statement_amount_negative"
        where = Field.SIDE if reader.sign is Sign.SIDE else name
        return reader.make_reason(OddCell(code), number, where, reader.get_cell(row, where))
    return change


def _sign_amount(name: Field, amount: int, row: Row, reader: RowReader) -> int | None:
    """None where the sign is against what the file means by it."""
    sign = reader.sign
    if name is Field.AMOUNT and sign in {Sign.MINUS_OUT, Sign.PLUS_OUT}:
        return amount if sign is Sign.MINUS_OUT else -amount
    if name is Field.DEBIT and sign is Sign.COLUMNS_MINUS:
        return amount if amount < 0 else None
    if sign is Sign.SIDE:
        side = find_side(reader.get_cell(row, Field.SIDE))
        return None if side is None else abs(amount) * (1 if side is Direction.IN else -1)
    if amount < 0:
        return None
    return -amount if name is Field.DEBIT else amount


def find_side(cell: Any) -> Direction | None:
    """'C', 'Có', 'Tiền vào', '+' → in; 'D', 'Nợ', 'Tiền ra', '-' → out."""
    text = show_cell(cell)
    if text in {"+", "-", "−"}:
        return Direction.IN if text == "+" else Direction.OUT
    folded = fold_text(text)
    return next((direction for direction, words in _SIDES.items() if folded in words), None)
