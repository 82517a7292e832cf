"""The commands as a user types them, and the wheel as a user gets it."""

import json
import os
import re
import shutil
import subprocess
import sys
import urllib.request
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, time
from pathlib import Path
from time import monotonic, sleep

import pytest
from click.testing import CliRunner

from pos.cli import main
from pos.cli.run import _demo_clock
from pos.kernel.clock import SHOP_ZONE, FixedClock, ShiftedClock
from tests.conftest import TODAY

BOOK = Path(__file__).parent / "data" / "workbooks" / "so-hang-htx.xlsx"


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A new shop made by the command, in a folder of its own, with no settings file about."""
    monkeypatch.chdir(tmp_path)
    answer_text = ocop("init", "--data", "shop", "--yes", "--name", "Điểm thử")
    assert re.search(r"PIN\s+\d{6}", answer_text)
    return tmp_path / "shop"


def ocop(*words: str, code: int = 0) -> str:
    done = CliRunner().invoke(main, words)
    assert done.exit_code == code, done.output
    return done.output


def test_every_command_has_help_with_an_example() -> None:
    def walk(group: object, path: list[str]) -> Iterator[list[str]]:
        for name, command in group.commands.items():  # type: ignore[attr-defined]
            yield from walk(command, [*path, name]) if hasattr(command, "commands") else [[*path, name]]

    paths = list(walk(main, []))
    assert {"demo", "init", "run", "doctor", "verify", "import", "export", "backup", "restore"} <= {
        path[0] for path in paths
    }
    for path in paths:
        assert "Example: ocop-pos" in ocop(*path, "--help"), path


def test_init_twice_is_refused(data: Path) -> None:
    ocop("init", "--data", "shop", "--yes", code=1)


def test_verify_people_and_upgrade(data: Path) -> None:
    assert "add up" in ocop("verify", "--data", "shop")
    assert json.loads(ocop("verify", "--data", "shop", "--json")) == []
    pin = ocop("people", "add", "Thu ngân 9", "--role", "cashier", "--data", "shop")
    assert re.search(r"PIN \d{6}", pin)
    assert re.search(r"PIN \d{6}", ocop("people", "reset-pin", "thu-ngan-9", "--data", "shop"))
    assert {p["login"] for p in json.loads(ocop("people", "list", "--json", "--data", "shop"))} == {
        "quan-ly",
        "thu-ngan-9",
    }
    assert "cashier" in ocop("people", "list", "--data", "shop")
    ocop("people", "reset-pin", "nobody", "--data", "shop", code=1)
    assert "up to date" in ocop("db", "upgrade", "--data", "shop")


def test_import_says_first_and_then_writes(data: Path) -> None:
    dry = json.loads(
        ocop("import", str(BOOK), "--dry-run", "--json", "--today", "2026-11-24", "--data", "shop", code=3)
    )
    assert not dry["written"]
    assert dry["counts"]["add"] == 6
    ocop("import", str(BOOK), "--today", "2026-11-24", "--data", "shop", code=3)
    assert "6 add" in ocop(
        "import", str(BOOK), "--without-refused", "--today", "2026-11-24", "--data", "shop"
    )
    again = json.loads(
        ocop("import", str(BOOK), "--without-refused", "--json", "--today", "2026-11-24", "--data", "shop")
    )
    assert again["counts"]["same"] == 8
    ocop("export", "out.xlsx", "--data", "shop")
    assert Path("out.xlsx").stat().st_size > 5000
    Path("odd.xlsx").write_text("x")
    ocop("import", "odd.xlsx", "--data", "shop", code=1)


@pytest.mark.parametrize("hour", [0, 3, 8, 9, 23])
def test_the_demo_s_day_has_begun_at_any_hour(hour: int) -> None:
    """The village sold something this morning: a demo that is opened at night can't stand before that."""
    real = FixedClock(datetime.combine(TODAY, time(hour, 10), SHOP_ZONE).astimezone(UTC))
    clock = _demo_clock(None, real)
    shows = (real.at + clock.by if isinstance(clock, ShiftedClock) else clock.now()).astimezone(SHOP_ZONE)
    assert (shows.hour, shows.minute) == ((8, 30) if hour < 9 else (hour, 10))
    assert shows.date() == TODAY


def test_backup_and_restore(data: Path) -> None:
    Path("stick").mkdir()
    assert "verified" in ocop("backup", "stick", "--data", "shop")
    (made,) = Path("stick").iterdir()
    assert "add up" in ocop("restore", str(made), "--data", "again")
    assert "add up" in ocop("verify", "--data", "again")
    ocop("restore", str(made), "--data", "again", code=1)


def test_doctor(data: Path) -> None:
    signs = json.loads(ocop("doctor", "--data", "shop", "--json"))
    assert all(sign["remedy"] for sign in signs if not sign["ok"])
    assert "SQLite" in ocop("doctor", "--data", "shop")


def test_what_is_missing_is_one_clear_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    ocop("verify", "--data", "nowhere", code=1)
    Path("bad.toml").write_text("[server]\nprot = 80\n")
    ocop("verify", "--config", "bad.toml", code=1)


@contextmanager
def running(*words: str, env: dict[str, str], cwd: Path) -> Iterator[str]:
    """A server as a process of its own; gives what it printed once it answers."""
    process = subprocess.Popen([sys.executable, "-u", "-m", "pos.cli", *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                               text=True, env=env, cwd=cwd)  # fmt: skip
    try:
        answer_text, deadline = "", monotonic() + 90
        assert process.stdout is not None
        while "Stop with Ctrl+C" not in answer_text:
            line = process.stdout.readline()
            assert line, answer_text
            assert monotonic() < deadline, answer_text
            answer_text += line
        yield answer_text
    finally:
        process.terminate()
        process.wait(15)


def answer(address: str) -> str:
    for _ in range(60):
        try:
            with urllib.request.urlopen(address, timeout=5) as response:
                return response.read().decode()
        except OSError:
            sleep(0.1)
    raise AssertionError(f"{address} does not answer")


@pytest.mark.long
def test_the_wheel_runs_the_demo_outside_the_checkout(tmp_path: Path) -> None:
    """Everything is in it: templates, static files, fonts, translations, the village, the migrations."""
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path)],
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("ocop_pos-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "site")
    shutil.rmtree(tmp_path / "site" / "ocop_pos-0.1.0.dist-info", ignore_errors=True)
    env = {**os.environ, "PYTHONPATH": str(tmp_path / "site")}
    (tmp_path / "work").mkdir()
    where = subprocess.run(
        [sys.executable, "-c", "import pos; print(pos.__file__)"],
        capture_output=True,
        text=True,
        env=env,
        cwd=tmp_path / "work",
        check=True,
    )
    assert str(tmp_path / "site") in where.stdout
    with running(
        "demo",
        "--no-browser",
        "--port",
        "0",
        "--data",
        "village",
        "--today",
        "2026-11-24",
        "--days",
        "3",
        env=env,
        cwd=tmp_path / "work",
    ) as answer_text:
        base = re.search(r"(http://127\.0\.0\.1:\d+)/till", answer_text).group(1)  # type: ignore[union-attr]
        assert "PIN" in answer_text
        page = answer(f"{base}/sign-in")
        assert "Đăng nhập" in page
        buyer = re.search(r"Buyer\s+(http\S+)", answer_text).group(1)  # type: ignore[union-attr]
        assert "Phiếu" in answer(buyer)
        for path in (
            "/static/shop.css",
            "/static/htmx.min.js",
            "/static/icons.svg",
            "/static/till.js",
            "/static/trace.css",
            "/phone",
        ):
            assert answer(base + path)


@pytest.mark.long
def test_run_takes_a_free_port_when_its_own_is_taken(data: Path) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        env = dict(os.environ)
        with running(
            "run", "--no-browser", "--port", str(port), "--data", "shop", env=env, cwd=data.parent
        ) as answer_text:
            assert f"Port {port} is taken" in answer_text
            base = re.search(r"(http://127\.0\.0\.1:\d+)/till", answer_text).group(1)  # type: ignore[union-attr]
            assert "Đăng nhập" in answer(f"{base}/")


def test_import_asks_by_an_error_and_is_answered_by_an_option(data: Path) -> None:
    Path("list.csv").write_text(
        "Chủ thể;Tên hàng;Đơn giá;Giá bán\nHộ mẫu;Kẹo lạc;15;20\nHộ mẫu;Đặc sản làng;15;30\n", "utf-8"
    )
    asked = ocop("import", "list.csv", "--data", "shop", code=3)
    assert "Đơn giá" in asked
    assert "two_columns" in asked
    assert "Nothing was written" in asked
    found = json.loads(ocop("import", "list.csv", "--json", "--data", "shop", code=3))
    assert [question["column"] for question in found["questions"]] == ["C", "D"]
    answers = (
        "--column",
        "Đơn giá=cost:1000",
        "--column",
        "giá bán=price:1000",
        "--kind",
        "Đặc sản làng=craft",
    )
    assert "2 add" in ocop("import", "list.csv", *answers, "--data", "shop")
    ocop("import", "list.csv", "--column", "Giá mua=price", "--data", "shop", code=1)
    ocop("import", "list.csv", "--kind", "Kẹo=gold", "--data", "shop", code=1)
