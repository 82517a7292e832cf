"""Each bank's file is read right, line by line; the same line has the same key in every file that has it."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest

from pos.importing.workbook import open_tables
from pos.kernel.clock import SHOP_ZONE
from pos.kernel.errors import Refused
from pos.payments.signals import Direction
from pos.payments.statements.letterhead import BankKind
from pos.payments.statements.list_signals import list_signals
from pos.payments.statements.preview import preview_statement
from pos.payments.statements.read import read_statement

from . import statement_files as files
from .statement_files import ACCOUNT, CLOSING, OPENING, TRANSFERS, Rows, Transfer, read_file

AUGUST = (date(2026, 8, 1), date(2026, 8, 31))
Write = Callable[[Rows], bytes]
Make = Callable[[Sequence[Transfer], int], Rows]


def mb_csv(transfers: Sequence[Transfer] = TRANSFERS, opening: int = OPENING) -> Rows:
    return files.mb(transfers, opening, filler="37")


FORMS = {
    "MB xlsx": (files.mb, files.as_xlsx, BankKind.MB, "times names"),
    "MB csv with 37": (mb_csv, files.as_csv, BankKind.MB, "times names"),
    "MB csv with semicolons": (files.mb, lambda rows: files.as_csv(rows, ";"), BankKind.MB, "times names"),
    "Vietcombank xls": (files.vietcombank, files.as_xls, BankKind.VIETCOMBANK, ""),
    "Vietcombank page": (files.vietcombank, files.as_page, BankKind.VIETCOMBANK, ""),
    "Techcombank xlsx": (files.techcombank, files.as_xlsx, BankKind.TECHCOMBANK, "times names"),
    "BIDV xlsx": (files.bidv, files.as_xlsx, BankKind.BIDV, "times"),
    "BIDV csv": (files.bidv_csv, files.as_csv, BankKind.OTHER, "no account"),
    "unknown xlsx": (files.unknown_bank, files.as_xlsx, BankKind.OTHER, "times"),
    "unknown tabs": (files.unknown_bank, lambda rows: files.as_csv(rows, "\t"), BankKind.OTHER, "times"),
}  # fmt: skip
EVERY_FORM = pytest.mark.parametrize("form", FORMS)


@EVERY_FORM
def test_every_line_is_right(tmp_path: Path, form: str) -> None:
    make, write, bank, has = FORMS[form]
    statement = read_file(tmp_path, write(make(TRANSFERS, OPENING)))
    assert statement.bank is bank
    assert statement.odd_rows == ()
    assert len(statement.lines) == len(TRANSFERS)
    balance = OPENING
    for line, each in zip(statement.lines, TRANSFERS, strict=True):
        balance += each.change
        at = each.at if "times" in has else datetime.combine(each.at.date(), time.min)
        assert line.at == at.replace(tzinfo=SHOP_ZONE)
        assert line.at.tzinfo is UTC
        assert line.has_time is ("times" in has)
        assert (line.change_vnd, line.balance_vnd) == (each.change, balance)
        assert line.direction is (Direction.IN if each.change > 0 else Direction.OUT)
        assert (line.reference, line.text) == (each.reference, each.text)
        names = (each.name, each.account, each.bank) if "names" in has else ("", "", "")
        assert (line.payer_name, line.payer_account, line.payer_bank) == names


@EVERY_FORM
def test_account_period_and_sums_are_right(tmp_path: Path, form: str) -> None:
    make, write, bank, has = FORMS[form]
    statement = read_file(tmp_path, write(make(TRANSFERS, OPENING)))
    debits, credits_ = files.sum_sides(TRANSFERS)
    sums = statement.sums
    assert (sums.opening_vnd, sums.credits_vnd, sums.debits_vnd, sums.closing_vnd) == (OPENING, credits_, debits, CLOSING)  # fmt: skip
    assert sums.difference_vnd == 0
    assert [reason.code for reason in statement.questions] == (["statement_account_unknown"] if has == "no account" else [])  # fmt: skip
    if bank is not BankKind.OTHER:
        assert (statement.account_number, statement.currency) == (ACCOUNT, "VND")
        assert (statement.starts, statement.ends) == AUGUST
        assert sums.is_stated
    found = preview_statement(statement, ACCOUNT)
    assert (found.count_in, found.count_out, found.account_number) == (4, 3, ACCOUNT)
    assert found.needs_answer is (has == "no account")


@EVERY_FORM
def test_the_same_file_twice_has_the_same_keys_and_each_line_its_own(tmp_path: Path, form: str) -> None:
    make, write, _bank, _has = FORMS[form]
    first, second = (
        list_signals(read_file(tmp_path, write(make(TRANSFERS, OPENING))), ACCOUNT) for _ in range(2)
    )
    assert first == second
    assert len({signal.source_key for signal in first}) == len(TRANSFERS)


@EVERY_FORM
def test_a_longer_file_and_one_that_overlaps_share_the_keys_of_their_lines(tmp_path: Path, form: str) -> None:
    make, write, _bank, _has = FORMS[form]
    whole = list_signals(read_file(tmp_path, write(make(TRANSFERS, OPENING))), ACCOUNT)
    shorter = list_signals(read_file(tmp_path, write(make(TRANSFERS[:3], OPENING))), ACCOUNT)
    later_opening = OPENING + sum(each.change for each in TRANSFERS[:2])
    later = list_signals(read_file(tmp_path, write(make(TRANSFERS[2:], later_opening))), ACCOUNT)
    keys = [signal.source_key for signal in whole]
    assert [signal.source_key for signal in shorter] == keys[:3], "ends between two lines that are alike"
    assert [signal.source_key for signal in later] == keys[2:]


@pytest.mark.parametrize("form", ["MB csv with 37", "Vietcombank xls", "Vietcombank page", "BIDV xlsx"])
def test_what_the_child_process_reads_is_the_same(tmp_path: Path, form: str) -> None:
    make, write, _bank, _has = FORMS[form]
    here = read_file(tmp_path, write(make(TRANSFERS, OPENING)))
    assert read_statement(open_tables(tmp_path / "statement.xls")) == here


def test_the_forms_of_one_bank_share_their_keys(tmp_path: Path) -> None:
    keys = {
        tuple(signal.source_key for signal in list_signals(read_file(tmp_path, content), ACCOUNT))
        for content in (
            files.as_xlsx(files.mb()),
            files.as_csv(mb_csv()),
            files.as_page(files.mb()),
            files.as_xls(files.mb()),
        )
    }
    assert len(keys) == 1


def test_a_signal_says_what_the_line_says(tmp_path: Path) -> None:
    statement = read_file(tmp_path, files.as_xlsx(files.mb()))
    signal = list_signals(statement, ACCOUNT)[0]
    assert (signal.source, signal.account_number, signal.direction) == ("statement", ACCOUNT, Direction.IN)
    assert (signal.amount_vnd, signal.reference) == (3_122_361, "FT26215000000001")
    assert signal.at == datetime(2026, 8, 3, 2, 12, 5, tzinfo=UTC)
    assert signal.payer_name == "NGUYEN VAN A"
    assert not signal.is_day_only
    assert "OC7K2QF9XA" in signal.text
    days = list_signals(read_file(tmp_path, files.as_xls(files.vietcombank())), ACCOUNT)
    assert days[0].is_day_only
    assert days[0].at == datetime(2026, 8, 2, 17, 0, tzinfo=UTC)


def test_lines_without_a_reference_are_told_apart_by_balance_and_text(tmp_path: Path) -> None:
    bare = [replace(each, reference="") for each in TRANSFERS]
    whole = list_signals(read_file(tmp_path, files.as_csv(files.bidv_csv(bare))), ACCOUNT)
    part = list_signals(read_file(tmp_path, files.as_csv(files.bidv_csv(bare[:4]))), ACCOUNT)
    assert len({signal.source_key for signal in whole}) == len(bare)
    assert [signal.source_key for signal in part] == [signal.source_key for signal in whole][:4]


def test_a_real_37_dong_stays_and_one_beside_a_filler_is_told_by_the_balances(tmp_path: Path) -> None:
    statement = read_file(tmp_path, files.as_csv(mb_csv()))
    assert [line.change_vnd for line in statement.lines if line.amount_vnd == 37] == [37]
    clean = read_file(tmp_path, files.as_csv(files.mb()))
    assert [line.change_vnd for line in clean.lines] == [each.change for each in TRANSFERS]
    alone = [replace(TRANSFERS[4], name="", bank="", account="")]
    rows = files.mb(alone, OPENING, filler="37")
    odd = read_file(tmp_path, files.as_csv(rows))
    assert [row.reason.code for row in odd.odd_rows] == ["statement_both_sides"], "no balance beside it"
    assert [reason.code for reason in odd.questions] == ["statement_sums_differ", "statement_totals_differ"]


def test_37_in_a_sound_file_is_what_it_says(tmp_path: Path) -> None:
    changed = [replace(TRANSFERS[1], text="37"), replace(TRANSFERS[4], change=-TRANSFERS[1].change)]
    statement = read_file(tmp_path, files.as_csv(files.mb(changed, 37)))
    assert [line.text for line in statement.lines] == ["37", TRANSFERS[4].text]
    assert [line.balance_vnd for line in statement.lines] == [45_037, 37]


def test_another_account_is_refused_and_zeros_before_a_number_make_no_difference(tmp_path: Path) -> None:
    statement = read_file(tmp_path, files.as_xlsx(files.mb()))
    for use in (preview_statement, list_signals):
        with pytest.raises(Refused) as refused:
            use(statement, "0123456789")
        reason = refused.value.reasons[0]
        assert reason.code == "statement_other_account"
        assert reason.facts == {"found": ACCOUNT, "expected": "0123456789"}
    assert preview_statement(statement, f"00{ACCOUNT}").account_number == ACCOUNT
    assert preview_statement(statement, "1900 1234 5678 90").account_number == ACCOUNT
