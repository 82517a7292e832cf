"""A statement's lines beside those of earlier statements: no money twice, and none that is passed over in silence."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos.kernel.actor import SYSTEM
from pos.kernel.clock import day_start
from pos.kernel.database import open_reading, unit_of_work
from pos.kernel.errors import Refused
from pos.payments.models import BankAccount, BankTransfer, TransferReport
from pos.payments.receive import (
    ReceivedSignals,
    join_report,
    list_possible_twins,
    list_waiting_reports,
    receive_signals,
)
from pos.payments.signals import Direction, TransferSignal
from pos.payments.statements.list_signals import make_keys
from pos.payments.statements.statement import StatementLine
from pos.payments.statements.told_lines import compare_with_told, mark_doubtful
from tests.conftest import MANAGER, MORNING, TODAY, Shop
from tests.pos.sales.transfer_steps import NUMBER, a_signal, an_account, receive_all

NOON, EVENING = MORNING + timedelta(hours=3), MORNING + timedelta(hours=8)


def a_line(at: Any = MORNING, **more: Any) -> StatementLine:
    facts = {
        "row": 1,
        "at": at,
        "has_time": True,
        "booked_on": None,
        "direction": Direction.IN,
        "amount_vnd": 50_000,
    }
    return StatementLine(**facts | more)


def make_signals(*lines: StatementLine) -> list[TransferSignal]:
    return [
        TransferSignal(
            "statement", key, NUMBER, line.direction, line.amount_vnd, line.at, line.reference, line.text,
            balance_vnd=line.balance_vnd, is_day_only=not line.has_time,
        )
        for key, line in zip(make_keys(NUMBER, lines), lines, strict=True)
    ]  # fmt: skip


def read_in(*lines: StatementLine) -> tuple[int, int, int]:
    """How many lines of the file are new, wait and were told before."""
    with unit_of_work() as session:
        account = session.query(BankAccount).one()
        signals = compare_with_told(session, account, make_signals(*lines))
        got: ReceivedSignals = receive_signals(session, account, signals, by=SYSTEM, at=EVENING)
        return len(got.transfers), got.waiting, got.repeated


@pytest.fixture
def account(any_shop: Shop) -> None:
    with unit_of_work() as session:
        an_account(session)


DAY_ONLY: dict[str, Any] = {"at": day_start(TODAY), "has_time": False}


@pytest.mark.parametrize(("first", "second", "answer"), [
    ({"reference": "CK"}, {"reference": "CK", "at": NOON}, (0, 1, 0)),
    ({"text": "CK"}, {"text": "mua", "at": NOON}, (1, 0, 0)),
    ({"text": "CK"}, {"text": "CK", "at": NOON}, (0, 1, 0)),
    ({"reference": "FT1"}, {"reference": "FT2", "at": NOON}, (1, 0, 0)),
    ({"reference": "CK", "balance_vnd": 1}, {"reference": "CK", "balance_vnd": 2}, (0, 1, 0)),
    ({"reference": "CK", "balance_vnd": 1}, {"reference": "CK", "balance_vnd": 1, "at": NOON}, (0, 0, 1)),
    (DAY_ONLY | {"reference": "CK", "text": "a"}, DAY_ONLY | {"reference": "CK", "text": "b"}, (0, 1, 0)),
    (DAY_ONLY | {"reference": "FT1"}, DAY_ONLY | {"reference": "FT2"}, (0, 1, 0)),
    (DAY_ONLY | {"reference": "FT1"}, DAY_ONLY | {"text": "x"}, (0, 1, 0)),
    (DAY_ONLY | {"reference": "FT1"}, DAY_ONLY | {"reference": "FT1"}, (0, 0, 1)),
    ({"reference": "FT1"}, {"balance_vnd": 7}, (0, 1, 0)),
    ({"reference": "FT1"}, {"reference": "FT2", "amount_vnd": 50_001}, (1, 0, 0)),
    ({"reference": "FT1"}, {"reference": "FT2", "direction": Direction.OUT}, (1, 0, 0)),
], ids=["number that says nothing", "afternoon", "afternoon, same text", "other number and time", "other balance", "the same, booked later",
        "a day's other text", "a day's other number", "read without its number", "the very same", "read by its balance", "other amount",
        "other way"])  # fmt: skip
def test_a_line_of_a_second_file(
    account: None, first: dict[str, Any], second: dict[str, Any], answer: tuple[int, int, int]
) -> None:
    assert read_in(a_line(**first)) == (1, 0, 0)
    assert read_in(a_line(**second)) == answer
    assert read_in(a_line(**second)) == (0, 0, 1), "the second file again changes nothing"
    assert read_in(a_line(**first)) == (0, 0, 1), "nor does the first"


def test_the_whole_day_after_its_two_halves(account: None) -> None:
    morning = [
        a_line(MORNING, reference="CK", text="a"),
        a_line(MORNING + timedelta(minutes=9), reference="CK", text="a"),
    ]
    assert read_in(*morning) == (2, 0, 0)
    evening = a_line(EVENING, reference="CK", text="b")
    assert read_in(evening) == (0, 1, 0)
    assert read_in(*morning, evening) == (0, 0, 3)


LINES = st.builds(
    a_line,
    st.sampled_from([MORNING, NOON, EVENING]),
    reference=st.sampled_from(["", "CK", "FT1"]),
    text=st.sampled_from(["", "a", "b"]),
    has_time=st.booleans(),
    balance_vnd=st.sampled_from([None, 1, 2]),
)


@given(st.lists(LINES, max_size=6), st.lists(LINES, max_size=6))
def test_no_two_lines_of_a_file_get_one_key_and_what_was_read_is_never_new(
    first: list[StatementLine], second: list[StatementLine]
) -> None:
    told = [
        TransferReport(source_key=each.source_key, at=each.at, direction=each.direction.value, amount_vnd=each.amount_vnd,
                       is_day_only=each.is_day_only, reference=each.reference, text=each.text, balance_vnd=each.balance_vnd)
        for each in make_signals(*first)
    ]  # fmt: skip
    again = mark_doubtful(make_signals(*first), told)
    assert {each.source_key for each in again} == {each.source_key for each in told}
    other = mark_doubtful(make_signals(*second), told)
    assert len({each.source_key for each in other}) == len(second)


def test_what_contradicts_a_waiting_report_is_not_offered(account: None) -> None:
    with unit_of_work() as session:
        receive_all(session, a_signal(50_000, reference="FT1", source="sepay"))
        receive_all(
            session, a_signal(50_000, reference="FT2", source="casso", at=MORNING + timedelta(minutes=5))
        )
        (report,) = list_waiting_reports(session)
        assert [each.reference for each in list_possible_twins(session, report)] == ["FT1"]
        report.source, report.reference = "sepay_webhook", "FT3"
        session.flush()
        assert list_possible_twins(session, report) == []
        with pytest.raises(Refused) as no:
            join_report(session, report, 1, by=MANAGER, at=EVENING)
        assert no.value.reasons[0].code == "not_a_twin"
        session.rollback()


def test_a_key_told_again_with_another_amount_is_left_and_named(account: None) -> None:
    with unit_of_work() as session:
        receive_all(session, a_signal(50_000, source_key="k"))
        changed = [
            a_signal(60_000, source_key="k"),
            a_signal(50_000, source_key="k", direction=Direction.OUT),
        ]
        got = receive_all(session, a_signal(50_000, source_key="k"), *changed)
        assert (got.repeated, got.changed, got.transfers) == (1, tuple(changed), ())
        within = receive_all(
            session, a_signal(1_000, source_key="m"), other := a_signal(2_000, source_key="m")
        )
        assert (len(within.transfers), within.repeated, within.changed) == (1, 0, (other,))
    with open_reading() as session:
        assert session.query(BankTransfer).count() == 2
