"""The page of the backups names each file with its age, size and whether it was proved."""

from datetime import timedelta
from pathlib import Path

from pos.config import Care
from pos.journal.record import record
from pos.kernel.actor import SYSTEM
from pos.kernel.database import db, open_reading, unit_of_work
from pos.maintenance.backup_list import list_stored_backups
from pos.maintenance.care import NightlyCare, back_up
from tests.conftest import MORNING, Shop


def test_each_backup_is_listed_and_strange_files_are_not(village: Shop) -> None:
    folder = village.app.extensions["ocop_config"].backup_folder()
    for hours in (0, 30):
        back_up(db.engine, Path(village.folder), folder, Care(), at=MORNING + timedelta(hours=hours))
    for name in ("ocop-notes.txt", "ocop-20261124-999999.zip", "x.zip"):
        (folder / name).write_bytes(b"x")
    (folder / "ocop-20200101-000000.zip").write_bytes(b"older than the journal")
    with unit_of_work() as session:
        record(
            session, "backup_failed", by=SYSTEM, at=MORNING + timedelta(hours=31), folder="f", why="ổ đĩa đầy"
        )
    with open_reading() as session:
        listed = list_stored_backups(session, folder)
    assert [backup.at for backup in listed] == sorted((backup.at for backup in listed), reverse=True)
    assert [backup.is_proved for backup in listed] == [True, True, None]
    assert all(backup.rows for backup in listed[:2])
    page = village.client("manager").get("/backups").text
    assert all(backup.name in page for backup in listed)
    assert "ocop-notes" not in page
    assert "ổ đĩa đầy" in page
    assert "/backups" in village.client("manager").get("/today").text
    assert village.client("cashier").get("/backups").status_code == 403


def test_a_shop_without_backups_says_so(shop: Shop) -> None:
    with open_reading() as session:
        assert list_stored_backups(session, Path(shop.folder) / "none") == []


def test_a_backup_is_made_when_it_is_asked_for(village: Shop) -> None:
    folder = village.app.extensions["ocop_config"].backup_folder()
    care = NightlyCare(db.engine, Path(village.folder), folder, Care(), village.clock)
    assert care.look() == ["backup", "books"]
    assert care.look() == []
    assert village.client("cashier").post("/backups").status_code == 403
    village.clock.advance(minutes=5)
    manager = village.client("manager")
    for _ in range(2):  # a second press asks for no second one
        assert "trong một hai phút" in manager.post("/backups", follow_redirects=True).text
    assert care.look() == ["backup"]
    assert care.look() == []
    assert "trong một hai phút" not in manager.get("/backups").text
    with open_reading() as session:
        (newest,) = list_stored_backups(session, folder)  # of one day the newest stays
        assert (newest.at, newest.is_proved) == (village.clock.now(), True)
