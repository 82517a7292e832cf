"""payments/statements/read.py — a bank's file of one account becomes a statement, whatever form the bank gives it."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

from ...kernel.cell_table import CellTable
from ...kernel.clock import business_day
from ...kernel.errors import Refused
from ...kernel.reason import Reason
from ..signals import Direction
from .cells import DateOrder, OddCell, is_blank, read_amount, read_moment, show_cell
from .headings import SEARCHED_ROWS, Field, Heading, find_heading
from .letterhead import BankKind, Letterhead, find_bank, read_letterhead
from .mapping import Sign, StatementMapping, find_mapped_heading
from .mb import clear_fillers
from .read_lines import RowReader, SortedRows, find_side, sort_rows
from .statement import OddRow, Statement, StatementLine, SumCheck


def read_statement(tables: Sequence[CellTable], mapping: StatementMapping | None = None) -> Statement:
    """The statement in a file's tables, by its headings, or by what a person said of its columns.

    Raises Refused where it can't be read as one: no heading row or one that contradicts another, amounts without a sign,
    another currency, several accounts, nothing in it. A row that can't be read is one of its `odd_rows`.
    """
    found = [(table, heading) for table in tables if (heading := _find_heading(table, mapping))]
    if not found:
        code = "statement_mapping_unfit" if mapping else "statement_no_heading"
        raise Refused.because(code, rows=SEARCHED_ROWS)
    filled = [(table, heading) for table, heading in found if _has_rows(table, heading)]
    if len(filled) > 1:
        raise Refused.because(
            "statement_sheets_many", sheets=", ".join(table.name for table, _ in filled)[:200]
        )
    table, heading = (filled or found)[0]
    statement = _read_table(table, heading, mapping)
    if not statement.lines and not statement.odd_rows:
        raise Refused.because("statement_empty")
    return statement


def _find_heading(table: CellTable, mapping: StatementMapping | None) -> Heading | None:
    return find_mapped_heading(table, mapping) if mapping else find_heading(table)


def _has_rows(table: CellTable, heading: Heading) -> bool:
    return any(not is_blank(cell) for row in table.rows[heading.below - 1 :] for cell in row)


def _read_table(table: CellTable, heading: Heading, mapping: StatementMapping | None) -> Statement:
    rows = list(table.rows[heading.below - 1 :])
    above = list(range(1, max(heading.row, 1)))
    if find_bank(table, heading, [table.rows[n - 1] for n in above]) is BankKind.MB:
        rows = clear_fillers(rows, heading.columns)
    sign = mapping.sign if mapping else find_sign(rows, heading)
    order = mapping.date_order if mapping else DateOrder.DAY_FIRST
    sorted_rows = sort_rows(rows, heading, RowReader(heading.columns, sign, order))
    letterhead = read_letterhead(table, heading, [*above, *sorted_rows.around])
    lines = order_lines(sorted_rows.lines)
    sums = check_sums(letterhead, lines)
    questions = [
        *_ask_account(letterhead),
        *_ask_sums(sums),
        *_ask_totals(table, heading, sorted_rows, sums),
        *_ask_period(letterhead, lines),
        *_ask_date_order(sorted_rows.odd_rows, order),
    ]
    return Statement(
        sheet=table.name,
        bank=letterhead.bank,
        account_number=letterhead.account_number,
        currency=letterhead.currency,
        starts=letterhead.starts,
        ends=letterhead.ends,
        sums=sums,
        lines=tuple(lines),
        odd_rows=tuple(sorted_rows.odd_rows),
        questions=tuple(questions),
    )


def find_sign(rows: Sequence[tuple[Any, ...]], heading: Heading) -> Sign:
    """How the file tells what came from what left. Raises Refused where it doesn't."""
    columns = heading.columns
    if Field.DEBIT in columns and Field.CREDIT in columns:
        return Sign.COLUMNS
    side, amount = columns.get(Field.SIDE), columns[Field.AMOUNT]
    if side is not None and any(len(row) > side and find_side(row[side]) for row in rows):
        return Sign.SIDE
    cells = [row[amount] for row in rows if len(row) > amount]
    if any(_is_signed(cell) for cell in cells):
        return Sign.MINUS_OUT
    if any(map(show_cell, cells)):
        raise Refused.because("statement_unsigned", heading=heading.texts[amount][:60])
    return Sign.MINUS_OUT


def _is_signed(cell: Any) -> bool:
    try:
        amount = read_amount(cell)
    except OddCell:
        return False
    return amount is not None and (amount < 0 or show_cell(cell).startswith("+"))


def order_lines(lines: Sequence[StatementLine]) -> list[StatementLine]:
    """The oldest first, whichever way the file has them: by their times, else by their balances."""
    pairs = list(pairwise(lines))
    down = sum(second.at < first.at for first, second in pairs)
    up = sum(second.at > first.at for first, second in pairs)
    if down == up:
        up = sum(_is_next(first, second) for first, second in pairs)
        down = sum(_is_next(second, first) for first, second in pairs)
    return list(reversed(lines)) if down > up else list(lines)


def _is_next(first: StatementLine, second: StatementLine) -> bool:
    """Is the second's balance the first's and its own amount?"""
    if first.balance_vnd is None or second.balance_vnd is None:
        return False
    return first.balance_vnd + second.change_vnd == second.balance_vnd


def check_sums(letterhead: Letterhead, lines: Sequence[StatementLine]) -> SumCheck:
    """Balances that the file doesn't state are taken from its first and last line, where they have one."""
    opening, closing = letterhead.opening_vnd, letterhead.closing_vnd
    is_stated = opening is not None and closing is not None
    if lines and opening is None and lines[0].balance_vnd is not None:
        opening = lines[0].balance_vnd - lines[0].change_vnd
    if lines and closing is None:
        closing = lines[-1].balance_vnd
    return SumCheck(
        opening_vnd=opening,
        credits_vnd=_sum_amounts(lines, Direction.IN),
        debits_vnd=_sum_amounts(lines, Direction.OUT),
        closing_vnd=closing,
        is_stated=is_stated,
    )


def _sum_amounts(lines: Iterable[StatementLine], direction: Direction) -> int:
    return sum(line.amount_vnd for line in lines if line.direction is direction)


def _ask_account(letterhead: Letterhead) -> Iterable[Reason]:
    if not letterhead.account_number:
        yield Reason.make("statement_account_unknown")


def _ask_sums(sums: SumCheck) -> Iterable[Reason]:
    if sums.difference_vnd:
        yield Reason.make(
            "statement_sums_differ",
            opening_vnd=sums.opening_vnd,
            credits_vnd=sums.credits_vnd,
            debits_vnd=sums.debits_vnd,
            closing_vnd=sums.closing_vnd,
            difference_vnd=sums.difference_vnd,
        )


def _ask_totals(
    table: CellTable, heading: Heading, sorted_rows: SortedRows, sums: SumCheck
) -> Iterable[Reason]:
    """The first row of totals that has one in both columns, against what was read."""
    if Field.DEBIT not in heading.columns or Field.CREDIT not in heading.columns:
        return
    for number in sorted_rows.totals:
        row = table.rows[number - 1]
        debits, credits_ = (_read_total(row, heading.columns[field]) for field in (Field.DEBIT, Field.CREDIT))
        if debits is None or credits_ is None:
            continue
        if (abs(debits), credits_) != (sums.debits_vnd, sums.credits_vnd):
            yield Reason.make(
                "statement_totals_differ",
                row=number,
                credits_vnd=sums.credits_vnd,
                debits_vnd=sums.debits_vnd,
                stated_credits_vnd=credits_,
                stated_debits_vnd=abs(debits),
            )
        return


def _read_total(row: tuple[Any, ...], position: int) -> int | None:
    try:
        return read_amount(row[position]) if position < len(row) else None
    except OddCell:
        return None


def _ask_period(letterhead: Letterhead, lines: Sequence[StatementLine]) -> Iterable[Reason]:
    """Days outside the period: perhaps day and month changed places."""
    starts, ends = letterhead.starts, letterhead.ends
    if starts is None or ends is None:
        return
    outside = [
        line
        for line in lines
        if not any(starts <= day <= ends for day in (business_day(line.at), line.booked_on) if day)
    ]
    if outside:
        yield Reason.make(
            "statement_outside_period", count=len(outside), row=outside[0].row, starts=starts, ends=ends
        )


def _ask_date_order(odd_rows: Sequence[OddRow], order: DateOrder) -> Iterable[Reason]:
    """Days that only the other order can read: then the rest may be other days than they seem."""
    if order is DateOrder.MONTH_FIRST:
        return
    rows = [odd.row for odd in odd_rows if _is_month_first(odd.reason)]
    if rows:
        yield Reason.make("statement_month_first", count=len(rows), row=rows[0])


def _is_month_first(reason: Reason) -> bool:
    if reason.code != "statement_day_unread":
        return False
    try:
        return read_moment(reason.facts["text"], DateOrder.MONTH_FIRST) is not None
    except OddCell:
        return False
