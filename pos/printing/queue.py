"""printing/queue.py — putting a slip in the queue, and what happens to it there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from hardware.slips.slip import Kick, Slip, Text

from ..journal.record import record
from ..kernel.actor import Actor
from ..kernel.errors import Refused, Stale
from ..kernel.tables import get_row
from .models import JobState, PrintJob

LONGEST_PAUSE = timedelta(seconds=30)
KICK_WITHIN = timedelta(seconds=30)
AGAIN = Text("IN LẠI TỪ ĐẦU", bold=True, align="center")
NOT_ON_PAPER = (JobState.WAITING, JobState.PRINTING, JobState.GIVEN_UP)


def queue_print(
    session: Session, printer: str, title: str, subject: str, slip: Slip, *, at: datetime
) -> PrintJob:
    """A job for a printer, committed with what it is the copy of: paper can wait, the truth can't."""
    job = PrintJob(
        printer=printer, title=title, subject=subject, slip=slip.encoded(), state=JobState.WAITING, attempts=0,
        next_try_at=at, error="", created_at=at,
    )  # fmt: skip
    session.add(job)
    session.flush()
    return job


def get_job(session: Session, job_id: int) -> PrintJob:
    return get_row(session, PrintJob, job_id, "job_not_found")


def count_copies(session: Session, subject: str) -> int:
    """How often this document was put in the queue so far: the number of the next reprint."""
    return session.scalar(select(func.count()).select_from(PrintJob).where(PrintJob.subject == subject)) or 0


def list_waiting(session: Session) -> Sequence[PrintJob]:
    """Jobs not on paper yet, oldest first."""
    return session.scalars(
        select(PrintJob).where(PrintJob.state.in_(NOT_ON_PAPER)).order_by(PrintJob.id)
    ).all()


def count_waiting(session: Session, printer: str) -> int:
    """How many slips wait for one printer."""
    return (
        session.scalar(
            select(func.count()).where(PrintJob.state.in_(NOT_ON_PAPER), PrintJob.printer == printer)
        )
        or 0
    )


def list_recent(session: Session, limit: int = 50) -> Sequence[PrintJob]:
    return session.scalars(select(PrintJob).order_by(PrintJob.id.desc()).limit(limit)).all()


def find_next_job(session: Session, printer: str, *, at: datetime) -> PrintJob | None:
    """The oldest job of this printer, if its time has come: a later one never overtakes it.

    No pause is longer than LONGEST_PAUSE: a time beyond that was set by a clock that stood ahead, and isn't waited for.
    """
    states = (JobState.WAITING, JobState.PRINTING)
    query = select(PrintJob).where(PrintJob.state.in_(states), PrintJob.printer == printer)
    job = session.scalars(query.order_by(PrintJob.id).limit(1)).first()
    if job is None or at < job.next_try_at <= at + LONGEST_PAUSE:
        return None
    return job


def begin_job(job: PrintJob, *, at: datetime) -> Slip:
    """Mark the job as under way. One that was under way before broke off: it starts anew, and says so.

    A drawer isn't opened long after the buyer has gone.
    """
    if job.state == JobState.PRINTING:
        _mark_begun(job)
    slip = Slip.decoded(job.slip)
    if abs(at - job.created_at) > KICK_WITHIN:
        slip = slip.without_kick()
    job.state = JobState.PRINTING
    return slip


def _mark_begun(job: PrintJob) -> None:
    """Some of it may be on paper: from now on it says that it starts anew, and opens no drawer."""
    rows = Slip.decoded(job.slip).without_kick().rows
    if rows[:1] != (AGAIN,):
        job.slip = Slip((AGAIN, *rows)).encoded()


@dataclass(frozen=True, slots=True)
class PrintOutcome:
    """What came of a slip: on paper (no `error`), or not. `begun`: a part of it may be on paper all the same."""

    error: str = ""
    permanent: bool = False
    begun: bool = False


def finish_or_retry(job: PrintJob, outcome: PrintOutcome, *, at: datetime) -> None:
    """Note what came of it; after a failure it is tried again after 1, 2, 4 … 30 seconds. Told twice, it counts once."""
    if job.state != JobState.PRINTING:
        return
    job.error = outcome.error
    if not outcome.error:
        job.state, job.printed_at = JobState.PRINTED, at
        _forget_secret(job)
        return
    job.state = JobState.GIVEN_UP if outcome.permanent else JobState.WAITING
    if outcome.begun:
        _mark_begun(job)
    pause = timedelta(seconds=1) * 2 ** min(job.attempts, 5)
    job.attempts += 1
    job.next_try_at = at + min(pause, LONGEST_PAUSE)


def _forget_secret(job: PrintJob) -> None:
    """What only its paper may say is kept here until then, and no longer."""
    if job.is_secret:
        job.slip = Slip(()).encoded()


def retry_job(job: PrintJob, *, at: datetime) -> None:
    """Try again now, at a person's word. Raises Stale (`job_not_waiting`) for one that is printed or on its way."""
    _require_waiting(job)
    job.state, job.next_try_at, job.attempts = JobState.WAITING, at, 0


def hurry_jobs(session: Session, printer: str, *, at: datetime) -> None:
    """The printer is well again: what waits for it is tried now, not after its pause."""
    due_later = (PrintJob.state == JobState.WAITING, PrintJob.printer == printer, PrintJob.next_try_at > at)
    session.execute(update(PrintJob).where(*due_later).values(next_try_at=at))


def discard_job(session: Session, job: PrintJob, reason: str, *, by: Actor, at: datetime) -> None:
    """It is not printed any more; the journal says why. Raises Refused (`reason_missing`), Stale (`job_not_waiting`)."""
    _require_waiting(job)
    if not reason.strip():
        raise Refused.because("reason_missing")
    job.state = JobState.DISCARDED
    _forget_secret(job)
    record(
        session,
        "print_discarded",
        by=by,
        at=at,
        subject=job,
        title=job.title,
        printer=job.printer,
        reason=reason.strip(),
    )


def _require_waiting(job: PrintJob) -> None:
    if job.state not in {JobState.WAITING, JobState.GIVEN_UP}:
        raise Stale.because("job_not_waiting")


def move_jobs(session: Session, from_printer: str, to_printer: str, *, by: Actor, at: datetime) -> int:
    """What waits for one printer is printed by another, in the same order; returns how many slips that were."""
    jobs = [job for job in list_waiting(session) if job.printer == from_printer]
    for job in jobs:
        job.printer = to_printer
        if job.state == JobState.PRINTING:
            _mark_begun(job)  # some of it may have come out of the first
        job.state, job.next_try_at, job.attempts = JobState.WAITING, at, 0
    record(
        session,
        "slips_moved",
        by=by,
        at=at,
        from_printer=from_printer,
        to_printer=to_printer,
        slips=len(jobs),
    )
    return len(jobs)


def try_drawer(session: Session, printer: str, title: str, *, by: Actor, at: datetime) -> None:
    """Open the drawer that hangs on a printer, without a sale: the journal tells who did."""
    queue_print(session, printer, title, "test", Slip((Kick(),)), at=at)
    record(session, "drawer_tested", by=by, at=at, printer=printer)
