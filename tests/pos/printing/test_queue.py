"""What becomes of a slip in the queue: its pauses, and one that nobody wants any more."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from hardware.slips.slip import Slip, Text
from pos.journal.models import JournalRow
from pos.kernel.database import open_reading, unit_of_work
from pos.printing.models import JobState, PrintJob
from pos.printing.queue import PrintOutcome, begin_job, find_next_job, finish_or_retry, get_job, queue_print
from tests.conftest import MORNING, Shop


@pytest.fixture
def job_id(shop: Shop) -> int:
    with unit_of_work() as session:
        return queue_print(session, "bill", "000001", "sale:1", Slip((Text("x"),)), at=MORNING).id


def test_the_pauses_double_up_to_half_a_minute(shop: Shop, job_id: int) -> None:
    at, pauses = MORNING, []
    for _ in range(9):
        with unit_of_work() as session:
            job = get_job(session, job_id)
            begin_job(job, at=at)
            finish_or_retry(job, PrintOutcome("printer_unreachable"), at=at)
            pauses.append((job.next_try_at - at).total_seconds())
            job.state = JobState.WAITING
            at = job.next_try_at
    assert pauses == [1, 2, 4, 8, 16, 30, 30, 30, 30]


def test_a_slip_that_nobody_wants_is_discarded_with_a_reason(village: Shop) -> None:
    with unit_of_work() as session:
        waiting = queue_print(session, "bill", "000777", "sale:7", Slip((Text("x"),)), at=MORNING).id
    manager = village.client("manager")
    refused = manager.post(f"/printing/{waiting}/discard", data={"reason": " "})
    assert (refused.status_code, 'role="alert"' in refused.text) == (422, True)
    assert manager.post(f"/printing/{waiting}/discard", data={"reason": "máy in hỏng"}).status_code == 302
    assert manager.post(f"/printing/{waiting}/discard", data={"reason": "lần nữa"}).status_code == 409
    with open_reading() as session:
        assert session.get_one(PrintJob, waiting).state == "discarded"
        assert find_next_job(session, "bill", at=MORNING + timedelta(days=1)) is None or (
            find_next_job(session, "bill", at=MORNING + timedelta(days=1)).id != waiting  # type: ignore[union-attr]
        )
        row = session.scalars(select(JournalRow).where(JournalRow.kind == "print_discarded")).one()
        assert "máy in hỏng" in row.payload
    assert (
        village.client("cashier").post(f"/printing/{waiting}/discard", data={"reason": "x"}).status_code
        == 403
    )


def test_the_queue_says_what_each_job_is_and_what_holds_it_up(village: Shop) -> None:
    jobs = (("000777", "sale:7"), ("000777", "packing:7"), ("L261123", "lot:3"))
    with unit_of_work() as session:
        for title, subject in jobs:
            job = queue_print(session, "bill", title, subject, Slip((Text("x"),)), at=MORNING)
            job.error = "paper_out"
    page = village.client("manager").get("/printing").text
    assert page.count("hết giấy") == len(jobs)
    assert "paper_out" not in page
    for title, _subject in jobs:
        assert f"<strong>{title}</strong>" in page
