"""verify finds each kind of tampering and says where; a backup restores to the row."""

import os
import shutil
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import select, text

from hardware.fakes.line import Plug
from pos.admission.models import Paper
from pos.config import Config, Printer, Station
from pos.files.models import StoredFile
from pos.files.store import file_path
from pos.kernel.database import db, open_reading, unit_of_work
from pos.maintenance.backup import BackupBroken, check_books, unpack_backup, write_backup
from pos.maintenance.doctor import REMEDIES, DoctorCheck, _join_group_remedy, check_shop
from pos.maintenance.verify import count_rows, verify_books
from tests.conftest import MORNING, STATION, Shop, config_for

TAMPERED = {
    "a move's quantity changed": ("UPDATE stock_move SET quantity_milli = quantity_milli + 1000 WHERE id = 5", "stock_move:5"),
    "a move deleted": ("DELETE FROM stock_move WHERE id = 5", "stock_move:5"),
    "a move inserted": ("INSERT INTO stock_move SELECT 99999, lot_id, place_id, kind, quantity_milli, document, at FROM stock_move WHERE id = 5", "stock_move:99999"),
    "a lot's expiry changed": ("UPDATE lot SET expires_on = '2030-01-01' WHERE id = 3", "lot:3"),
    "a lot's producer nulled": ("UPDATE lot SET producer_id = NULL WHERE id = 3", "lot:3"),
    "a sale line pointed at another lot": ("UPDATE sale_line SET lot_id = lot_id + 1 WHERE sale_number = 1 AND n = 1", "sale_line:1.1"),
    "a sale's total changed": ("UPDATE sale SET total_vnd = total_vnd - 1000 WHERE number = 2", "sale:2"),
    "a journal payload changed by one byte": ("UPDATE journal SET payload = replace(payload, 'a', 'b') WHERE seq = 50", "journal:50"),
    "a journal row taken away": ("DELETE FROM journal WHERE seq = 50", "journal:51"),
    "two journal rows swapped": ("UPDATE journal SET seq = CASE seq WHEN -50 THEN 51 ELSE -50 END WHERE seq IN (-50, -51)", "journal:50"),
    "a trigger dropped": ("DROP TRIGGER journal_no_delete", "journal"),
    "a certificate's end moved": ("UPDATE paper SET ends = '2040-01-01' WHERE id = 40", "paper:40"),
    "a price row changed": ("UPDATE price SET price_vnd = 1 WHERE id = 7", "price:7"),
    "a stock total changed": ("UPDATE on_hand SET quantity_milli = quantity_milli + 1000 WHERE lot_id = 3", "on_hand:3"),
    "a product's class changed": ("UPDATE product SET goods_class = 'cncl' WHERE id = 9", "product:9"),
}  # fmt: skip


def tamper(statement: str) -> None:
    """As somebody with the file and a tool would: triggers off, statement in, triggers on again."""
    with db.engine.connect() as connection:
        driver = connection.connection.driver_connection
        triggers = driver.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in triggers:
            driver.execute(f"DROP TRIGGER {name}")
        driver.execute("PRAGMA foreign_keys=OFF").fetchall()
        if "swapped" in statement or "seq IN (-50" in statement:
            driver.execute("UPDATE journal SET seq = -seq WHERE seq IN (50, 51)")
            driver.execute("UPDATE journal SET seq = 50 WHERE seq = -51")
            driver.execute("UPDATE journal SET seq = 51 WHERE seq = -50")
        if "DROP TRIGGER" in statement:
            for _, sql in triggers:
                driver.execute(sql)
        if "seq IN (-50" not in statement:
            driver.execute(statement)
        if "DROP TRIGGER" not in statement:
            for _, sql in triggers:
                driver.execute(sql)


@pytest.mark.parametrize("case", TAMPERED)
def test_verify_finds_and_places_it(village: Shop, case: str) -> None:
    statement, row = TAMPERED[case]
    tamper(statement)
    with open_reading() as session:
        found = verify_books(session)
    assert found, case
    assert any(finding.row.startswith(row) for finding in found), [f"{f.row}: {f.said}" for f in found[:5]]


def test_an_untouched_village_adds_up(village: Shop) -> None:
    with open_reading() as session:
        assert verify_books(session, village.folder) == []


@pytest.mark.parametrize("how", ["another file", "gone", "one byte"])
def test_verify_finds_a_papers_file_that_was_replaced(village: Shop, how: str) -> None:
    with open_reading() as session:
        stored = session.scalars(select(StoredFile).join(Paper, Paper.file_id == StoredFile.id)).first()
        assert stored is not None
        path = file_path(village.folder, stored.sha256)
        content = path.read_bytes()
        path.unlink()  # the village's files are links: what is written must be another file
        if how == "another file":
            path.write_bytes(b"%PDF-1.4 a better certificate %%EOF")
        elif how == "one byte":
            path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
        assert [(f.check, f.row) for f in verify_books(session, village.folder)] == [
            ("file", f"stored_file:{stored.id}")
        ]


def test_a_backup_restores_to_the_row(village: Shop, tmp_path: Path) -> None:
    kept = village.folder / "files" / "ab"
    kept.mkdir(parents=True, exist_ok=True)
    (kept / "abc").write_bytes(b"a scan")
    made = write_backup(db.engine, village.folder, tmp_path / "b.zip", at=MORNING)
    with open_reading() as session:
        before = count_rows(session)
    unpack_backup(made, tmp_path / "new")
    assert check_books(tmp_path / "new") == []
    assert (tmp_path / "new" / "files" / "ab" / "abc").read_bytes() == b"a scan"
    shutil.rmtree(village.folder)
    shutil.copytree(tmp_path / "new", village.folder)
    db.engine.dispose()
    with open_reading() as session:
        assert count_rows(session) == before


def test_a_backup_under_load_is_one_moment(village: Shop, tmp_path: Path) -> None:
    with unit_of_work() as session:
        session.execute(text("UPDATE product SET on_tiles = 1 WHERE id = 1"))
        unseen = session.execute(text("SELECT count(*) FROM journal")).scalar()
        engine = db.engine
        with ThreadPoolExecutor(1) as care:  # in the thread of its own that the shop's care has
            care.submit(write_backup, engine, village.folder, tmp_path / "b.zip", at=MORNING).result()
    assert unseen


def broken(how: Callable[[bytes], bytes], source: Path) -> Path:
    target = source.with_name("broken.zip")
    target.write_bytes(how(source.read_bytes()))
    return target


def test_a_damaged_backup_is_said(village: Shop, tmp_path: Path) -> None:
    made = write_backup(db.engine, village.folder, tmp_path / "b.zip", at=MORNING)
    middle = made.stat().st_size // 2
    for how in (
        lambda b: b[:middle],
        lambda b: b[:middle] + bytes([b[middle] ^ 1]) + b[middle + 1 :],
        lambda _: b"no zip",
    ):
        with pytest.raises(BackupBroken):
            unpack_backup(broken(how, made), tmp_path / "x")
        shutil.rmtree(tmp_path / "x", ignore_errors=True)
    with zipfile.ZipFile(tmp_path / "evil.zip", "w") as archive:
        archive.writestr("manifest.json", '{"format": 1, "parts": {"../evil": "x"}}')
    with pytest.raises(BackupBroken, match="outside"):
        unpack_backup(tmp_path / "evil.zip", tmp_path / "y")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").touch()
    with pytest.raises(BackupBroken, match="not empty"):
        unpack_backup(made, tmp_path / "full")


def test_damage_anywhere_in_the_books_is_said(village: Shop, tmp_path: Path) -> None:
    """By where it lies it breaks the stream's code (zlib's own error), the directory, or only a sum: all said alike."""
    made = write_backup(db.engine, village.folder, tmp_path / "b.zip", at=MORNING)
    with zipfile.ZipFile(made) as archive:
        part = archive.getinfo("shop.db")
    starts = part.header_offset + len(part.FileHeader())
    listed = made.read_bytes().index(b"PK\x01\x02")  # the directory's first entry
    damages = [
        (starts, 0x07),
        (listed + 8, 0x01),
        (listed + 10, 0x63),
    ]  # no such block; encrypted; no such method
    damages += [(starts + part.compress_size * n // 24, 0xA5) for n in range(1, 24)]
    unpack_backup(made, tmp_path / "books")
    books, found = (tmp_path / "books" / "shop.db").read_bytes(), []
    for at, byte in damages:
        whole = bytearray(made.read_bytes())
        whole[at] = byte if whole[at] != byte else byte ^ 1
        hurt = broken(lambda _, whole=whole: bytes(whole), made)
        try:
            unpack_backup(hurt, tmp_path / "x")
        except BackupBroken:
            found.append(at)
        else:  # a reference to the same bytes at another place: it unpacks to the very same books
            assert (tmp_path / "x" / "shop.db").read_bytes() == books
        shutil.rmtree(tmp_path / "x", ignore_errors=True)
    assert found[:3] == [at for at, _byte in damages[:3]]
    assert len(found) >= len(damages) - 2


def test_doctor_looks_at_everything(village: Shop) -> None:
    signs = {sign.about: sign for sign in check_shop(config_for(village.folder))}
    assert signs["database"].ok
    assert "SQLite" in signs["database"].found
    assert signs["data.folder"].ok
    assert signs["decode: cv2"].ok
    assert signs["decode: pyzbar"].ok


CORRECT_IT = REMEDIES["device_misconfigured"]
PLUG_IT_IN = "Cắm lại dây"


@pytest.fixture
def plug(tmp_path: Path) -> Iterator[Plug]:
    made = Plug(tmp_path / "ttyUSB0")
    made.plug()
    yield made
    made.pull()


def sign_of(config: Config, about: str) -> DoctorCheck:
    (sign,) = (sign for sign in check_shop(config) if sign.about == about)
    return sign


@pytest.mark.parametrize("kind", ["scanner", "scale", "display"])
def test_doctor_knows_a_device_that_is_there_from_one_that_is_not(
    tmp_path: Path, plug: Plug, kind: str
) -> None:
    config = config_for(tmp_path, **{kind: f"serial://{plug.path}?baud=9600"})
    good = sign_of(config, f"{kind}: {STATION}")
    assert (good.ok, good.found, good.remedy) == (True, f"serial://{plug.path}?baud=9600", "")
    plug.pull()
    missing = sign_of(config, f"{kind}: {STATION}")
    assert not missing.ok
    assert missing.found.endswith("không thấy / not there")
    assert missing.remedy.startswith(PLUG_IT_IN)


@pytest.mark.parametrize(("kind", "address"), [
    ("scanner", "{}"), ("scanner", "serial://{}?baud=fast"), ("scanner", "evdev:"),
    ("scale", "serial://{}?protocol=cas"), ("display", "tcp://{}"),
])  # fmt: skip
def test_doctor_names_an_address_that_cant_be_read(
    tmp_path: Path, plug: Plug, kind: str, address: str
) -> None:
    """Though the device is there."""
    wrong = address.format(plug.path)
    sign = sign_of(config_for(tmp_path, **{kind: wrong}), f"{kind}: {STATION}")
    assert (sign.ok, sign.remedy) == (False, CORRECT_IT)
    assert wrong in sign.found


@pytest.mark.skipif(os.geteuid() == 0, reason="root may use every device: nothing is forbidden to it")
@pytest.mark.parametrize("mode", [0o000, 0o444], ids=["nothing", "reading alone"])
def test_doctor_says_who_may_not_use_a_line(tmp_path: Path, mode: int) -> None:
    (tmp_path / "ttyUSB0").touch(mode)
    sign = sign_of(config_for(tmp_path, display=f"serial://{tmp_path}/ttyUSB0"), f"display: {STATION}")
    assert (sign.ok, sign.remedy) == (False, _join_group_remedy("serial:///dev/ttyUSB0"))


@pytest.mark.parametrize(
    ("kind", "scheme", "asked"),
    [
        ("scale", "serial", os.R_OK | os.W_OK),
        ("display", "serial", os.R_OK | os.W_OK),
        ("scanner", "evdev", os.R_OK),
    ],
)
def test_doctor_asks_for_the_permission_that_a_device_needs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, scheme: str, asked: int
) -> None:
    """By a system that permits nothing of it, which root never meets."""
    path = tmp_path / "device"
    path.touch()
    monkeypatch.setattr(
        "pos.maintenance.doctor.os.access", lambda where, how: (str(where), how) != (str(path), asked)
    )
    sign = sign_of(config_for(tmp_path, **{kind: f"{scheme}://{path}"}), f"{kind}: {STATION}")
    assert (sign.ok, sign.found.split(": ")[-1]) == (False, "không có quyền / no permission")
    assert sign.remedy.startswith("sudo usermod -aG dialout $USER")


@pytest.mark.parametrize(("address", "group"), [
    ("serial:///dev/ttyUSB0", "dialout"), ("evdev:///dev/input/by-id/usb-x-event-kbd", "input"), ("file:///dev/usb/lp0", "lp"),
    ("serial:///x", "dialout"),
])  # fmt: skip
def test_doctor_names_the_group_to_join(address: str, group: str) -> None:
    assert _join_group_remedy(address).startswith(f"sudo usermod -aG {group} $USER")


@pytest.mark.parametrize(("address", "remedy"), [
    ("tcp://127.0.0.1:9", "Bật máy in, kiểm tra dây mạng; thử: ping 127.0.0.1."), ("lpt://1", CORRECT_IT),
    ("serial:///dev/none-there", PLUG_IT_IN),
])  # fmt: skip
def test_doctor_says_what_to_do_about_a_printer(tmp_path: Path, address: str, remedy: str) -> None:
    sign = sign_of(config_for(tmp_path, address), "printer: Máy in quầy")
    assert not sign.ok
    assert sign.remedy.startswith(remedy)


def test_doctor_leaves_what_hangs_on_a_station_apart_to_that_computer(tmp_path: Path) -> None:
    far = Printer(name="Máy in kho", address="tcp://127.0.0.1:9", at="Kho")
    apart = Station(name="Kho", printer="Máy in kho", scanner="serial:///dev/none-there", apart=True)
    config = msgspec.structs.replace(config_for(tmp_path), printers=(far,), stations=(apart,))
    sign = sign_of(config, "printer: Máy in kho")
    assert (sign.ok, sign.found) == (True, "tcp://127.0.0.1:9, ở / at Kho")
    assert not [sign for sign in check_shop(config) if sign.about.startswith("scanner")]
