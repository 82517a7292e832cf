"""The print queue over a real socket: a dead printer stops no sale, and no slip is lost or doubled unmarked."""

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from hardware.fakes.printer import FakePrinter
from hardware.fakes.serial_printer import SerialPrinter
from hardware.printers.escpos import EscposPrinter
from hardware.slips.slip import Cut, Kick, Slip, Text
from pos.kernel.clock import Clock
from pos.kernel.database import db, open_reading, unit_of_work
from pos.kernel.errors import NotFound
from pos.printing import queue
from pos.printing.models import JobState, PrintJob
from pos.printing.worker import PrintWorker
from tests.conftest import MANAGER, MORNING, Shop

NAME = "Máy in quầy"
SLIP = Slip((Text("phiếu " * 40), Text("lô " * 200), Cut(), Kick()))


@pytest.fixture
def paper() -> Iterator[FakePrinter]:
    fake = FakePrinter().start()
    yield fake
    fake.stop()


def queued(count: int = 1) -> None:
    with unit_of_work() as session:
        for n in range(count):
            queue.queue_print(session, NAME, f"{n:06}", f"sale:{n}", SLIP, at=MORNING)


def states() -> list[str]:
    with open_reading() as session:
        return list(session.scalars(select(PrintJob.state).order_by(PrintJob.id)))


def worker_for(shop: Shop, paper: FakePrinter) -> tuple[PrintWorker, EscposPrinter]:
    device = EscposPrinter(NAME, paper.address)
    return PrintWorker(db.engine, [device], shop.clock), device


def test_jobs_come_out_in_their_order(shop: Shop, paper: FakePrinter) -> None:
    queued(3)
    worker, device = worker_for(shop, paper)
    while worker.print_one(device):
        pass
    assert states() == [JobState.PRINTED] * 3
    assert len(paper.wait_for_sheets(3)) == 3
    assert paper.kicks == 3


@pytest.mark.parametrize("fault", ["paper_out", "cover_open"])
def test_out_of_paper_waits_and_goes_on(shop: Shop, paper: FakePrinter, fault: str) -> None:
    queued(2)
    setattr(paper.faults, fault, True)
    worker, device = worker_for(shop, paper)
    assert worker.print_one(device)
    assert worker.says[NAME].error == fault
    assert not worker.print_one(device)  # not before its time, and nothing overtakes it
    setattr(paper.faults, fault, False)
    shop.clock.advance(seconds=2)
    while worker.print_one(device):
        pass
    assert states() == [JobState.PRINTED] * 2
    assert paper.kicks == 2


def test_cut_off_in_the_middle_is_printed_anew_from_the_top_and_marked(
    shop: Shop, paper: FakePrinter
) -> None:
    queued()
    paper.faults.cut_off_after = 3000
    worker, device = worker_for(shop, paper)
    assert worker.print_one(device)
    if states() == [JobState.WAITING]:
        assert worker.says[NAME].error == "printer_broke_off"
        shop.clock.advance(minutes=5)
        assert worker.print_one(device)
        assert states() == [JobState.PRINTED]
        (sheet,) = paper.wait_for_sheets(1)
        assert sheet.height > 0
        assert paper.kicks <= 1  # once at the first try; never long after the buyer has gone


def test_a_crash_while_printing_starts_over_marked(shop: Shop, paper: FakePrinter) -> None:
    queued()
    with unit_of_work() as session:
        job = session.scalars(select(PrintJob)).one()
        assert queue.begin_job(job, at=MORNING) == SLIP
    with unit_of_work() as session:
        job = session.scalars(select(PrintJob)).one()
        again = queue.begin_job(job, at=MORNING)
        assert again.rows[0] == Text("IN LẠI TỪ ĐẦU", bold=True, align="center")
        assert not any(isinstance(row, Kick) for row in again.rows)


def test_a_dead_printer_pauses_longer_and_longer_but_never_gives_up(shop: Shop) -> None:
    queued()
    dead = EscposPrinter(NAME, "tcp://127.0.0.1:9")
    worker = PrintWorker(db.engine, [dead], shop.clock)
    for _ in range(3):
        assert worker.print_one(dead)
        shop.clock.advance(minutes=1)
    assert states() == [JobState.WAITING]
    with unit_of_work() as session:
        job = queue.get_job(session, 1)
        queue.begin_job(job, at=MORNING)
        queue.finish_or_retry(job, queue.PrintOutcome("device_misconfigured", permanent=True), at=MORNING)
        assert job.state == JobState.GIVEN_UP
        queue.retry_job(job, at=MORNING)
        assert job.state == JobState.WAITING
        at = MORNING
        for _ in range(9):
            queue.begin_job(job, at=at)
            queue.finish_or_retry(job, queue.PrintOutcome("printer_broke_off", begun=True), at=at)
            pause, at = job.next_try_at - at, job.next_try_at
        assert pause == queue.LONGEST_PAUSE
        with pytest.raises(NotFound):
            queue.get_job(session, 77)


def test_an_unreachable_printer_is_tried_after_1_2_4_and_at_most_30_seconds(shop: Shop) -> None:
    queued()
    dead = EscposPrinter(NAME, "tcp://127.0.0.1:9")
    worker, pauses = PrintWorker(db.engine, [dead], shop.clock), []
    for _ in range(7):
        assert worker.print_one(dead)
        with open_reading() as session:
            job = queue.get_job(session, 1)
            pauses.append((job.next_try_at - shop.clock.now()).seconds)
            assert Slip.decoded(job.slip) == SLIP  # nothing of it is on paper: it comes out unmarked
        shop.clock.advance(seconds=pauses[-1])
    assert pauses == [1, 2, 4, 8, 16, 30, 30]
    with unit_of_work() as session:
        job = queue.get_job(session, 1)
        queue.retry_job(job, at=shop.clock.now())  # at a person's word the pauses begin anew
        queue.begin_job(job, at=shop.clock.now())
        queue.finish_or_retry(job, queue.PrintOutcome("printer_unreachable"), at=shop.clock.now())
        assert job.next_try_at - shop.clock.now() == timedelta(seconds=1)


def test_what_broke_off_once_stays_marked_whatever_fails_later(shop: Shop) -> None:
    queued()
    with unit_of_work() as session:
        job = queue.get_job(session, 1)
        for outcome in (
            queue.PrintOutcome("printer_broke_off", begun=True),
            queue.PrintOutcome("paper_out"),
            queue.PrintOutcome("printer_broke_off", begun=True),
        ):
            queue.begin_job(job, at=MORNING)
            queue.finish_or_retry(job, outcome, at=MORNING)
        again = queue.begin_job(job, at=MORNING)
        assert [row for row in again.rows if row == queue.AGAIN] == [queue.AGAIN]
        assert not any(isinstance(row, Kick) for row in again.rows)


def test_a_printer_that_is_well_again_is_not_waited_for(shop: Shop, paper: FakePrinter) -> None:
    """Paper was put in: the slip comes at once, though its pause would last for ever (the clock stands still)."""
    queued()
    paper.faults.paper_out = True
    worker, _device = worker_for(shop, paper)
    worker.start()
    until(lambda: worker.says[NAME].error == "paper_out")
    paper.faults.paper_out = False
    until(lambda: states() == [JobState.PRINTED])
    worker.stop()


def test_the_drawer_is_not_opened_long_after(shop: Shop) -> None:
    queued()
    with unit_of_work() as session:
        job = queue.get_job(session, 1)
        late = queue.begin_job(job, at=MORNING + timedelta(minutes=2))
        assert not any(isinstance(row, Kick) for row in late.rows)


def test_fifty_slips_in_the_running_worker(shop: Shop, paper: FakePrinter) -> None:
    """The thread itself, woken and stopped: none lost, none doubled."""
    queued(50)
    worker, _ = worker_for(shop, paper)
    worker.start()
    worker.wake()
    paper.wait_for_sheets(50, seconds=60)
    worker.stop()
    assert states() == [JobState.PRINTED] * 50
    assert len(paper.sheets) == 50


def test_a_serial_printer_pulled_out_and_plugged_in_again_loses_nothing(shop: Shop, tmp_path: Path) -> None:
    """The pty is closed and made anew; its state is known within three seconds, by the worker alone."""
    printer = SerialPrinter(tmp_path / "printer").plug()
    worker = PrintWorker(db.engine, [EscposPrinter(NAME, printer.address)], Clock())
    worker.start()
    queued(1)
    # The sheet lies there before the printer has said so; pulled out between the two, it is rightly printed again.
    until(lambda: states() == [JobState.PRINTED])
    printer.pull()
    until(lambda: worker.says[NAME].error == "printer_unreachable", seconds=3)
    queued(2)
    until(lambda: states().count(JobState.WAITING) >= 1)
    printer.plug()
    until(lambda: states() == [JobState.PRINTED] * 3, seconds=30)
    until(lambda: worker.says[NAME].error == "", seconds=3)
    worker.stop()
    printer.pull()
    assert len(printer.sheets) == 3


def test_an_idle_printer_is_asked_how_it_is(shop: Shop, paper: FakePrinter) -> None:
    worker, _device = worker_for(shop, paper)
    worker.start()
    paper.faults.cover_open = True
    until(lambda: worker.says[NAME].error == "cover_open", seconds=3)
    paper.faults.cover_open, paper.faults.paper_low = False, True
    until(lambda: (worker.says[NAME].error, worker.says[NAME].warning) == ("", "paper_low"), seconds=3)
    worker.stop()


def until(holds: Callable[[], bool], seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.05)


def test_slips_of_a_dead_printer_come_out_of_another_in_their_order(shop: Shop, paper: FakePrinter) -> None:
    queued(3)
    with unit_of_work() as session:
        assert queue.move_jobs(session, NAME, "Máy in kho", by=MANAGER, at=MORNING) == 3
        assert queue.move_jobs(session, NAME, "Máy in kho", by=MANAGER, at=MORNING) == 0
    worker, other = worker_for(shop, paper)[0], EscposPrinter("Máy in kho", paper.address)
    while worker.print_one(other):
        pass
    assert states() == [JobState.PRINTED] * 3
    assert len(paper.wait_for_sheets(3)) == 3
