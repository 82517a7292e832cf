"""upkeep/care.py — what the shop's computer does by itself: a proved backup every night, the books proved every week.

When it was off at that hour it makes up for it as soon as it is on: a village shop switches its computer
off at night. What was done and how it ended stands in the journal.
"""

import logging
import re
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from ..config import Care
from ..journal.models import JournalRow
from ..journal.record import record
from ..kernel.actor import SYSTEM
from ..kernel.clock import SHOP_ZONE, Clock, business_day
from ..kernel.database import reading, unit_of_work
from ..kernel.once import forget_old
from .backup import BackupBroken, backup
from .verify import verify

log = logging.getLogger(__name__)
LOOK_EVERY_SECONDS = 60
A_WEEK = timedelta(days=7)
_NAME = re.compile(r"^ocop-(\d{8}-\d{6})\.zip$")


def name_of(at: datetime) -> str:
    """A backup's file name: its time in the shop's own zone, so that names sort by age."""
    return f"ocop-{at.astimezone(SHOP_ZONE):%Y%m%d-%H%M%S}.zip"


def made_at(name: str) -> datetime | None:
    """When a backup of this name was made; None for a file that is none of ours."""
    found = _NAME.match(name)
    return datetime.strptime(found.group(1), "%Y%m%d-%H%M%S").replace(tzinfo=SHOP_ZONE) if found else None


def is_due(last: datetime | None, at: datetime, hour: int) -> bool:
    """Has the hour of the night come since the last one?"""
    local = at.astimezone(SHOP_ZONE)
    tonight = datetime.combine(local.date(), time(hour), SHOP_ZONE)
    newest = tonight if tonight <= local else tonight - timedelta(days=1)
    return last is None or last < newest.astimezone(UTC)


def kept(made: Iterable[datetime], care: Care) -> set[datetime]:
    """Those backups that stay: the newest of each of the last days, weeks and months that have one."""
    newest_first = sorted(made, reverse=True)
    rules: tuple[tuple[int, Callable[[date], object]], ...] = (
        (care.daily, lambda day: day),
        (care.weekly, lambda day: day.isocalendar()[:2]),
        (care.monthly, lambda day: (day.year, day.month)),
    )
    stay: set[datetime] = set()
    for most, period_of in rules:
        seen: dict[object, datetime] = {}
        for at in newest_first:
            seen.setdefault(period_of(business_day(at)), at)
        stay |= set(list(seen.values())[:most])
    return stay


@dataclass(frozen=True, slots=True)
class Done:
    """A piece of care in the journal: when, and what went wrong ("" for nothing)."""

    at: datetime
    fault: str


def last_backup(session: Session) -> Done | None:
    """The newest backup that was made and proved."""
    at = session.scalar(
        select(JournalRow.at).where(JournalRow.kind == "backed_up").order_by(JournalRow.seq.desc()).limit(1)
    )
    return Done(at, "") if at else None


def last_of(session: Session, *kinds: str) -> JournalRow | None:
    return session.scalars(
        select(JournalRow).where(JournalRow.kind.in_(kinds)).order_by(JournalRow.seq.desc()).limit(1)
    ).first()


def back_up(engine: Engine, data: Path, folder: Path, care: Care, *, at: datetime) -> Path:
    """Make tonight's backup, prove it, let old generations go, and note it. Raises BackupBroken or OSError."""
    target = folder / name_of(at)
    try:
        made = backup(engine, data, target, at=at)
    except (BackupBroken, OSError) as failure:
        with unit_of_work(engine) as session:
            record(session, "backup_failed", by=SYSTEM, at=at, folder=str(folder), why=str(failure)[:500])
        raise
    gone = prune(folder, care)
    with unit_of_work(engine) as session:
        record(session, "backed_up", by=SYSTEM, at=at, file=made.name, bytes=made.stat().st_size, let_go=gone)
    return made


def prune(folder: Path, care: Care) -> list[str]:
    """Remove the generations that needn't stay; files of other names are never touched."""
    by_time = {at: path for path in folder.iterdir() if (at := made_at(path.name)) is not None}
    stay = kept(by_time, care)
    gone = sorted(path.name for at, path in by_time.items() if at not in stay)
    for name in gone:
        (folder / name).unlink()
    return gone


def prove_books(engine: Engine, *, at: datetime) -> list[str]:
    """The database's own check, and `verify`; what they found, noted in the journal."""
    with reading(engine) as session:
        faults = [f"{finding.check} {finding.row}: {finding.said}" for finding in verify(session)]
        if engine.dialect.name == "sqlite":
            said = session.scalars(text("PRAGMA integrity_check")).all()
            faults += [f"sqlite: {line}" for line in said if line != "ok"]
    with unit_of_work(engine) as session:
        record(session, "books_proved", by=SYSTEM, at=at, faults=len(faults), first=faults[:3])
    return faults


class NightlyCare:
    """A thread that looks every minute whether something is due."""

    def __init__(self, engine: Engine, data: Path, folder: Path, care: Care, clock: Clock) -> None:
        self._engine, self._data, self._folder, self._care, self._clock = engine, data, folder, care, clock
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="nightly care", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join(timeout=30)

    def _watch(self) -> None:
        while not self._stopping.wait(LOOK_EVERY_SECONDS):
            try:
                self.look()
            except Exception:  # a full stick tonight must not end all care
                log.exception("nightly care")

    def look(self) -> list[str]:
        """Do what is due now; says what was done."""
        at = self._clock.now()
        done: list[str] = []
        with reading(self._engine) as session:
            tried = last_of(session, "backed_up", "backup_failed")
            proved = last_of(session, "books_proved")
        if is_due(tried.at if tried else None, at, self._care.hour) or _failed_an_hour_ago(tried, at):
            back_up(self._engine, self._data, self._folder, self._care, at=at)
            done.append("backup")
        if proved is None or at - proved.at >= A_WEEK:
            with unit_of_work(self._engine) as session:
                forget_old(session, at)
            prove_books(self._engine, at=at)
            done.append("books")
        return done


def _failed_an_hour_ago(tried: JournalRow | None, at: datetime) -> bool:
    return tried is not None and tried.kind == "backup_failed" and at - tried.at >= timedelta(hours=1)
