"""The computer's own care: what is due, which generations stay, what a restored backup holds."""

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from pos.config import Care
from pos.journal.models import JournalRow
from pos.kernel.clock import SHOP_ZONE, business_day
from pos.kernel.database import db, open_reading
from pos.maintenance.backup import BackupBroken, check_books, unpack_backup
from pos.maintenance.care import (
    NightlyCare,
    back_up,
    backup_name,
    is_due,
    parse_backup_name,
    prove_books,
    prune_backups,
    select_generations,
)
from pos.maintenance.verify import count_rows
from tests.conftest import MORNING, Shop

NIGHT = datetime(2026, 11, 24, 2, 0, tzinfo=SHOP_ZONE)


@pytest.mark.parametrize(("last", "at", "due"), [
    (None, NIGHT, True), (NIGHT - timedelta(days=1), NIGHT, True), (NIGHT - timedelta(days=1), NIGHT - timedelta(seconds=1), False),
    (NIGHT, NIGHT + timedelta(hours=20), False), (NIGHT - timedelta(hours=6), NIGHT + timedelta(hours=6), True),
], ids=["never", "tonight", "a second before", "already tonight", "the computer was off at two"])  # fmt: skip
def test_when_a_backup_is_due(last: datetime | None, at: datetime, due: bool) -> None:
    assert is_due(last and last.astimezone(UTC), at.astimezone(UTC), 2) is due


moments = st.lists(
    st.datetimes(datetime(2025, 1, 1), datetime(2026, 11, 24), timezones=st.just(SHOP_ZONE)), max_size=80
)


@given(moments)
def test_generations_that_stay(made: list[datetime]) -> None:
    care = Care()
    stay = select_generations(made, care)
    assert stay <= set(made)
    assert len(stay) <= care.daily + care.weekly + care.monthly
    days = sorted({business_day(at) for at in made}, reverse=True)
    assert {business_day(at) for at in stay} >= set(days[: care.daily])
    if made:
        assert max(made) in stay
        assert len({(at.astimezone(SHOP_ZONE).year, at.astimezone(SHOP_ZONE).month) for at in stay}) >= min(
            care.monthly,
            len({(at.astimezone(SHOP_ZONE).year, at.astimezone(SHOP_ZONE).month) for at in made}),
        )
    assert select_generations(stay, care) == stay  # letting go twice lets go of nothing more


def test_a_year_of_nights_leaves_a_week_a_month_a_year() -> None:
    nights = [NIGHT - timedelta(days=n) for n in range(400)]
    assert 7 + 4 + 12 - 4 <= len(select_generations(nights, Care())) <= 7 + 4 + 12


def test_names_tell_the_time_and_strangers_files_stay(tmp_path: Path) -> None:
    assert parse_backup_name(backup_name(MORNING)) == MORNING
    for name in ("photo.jpg", "ocop-backup.zip", backup_name(NIGHT)):
        (tmp_path / name).write_bytes(b"x")
    for n in range(1, 40):
        (tmp_path / backup_name(NIGHT - timedelta(days=n))).write_bytes(b"x")
    gone, stuck = prune_backups(tmp_path, Care(monthly=0, weekly=0))
    assert (len(gone), stuck) == (40 - 7, [])
    assert {path.name for path in tmp_path.iterdir()} >= {"photo.jpg", "ocop-backup.zip", backup_name(NIGHT)}


def nightly(village: Shop, folder: Path) -> NightlyCare:
    return NightlyCare(db.engine, village.folder, folder, Care(), village.clock)


def kinds(session) -> list[str]:  # noqa: ANN001
    care = ("backed_up", "backup_failed", "books_proved")
    return list(
        session.scalars(select(JournalRow.kind).where(JournalRow.kind.in_(care)).order_by(JournalRow.seq))
    )


def test_a_nights_backup_restores_to_the_row_into_an_empty_folder(village: Shop, tmp_path: Path) -> None:
    with open_reading() as session:
        before = count_rows(session)
    assert nightly(village, tmp_path / "stick").look() == ["backup", "books"]
    (made,) = (tmp_path / "stick").iterdir()
    unpack_backup(made, tmp_path / "new")
    assert check_books(tmp_path / "new") == []
    files = {
        p.relative_to(village.folder / "files"): p.read_bytes()
        for p in (village.folder / "files").rglob("*")
        if p.is_file()
    }
    assert files
    assert all((tmp_path / "new" / "files" / name).read_bytes() == content for name, content in files.items())
    books = sqlite3.connect(tmp_path / "new" / "shop.db")
    assert {name: books.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in before} == before  # noqa: S608
    with open_reading() as session:
        assert kinds(session) == ["backed_up", "books_proved"]


@pytest.mark.long
def test_care_is_done_once_a_night_and_once_a_week(village: Shop, tmp_path: Path) -> None:
    care = nightly(village, tmp_path / "stick")
    assert care.look() == ["backup", "books"]
    village.clock.advance(hours=3)
    assert care.look() == []
    village.clock.advance(days=1)
    assert care.look() == ["backup"]
    village.clock.advance(days=6)
    assert care.look() == ["backup", "books"]


def test_a_full_or_missing_stick_is_noted_and_tried_again(village: Shop, tmp_path: Path) -> None:
    blocked = tmp_path / "stick"
    blocked.write_text("no folder")
    care = nightly(village, blocked)
    assert care.look() == ["books"]
    with open_reading() as session:
        assert kinds(session) == ["backup_failed", "books_proved"]
    blocked.unlink()
    village.clock.advance(minutes=30)
    assert care.look() == []  # it has failed just now: not every minute anew
    village.clock.advance(minutes=31)
    assert care.look() == ["backup"]


def test_a_touched_book_is_found_by_the_weekly_proof(village: Shop) -> None:
    with db.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE lot SET number = 'X' WHERE id = 1")
    assert any("lot:1" in fault for fault in prove_books(db.engine, village.folder, at=village.clock.now()))
    with open_reading() as session:
        row = session.scalars(select(JournalRow).where(JournalRow.kind == "books_proved")).one()
        assert '"faults":0' not in row.payload


def test_the_home_page_tells_the_age_and_a_failure(village: Shop, tmp_path: Path) -> None:
    client = village.client("manager")
    assert "tối nay để máy bật" in client.get("/today").text
    back_up(db.engine, village.folder, tmp_path, Care(), at=village.clock.now())
    assert "tối nay để máy bật" not in client.get("/today").text
    village.clock.advance(days=3)
    client = village.client("manager")
    assert "3 ngày trước" in client.get("/today").text
    (tmp_path / "file").write_text("no folder")
    with pytest.raises((OSError, BackupBroken)):
        back_up(db.engine, village.folder, tmp_path / "file", Care(), at=village.clock.now())
    assert "lần gần nhất không thành" in client.get("/today").text
