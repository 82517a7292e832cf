"""The power fails while a basket lies on the counter, and while money is being taken: what the cashier then sees.

A real `ocop-pos run` process, killed without a word (SIGKILL), and started again over the same folder; the browser is
closed and opened again with what it had kept on disk, as a till's computer comes back.
"""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from playwright.sync_api import Page, Playwright
from sqlalchemy import create_engine, func, select
from sqlalchemy.orm import Session

from pos.demo.build import TOLD_PINS, Village
from pos.sales.models import Sale
from tests.conftest import copied

from .conftest import ARGUMENTS, chromium, scan
from .pages import faults

pytestmark = [pytest.mark.journey, pytest.mark.long]
SCREENS = Path(".artifacts/screens")


@contextmanager
def running(folder: Path, port: int, *more: str) -> Iterator[subprocess.Popen[bytes]]:
    """The shop's own server process, answering."""
    command = [
        sys.executable,
        "-m",
        "pos.cli",
        "run",
        "--data",
        str(folder),
        "--port",
        str(port),
        "--no-browser",
        *more,
    ]
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        for _ in range(300):
            with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/sign-in", timeout=1):
                break
            time.sleep(0.1)
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def cut(process: subprocess.Popen[bytes]) -> None:
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@contextmanager
def till_browser(
    playwright: Playwright, profile: Path, size: tuple[int, int] = (1366, 768)
) -> Iterator[Page]:
    """The till's browser with its profile on disk, as after switching the computer on."""
    context = playwright.chromium.launch_persistent_context(
        str(profile),
        executable_path=chromium(),
        args=ARGUMENTS,
        viewport={"width": size[0], "height": size[1]},
        locale="vi-VN",
    )
    page = context.pages[0] if context.pages else context.new_page()
    page.set_default_timeout(10_000)
    yield page
    with suppress(Exception):
        context.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def sales(folder: Path) -> int:
    engine = create_engine(f"sqlite:///{folder / 'shop.db'}")
    with Session(engine) as session:
        count = session.scalar(select(func.count()).select_from(Sale)) or 0
    engine.dispose()
    return count


def looked_at(page: Page, name: str) -> None:
    SCREENS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENS / f"power-{name}.png")
    assert faults(page) == []


def begin(page: Page, port: int, village: Village) -> None:
    page.goto(f"http://127.0.0.1:{port}/sign-in")
    page.fill("#login", next(login for role, _, login, _ in village.pins if role == "cashier"))
    page.fill("#pin", TOLD_PINS["cashier"])
    page.press("#pin", "Enter")
    page.wait_for_selector("#float")
    page.fill("#float", "500000")
    page.press("#float", "Enter")
    page.wait_for_selector("#till[data-panel=pay]")
    codes = list(village.codes.values())
    for n, code in enumerate((codes[0], codes[1]), 1):
        page.wait_for_timeout(80)
        scan(page, code)
        page.wait_for_selector(f".line:nth-of-type({n})")


def basket(page: Page) -> list[str]:
    return [re.sub(r"\s+", " ", text) for text in page.locator(".line .what strong").all_inner_texts()]


@pytest.fixture
def living(village_template: tuple[Path, Village], tmp_path: Path) -> tuple[Path, Village]:
    """The village as of today, for a process that reads the real clock: its lots may have ended, its codes hold."""
    template, cast = village_template
    return copied(template, tmp_path / "living"), cast


def test_in_the_middle_of_a_basket(
    playwright: Playwright, living: tuple[Path, Village], tmp_path: Path
) -> None:
    folder, village = living
    port, before = free_port(), sales(folder)
    with till_browser(playwright, tmp_path / "profile") as page, running(folder, port) as server:
        begin(page, port, village)
        noticed, due = basket(page), page.locator(".due strong").inner_text()
        cut(server)
        page.wait_for_timeout(80)
        scan(
            page, list(village.codes.values())[5]
        )  # the cashier goes on scanning: the page says what is wrong
        page.wait_for_selector("#offline:not([hidden])")
        looked_at(page, "basket-cut")
    with running(folder, port), till_browser(playwright, tmp_path / "profile") as page:
        page.goto(f"http://127.0.0.1:{port}/till")
        page.wait_for_selector("#till[data-panel=pay]")
        assert (basket(page), page.locator(".due strong").inner_text()) == (noticed, due)
        looked_at(page, "basket-back")
    assert sales(folder) == before


@pytest.mark.parametrize("moment", ["typed, not sent", "sent, answer lost"])
def test_in_the_middle_of_a_payment(
    playwright: Playwright, living: tuple[Path, Village], tmp_path: Path, moment: str
) -> None:
    """Half typed: nothing was taken, and nothing is replayed. Sent and the answer lost: it is there once, or not at all."""
    folder, village = living
    port, before = free_port(), sales(folder)
    name = "typed" if moment.startswith("typed") else "sent"
    with till_browser(playwright, tmp_path / "profile") as page, running(folder, port) as server:
        begin(page, port, village)
        noticed = basket(page)
        page.keyboard.press("F8")
        page.wait_for_selector("#till[data-panel=cash]")
        page.fill("#given", "200000")
        looked_at(page, f"payment-{name}-before")
        if name == "sent":
            threading.Timer(0.015, cut, [server]).start()
            page.press("#given", "Enter")
            page.wait_for_timeout(1500)
        else:
            cut(server)
        looked_at(page, f"payment-{name}-cut")
    was_written = sales(folder) - before
    with running(folder, port), till_browser(playwright, tmp_path / "profile") as page:
        page.goto(f"http://127.0.0.1:{port}/till")
        page.wait_for_selector("#till[data-panel=pay]")
        page.wait_for_timeout(1200)  # whatever the browser might replay would have come by now
        looked_at(page, f"payment-{name}-back")
        if was_written:
            assert name == "sent"
            assert basket(page) == []
            assert "Phiếu trước" in page.locator("main.lines").inner_text()
        else:
            assert basket(page) == noticed
            page.keyboard.press("F8")
            page.wait_for_selector("#till[data-panel=cash]")
            assert page.locator("#given").input_value() == ""
    assert sales(folder) == before + was_written
    assert was_written in ({0} if name == "typed" else {0, 1})
