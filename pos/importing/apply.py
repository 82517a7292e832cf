"""importing/apply.py — carry out a preview's plan: in the caller's one transaction, or in parts beside tills that sell.

Beside tills, what a part will write is made ready in a reading, in which nobody waits; the unit of work after it only
inserts. What changes rows that are in the books already can't be made ready so: it is written in smaller parts.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic, sleep

from sqlalchemy import Engine, update
from sqlalchemy.orm import Session

from ..journal.queries import find_newest_seq
from ..journal.record import JournalAct, record_acts
from ..kernel.actor import Actor
from ..kernel.database import open_reading, unit_of_work, waiting_writers
from ..kernel.errors import Refused, ShopError
from ..kernel.inserts import NotForLater, RowsForLater
from ..kernel.reason import Reason
from ..stock.add_lots import post_opening_stock
from .books import Books
from .known_facts import has_changed_since
from .models import ImportRun
from .preview import ImportPreview
from .read_rows import RowPreview
from .waiting import announce_waiting, plan_waiting
from .write_rows import RowWriter

ROWS_AT_ONCE = 12  # of a part that is made ready: some milliseconds of the writing lock
ROWS_UNDER_LOCK = 4  # of one that isn't
PAUSE_SECONDS = 0.01  # after that, in which the tills have their turn
MOST_PAUSE_SECONDS = 0.2  # while one waits: it asks again within a tenth of a second
MOST_TRIES = 3  # to make a part ready, where others take the ids that it was made for
WHOLE = 500  # rows of a stage, where nobody waits

Tell = Callable[[int, int], None]
_BY_CORE = {"synchronize_session": False}


@dataclass
class _Work:
    """An import on its way: what it writes with, and how far it is. `seq`: the newest act that it knows of."""

    found: ImportPreview
    by: Actor
    at: datetime
    source: str
    seq: int
    books: Books = field(init=False)
    run_id: int | None = None
    written: int = 0
    parts: Sequence[tuple[int, int]] = ()

    def make_writer(self, books: Books) -> RowWriter:
        deals = {deal.name_key: deal.agreed for deal in self.found.deals if deal.agreed is not None}
        return RowWriter(books, self.by, self.at, deals, self.found.new_places)

    def require_unchanged(self, session: Session) -> int:
        """The number that the next act will have. Raises Refused (`preview_old`) where the rows could be judged otherwise by now."""
        newest = find_newest_seq(session)
        if newest != self.seq and has_changed_since(session, self.seq):
            raise Refused.because("preview_old")
        return newest + 1

    def write_rows(self, session: Session, rows: Sequence[RowPreview]) -> None:
        """Write these rows and their record."""
        first = self.require_unchanged(session)
        for start in range(0, len(rows), WHOLE):
            opening = self.make_writer(self.books).write(session, rows[start : start + WHOLE])
            record_acts(session, post_opening_stock(session, opening, at=self.at), by=self.by, at=self.at)
        self.note_part(session, first, len(rows))

    def note_part(self, session: Session, first: int, rows: int, acts: Sequence[JournalAct] = ()) -> None:
        """Write these acts, and that this part of the import is written: the journal's rows from `first` on."""
        run_id = self.run_id or self._begin_run(session)
        imported = JournalAct.make("imported", f"import_run:{run_id}", {"source": self.source, "rows": rows})
        seq = record_acts(session, [*acts, imported], by=self.by, at=self.at)
        parts = _join_parts(self.parts, first, seq)
        values = {"written": self.written + rows, "parts": json.dumps(parts)}
        session.execute(update(ImportRun).where(ImportRun.id == run_id), values, execution_options=_BY_CORE)
        self.run_id, self.seq, self.parts, self.written = run_id, seq, parts, self.written + rows

    def _begin_run(self, session: Session) -> int:
        run = ImportRun(source=self.source, by_name=self.by.name, at=self.at, rows=len(self.found.plan))
        session.add(run)
        session.flush()
        return run.id


def _join_parts(written: Sequence[tuple[int, int]], first: int, last: int) -> list[tuple[int, int]]:
    """The parts' first and last acts with one more: it goes on with the part before where nothing lies between."""
    if written and written[-1][1] == first - 1:
        return [*written[:-1], (written[-1][0], last)]
    return [*written, (first, last)]


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
    work.books = Books.load(session, found.on)
    work.write_rows(session, found.plan)
    first = work.seq + 1
    for producer_id, lines in plan_waiting(found.plan, work.books):
        announce_waiting(session, producer_id, lines, by=by, at=at)
        work.note_part(session, first, 0)
        first = work.seq + 1
    if tell:
        tell(len(found.plan), len(found.plan))
    return work.run_id


def apply_in_parts(
    engine: Engine, found: ImportPreview, *, by: Actor, at: datetime, source: str, tell: Tell
) -> int | None:
    """The same beside tills that sell: a few rows a unit of work, between which they have their turn.

    Raises Refused (`preview_old`), and `import_broken_off` where some rows are written already: the same workbook read
    in again goes on with the others.
    """
    refuse_unsure(found)
    work, plan, done = _Work(found, by, at, source, found.seq), found.plan, 0
    with open_reading(engine) as session:
        work.books = Books.load(session, found.on)
    try:
        while done < len(plan):
            part = plan[done : done + ROWS_AT_ONCE]
            if not _write_made_ready(engine, work, part):
                part = part[:ROWS_UNDER_LOCK]
                with unit_of_work(engine) as session:
                    work.write_rows(session, part)
                let_tills_go_first()
            done += len(part)
            tell(done, len(plan))
        for producer_id, lines in plan_waiting(plan, work.books):
            with unit_of_work(engine) as session:
                first = find_newest_seq(session) + 1
                announce_waiting(session, producer_id, lines, by=by, at=at)
                work.note_part(session, first, 0)
            let_tills_go_first()
    except ShopError as no:
        if not done:
            raise
        raise Refused(Reason.make("import_broken_off", done=done, total=len(plan)), *no.reasons) from no
    return work.run_id


def _write_made_ready(engine: Engine, work: _Work, rows: Sequence[RowPreview]) -> bool:
    """Make these rows ready, then write them; False, and nothing written, where they can't be. Raises Refused."""
    for _ in range(MOST_TRIES):
        layer = work.books.add_layer()
        with open_reading(engine) as session:
            work.require_unchanged(session)
            later = RowsForLater.begin(session)
            try:
                opening = work.make_writer(layer).write(session, rows)
            except NotForLater:
                return False
        with unit_of_work(engine) as session:
            first = work.require_unchanged(session)
            if is_written := later.insert_all(session):
                acts = [*later.acts, *post_opening_stock(session, opening, at=work.at)]
                work.note_part(session, first, len(rows), acts)
        if is_written:
            work.books.keep_layer(layer)
            return True
    return False


def let_tills_go_first() -> None:
    """Wait a moment without the lock, longer while a till of this process asks for it."""
    ends = monotonic() + MOST_PAUSE_SECONDS
    sleep(PAUSE_SECONDS)
    while waiting_writers.count and monotonic() < ends:
        sleep(PAUSE_SECONDS)


def refuse_unsure(found: ImportPreview) -> None:
    """Raises Refused (`columns_unsure`) while a column is asked about."""
    if found.questions:
        names = ", ".join(dict.fromkeys(column.heading for column in found.questions))
        raise Refused.because("columns_unsure", columns=names)
