"""settlement/runs.py — drafts of all producers' statements, and their approval, one after the other beside tills that sell.

Each producer is reckoned in a reading; only what is written waits for the writer's turn, and only for itself.
"""

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from ..kernel.actor import Actor
from ..kernel.clock import Clock
from ..kernel.database import open_reading, unit_of_work
from ..kernel.errors import ShopError, Stale
from ..kernel.tables import next_number
from ..producers.terms import get_producer
from .models import Statement, StatementDraft
from .owed import find_last_statement
from .statements import PreparedStatement, approve_statement, make_rows_ready, prepare_statement

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class DraftMark:
    """What a draft says at a glance: whoever approves it has looked at this."""

    ends: date
    opening_vnd: int
    goods_vnd: int
    entries_vnd: int
    rows_count: int


@dataclass
class StatementRun:
    """One run: so many producers of so many are done. `failed`: those that were left out, with why.

    `is_broken`: it ended before its last producer, by a fault of the program.
    """

    is_approval: bool
    total: int
    done: int = 0
    is_running: bool = True
    is_broken: bool = False
    failed: list[tuple[int, ShopError]] = field(default_factory=list)


class StatementRuns:
    """The run of this process that is going on, or was the last; one goes on at a time."""

    def __init__(self) -> None:
        self.last: StatementRun | None = None
        self._lock = threading.Lock()

    def begin(
        self,
        producer_ids: Sequence[int],
        step: Callable[[int], None],
        end: Callable[[], None] = lambda: None,
        *,
        is_approval: bool = False,
    ) -> bool:
        """Do this for each producer in a thread of its own, and `end` after the last; False where another run goes on."""
        with self._lock:
            if self.last is not None and self.last.is_running:
                return False
            self.last = run = StatementRun(is_approval, len(producer_ids))
        threading.Thread(target=self._work, args=(run, producer_ids, step, end), daemon=True).start()
        return True

    @staticmethod
    def _work(
        run: StatementRun, producer_ids: Sequence[int], step: Callable[[int], None], end: Callable[[], None]
    ) -> None:
        try:
            for producer_id in producer_ids:
                try:
                    step(producer_id)
                except ShopError as no:
                    run.failed.append((producer_id, no))
                run.done += 1
        except Exception:
            run.is_broken = True
            log.exception("a run of statements broke off")
        finally:
            end()
            run.is_running = False


def draft_one(engine: Engine, producer_id: int, ends: date, by: Actor, clock: Clock) -> None:
    """Reckon a producer's statement and keep its sums as the draft. Where there is one up to that day or later, there is no draft."""
    with open_reading(engine) as session:
        last = find_last_statement(session, producer_id)
        is_made = last is not None and last.ends >= ends
        prepared = None if is_made else prepare_statement(session, producer_id, ends, clock.now())
    with unit_of_work(engine) as session:
        keep_draft(session, producer_id, prepared, by=by, clock=clock)


def keep_draft(
    session: Session, producer_id: int, prepared: PreparedStatement | None, *, by: Actor, clock: Clock
) -> None:
    """The draft in place of the one before; none where nothing is to be said."""
    old = find_draft(session, producer_id)
    if prepared is None or (prepared.is_empty and not prepared.account.left_out):
        if old is not None:
            session.delete(old)
        return
    draft = old or StatementDraft(producer_id=producer_id)
    account = prepared.account
    draft.ends, draft.opening_vnd, draft.goods_vnd = prepared.ends, account.opening_vnd, prepared.goods_vnd
    draft.entries_vnd, draft.closing_vnd = prepared.entries_vnd, account.closing_vnd
    draft.rows_count, draft.left_out_count = len(account.rows), len(account.left_out)
    draft.by_name, draft.at = by.name, clock.now()
    session.add(draft)


def approve_one(
    engine: Engine, producer_id: int, shown: Mapping[int, DraftMark], by: Actor, clock: Clock
) -> None:
    """Write the statement that a draft showed to whoever approves it (`shown`, by producer).

    Raises Stale (`statement_changed`) where it would say another period or other sums: the draft is made again.
    """
    with open_reading(engine) as session:
        draft = find_draft(session, producer_id)
        if draft is None:
            return
        ends, mark = draft.ends, mark_draft(draft)
        prepared = prepare_statement(session, producer_id, ends, clock.now())
        number = next_number(session, Statement.number)
    account = prepared.account
    now = DraftMark(ends, account.opening_vnd, prepared.goods_vnd, prepared.entries_vnd, len(account.rows))
    if not shown[producer_id] == mark == now:
        draft_one(engine, producer_id, ends, by, clock)
        raise Stale.because("statement_changed")
    ready = make_rows_ready(account, number)
    with unit_of_work(engine) as session:
        approve_statement(session, get_producer(session, producer_id), prepared, ready, by=by, at=clock.now())
        old = find_draft(session, producer_id)
        if old is not None:
            session.delete(old)


def format_mark(mark: DraftMark) -> str:
    """As a page sends it back: '2026-10-31/0/480000/0/12'."""
    return f"{mark.ends}/{mark.opening_vnd}/{mark.goods_vnd}/{mark.entries_vnd}/{mark.rows_count}"


def mark_draft(draft: StatementDraft) -> DraftMark:
    return DraftMark(draft.ends, draft.opening_vnd, draft.goods_vnd, draft.entries_vnd, draft.rows_count)


def find_draft(session: Session, producer_id: int) -> StatementDraft | None:
    return session.scalars(select(StatementDraft).where(StatementDraft.producer_id == producer_id)).first()


def list_drafts(session: Session) -> dict[int, StatementDraft]:
    """By producer."""
    return {draft.producer_id: draft for draft in session.scalars(select(StatementDraft))}
