"""What is no statement is refused with its reason; an odd row is named and loses no other; odd sums are a question."""

import json
import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pos.kernel.cell_table import CellTable
from pos.kernel.errors import Refused
from pos.kernel.reason import Reason
from pos.payments.reasons import REASONS
from pos.payments.statements.cells import DateOrder
from pos.payments.statements.headings import Field
from pos.payments.statements.list_signals import list_signals
from pos.payments.statements.mapping import Sign, StatementMapping, make_mapping
from pos.payments.statements.read import read_statement
from pos.payments.statements.statement import Statement

from . import statement_files as files
from .statement_files import ACCOUNT, TRANSFERS, Rows

HEAD = ["Ngày GD", "Số CT", "Ghi nợ", "Ghi có", "Số dư", "Nội dung"]
ABOVE = [["Số tài khoản: 0123456789"]]
GOOD = ["05/08/2026", "A1", "", "45,000", "", "OC7K2QF9XA"]


def read_rows(rows: Rows, mapping: StatementMapping | None = None) -> Statement:
    return read_statement([CellTable("S", tuple(map(tuple, rows)))], mapping)


def refusal_of(rows: Rows, mapping: StatementMapping | None = None) -> Reason:
    with pytest.raises(Refused) as refused:
        read_rows(rows, mapping)
    (reason,) = refused.value.reasons
    assert has_every_fact(reason)
    return reason


def has_every_fact(reason: Reason) -> bool:
    """Has the reason what its sentence names?"""
    return set(re.findall(r"%\((\w+)\)", str(REASONS[reason.code][0]))) <= set(reason.facts)


def question_codes(statement: Statement) -> list[str]:
    return [reason.code for reason in statement.questions]


@pytest.mark.parametrize(("rows", "code"), [
    ([], "statement_no_heading"),
    ([["Chè lam", 45_000]], "statement_no_heading"),
    ([[] for _ in range(41)] + [HEAD, GOOD], "statement_no_heading"),
    ([["Ngày GD", "Ghi có", "Nội dung"], ["05/08/2026", "1", "x"]], "statement_no_heading"),
    ([HEAD], "statement_empty"),
    ([HEAD, ["Tổng cộng", None, "0", "0"]], "statement_empty"),
    ([["Ngày", "Nội dung", "Số tiền"], ["05/08/2026", "x", "45,000"]], "statement_unsigned"),
    ([["Ngày", "Ghi nợ", "Ghi có"], ["Date", "Credit", "Debit"], ["05/08/2026", "1", ""]], "statement_heading_contradicts"),
    ([["Ngày", "Ghi có", "Ghi nợ", "Ghi có"], ["05/08/2026", "1", "", "2"]], "statement_heading_twice"),
    ([*ABOVE, HEAD, GOOD, ["Ngày GD", "Số CT", "Ghi có", "Ghi nợ", "Số dư", "Nội dung"], GOOD], "statement_headings_differ"),
    ([*ABOVE, HEAD, GOOD, ["Số tài khoản: 9876543210"], GOOD], "statement_accounts_many"),
    ([["Loại tiền/Currency: USD"], HEAD, GOOD], "statement_currency"),
    ([["Loại tiền", "EUR"], HEAD, GOOD], "statement_currency"),
    ([["Số dư đầu kỳ: 100.00 USD"], HEAD, GOOD], "statement_currency"),
    ([["Ngày GD", "Ghi nợ (USD)", "Ghi có (USD)"], ["05/08/2026", "", "45"]], "statement_currency"),
])  # fmt: skip
def test_what_is_no_statement(rows: Rows, code: str) -> None:
    assert refusal_of(rows).code == code


def test_contradicting_headings_name_their_cells() -> None:
    rows: Rows = [*ABOVE, ["Ngày", "Ghi nợ", "Ghi có"], ["Date", "Credit", "Debit"], ["05/08/2026", "1", ""]]
    assert refusal_of(rows).facts["cell"] == "B3"
    differ = [*ABOVE, HEAD, GOOD, ["Ngày GD", "Số CT", "Ghi có", "Ghi nợ", "Số dư", "Nội dung"], GOOD]
    reason = refusal_of(differ)
    assert (reason.facts["row"], reason.facts["first"]) == (4, 2)


def test_two_sheets_with_lines_are_refused_and_an_empty_one_is_passed_over() -> None:
    filled, empty = CellTable("A", (tuple(HEAD), tuple(GOOD))), CellTable("B", (tuple(HEAD),))
    assert len(read_statement([empty, filled, CellTable("C", ())]).lines) == 1
    with pytest.raises(Refused) as refused:
        read_statement([filled, filled])
    assert refused.value.reasons[0].code == "statement_sheets_many"


@pytest.mark.parametrize(("cells", "code", "cell"), [
    (["31/02/2026", "A2", "", "1,000"], "statement_day_unread", "A3"),
    (["05/08/2026 25:00", "A2", "", "1,000"], "statement_day_unread", "A3"),
    (["", "A2", "", "1,000"], "statement_day_missing", None),
    (["hôm qua", "A2", "", "1,000"], "statement_day_unread", "A3"),
    (["05/08/2026", "A2", "", "1,000.50"], "statement_amount_fraction", "D3"),
    (["05/08/2026", "A2", "", 0.5], "statement_amount_fraction", "D3"),
    (["05/08/2026", "A2", "-1,000", ""], "statement_amount_negative", "C3"),
    (["05/08/2026", "A2", "", "-1,000"], "statement_amount_negative", "D3"),
    (["05/08/2026", "A2", "", "10000000000000"], "statement_amount_long", "D3"),
    (["05/08/2026", "A2", "", "١٠٠٠"], "statement_amount_script", "D3"),
    (["05/08/2026", "A2", "", "12 USD"], "statement_cell_currency", "D3"),
    (["05/08/2026", "A2", "", "nhiều"], "statement_amount_unread", "D3"),
    (["05/08/2026", "A2", "1,000", "2,000"], "statement_both_sides", None),
    (["05/08/2026", "A2", "", ""], "statement_amount_missing", None),
    (["05/08/2026", "A2", "0", "0.00"], "statement_amount_missing", None),
])  # fmt: skip
def test_one_odd_row_is_named_and_loses_no_other(cells: list[Any], code: str, cell: str | None) -> None:
    statement = read_rows([*ABOVE, HEAD, cells, GOOD])
    (odd,) = statement.odd_rows
    assert (odd.row, odd.reason.code, odd.reason.facts["row"]) == (3, code, 3)
    assert odd.reason.facts.get("cell") == cell
    assert has_every_fact(odd.reason)
    assert [line.amount_vnd for line in statement.lines] == [45_000]


def test_texts_below_the_lines_and_repeated_headings_are_no_rows() -> None:
    statement = read_rows([
        *ABOVE, HEAD, ["(1)", "(2)", "(3)", "(4)", "(5)", "(6)"], GOOD, HEAD, GOOD, [], ["Tổng cộng", None, None, "90,000"],
        ["Chứng từ này được in trực tiếp từ hệ thống"], [None, None, None, None, None, "Người lập"],
    ])  # fmt: skip
    assert statement.odd_rows == ()
    assert [line.row for line in statement.lines] == [4, 6]
    keys = [signal.source_key for signal in list_signals(statement, "0123456789")]
    assert len(set(keys)) == 2, "two lines that are alike are two transfers"


def test_sums_that_do_not_add_up_are_a_question_with_the_figures(tmp_path: Path) -> None:
    rows = files.mb()
    del rows[18]  # 3.122.361 came
    statement = files.read_file(tmp_path, files.as_xlsx(rows))
    assert len(statement.lines) == len(TRANSFERS) - 1
    sums, totals = statement.questions
    debits, credits_ = files.sum_sides(TRANSFERS)
    assert sums == Reason.make(
        "statement_sums_differ", opening_vnd=files.OPENING, credits_vnd=credits_ - 3_122_361, debits_vnd=debits,
        closing_vnd=files.CLOSING, difference_vnd=3_122_361,
    )  # fmt: skip
    assert (totals.code, totals.facts["stated_credits_vnd"]) == ("statement_totals_differ", credits_)


def test_without_balances_nothing_is_said_of_the_sums() -> None:
    statement = read_rows([*ABOVE, HEAD, GOOD])
    assert (statement.sums.difference_vnd, statement.sums.is_stated) == (None, False)
    assert statement.questions == ()


def test_days_outside_the_period_are_a_question() -> None:
    rows = [[*ABOVE[0], "Từ 01/08/2026 đến 31/08/2026"], HEAD, GOOD, ["08/05/2026", "A2", "", "1,000"]]
    (question,) = read_rows(rows).questions
    assert question.code == "statement_outside_period"
    assert question.facts == {"count": 1, "row": 4, "starts": date(2026, 8, 1), "ends": date(2026, 8, 31)}


def test_columns_of_sides_in_words_and_without_accents() -> None:
    rows = [["Ngày", "Loại GD", "Số tiền"], ["05/08/2026", "C", "1,000"], ["05/08/2026", "D", "2,000"], ["05/08/2026", "?", "3"]]  # fmt: skip
    statement = read_rows(rows)
    assert [line.change_vnd for line in statement.lines] == [1_000, -2_000]
    assert [odd.reason.code for odd in statement.odd_rows] == ["statement_side_unread"]
    plain = read_rows([["NGAY", "NO", "CO", "NO."], ["05/08/2026", "2,000", "", "1"], ["06/08/2026", "", "5", "2"]])  # fmt: skip
    assert [line.change_vnd for line in plain.lines] == [-2_000, 5]


def test_a_number_of_rows_called_no_is_no_debit() -> None:
    statement = read_rows([["STT/No.", "Date", "Debit", "Credit"], [1, "05/08/2026", "", "1,000"]])
    assert [line.change_vnd for line in statement.lines] == [1_000]


# --- a mapping that a person chose ---

OWN_HEAD = ["Khi", "Bao nhiêu", "Gì"]
OWN = {Field.DAY: 0, Field.AMOUNT: 1, Field.TEXT: 2}


def own_table(*rows: list[Any]) -> CellTable:
    return CellTable("S", tuple(map(tuple, [["Ngân hàng Mẫu"], OWN_HEAD, *rows])))


@pytest.mark.parametrize(("sign", "changes"), [
    (Sign.MINUS_OUT, [1_000, -2_000]), (Sign.PLUS_OUT, [-1_000, 2_000]), (Sign.ALL_IN, [1_000]),
])  # fmt: skip
def test_a_mapping_is_kept_and_reads_the_next_file(sign: Sign, changes: list[int]) -> None:
    table = own_table(["08/05/2026", "1,000", "x"], ["08/06/2026", "-2,000", "y"])
    mapping = make_mapping(table, 2, OWN, sign, DateOrder.MONTH_FIRST)
    kept = StatementMapping.from_dict(json.loads(json.dumps(mapping.to_dict())))
    assert kept == mapping
    statement = read_statement([table], kept)
    assert [line.change_vnd for line in statement.lines] == changes
    assert statement.lines[0].at in {datetime(2026, 8, 4, 17, tzinfo=UTC), datetime(2026, 8, 5, 17, tzinfo=UTC)}  # fmt: skip


def test_a_mapping_of_a_file_without_headings() -> None:
    table = CellTable("S", (("Ngân hàng Mẫu",), ("05/08/2026", "1,000", "x"), ("06/08/2026", "-2,000", "y")))
    statement = read_statement([table], make_mapping(table, None, OWN, Sign.MINUS_OUT))
    assert [line.change_vnd for line in statement.lines] == [1_000, -2_000]


def test_a_mapping_of_another_form_is_refused() -> None:
    mapping = make_mapping(own_table(), 2, OWN, Sign.MINUS_OUT)
    assert refusal_of([HEAD, GOOD], mapping).code == "statement_mapping_unfit"
    for columns, sign in (({Field.DAY: 0}, Sign.MINUS_OUT), (OWN, Sign.SIDE), (OWN, Sign.COLUMNS)):
        with pytest.raises(Refused):
            make_mapping(own_table(), 2, columns, sign)


def test_a_mapping_may_say_that_the_debit_has_a_minus() -> None:
    table = CellTable("S", (tuple(HEAD), ("05/08/2026", "A1", "-1,000", "", "", ""), tuple(GOOD)))
    columns = {Field.DAY: 0, Field.DEBIT: 2, Field.CREDIT: 3}
    statement = read_statement([table], make_mapping(table, 1, columns, Sign.COLUMNS_MINUS))
    assert [line.change_vnd for line in statement.lines] == [-1_000, 45_000]


@pytest.mark.parametrize("kept", [{}, {"columns": {"x": 0}}, {"columns": {"day": -1}, "headings": [], "sign": "minus_out"}])  # fmt: skip
def test_a_broken_mapping_is_no_mapping(kept: dict[str, Any]) -> None:
    with pytest.raises((ValueError, KeyError)):
        StatementMapping.from_dict(kept)


# --- whatever stands in a file ---

odd_cells = st.one_of(
    st.none(), st.text(max_size=30), st.integers(-(10**15), 10**15), st.floats(), st.booleans(), st.dates(), st.datetimes(), st.times(),
    st.timedeltas(), st.sampled_from([*HEAD, "Nợ", "Có", "Số tiền", "Debit", "Credit", "Tổng", "Số dư đầu kỳ: ", "05/08/2026", "1,000", "-5",
                                      "37", "Số tài khoản", "0123456789", "Currency", "USD", "Từ ngày", "Phát sinh", "Date", "(1)"]),
)  # fmt: skip
odd_rows = st.lists(st.lists(odd_cells, max_size=8), max_size=12)


@settings(max_examples=400, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(odd_rows, odd_rows, st.sampled_from([HEAD, files.mb()[17], files.vietcombank()[13], OWN_HEAD]))
def test_whatever_stands_in_a_file_it_is_read_or_refused(above: Rows, below: Rows, head: list[Any]) -> None:
    for mapping in (None, make_mapping(own_table(), 2, OWN, Sign.MINUS_OUT)):
        statement, codes = try_rows([*above, head, *below], mapping)
        assert codes <= set(REASONS)
        if statement is None:
            continue
        line_rows, other_rows = ({row.row for row in rows} for rows in (statement.lines, statement.odd_rows))
        assert not line_rows & other_rows
        keys = [signal.source_key for signal in list_signals(statement, statement.account_number or ACCOUNT)]
        assert len(set(keys)) == len(keys)
        assert all(0 < line.amount_vnd < 10**13 for line in statement.lines)


def try_rows(rows: Rows, mapping: StatementMapping | None) -> tuple[Statement | None, set[str]]:
    """The statement, or None, and every code that is said of it."""
    try:
        statement = read_rows(rows, mapping)
    except Refused as refused:
        codes = {reason.code for reason in refused.reasons if has_every_fact(reason)}
        return None, codes or {"a fact is missing"}
    reasons = [*(odd.reason for odd in statement.odd_rows), *statement.questions]
    assert all(map(has_every_fact, reasons))
    return statement, {reason.code for reason in reasons}
