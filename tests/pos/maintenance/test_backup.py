"""A backup counts when its books and every file were proved; a restore goes on without using a number twice."""

import json
import os
import shutil
import zipfile
from pathlib import Path

import pytest
from flask_migrate import upgrade
from sqlalchemy import create_engine, select, text

from pos.closings.close import close_with_z
from pos.config import Care
from pos.files.models import StoredFile
from pos.files.store import file_path
from pos.journal.models import JournalRow
from pos.kernel.database import db, open_reading, unit_of_work
from pos.kernel.tables import NumberGap, next_number
from pos.logbooks.complaints import write_complaint
from pos.maintenance import encryption
from pos.maintenance.backup import (
    BackupBroken,
    check_books,
    check_files,
    make_backup,
    read_summary,
    unpack_backup,
)
from pos.maintenance.care import NightlyCare, back_up, backup_name
from pos.maintenance.encryption import (
    ALPHABET,
    DamagedBackup,
    WrongCode,
    decrypt_file,
    encrypt_file,
    make_code,
    parse_code,
)
from pos.maintenance.heads import SERIES, JournalHead, find_highest_numbers, get_head
from pos.maintenance.restore import continue_books
from pos.maintenance.verify import verify_books
from pos.onboarding.open_shop import open_shop
from pos.sales.pay import next_sale_number
from pos.shifts.drawer import open_shift
from pos.shifts.models import Shift
from tests.conftest import MANAGER, MORNING, Shop


def files_of(shop: Shop) -> list[Path]:
    with open_reading() as session:
        return [file_path(shop.folder, sha256) for sha256 in session.scalars(select(StoredFile.sha256))]


@pytest.mark.long
@pytest.mark.parametrize("how", ["all gone", "one gone", "one changed", "one cut", "the folder is another"])
def test_a_backup_without_its_files_counts_for_nothing(village: Shop, tmp_path: Path, how: str) -> None:
    """It fails, it is noted, and it pushes out no good one."""
    stick, care = tmp_path / "stick", Care(daily=1, weekly=0, monthly=0)
    good = back_up(db.engine, village.folder, stick, care, at=MORNING).path
    item = files_of(village)[0]
    content = item.read_bytes()
    if how == "all gone":
        shutil.rmtree(village.folder / "files")
    elif how == "the folder is another":
        (village.folder / "files").rename(village.folder / "scans")
    else:
        item.unlink()  # the village's files are links
        if how != "one gone":
            item.write_bytes(content + b"x" if how == "one changed" else content[:-1])
    village.clock.advance(days=1)
    with pytest.raises(BackupBroken, match="do not add up"):
        back_up(db.engine, village.folder, stick, care, at=village.clock.now())
    beside = stick / "ocop-not-proved.zip"  # better than nothing, and in nobody's way
    assert set(stick.iterdir()) == {good, beside}
    unpack_backup(beside, tmp_path / "new")
    assert {finding.check for finding in check_books(tmp_path / "new")} <= {"file"}
    assert (tmp_path / "new" / "shop.db").is_file()
    with open_reading() as session:
        kinds = session.scalars(select(JournalRow.kind).where(JournalRow.kind.like("back%"))).all()
    assert kinds == ["backed_up", "backup_failed"]


def without(made: Path, target: Path, *names: str) -> Path:
    """The archive made anew without some parts, its manifest true to what is left."""
    with zipfile.ZipFile(made) as source, zipfile.ZipFile(target, "w") as archive:
        manifest = json.loads(source.read("manifest.json"))
        manifest["parts"] = {k: v for k, v in manifest["parts"].items() if not k.startswith(names)}
        archive.writestr("manifest.json", json.dumps(manifest))
        for name in manifest["parts"]:
            archive.writestr(name, source.read(name))
    return target


@pytest.mark.parametrize("lacking", [("shop.db",), ("files",), ("shop.db", "files")])
def test_an_archive_that_lacks_books_or_files_does_not_add_up(
    village: Shop, tmp_path: Path, lacking: tuple[str, ...]
) -> None:
    made = make_backup(db.engine, village.folder, tmp_path / "b.zip", at=MORNING).path
    unpack_backup(without(made, tmp_path / "less.zip", *lacking), tmp_path / "new")
    assert check_books(tmp_path / "new") != []


def test_a_file_whose_content_is_not_its_name_is_found_though_no_row_names_it(
    village: Shop, tmp_path: Path
) -> None:
    odd = village.folder / "files" / "ab" / ("ab" * 32)
    odd.parent.mkdir(exist_ok=True)
    odd.write_bytes(b"x")
    with pytest.raises(BackupBroken, match="abab"):
        make_backup(db.engine, village.folder, tmp_path / "b.zip", at=MORNING)


@pytest.mark.long
def test_books_that_shrank_push_no_good_generation_out(village: Shop, tmp_path: Path) -> None:
    """Somebody began a new shop in the old one's place: it is backed up, said, and nothing is removed."""
    stick, care = tmp_path / "stick", Care(daily=2, weekly=0, monthly=0)
    nights = []
    for _ in range(2):
        made = back_up(db.engine, village.folder, stick, care, at=village.clock.now())
        assert made.doubt == ""
        nights.append(made.path)
        village.clock.advance(days=1)
    db.engine.dispose()
    for left in [*village.folder.glob("shop.db*")]:
        left.unlink()
    shutil.rmtree(village.folder / "files")
    upgrade()
    with unit_of_work() as session:
        open_shop(session, "Tiệm mới", at=MORNING)
    for _ in range(4):
        made = back_up(db.engine, village.folder, stick, care, at=village.clock.now())
        assert "older backup has" in made.doubt
        village.clock.advance(days=1)
    assert set(nights) <= set(stick.iterdir())
    with open_reading() as session:
        row = session.scalars(
            select(JournalRow).where(JournalRow.kind == "backed_up").order_by(JournalRow.seq.desc())
        ).first()
        assert row is not None
        assert json.loads(row.payload)["doubt"] == made.doubt
    for night in nights:  # what the manager does once the fall is known to be right
        night.rename(tmp_path / night.name)
    assert back_up(db.engine, village.folder, stick, care, at=village.clock.now()).doubt == ""
    assert len(list(stick.iterdir())) == 2


@pytest.mark.long
def test_the_managers_page_says_that_the_books_look_odd(village: Shop, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    back_up(db.engine, village.folder, stick, Care(), at=MORNING)
    client = village.client("manager")
    assert "có điểm lạ" not in client.get("/today").text
    (made,) = stick.iterdir()
    fuller = stick / backup_name(village.clock.now().replace(year=2025))
    with zipfile.ZipFile(made) as archive, zipfile.ZipFile(fuller, "w") as other:
        manifest = json.loads(archive.read("manifest.json"))
        other.writestr("manifest.json", json.dumps(manifest | {"rows": manifest["rows"] * 2}))
    village.clock.advance(hours=1)
    back_up(db.engine, village.folder, stick, Care(), at=village.clock.now())
    assert fuller.exists()
    assert "có điểm lạ" in village.client("manager").get("/today").text


@pytest.mark.long
def test_a_backup_is_made_after_each_shift_once(village: Shop, tmp_path: Path) -> None:
    care = NightlyCare(db.engine, village.folder, tmp_path / "stick", Care(), village.clock)
    care.look()
    assert care.look() == []
    for n in (1, 2):
        village.clock.advance(minutes=30)
        for station in ("Quầy 7", "Quầy 8"):  # two shifts within a minute are one backup
            with unit_of_work() as session:
                shift = open_shift(session, station, 0, by=MANAGER, at=village.clock.now())
                close_with_z(session, shift, 0, by=MANAGER, at=village.clock.now(), seal=None)
        assert care.look() == ["backup"], n
        assert care.look() == []
    assert len(list((tmp_path / "stick").iterdir())) == 1  # the day's newest takes the earlier ones' place


@pytest.mark.parametrize("any_shop", ["postgresql"], indirect=True)
def test_a_postgresql_backup_is_proved_in_a_scratch_database(any_shop: Shop, tmp_path: Path) -> None:
    made = make_backup(db.engine, any_shop.folder, tmp_path / "b.zip", at=MORNING)
    assert made.unproved == ""
    with db.engine.connect() as connection:
        left = "SELECT count(*) FROM pg_database WHERE datname LIKE 'ocop_proof%'"
        assert connection.scalar(text(left)) == 0
    with db.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE place DISABLE TRIGGER ALL")
        connection.exec_driver_sql("UPDATE place SET name = 'X' WHERE id = 1")
    with pytest.raises(BackupBroken, match="place:1"):
        make_backup(db.engine, any_shop.folder, tmp_path / "c.zip", at=MORNING)
    assert not (tmp_path / "c.zip").exists()


@pytest.mark.parametrize("any_shop", ["postgresql"], indirect=True)
def test_where_no_scratch_database_may_be_made_the_backup_is_called_unproved(
    any_shop: Shop, tmp_path: Path
) -> None:
    with db.engine.begin() as connection:
        connection.exec_driver_sql(
            "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'poor') THEN CREATE ROLE poor LOGIN; END IF; END $$"
        )
        connection.exec_driver_sql("GRANT ALL ON ALL TABLES IN SCHEMA public TO poor")
        connection.exec_driver_sql("GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO poor")
    poor = create_engine(db.engine.url.set(username="poor"))
    made = make_backup(poor, any_shop.folder, tmp_path / "b.zip", at=MORNING)
    assert "permission denied to create database" in made.unproved
    unpack_backup(made.path, tmp_path / "new")
    assert check_files(tmp_path / "new") == []
    back_up(poor, any_shop.folder, tmp_path / "stick", Care(), at=MORNING)
    with open_reading() as session:
        (row,) = session.scalars(select(JournalRow).where(JournalRow.kind == "backed_up"))
    assert "permission denied" in json.loads(row.payload)["unproved"]
    poor.dispose()


def test_the_backup_holds_the_head_of_its_own_moment(village: Shop, tmp_path: Path) -> None:
    with open_reading() as session:
        head = get_head(session)
    made = make_backup(db.engine, village.folder, tmp_path / "b.zip", at=MORNING).path
    with zipfile.ZipFile(made) as archive:
        told = json.loads(archive.read("journal-head.json"))
    assert head is not None
    assert (told["seq"], told["hash"], told["numbers"]) == (head.seq, head.hash, head.numbers)


# --- going on after a restore ---


def trade(at_least: int) -> None:
    with unit_of_work() as session:
        for n in range(at_least):
            write_complaint(session, "Mật ong", f"Lời {n}", "", by=MANAGER, at=MORNING)
            shift = open_shift(session, f"Quầy {20 + n}", 0, by=MANAGER, at=MORNING)
            close_with_z(session, shift, 0, by=MANAGER, at=MORNING, seal=None)


@pytest.mark.parametrize("skip", [1, 40, 1000])
def test_after_a_restore_every_series_goes_on_after_what_was_left_out(village: Shop, skip: int) -> None:
    with open_reading() as session:
        before = find_highest_numbers(session)
    assert before["sale.number"] > 0
    source = village.folder / "shop.db"
    continue_books(db.engine, village.folder, source=source, at=MORNING, skip=skip)
    with unit_of_work() as session:
        assert next_sale_number(session) == before["sale.number"] + skip + 1
        for number in SERIES:
            series = f"{number.class_.__tablename__}.{number.key}"
            assert next_number(session, number) == before[series] + skip + 1
    trade(2)
    with open_reading() as session:
        assert verify_books(session, village.folder) == []
        assert find_highest_numbers(session)["complaint.number"] == before["complaint.number"] + skip + 2


def test_with_the_lost_head_the_gap_is_exact(village: Shop) -> None:
    with open_reading() as session:
        head = get_head(session)
    assert head is not None
    lost = JournalHead(
        head.seq + 40, "f" * 64, head.at, head.numbers | {"sale.number": head.numbers["sale.number"] + 3}
    )
    done = continue_books(db.engine, village.folder, source=village.folder / "shop.db", at=MORNING, lost=lost)
    sold = head.numbers["sale.number"]
    assert {k: v for k, v in done.gaps.items() if k != "lot.number"} == {"sale.number": (sold, sold + 3)}
    with unit_of_work() as session:
        assert next_sale_number(session) == sold + 4
        assert next_number(session, Shift.number) == head.numbers["shift.number"] + 1
        assert verify_books(session, village.folder) == []


def test_a_head_of_another_shop_is_refused(village: Shop) -> None:
    strange = JournalHead(5, "a" * 64, MORNING.isoformat(), {})
    with pytest.raises(BackupBroken, match="numbers-from"):
        continue_books(db.engine, village.folder, source=village.folder / "shop.db", at=MORNING, lost=strange)
    with open_reading() as session:
        assert session.scalars(select(NumberGap)).all() == []


@pytest.mark.parametrize("forgery", [
    "UPDATE number_gap SET up_to = up_to + 5 WHERE series = 'complaint.number'",
    "DELETE FROM number_gap WHERE series = 'complaint.number'",
    "INSERT INTO number_gap (series, after, up_to, at) VALUES ('shift.number', 1, 2, '2026-11-24 02:00:00')",
    "UPDATE complaint SET number = number - 5 WHERE number = (SELECT max(number) FROM complaint)",
    "DELETE FROM complaint WHERE number = 1",
])  # fmt: skip
def test_only_the_gaps_that_the_restore_made_are_accepted(village: Shop, forgery: str) -> None:
    continue_books(db.engine, village.folder, source=village.folder / "shop.db", at=MORNING, skip=10)
    trade(2)
    with open_reading() as session:
        assert verify_books(session) == []
    with db.engine.connect() as connection:
        driver = connection.connection.driver_connection
        triggers = driver.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            driver.execute(f"DROP TRIGGER {name}")
        driver.execute(forgery)
        for _, statement in triggers:
            driver.execute(statement)
    with open_reading() as session:
        assert "numbers" in [finding.check for finding in verify_books(session)]


def test_a_restore_ends_all_sign_ins(village: Shop) -> None:
    client = village.client("manager")
    assert client.get("/today").status_code == 200
    continue_books(db.engine, village.folder, source=village.folder / "shop.db", at=MORNING)
    assert client.get("/today").status_code == 302
    with open_reading() as session:
        assert verify_books(session, village.folder) == []


# --- encrypted backups ---


@pytest.mark.long
@pytest.mark.parametrize("size", [0, 1, 99, 100, 101, 307, 1000])
def test_what_was_encrypted_comes_back_and_no_cut_or_change_passes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(encryption, "CHUNK_BYTES", 100)
    plain, sealed, again = tmp_path / "plain", tmp_path / "sealed", tmp_path / "again"
    plain.write_bytes(os.urandom(size))
    code, key = make_code()
    encrypt_file(plain, sealed, key, {"rows": 5, "files": 2})
    decrypt_file(sealed, again, code)
    assert again.read_bytes() == plain.read_bytes()
    assert size < 16 or plain.read_bytes() not in sealed.read_bytes()
    assert read_summary(sealed) is not None
    with pytest.raises(WrongCode, match="another recovery code"):
        decrypt_file(sealed, again, make_code()[0])
    whole = sealed.read_bytes()
    cuts = {len(whole) - 1, len(whole) - 120, len(whole) // 2, 3, 13, 0}
    for cut in cuts:
        sealed.write_bytes(whole[: max(cut, 0)])
        with pytest.raises(DamagedBackup):
            decrypt_file(sealed, again, code)
    for at in range(0, len(whole), 1 + len(whole) // 25):
        changed = bytearray(whole)
        changed[at] ^= 1
        sealed.write_bytes(changed)
        with pytest.raises((DamagedBackup, WrongCode)):
            decrypt_file(sealed, again, code)
    sealed.write_bytes(whole + whole[-40:])
    with pytest.raises(DamagedBackup):
        decrypt_file(sealed, again, code)


def test_a_typing_slip_in_the_code_is_told() -> None:
    code, _ = make_code()
    value = parse_code(code)
    assert parse_code(code.lower().replace("-", " ")) == value
    assert parse_code(code.replace("0", "O").replace("1", "l")) == value
    figures = code.replace("-", "")
    for n, figure in enumerate(figures[:-1]):
        for other in set(ALPHABET) - {figure}:
            with pytest.raises(WrongCode):
                parse_code(figures[:n] + other + figures[n + 1 :])
        if figures[n + 1] != figure and n < len(figures) - 2:
            with pytest.raises(WrongCode):
                parse_code(figures[:n] + figures[n + 1] + figure + figures[n + 2 :])
    for odd in ("", figures[:-1], figures + "0", "!" * 27):
        with pytest.raises(WrongCode):
            parse_code(odd)


def test_the_nights_backup_is_encrypted_where_the_settings_say_so(village: Shop, tmp_path: Path) -> None:
    care = Care(encrypt=True)
    with pytest.raises(BackupBroken, match="recovery-code"):
        back_up(db.engine, village.folder, tmp_path / "stick", care, at=MORNING)
    code, key = make_code()
    encryption.keep_public_key(village.folder, key)
    made = back_up(db.engine, village.folder, tmp_path / "stick", care, at=MORNING)
    assert made.path.suffix == ".ocopbak"
    assert b"SQLite format" not in made.path.read_bytes()
    assert read_summary(made.path) == made.summary
    with pytest.raises(WrongCode):
        unpack_backup(made.path, tmp_path / "new")
    assert not (tmp_path / "new").exists()
    unpack_backup(made.path, tmp_path / "new", code)
    assert check_books(tmp_path / "new") == []
