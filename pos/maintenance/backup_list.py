"""maintenance/backup_list.py — the backups that are in their folder, and what the journal says of each."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..journal.models import JournalRow
from ..journal.payload import read_payload
from .care import ENCRYPTED, parse_backup_name

MOST_FAILURES = 5


@dataclass(frozen=True, slots=True)
class StoredBackup:
    """A backup's file. `is_proved`: it was unpacked and its books added up; None where the journal doesn't say."""

    name: str
    at: datetime
    size: int
    is_encrypted: bool
    rows: int | None
    is_proved: bool | None


def list_stored_backups(session: Session, folder: Path) -> list[StoredBackup]:
    """The newest first; only what bears a backup's name."""
    told = _read_journal(session)
    found = []
    for path in folder.glob("ocop-*") if folder.is_dir() else ():
        at = parse_backup_name(path.name)
        if at is None:
            continue
        details = told.get(path.name, {})
        is_proved = None if not details else not (details.get("unproved") or details.get("doubt"))
        found.append(
            StoredBackup(
                path.name, at, path.stat().st_size, path.suffix == f".{ENCRYPTED}", details.get("rows"), is_proved
            )
        )  # fmt: skip
    return sorted(found, key=lambda backup: backup.at, reverse=True)


def _read_journal(session: Session) -> dict[str, Mapping[str, Any]]:
    """What was written when each backup was made, by its file's name."""
    rows = session.scalars(
        select(JournalRow.payload).where(JournalRow.kind == "backed_up").order_by(JournalRow.seq)
    )
    told = (read_payload(payload) for payload in rows)
    return {str(details.get("file")): details for details in told}


def list_failures(session: Session) -> list[JournalRow]:
    """The newest backups that could not be made."""
    query = select(JournalRow).where(JournalRow.kind == "backup_failed").order_by(JournalRow.seq.desc())
    return list(session.scalars(query.limit(MOST_FAILURES)))
