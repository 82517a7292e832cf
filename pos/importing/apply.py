"""importing/apply.py — carry out a preview's plan: in the caller's one transaction, or in parts beside tills that sell."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from time import monotonic, sleep

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from ..journal.queries import find_newest_seq
from ..journal.record import record
from ..kernel.actor import Actor
from ..kernel.database import unit_of_work, waiting_writers
from ..kernel.errors import Refused, ShopError
from ..kernel.reason import Reason
from .books import Books
from .known_facts import find_newest_change
from .models import ImportRun
from .preview import ImportPreview
from .read_rows import RowPreview
from .waiting import announce_waiting
from .write_rows import RowWriter

ROWS_AT_ONCE = 20  # of a transaction beside tills; more where that takes less than a part may
MOST_ROWS_AT_ONCE = 200
MOST_SECONDS = 0.05  # that a till may wait for a part
PAUSE_SECONDS = 0.03  # after each part, in which the tills' other requests are answered
MOST_PAUSE_SECONDS = 0.2  # while a till waits: it asks again within a tenth of a second
WHOLE = 500  # rows of a stage, where nobody waits

Tell = Callable[[int, int], None]


@dataclass
class _Work:
    """An import on its way: what it writes with, and how far it is."""

    found: ImportPreview
    by: Actor
    at: datetime
    source: str
    seq: int
    writer: RowWriter | None = None
    run_id: int | None = None

    def write_part(self, session: Session, rows: Sequence[RowPreview], *, is_last: bool) -> None:
        """Write some rows, their record, and with the last ones the deliveries that wait. Raises Refused (`preview_old`)."""
        if find_newest_change(session) != self.seq:
            raise Refused.because("preview_old")
        if self.writer is None:
            deals = {deal.name_key: deal.agreed for deal in self.found.deals if deal.agreed is not None}
            self.writer = RowWriter(
                Books.load(session, self.found.on), self.by, self.at, deals, dict(self.found.new_places)
            )
        first = find_newest_seq(session) + 1
        for start in range(0, len(rows), WHOLE):
            self.writer.write(session, rows[start : start + WHOLE])
        if is_last:
            announce_waiting(session, self.found.plan, self.writer.books, by=self.by, at=self.at)
        self._note_part(session, first, rows)

    def _note_part(self, session: Session, first: int, rows: Sequence[RowPreview]) -> None:
        run = session.get_one(ImportRun, self.run_id) if self.run_id else ImportRun(
            source=self.source, by_name=self.by.name, at=self.at, rows=len(self.found.plan), written=0, parts="[]"
        )  # fmt: skip
        session.add(run)
        session.flush()
        record(session, "imported", by=self.by, at=self.at, subject=run, source=self.source, rows=len(rows))
        run.written += len(rows)
        run.parts = json.dumps([*json.loads(run.parts), [first, find_newest_seq(session)]])
        session.flush()
        self.run_id = run.id


def apply_plan(
    session: Session, found: ImportPreview, *, by: Actor, at: datetime, source: str, tell: Tell | None = None
) -> int | None:
    """Write what the rows say, each through its own room's use case, and a journal row for the whole; returns its record's id.

    A price without a day of its own begins on the day that the preview judged for: what was shown is what is written,
    also when midnight lay between the two. Raises Refused (`preview_old`) where the books have changed since, and
    `columns_unsure` where a column is still asked about.
    """
    refuse_unsure(found)
    work = _Work(found, by, at, source, found.seq)
    work.write_part(session, found.plan, is_last=True)
    if tell:
        tell(len(found.plan), len(found.plan))
    return work.run_id


def apply_in_parts(
    engine: Engine, found: ImportPreview, *, by: Actor, at: datetime, source: str, tell: Tell
) -> int | None:
    """The same beside tills that sell: a few rows a unit of work, with a pause between, in which they have their turn.

    A part grows while it takes less than a till may wait. Raises Refused (`preview_old`), and `import_broken_off` where
    some rows are written already: the same workbook read in again goes on with the others.
    """
    refuse_unsure(found)
    work, plan, done, size = _Work(found, by, at, source, found.seq), found.plan, 0, ROWS_AT_ONCE
    while done < len(plan):
        part = plan[done : done + size]
        try:
            with unit_of_work(engine) as session:
                began = monotonic()
                work.write_part(session, part, is_last=done + len(part) == len(plan))
                work.seq = find_newest_change(session)
                took = monotonic() - began
        except ShopError as no:
            if not done:
                raise
            raise Refused(Reason.make("import_broken_off", done=done, total=len(plan)), *no.reasons) from no
        done += len(part)
        tell(done, len(plan))
        size = _next_size(len(part), took)
        _let_tills_go_first()
    return work.run_id


def _let_tills_go_first() -> None:
    ends = monotonic() + MOST_PAUSE_SECONDS
    sleep(PAUSE_SECONDS)
    while waiting_writers.count and monotonic() < ends:
        sleep(PAUSE_SECONDS / 10)


def _next_size(rows: int, took: float) -> int:
    """How many rows the next part may have, by how long this one took."""
    fitting = int(rows * MOST_SECONDS / max(took, 0.001))
    return max(ROWS_AT_ONCE, min(MOST_ROWS_AT_ONCE, rows * 2, fitting))


def refuse_unsure(found: ImportPreview) -> None:
    """Raises Refused (`columns_unsure`) while a column is asked about."""
    if found.questions:
        names = ", ".join(dict.fromkeys(column.heading for column in found.questions))
        raise Refused.because("columns_unsure", columns=names)
