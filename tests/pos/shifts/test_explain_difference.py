"""A shift closes whatever anybody knows about its difference; the reason comes after, as often as it is told."""

import pytest

from pos.kernel.database import open_reading, unit_of_work
from pos.kernel.errors import Refused
from pos.shifts.drawer import close_shift, find_close, find_open_shift, get_shift, open_shift
from pos.shifts.explain_difference import explain_difference, find_told_reason, list_explanations
from tests.conftest import CASHIER, MANAGER, MORNING, STATION, Shop
from tests.web.test_money_traces import closed, journaled, open_it


def test_each_reason_is_a_row_of_its_own_and_the_close_stays_as_it_was(any_shop: Shop) -> None:
    with unit_of_work() as session:
        shift = open_shift(session, STATION, 500_000, by=CASHIER, at=MORNING)
        number = shift.number
        with pytest.raises(Refused) as no:
            explain_difference(session, shift, "chưa kết ca", by=CASHIER, at=MORNING)
        assert [reason.code for reason in no.value.reasons] == ["no_cash_difference"]
        close_shift(session, shift, 480_000, by=CASHIER, at=MORNING)
    for who, reason in ((CASHIER, "thối nhầm"), (MANAGER, "tìm thấy tờ 20.000 dưới két")):
        with unit_of_work() as session:
            explain_difference(session, get_shift(session, number), reason, by=who, at=MORNING)
    with unit_of_work() as session:
        shift = get_shift(session, number)
        told = [(row.actor, find_told_reason(row)) for row in list_explanations(session, shift)]
        assert told == [(CASHIER.name, "thối nhầm"), (MANAGER.name, "tìm thấy tờ 20.000 dưới két")]
        close = find_close(session, shift)
        assert close is not None
        assert close.counted_vnd == 480_000
        with pytest.raises(Refused):
            explain_difference(session, shift, "  ", by=CASHIER, at=MORNING)


def test_a_shift_that_is_exact_has_nothing_to_explain(any_shop: Shop) -> None:
    with unit_of_work() as session:
        shift = open_shift(session, STATION, 500_000, by=CASHIER, at=MORNING)
        close_shift(session, shift, 500_000, by=CASHIER, at=MORNING)
        with pytest.raises(Refused):
            explain_difference(session, shift, "không có gì", by=CASHIER, at=MORNING)


def test_the_till_closes_first_and_asks_why_then(village: Shop) -> None:
    till, boss = village.client("cashier"), village.client("manager")
    number = open_it(till)
    closed(till, 480_000)
    with open_reading() as session:
        assert find_open_shift(session, STATION) is None
    assert "thiếu 20.000" in boss.get(f"/shifts/{number}").text
    empty = till.post(f"/till/shift/{number}/reason", data={"reason": " "})
    assert empty.status_code == 422
    assert 'aria-invalid="true"' in empty.text
    page = till.post(f"/till/shift/{number}/reason", data={"reason": "thối nhầm", "once": "r1"}).text
    assert 'data-panel="shift_closed"' in page
    assert "thối nhầm" in page
    till.post(f"/till/shift/{number}/reason", data={"reason": "thối nhầm", "once": "r1"})
    assert [act["reason"] for act in journaled("difference_explained")] == ["thối nhầm"]
    assert boss.post(f"/shifts/{number}/reason", data={"reason": "đã tìm thấy"}).status_code == 302
    page = boss.get(f"/shifts/{number}").text
    assert "thối nhầm" in page
    assert "đã tìm thấy" in page
    assert boss.post(f"/shifts/{number}/reason", data={"reason": ""}).status_code == 422
    open_it(till)
    page = till.post("/till/shift/close", data={"counted": "507000"}).text
    assert "thừa 7.000" in page


def test_a_cashier_explains_shifts_of_the_own_till_alone(village: Shop) -> None:
    with unit_of_work() as session:
        shift = open_shift(session, "Quầy 2", 500_000, by=CASHIER, at=MORNING)
        close_shift(session, shift, 400_000, by=CASHIER, at=MORNING)
        number = shift.number
    answer = village.client("cashier").post(f"/till/shift/{number}/reason", data={"reason": "x"})
    assert answer.status_code == 404
    assert journaled("difference_explained") == []
