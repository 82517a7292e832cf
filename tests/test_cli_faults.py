"""What can go wrong under a command: one line in words that names the cause and the way on, never a traceback."""

import hashlib
import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from contextlib import chdir, contextmanager, suppress
from pathlib import Path
from time import monotonic, sleep

import pytest
from click.testing import CliRunner

from pos.cli import main
from pos.kernel.database import db
from pos.maintenance.heads import HEAD_FILE, read_head

COMMAND = [sys.executable, "-m", "pos.cli"]


def ocop(*words: str, cwd: Path, code: int = 0, supplied: str = "", **environment: str) -> str:
    """What the command says, on both outputs: run here, where the start of a process would take longer than the command."""
    with chdir(cwd):
        done = CliRunner().invoke(main, words, input=supplied, env={"LC_ALL": "C.UTF-8", **environment})
    _close_books()
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception  # a process would say a traceback
    assert done.exit_code == code, done.output
    return done.output


def _close_books() -> None:
    """As the end of the process would: SQLite then writes its log back into the file."""
    for engines in list(db._app_engines.values()):
        for engine in engines.values():
            engine.dispose()


def refused(*words: str, cwd: Path, **environment: str) -> str:
    """The one line that a command which can't go on says."""
    answer_text = ocop(*words, cwd=cwd, code=1, **environment).strip()
    assert answer_text.startswith("ocop-pos: "), answer_text
    assert "\n" not in answer_text, answer_text
    return answer_text


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A shop made by the command, and the recovery code that was said."""
    folder = tmp_path_factory.mktemp("made")
    answer_text = ocop("init", "--data", "shop", "--yes", "--name", "Điểm thử", cwd=folder)
    found = re.search(r"Recovery code\s+(\S+)", answer_text)
    assert found
    return folder / "shop", found.group(1)


@pytest.fixture
def shop(made: tuple[Path, str], tmp_path: Path) -> Path:
    shutil.copytree(made[0], tmp_path / "shop")
    return tmp_path / "shop"


@contextmanager
def running(cwd: Path, *words: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """`run` as a process of its own, once it has said where the till is."""
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "pos.cli", "run", "--no-browser", "--port", "0", *words],
        cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        answer_text, until = "", monotonic() + 60
        while "Stop with" not in answer_text:
            line = process.stdout.readline()
            assert line, answer_text
            assert monotonic() < until
            answer_text += line
        yield process, answer_text
    finally:
        process.terminate()
        process.wait(30)
        process.stdout.close()


@pytest.mark.long
def test_a_second_server_on_one_folder_is_refused_and_the_next_one_is_not(shop: Path) -> None:
    with running(shop.parent, "--data", "shop") as (first, _):
        answer_text = refused("run", "--no-browser", "--port", "0", "--data", "shop", cwd=shop.parent)
        assert f"process {first.pid}" in answer_text
        assert "stop that one first" in answer_text
        refused("demo", "--no-browser", "--port", "0", "--data", "shop", cwd=shop.parent)
        refused("init", "--yes", "--data", "shop", cwd=shop.parent)
        assert "add up" in ocop("verify", "--data", "shop", cwd=shop.parent)  # readers are welcome
        first.send_signal(signal.SIGKILL)  # the lock goes with its process, however that ends
        first.wait(10)
    with running(shop.parent, "--data", "shop") as (_, answer_text):
        assert "/till" in answer_text


@pytest.mark.long
def test_two_servers_on_one_postgresql_database_are_refused(postgresql: str, tmp_path: Path) -> None:
    from sqlalchemy import create_engine

    admin = create_engine(f"{postgresql}/postgres", isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.exec_driver_sql("CREATE DATABASE owned_once")
    admin.dispose()
    url = {"OCOP_POS_DATABASE__URL": f"{postgresql}/owned_once"}
    answer_text = refused("run", "--no-browser", "--data", "one", cwd=tmp_path, **url)
    assert "holds no shop: ocop-pos init" in answer_text
    ocop("init", "--yes", "--data", "one", cwd=tmp_path, **url)
    os.environ.update(url)
    try:
        with running(tmp_path, "--data", "one"):
            answer_text = refused("run", "--no-browser", "--port", "0", "--data", "two", cwd=tmp_path)
            assert "another computer or folder" in answer_text
            assert "owned_once" in answer_text
        with running(tmp_path, "--data", "two"):
            pass
    finally:
        del os.environ["OCOP_POS_DATABASE__URL"]


@pytest.mark.long
def test_the_head_is_written_while_the_shop_runs_and_when_it_stops(shop: Path) -> None:
    before = read_head(shop / HEAD_FILE)
    with running(shop.parent, "--data", "shop"):
        ocop("people", "add", "Thu ngân 3", "--role", "cashier", "--data", "shop", cwd=shop.parent)
        until = monotonic() + 10
        while (now := read_head(shop / HEAD_FILE)) == before and monotonic() < until:
            sleep(0.1)
    assert before is not None
    assert now is not None
    assert now.seq > before.seq
    assert now.numbers.keys() == before.numbers.keys()
    with sqlite3.connect(shop / "shop.db") as books:
        seq, row_hash = books.execute("SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1").fetchone()
    last = read_head(shop / HEAD_FILE)
    assert last is not None
    assert (last.seq, last.hash) == (seq, row_hash)
    paper = f"{now.seq}:{now.hash[:16]}"
    assert "add up" in ocop("verify", "--data", "shop", "--since", paper, cwd=shop.parent)
    answer_text = ocop(
        "verify", "--data", "shop", "--since", f"{now.seq}:{'0' * 16}", cwd=shop.parent, code=1
    )
    assert "the paper names a row" in answer_text
    assert "looks like" in refused("verify", "--data", "shop", "--since", "17", cwd=shop.parent)


DAMAGES = {
    "empty": (lambda _: b"", "is empty (0 bytes)"),
    "no database": (lambda _: b"x" * 9000, "is damaged"),
    "cut": (lambda whole: whole[: len(whole) // 3], "is damaged"),
    "another program's": (None, "holds no shop"),
    "a newer version's": (None, "newer version"),
}


@pytest.mark.parametrize(("damage", "command"), [*((damage, "run") for damage in DAMAGES), ("empty", "care"),
                                                 ("no database", "verify"), ("cut", "backup"), ("a newer version's", "people")])  # fmt: skip
def test_books_that_are_no_books_are_said(shop: Path, damage: str, command: str) -> None:
    how, words = DAMAGES[damage]
    books = shop / "shop.db"
    if how is not None:
        books.write_bytes(how(books.read_bytes()))
    elif damage == "another program's":
        books.unlink()
        with sqlite3.connect(books) as other:
            other.execute("CREATE TABLE song (name TEXT)")
    else:
        with sqlite3.connect(books) as newer:
            newer.execute("UPDATE alembic_version SET version_num = '9999'")
    more = {"run": ["--no-browser", "--port", "0"], "backup": ["b.zip"], "people": ["list"]}.get(command, [])
    answer_text = refused(command, *more, "--data", "shop", cwd=shop.parent)
    assert words in answer_text
    if damage == "empty":
        assert "holds" not in answer_text
        assert "is empty (0 bytes)" in refused("init", "--yes", "--data", "shop", cwd=shop.parent)
        assert not books.stat().st_size


def test_a_data_folder_that_is_there_already_is_said_in_the_terminals_language(shop: Path) -> None:
    answer_text = refused("init", "--yes", "--data", "shop", cwd=shop.parent)
    assert "This data folder holds a shop already." in answer_text
    assert "shop_there" not in answer_text
    answer_text = refused("init", "--yes", "--data", "shop", cwd=shop.parent, LC_ALL="vi_VN.UTF-8")
    assert "Thư mục dữ liệu" in answer_text


def test_a_workbook_that_is_none_is_said(shop: Path) -> None:
    (shop.parent / "odd.xlsx").write_text("x")
    answer_text = refused("import", "odd.xlsx", "--data", "shop", cwd=shop.parent)
    assert "no workbook that can be read" in answer_text
    assert "workbook_odd" not in answer_text


@pytest.mark.parametrize(("settings", "words"), [
    ("[public]\nport = 1\ncertificate = 'missing.pem'\nkey = 'missing.key'\n", "[public] certificate: there is no file missing.pem"),
    ("[public]\nport = 1\ncertificate = 'config.toml'\n", "[public] key: there is no file"),
    ("[public]\nport = 1\ncertificate = 'config.toml'\nkey = 'config.toml'\n", "[public] certificate"),
    ("[lan]\nenabled = true\nhost = '203.0.113.9'\n", "leave [lan] host as it is"),
    ("[server]\nhost = '203.0.113.9'\n", "no address 203.0.113.9"),
    ("[database]\nurl = 'postgresql+psycopg://x:secret@127.0.0.1:1/none'\n", "127.0.0.1:1/none refuses"),
    ("[database]\nurl = 'postgresql+psycopg://x:secret@nowhere.invalid/none'\n", "nowhere.invalid/none refuses"),
    ("[database]\nurl = 'oracle://x'\n", "[database] url"),
    ("[database]\nurl = 'no address'\n", "[database] url"),
    ("[data]\nfolder = 'file/shop'\n", "file"),
    ("[data]\nfolder = 'file'\n", "file"),
])  # fmt: skip
def test_settings_that_lead_nowhere_are_said(shop: Path, settings: str, words: str) -> None:
    (shop.parent / "file").write_text("x")
    if "[data]" not in settings:
        settings += "[data]\nfolder = 'shop'\n"
    (shop.parent / "config.toml").write_text(settings)
    answer_text = refused("run", "--no-browser", "--port", "0", cwd=shop.parent)
    assert words in answer_text
    assert "secret" not in answer_text


def test_a_config_that_is_a_folder_or_unreadable_is_said(shop: Path) -> None:
    (shop.parent / "folder.toml").mkdir()
    (shop.parent / "latin.toml").write_bytes(b"# \xff\n")
    for name in ("folder.toml", "latin.toml", "none.toml"):
        assert name in refused("run", "--config", name, cwd=shop.parent)


@pytest.mark.parametrize("how", ["cut", "no zip", "empty", "one byte", "a folder of books"])
def test_a_backup_that_is_none_is_said_and_leaves_nothing(shop: Path, how: str) -> None:
    ocop("backup", "b.zip", "--data", "shop", cwd=shop.parent)
    whole = (shop.parent / "b.zip").read_bytes()
    middle = len(whole) // 2
    content = {"cut": whole[:middle], "no zip": b"hello", "empty": b"",
               "one byte": whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1 :], "a folder of books": b"PK\x05\x06" + bytes(18)}  # fmt: skip
    (shop.parent / "odd.zip").write_bytes(content[how])
    answer_text = refused("restore", "odd.zip", "--data", "new", cwd=shop.parent)
    assert "odd.zip" in answer_text
    assert not (shop.parent / "new" / "shop.db").exists()
    ocop("restore", "b.zip", "--data", "new", cwd=shop.parent)  # the same folder is good for the whole one
    assert "not empty" in refused("restore", "b.zip", "--data", "new", cwd=shop.parent)


# Root without root's right to pass by the rights of files: an ordinary user, for this purpose.
ORDINARY = [
    "setpriv",
    "--bounding-set=-dac_override,-dac_read_search,-fowner",
    "--inh-caps=-dac_override,-dac_read_search",
]


@pytest.mark.skipif(os.geteuid() != 0, reason="gives a folder to another user")
@pytest.mark.parametrize("command", [("verify",), ("run", "--no-browser", "--port", "0"), ("init", "--yes")])
@pytest.mark.parametrize("taken", ["folder", "books"])
def test_what_belongs_to_another_user_is_said(shop: Path, command: tuple[str, ...], taken: str) -> None:
    theirs = shop if taken == "folder" else shop / "shop.db"
    shutil.chown(theirs, "nobody")
    theirs.chmod(0o700)
    done = subprocess.run(
        [*ORDINARY, *COMMAND, *command, "--data", str(shop)],
        capture_output=True,
        text=True,
        cwd=shop.parent,
        check=False,
    )
    answer_text = (done.stdout + done.stderr).strip()
    assert done.returncode == 1, answer_text
    assert answer_text.startswith("ocop-pos: "), answer_text
    assert str(shop) in answer_text
    assert len(answer_text.splitlines()) == 1, answer_text


@contextmanager
def small_disk(folder: Path, size: str, *options: str) -> Iterator[Path]:
    folder.mkdir()
    subprocess.run(
        ["mount", "-t", "tmpfs", "-o", ",".join([f"size={size}", *options]), "tmpfs", str(folder)], check=True
    )
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def fill_disk(ballast: Path) -> None:
    descriptor = os.open(ballast, os.O_CREAT | os.O_WRONLY)
    with suppress(OSError):
        while True:
            os.write(descriptor, b"x" * 4096)
    os.close(descriptor)
    assert shutil.disk_usage(ballast.parent).free == 0


def may_mount() -> bool:
    if os.geteuid() != 0:
        return False
    done = subprocess.run(["unshare", "--mount", "true"], capture_output=True, check=False)
    return done.returncode == 0


@pytest.mark.skipif(not may_mount(), reason="mounts a small disk")
def test_a_full_disk_is_said_and_the_shop_goes_on_when_there_is_space(shop: Path) -> None:
    with small_disk(shop.parent / "disk", "6m") as disk:
        shutil.copytree(shop, disk / "shop")
        ballast = disk / "ballast"
        fill_disk(ballast)
        for words in (("people", "add", "Thu ngân 4", "--role", "cashier"), ("backup", str(disk / "b.zip"))):
            answer_text = refused(*words, "--data", str(disk / "shop"), cwd=shop.parent)
            assert "the disk is full" in answer_text
        assert not (disk / "b.zip").exists()
        for words in (("backup", str(disk / "b.zip")), ("care",)):  # the books have space, the stick has none
            answer_text = refused(
                *words, "--data", "shop", cwd=shop.parent, OCOP_POS_CARE__BACKUPS=str(disk / "stick")
            )
            assert f"the disk is full: free some space for {disk}" in answer_text.replace("/stick", "")
        answer_text = refused("init", "--yes", "--data", str(disk / "new"), cwd=shop.parent)
        assert "the disk is full" in answer_text
        ballast.unlink()
        shutil.rmtree(disk / "new", ignore_errors=True)
        ocop(
            "people", "add", "Thu ngân 4", "--role", "cashier", "--data", str(disk / "shop"), cwd=shop.parent
        )
        assert "add up" in ocop("verify", "--data", str(disk / "shop"), cwd=shop.parent)


@pytest.mark.skipif(not may_mount(), reason="mounts a small disk")
def test_a_disk_that_is_mounted_read_only_is_said(shop: Path) -> None:
    with small_disk(shop.parent / "disk", "20m") as disk:
        shutil.copytree(shop, disk / "shop")
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        for words in (
            ("run", "--no-browser", "--port", "0"),
            ("people", "add", "X", "--role", "cashier"),
            ("init", "--yes"),
        ):
            answer_text = refused(*words, "--data", str(disk / "shop"), cwd=shop.parent)
            assert "read-only" in answer_text
        assert "read-only" in refused("init", "--yes", "--data", str(disk / "new"), cwd=shop.parent)


def test_a_taken_port_is_said_or_another_is_taken(shop: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        with running(shop.parent, "--data", "shop", "--port", port) as (process, answer_text):
            assert f"Port {port} is taken; using" in answer_text
            assert process.poll() is None


def modes(folder: Path) -> dict[str, int]:
    return {
        str(path.relative_to(folder)): path.stat().st_mode & 0o777 for path in [folder, *folder.rglob("*")]
    }


@pytest.mark.long
def test_everything_of_the_shop_is_its_owners_alone(shop: Path) -> None:
    """What is made anew, what an earlier version left open, and what appears while the shop runs."""
    (shop / "files" / "ab").mkdir(parents=True, exist_ok=True)
    (shop / "files" / "ab" / "scan").write_bytes(b"x")
    for path in [shop, *shop.rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o644)
    with running(shop.parent, "--data", "shop", "--lan"):
        ocop("people", "add", "Thu ngân 5", "--role", "cashier", "--data", "shop", cwd=shop.parent)
        now = modes(shop)
        assert {
            "shop.db",
            "shop.db-wal",
            "shop.db-shm",
            "secret.key",
            HEAD_FILE,
            "files/ab/scan",
        } <= now.keys()
        assert {name: oct(mode) for name, mode in now.items() if mode & 0o077} == {}
    ocop("care", "--data", "shop", cwd=shop.parent)
    ocop("backup", "b.zip", "--data", "shop", cwd=shop.parent)
    assert (shop.parent / "b.zip").stat().st_mode & 0o777 == 0o600
    ocop("restore", "b.zip", "--data", "new", cwd=shop.parent)
    for folder in (shop, shop.parent / "new"):
        assert {name: oct(mode) for name, mode in modes(folder).items() if mode & 0o077} == {}
    ocop("trace", "export", "site", "--data", "shop", cwd=shop.parent)  # but a site is for everybody
    assert all(mode & 0o044 for mode in modes(shop.parent / "site").values())


@pytest.mark.long
def test_an_encrypted_backup_comes_back_on_a_bare_machine(
    shop: Path, made: tuple[Path, str], tmp_path: Path
) -> None:
    """An empty folder, the archive and the code on paper: nothing else of the shop is left."""
    code = made[1]
    ocop("people", "add", "Thu ngân 6", "--role", "cashier", "--data", "shop", cwd=tmp_path)
    assert "restored and verified" in ocop(
        "backup", "stick.ocopbak", "--encrypt", "--data", "shop", cwd=tmp_path
    )
    for path in [p for p in shop.rglob("*") if p.is_file()]:
        assert code.encode() not in path.read_bytes()
        assert code.replace("-", "").encode() not in path.read_bytes()
    shutil.rmtree(shop)
    bare = tmp_path / "bare"
    bare.mkdir()
    shutil.move(tmp_path / "stick.ocopbak", bare)
    slip = code[:-2] + ("2" if code[-2] != "2" else "3") + code[-1]
    answer_text = refused("restore", "stick.ocopbak", "--data", "shop", "--recovery-code", slip, cwd=bare)
    assert "mistyped" in answer_text
    another = re.search(r"Recovery code\s+(\S+)", ocop("init", "--yes", "--data", "another", cwd=tmp_path))
    assert another
    answer_text = refused(
        "restore", "stick.ocopbak", "--data", "shop", "--recovery-code", another.group(1), cwd=bare
    )
    assert "another recovery code" in answer_text
    answer_text = ocop("restore", "stick.ocopbak", "--data", "shop", cwd=bare, supplied=f"{code.lower()}\n")
    assert "the books add up" in answer_text
    assert "add up" in ocop("verify", "--data", "shop", cwd=bare)
    assert "thu-ngan-6" in ocop("people", "list", "--data", "shop", cwd=bare)
    with running(bare, "--data", "shop") as (_, answer_text):
        assert "/till" in answer_text


def test_a_restore_with_the_lost_head_says_what_is_left_out(shop: Path, tmp_path: Path) -> None:
    ocop("backup", "b.zip", "--data", "shop", cwd=tmp_path)
    head = (shop / HEAD_FILE).read_text()
    (tmp_path / "old-head.json").write_text(
        head.replace('"sale.number": 0', '"sale.number": 12').replace('"seq": ', '"seq": 9')
    )
    answer_text = ocop("restore", "b.zip", "--data", "new", "--numbers-from", "old-head.json", cwd=tmp_path)
    assert "sale.number: numbers 1 to 12 are left out" in answer_text
    assert "shift.number" not in answer_text
    assert "add up" in ocop("verify", "--data", "new", cwd=tmp_path)
    answer_text = ocop("restore", "b.zip", "--data", "plain", cwd=tmp_path)
    assert "sale.number: numbers 1 to 1000 are left out" in answer_text
    (tmp_path / "old-head.json").write_text("{")
    assert "no journal head" in refused(
        "restore", "b.zip", "--data", "x", "--numbers-from", "old-head.json", cwd=tmp_path
    )


def test_a_postgresql_backup_is_loaded_into_an_empty_database(postgresql: str, tmp_path: Path) -> None:
    from sqlalchemy import create_engine

    admin = create_engine(f"{postgresql}/postgres", isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        for name in ("before", "after"):
            connection.exec_driver_sql(f"CREATE DATABASE {name}_loss")
    admin.dispose()
    before, after = ({"OCOP_POS_DATABASE__URL": f"{postgresql}/{name}_loss"} for name in ("before", "after"))
    ocop("init", "--yes", "--data", "shop", cwd=tmp_path, **before)
    assert "restored and verified" in ocop("backup", "b.zip", "--data", "shop", cwd=tmp_path, **before)
    answer_text = ocop("restore", "b.zip", "--data", "unpacked", cwd=tmp_path)
    assert "not proved" in answer_text
    assert "not empty" in refused("restore", "b.zip", "--data", "new", cwd=tmp_path, **before)
    assert "the books add up" in ocop("restore", "b.zip", "--data", "new", cwd=tmp_path, **after)
    assert "add up" in ocop("verify", "--data", "new", cwd=tmp_path, **after)


def test_verify_says_what_it_finds_in_books_with_damaged_pages(shop: Path) -> None:
    with sqlite3.connect(shop / "shop.db") as books:
        size = books.execute("PRAGMA page_size").fetchone()[0]
        roots = [
            root
            for (root,) in books.execute(
                "SELECT rootpage FROM sqlite_master WHERE rootpage > 0 AND tbl_name IN ('place', 'product_group', 'person')"
            )
        ]
    assert len(roots) > 3
    with (shop / "shop.db").open("r+b") as file:
        for root in roots[:4]:
            file.seek((root - 1) * size)
            file.write(os.urandom(size))
    answer_text = ocop("verify", "--data", "shop", cwd=shop.parent, code=1)
    assert "✗ integrity" in answer_text
    assert "findings." in answer_text


def test_a_token_file_that_is_none_is_said(tmp_path: Path) -> None:
    (tmp_path / "token").write_bytes(b"\xff\xfe")
    answer_text = refused("station", "--server", "https://127.0.0.1:1", "--token-file", "token", cwd=tmp_path)
    assert "can't be read as a token" in answer_text


def archive_of(target: Path, **parts: bytes) -> Path:
    """A backup as an earlier version made it: the manifest knows format, moment and sums alone."""
    names = {"books": "shop.db"}
    sums = {names[name]: hashlib.sha256(content).hexdigest() for name, content in parts.items()}
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("manifest.json", json.dumps({"format": 1, "made": "2026-11-24", "parts": sums}))
        for name, content in parts.items():
            archive.writestr(names[name], content)
    return target


def test_an_earlier_versions_backup_is_restored_and_proved_from_then_on(tmp_path: Path) -> None:
    with zipfile.ZipFile(Path(__file__).parent / "data" / "shop-0001.zip") as old:
        archive_of(tmp_path / "old.zip", books=old.read("shop.db"))
    answer_text = ocop("restore", "old.zip", "--data", "shop", "--skip", "7", cwd=tmp_path)
    assert "the books add up" in answer_text
    assert "sale.number" in answer_text
    assert "add up" in ocop("verify", "--data", "shop", cwd=tmp_path)
    with sqlite3.connect(tmp_path / "shop" / "shop.db") as books:
        kinds = [kind for (kind,) in books.execute("SELECT kind FROM journal ORDER BY seq DESC LIMIT 3")]
        assert set(kinds) >= {"restored", "states_sealed"}
        books.execute("UPDATE person SET pin_hash = 'x' WHERE id = 1")
    assert "person:1" in ocop("verify", "--data", "shop", cwd=tmp_path, code=1)


def test_an_archive_without_books_is_not_said_to_add_up(tmp_path: Path) -> None:
    archive_of(tmp_path / "none.zip")
    answer_text = refused("restore", "none.zip", "--data", "shop", cwd=tmp_path)
    assert "no books" in answer_text
    assert not (tmp_path / "shop" / "shop.db").exists()


@pytest.mark.parametrize(
    "name", ["secret.key", "config.toml", "server.lock", "..\\evil", "files/secret.key", "../evil"]
)
def test_what_is_no_part_of_a_backup_is_never_taken(tmp_path: Path, name: str) -> None:
    manifest = {"format": 1, "parts": {name: hashlib.sha256(b"x").hexdigest()}}
    with zipfile.ZipFile(tmp_path / "odd.zip", "w") as archive:
        archive.writestr("manifest.json", json.dumps(manifest))
        archive.writestr(name, b"x")
    assert "outside those of a backup" in refused("restore", "odd.zip", "--data", "new", cwd=tmp_path)
    left = [path.name for path in tmp_path.rglob("*") if path.is_file()]
    assert set(left) <= {"odd.zip", "server.lock"}
    assert (tmp_path / "new" / "server.lock").read_bytes() != b"x"


@pytest.mark.parametrize(
    "manifest",
    ["[1,2]", "null", "7", '{"format": 1, "parts": null}', '{"format": 1, "parts": ["shop.db"]}', "{}"],
)
def test_a_manifest_that_no_backup_has_is_said(tmp_path: Path, manifest: str) -> None:
    with zipfile.ZipFile(tmp_path / "odd.zip", "w") as archive:
        archive.writestr("manifest.json", manifest)
        archive.writestr("shop.db", b"x")
    assert "can't be read as a backup" in refused("restore", "odd.zip", "--data", "new", cwd=tmp_path)
    assert not (tmp_path / "new" / "shop.db").exists()


def test_books_that_do_not_add_up_are_restored_to_where_no_server_starts(shop: Path) -> None:
    """They are kept to be looked at, and every command that would go on with them says so."""
    ocop("backup", "b.zip", "--data", "shop", cwd=shop.parent)
    with zipfile.ZipFile(shop.parent / "b.zip") as whole:
        (shop.parent / "touched.db").write_bytes(whole.read("shop.db"))
        with sqlite3.connect(shop.parent / "touched.db") as books:
            books.execute("UPDATE person SET pin_hash = 'x' WHERE id = 1")
            books.commit()
            books.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        changed = {"shop.db": (shop.parent / "touched.db").read_bytes(), HEAD_FILE: whole.read(HEAD_FILE)}
    with zipfile.ZipFile(shop.parent / "odd.zip", "w") as archive:
        sums = {name: hashlib.sha256(content).hexdigest() for name, content in changed.items()}
        archive.writestr("manifest.json", json.dumps({"format": 1, "made": "2026-11-24", "parts": sums}))
        for name, content in changed.items():
            archive.writestr(name, content)
    answer_text = refused("restore", "odd.zip", "--data", "new", cwd=shop.parent)
    assert "do not add up" in answer_text
    assert "person:1" in answer_text
    assert "shop.db.unproved" in answer_text
    left = {path.name for path in (shop.parent / "new").iterdir()}
    assert "shop.db.unproved" in left
    assert not {"shop.db", "shop.db-wal", "shop.db-shm"} & left
    for command in (("run", "--no-browser", "--port", "0"), ("verify",), ("init", "--yes")):
        assert "shop.db.unproved" in refused(*command, "--data", "new", cwd=shop.parent)
    assert not (shop.parent / "new" / "shop.db").exists()
    with sqlite3.connect(shop.parent / "new" / "shop.db.unproved") as books:
        assert books.execute("SELECT count(*) FROM person").fetchone() == (1,)


@pytest.mark.long
def test_unproved_books_of_postgresql_are_started_by_no_server(postgresql: str, tmp_path: Path) -> None:
    from sqlalchemy import create_engine

    admin = create_engine(f"{postgresql}/postgres", isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        for name in ("sound", "odd"):
            connection.exec_driver_sql(f"CREATE DATABASE {name}_books")
    admin.dispose()
    sound, odd = ({"OCOP_POS_DATABASE__URL": f"{postgresql}/{name}_books"} for name in ("sound", "odd"))
    ocop("init", "--yes", "--data", "shop", cwd=tmp_path, **sound)
    ocop("backup", "b.zip", "--data", "shop", cwd=tmp_path, **sound)
    with zipfile.ZipFile(tmp_path / "b.zip") as whole, zipfile.ZipFile(tmp_path / "odd.zip", "w") as archive:
        dump = whole.read("shop.sql") + b"\nUPDATE public.person SET pin_hash = 'x';\n"
        sums = {"shop.sql": hashlib.sha256(dump).hexdigest()}
        archive.writestr("manifest.json", json.dumps({"format": 1, "made": "2026-11-24", "parts": sums}))
        archive.writestr("shop.sql", dump)
    assert "alembic_version.unproved" in refused("restore", "odd.zip", "--data", "new", cwd=tmp_path, **odd)
    assert "holds no shop" in refused(
        "run", "--no-browser", "--port", "0", "--data", "new", cwd=tmp_path, **odd
    )


def test_a_file_half_written_in_an_old_archive_is_left_out(shop: Path) -> None:
    """Earlier versions took along what a power cut had left among the stored files."""
    ocop("backup", "b.zip", "--data", "shop", cwd=shop.parent)
    leftover = f"files/ab/{'ab' * 32}.0123456789ab.new"
    with (
        zipfile.ZipFile(shop.parent / "b.zip") as whole,
        zipfile.ZipFile(shop.parent / "old.zip", "w") as old,
    ):
        manifest = json.loads(whole.read("manifest.json"))
        manifest["parts"][leftover] = hashlib.sha256(b"half").hexdigest()
        for name in whole.namelist():
            old.writestr(name, json.dumps(manifest) if name == "manifest.json" else whole.read(name))
        old.writestr(leftover, b"half")
    assert "the books add up" in ocop("restore", "old.zip", "--data", "new", cwd=shop.parent)
    assert list((shop.parent / "new").rglob("*.new")) == []
