"""A run over many producers: in a process of its own, it writes what a run in a thread writes, and says what went wrong."""

import time
from datetime import timedelta

import pytest
from sqlalchemy import select

from pos.kernel.clock import FixedClock
from pos.kernel.database import db, open_reading
from pos.kernel.errors import Refused, Stale
from pos.maintenance.verify import verify_books
from pos.producers.models import Producer
from pos.settlement.models import Statement
from pos.settlement.run_process import MOST_IN_A_THREAD, RunProcess, choose_step
from pos.settlement.runs import StatementRuns, approve_one, draft_one, find_draft, list_drafts, mark_draft
from tests.conftest import MANAGER, MORNING, TODAY, Shop

YESTERDAY = TODAY - timedelta(days=1)


def run_to_its_end(runs: StatementRuns) -> None:
    until = time.monotonic() + 60
    while runs.last is not None and runs.last.is_running and time.monotonic() < until:
        time.sleep(0.05)


@pytest.mark.parametrize("is_child", [False, True], ids=["thread", "process"])
def test_drafts_become_the_same_statements_wherever_they_are_reckoned(village: Shop, is_child: bool) -> None:
    clock, runs = FixedClock(MORNING), StatementRuns()
    with open_reading() as session:
        ids = list(session.scalars(select(Producer.id).order_by(Producer.id)))
    ids = [*ids, 99_999]
    asked = ids * 2 if is_child else ids
    assert (len(asked) > MOST_IN_A_THREAD) is is_child
    assert runs.begin(ids, *choose_step(db.engine, asked, draft_one, YESTERDAY, MANAGER, clock))
    run_to_its_end(runs)
    assert runs.last is not None
    with open_reading() as session:
        kept = list_drafts(session)
        drafts = {producer_id: row.closing_vnd for producer_id, row in kept.items()}
        shown = {producer_id: mark_draft(row) for producer_id, row in kept.items()}
    assert drafts
    runs.begin(ids, *choose_step(db.engine, asked, approve_one, shown, MANAGER, clock), is_approval=True)
    run_to_its_end(runs)
    assert runs.last.done == len(ids)
    assert runs.last.failed == []
    with open_reading() as session:
        assert {row.producer_id: row.closing_vnd for row in session.scalars(select(Statement))} == drafts
        assert verify_books(session) == []


def test_what_a_child_refuses_is_raised_here_and_one_that_dies_is_said(village: Shop) -> None:
    process = RunProcess(db.engine, draft_one, TODAY, MANAGER, FixedClock(MORNING))
    with pytest.raises(Refused) as early:
        process.do_step(1)
    assert {reason.code for reason in early.value.reasons} == {"statement_not_over"}
    child = process._child
    assert child is not None
    child.kill()
    child.wait()
    with pytest.raises(Refused) as ended:
        process.do_step(1)
    assert {reason.code for reason in ended.value.reasons} == {"run_process_ended"}
    process.close()


def test_what_nobody_looked_at_is_not_approved(village: Shop) -> None:
    """The draft was made again up to another day since the page was opened: it is kept, and no statement is written."""
    clock = FixedClock(MORNING)
    with open_reading() as session:
        draft_one(db.engine, 1, YESTERDAY - timedelta(days=1), MANAGER, clock)
    with open_reading() as session:
        before = find_draft(session, 1)
        assert before is not None
        shown = {1: mark_draft(before)}
    draft_one(db.engine, 1, YESTERDAY, MANAGER, clock)
    with pytest.raises(Stale) as changed:
        approve_one(db.engine, 1, shown, MANAGER, clock)
    assert {reason.code for reason in changed.value.reasons} == {"statement_changed"}
    with open_reading() as session:
        assert session.scalars(select(Statement)).all() == []
        after = find_draft(session, 1)
        assert after is not None
        assert after.ends == YESTERDAY


def test_a_run_that_breaks_off_says_so(village: Shop) -> None:
    def fall(producer_id: int) -> None:
        raise ZeroDivisionError(producer_id)

    runs = StatementRuns()
    runs.begin([1, 2], fall)
    run_to_its_end(runs)
    assert runs.last is not None
    assert (runs.last.is_broken, runs.last.done) == (True, 0)
