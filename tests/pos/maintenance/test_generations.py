"""Old backups that can't go spoil no new one."""

import errno
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from pos.config import Care
from pos.journal.models import JournalRow
from pos.kernel.database import db, open_reading
from pos.maintenance import care as nightly
from pos.maintenance.care import NightlyCare, backup_name
from tests.conftest import MORNING, Shop


def test_an_old_generation_that_cannot_go_spoils_no_new_one(village: Shop, tmp_path: Path) -> None:
    stuck = backup_name(MORNING - timedelta(days=500))
    (tmp_path / stuck).mkdir(parents=True)  # a folder of that name can't be unlinked
    care = NightlyCare(db.engine, village.folder, tmp_path, Care(daily=1, weekly=0, monthly=0), village.clock)
    assert care.look() == ["backup", "books"]
    assert care.look() == []
    with open_reading() as session:
        row = session.scalars(select(JournalRow).where(JournalRow.kind == "backed_up")).one()
        assert stuck in row.payload


@pytest.mark.parametrize(
    "failure", [OSError(errno.ENOSPC, "No space left on device"), RuntimeError("pg_dump failed")]
)
def test_whatever_fails_is_noted_and_the_books_are_proved_all_the_same(
    village: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failure: Exception
) -> None:
    def broken(*_arguments: object, **_more: object) -> Path:
        raise failure

    monkeypatch.setattr(nightly, "make_backup", broken)
    care = NightlyCare(db.engine, village.folder, tmp_path, Care(), village.clock)
    assert care.look() == ["books"]
    assert care.look() == []  # not every minute anew
    with open_reading() as session:
        assert (
            str(failure)
            in session.scalars(select(JournalRow.payload).where(JournalRow.kind == "backup_failed")).one()
        )
