"""maintenance/care.py — what the shop's computer does by itself: a proved backup every night and after each shift, the
books proved every week.

When it was off at that hour it makes up for it as soon as it is on: a village shop switches its computer
off at night. Days, months and years that are over are closed, vouchers past their last day end. What was done and how it ended stands in the journal.
"""

import logging
import re
import threading
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from ..admission.change_paper import apply_due_changes
from ..admission.papers import enter_lawful_ends, list_without_end
from ..closings.close import close_due_periods, find_closed_day, has_due_periods
from ..closings.seal import Seal
from ..config import Care
from ..identity.fact_changes import list_due
from ..journal.models import JournalRow
from ..journal.queries import find_newest
from ..journal.record import TOLERATED_SKEW, find_books_time, record
from ..kernel.actor import SYSTEM, Actor
from ..kernel.clock import SHOP_ZONE, Clock, business_day
from ..kernel.database import open_reading, unit_of_work
from ..kernel.inserts import insert_values
from ..kernel.once import forget_old
from ..reports.models import SoldSum
from ..reports.sold_sums import add_month_sums, find_unsummed_day, make_day_sums
from ..tags.truth_cache import find_cached_truth
from ..vouchers.issue import expire_vouchers
from ..vouchers.queries import list_ended
from .backup import BackupBroken, BackupSummary, MadeBackup, make_backup, read_summary
from .encryption import PublicKey, find_public_key
from .verify import verify_books

log = logging.getLogger(__name__)
LOOK_EVERY_SECONDS = 60
A_WEEK = timedelta(days=7)
MOST_DAYS_SUMMED, PAUSE_SECONDS = (
    1000,
    0.02,
)  # of a shop's past at a look, with a pause for the tills between them
SHRUNK_BELOW = 0.9  # of the fullest generation: a day that was lost by a restore is less than that
PLAIN, ENCRYPTED = "zip", "ocopbak"
_NAME = re.compile(rf"^ocop-(\d{{8}}-\d{{6}})\.(?:{PLAIN}|{ENCRYPTED})$")


def backup_name(at: datetime, *, encrypted: bool = False) -> str:
    """A backup's file name: its time in the shop's own zone, so that names sort by age."""
    return f"ocop-{at.astimezone(SHOP_ZONE):%Y%m%d-%H%M%S}.{ENCRYPTED if encrypted else PLAIN}"


def parse_backup_name(name: str) -> datetime | None:
    """When a backup of this name was made; None for a file that is none of ours."""
    found = _NAME.match(name)
    try:
        return datetime.strptime(found.group(1), "%Y%m%d-%H%M%S").replace(tzinfo=SHOP_ZONE) if found else None
    except ValueError:  # the 99th second
        return None


def is_due(last: datetime | None, at: datetime, hour: int) -> bool:
    """Has the hour of the night come since the last one? One from a time to come was made by a clock ahead: it counts not."""
    local = at.astimezone(SHOP_ZONE)
    tonight = datetime.combine(local.date(), time(hour), SHOP_ZONE)
    newest = tonight if tonight <= local else tonight - timedelta(days=1)
    return last is None or last > at + TOLERATED_SKEW or last < newest.astimezone(UTC)


def select_generations(made: Iterable[datetime], care: Care) -> set[datetime]:
    """Those backups that stay: the newest of each of the last days, weeks and months that have one."""
    newest_first = sorted(made, reverse=True)
    rules: tuple[tuple[int, Callable[[date], object]], ...] = (
        (care.daily, lambda day: day),
        (care.weekly, lambda day: day.isocalendar()[:2]),
        (care.monthly, lambda day: (day.year, day.month)),
    )
    stay: set[datetime] = set()
    for most, period_of in rules:
        newest_by_period: dict[object, datetime] = {}
        for at in newest_first:
            newest_by_period.setdefault(period_of(business_day(at)), at)
        stay |= set(list(newest_by_period.values())[:most])
    return stay


def ask_for_backup(session: Session, *, by: Actor, at: datetime) -> None:
    """Note that somebody wants a backup now: the nightly care makes it when it looks next, within a minute."""
    record(session, "backup_asked", by=by, at=at)


def is_backup_waited_for(session: Session) -> bool:
    """Was a backup asked for after the newest try?"""
    newest = find_newest(session, "backup_asked", "backed_up", "backup_failed")
    return newest is not None and newest.kind == "backup_asked"


def back_up(engine: Engine, data: Path, folder: Path, care: Care, *, at: datetime) -> MadeBackup:
    """Make a backup, prove it, note it, and let old generations go.

    Whatever went wrong stands in the journal (`backup_failed`) before it is raised; an old generation that
    can't be removed spoils no new one. While something about the books is odd (far less in them than in a
    generation that is still there, a head that doesn't fit) no generation goes: the good ones must not be pushed out.
    """
    try:
        key = find_encryption_key(data, care)
        made = make_backup(engine, data, folder / backup_name(at, encrypted=key is not None), at=at, key=key)
    except Exception as failure:
        with unit_of_work(engine) as session:
            record(session, "backup_failed", by=SYSTEM, at=at, folder=str(folder), why=str(failure)[:500])
        raise
    doubt = "; ".join(filter(None, (made.doubt, find_shrinkage(folder, made.summary))))
    if doubt:
        log.warning("no old backup is removed: %s", doubt)
    gone, stuck = ([], []) if doubt else prune_backups(folder, care, at=at)
    with unit_of_work(engine) as session:
        record(
            session, "backed_up", by=SYSTEM, at=at, file=made.path.name, bytes=made.path.stat().st_size,
            rows=made.summary.rows, files=made.summary.files, unproved=made.unproved, doubt=doubt, let_go=gone, stuck=stuck,
        )  # fmt: skip
    return replace(made, doubt=doubt)


def find_encryption_key(data: Path, care: Care) -> PublicKey | None:
    """What backups are encrypted to; None where the settings don't ask for it. Raises BackupBroken without a key."""
    if not care.encrypt:
        return None
    key = find_public_key(data)
    if key is None:
        raise BackupBroken(
            "[care] encrypt is on, but this shop has no recovery code yet: ocop-pos recovery-code"
        )
    return key


def find_shrinkage(folder: Path, made: BackupSummary) -> str:
    """How far a backup falls behind the fullest generation that is there; "" if it doesn't. Ledgers only grow."""
    others = [read_summary(path) for path in folder.iterdir() if parse_backup_name(path.name) is not None]
    for name in ("rows", "files"):
        most = max((getattr(other, name) for other in others if other is not None), default=0)
        now = getattr(made, name)
        if now < most * SHRUNK_BELOW:
            return f"an older backup has {most} {name}, this one {now}"
    return ""


def prune_backups(folder: Path, care: Care, *, at: datetime | None = None) -> tuple[list[str], list[str]]:
    """Remove the generations that needn't stay; files of other names are never touched. What went, what could not.

    Those from more than a day after `at`, made by a clock that stood ahead, stay until that day: they must not push
    out the newest.
    """
    named = {made: path for path in folder.iterdir() if (made := parse_backup_name(path.name)) is not None}
    by_time = {made: path for made, path in named.items() if at is None or made <= at + timedelta(days=1)}
    stay = select_generations(by_time, care)
    gone, stuck = [], []
    for path in (by_time[at] for at in sorted(set(by_time) - stay)):
        try:
            path.unlink()
        except OSError:
            stuck.append(path.name)
        else:
            gone.append(path.name)
    return gone, stuck


def prove_books(engine: Engine, data: Path, *, at: datetime) -> list[str]:
    """The database's own check, and `verify_books`; what they found, noted in the journal."""
    with open_reading(engine) as session:
        faults = [f"{finding.check} {finding.row}: {finding.said}" for finding in verify_books(session, data)]
    with unit_of_work(engine) as session:
        forget_old(session, at)
        record(session, "books_proved", by=SYSTEM, at=at, faults=len(faults), first=faults[:3])
    return faults


def sum_past_day(engine: Engine) -> bool:
    """Keep the sums of one more day of the shop's past; False where each has them. Reckoned outside the unit of work."""
    with open_reading(engine) as session:
        day = find_unsummed_day(session, find_closed_day(session))
        rows = list(make_day_sums(session, day, day)) if day is not None else []
    if day is None:
        return False
    with unit_of_work(engine) as session:
        if find_unsummed_day(session, find_closed_day(session)) == day:
            insert_values(session, SoldSum, rows)
            add_month_sums(session)
    return True


class NightlyCare:
    """A thread that looks every minute whether something is due."""

    def __init__(
        self, engine: Engine, data: Path, folder: Path, care: Care, clock: Clock, seal: Seal | None = None
    ) -> None:
        self._engine, self._data, self._folder, self._care, self._clock = engine, data, folder, care, clock
        self._seal = seal
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="nightly care", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join(timeout=30)

    def _watch(self) -> None:
        self._know_the_tags()
        while not self._stopping.wait(LOOK_EVERY_SECONDS):
            self.look()
            self._know_the_tags()

    def _know_the_tags(self) -> None:
        """Which tags are untrue is reckoned whole once a day: here, so that nobody waits for it."""
        self._done("tags", self._tags, self._clock.now())

    def _tags(self, at: datetime) -> None:
        with open_reading(self._engine) as session:
            find_cached_truth(session, business_day(at))

    def look(self) -> list[str]:
        """Do what is due now; says what was done. A full stick tonight ends no other care."""
        at = self._clock.now()
        return [
            name for name, is_wanted, work in self._tasks() if is_wanted(at) and self._done(name, work, at)
        ]

    def _tasks(self) -> tuple[tuple[str, Callable[[datetime], bool], Callable[[datetime], object]], ...]:
        return (
            ("closings", self._closings_are_due, self._close_periods),
            ("sums", self._sums_are_missing, self._sum_past),
            ("backup", self._backup_is_due,
             lambda at: back_up(self._engine, self._data, self._folder, self._care, at=at)),
            ("vouchers", self._vouchers_have_ended, self._expire_vouchers),
            ("changes", self._changes_are_due, self._apply_changes),
            ("ends", self._ends_are_missing, self._enter_ends),
            ("books", self._proof_is_due, lambda at: prove_books(self._engine, self._data, at=at)),
        )  # fmt: skip

    @staticmethod
    def _done(name: str, work: Callable[[datetime], object], at: datetime) -> bool:
        try:
            work(at)
        except Exception:  # noted in the journal by the work itself where it can be; the thread goes on
            log.exception("nightly care: %s", name)
            return False
        return True

    def _vouchers_have_ended(self, at: datetime) -> bool:
        with open_reading(self._engine) as session:
            return bool(list_ended(session, _find_sure_day(session, at)))

    def _expire_vouchers(self, at: datetime) -> None:
        with unit_of_work(self._engine) as session:
            expire_vouchers(session, _find_sure_day(session, at), at=at)

    def _closings_are_due(self, at: datetime) -> bool:
        with open_reading(self._engine) as session:
            return has_due_periods(session, at)

    def _close_periods(self, at: datetime) -> None:
        with unit_of_work(self._engine) as session:
            close_due_periods(session, at=at, seal=self._seal)

    def _sums_are_missing(self, _at: datetime) -> bool:
        with open_reading(self._engine) as session:
            return find_unsummed_day(session, find_closed_day(session)) is not None

    def _sum_past(self, _at: datetime) -> None:
        for _ in range(MOST_DAYS_SUMMED):
            if self._stopping.is_set() or not sum_past_day(self._engine):
                return
            self._stopping.wait(PAUSE_SECONDS)

    def _changes_are_due(self, at: datetime) -> bool:
        with open_reading(self._engine) as session:
            return bool(list_due(session, business_day(at)))

    def _apply_changes(self, at: datetime) -> None:
        with unit_of_work(self._engine) as session:
            apply_due_changes(session, at)

    def _ends_are_missing(self, at: datetime) -> bool:
        with open_reading(self._engine) as session:
            return bool(list_without_end(session))

    def _enter_ends(self, at: datetime) -> None:
        with unit_of_work(self._engine) as session:
            enter_lawful_ends(session, at)

    def _backup_is_due(self, at: datetime) -> bool:
        with open_reading(self._engine) as session:
            tried = find_newest(session, "backed_up", "backup_failed")
            closed = find_newest(session, "shift_closed")
            is_asked = is_backup_waited_for(session)
        is_shift_new = closed is not None and (
            tried is None or (tried.kind == "backed_up" and closed.seq > tried.seq)
        )
        due = is_due(tried.at if tried else None, at, self._care.hour)
        return due or is_asked or is_shift_new or _failed_an_hour_ago(tried, at)

    def _proof_is_due(self, at: datetime) -> bool:
        with open_reading(self._engine) as session:
            proved = find_newest(session, "books_proved")
        return proved is None or not -TOLERATED_SKEW <= at - proved.at < A_WEEK


def _find_sure_day(session: Session, at: datetime) -> date:
    """The business day that the books have reached too: a clock that stands ahead ends no voucher."""
    return business_day(min(at, find_books_time(session) or at))


def _failed_an_hour_ago(tried: JournalRow | None, at: datetime) -> bool:
    return tried is not None and tried.kind == "backup_failed" and abs(at - tried.at) >= timedelta(hours=1)
