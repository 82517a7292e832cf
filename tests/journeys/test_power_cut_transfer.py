"""The power fails between the bank's word and the sale: after the start there is exactly one sale, and each đồng is where it belongs.

A real `ocop-pos run` process over a data folder, with a bank that plays SePay; killed (SIGKILL) at many moments around the one
at which the signal is taken in.
"""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Playwright
from sqlalchemy import create_engine, func, select
from sqlalchemy.orm import Session

from pos.demo.build import Village
from pos.demo.playing_bank import PlayingBank
from pos.kernel.actor import Actor, Approval, Role
from pos.kernel.clock import Clock
from pos.kernel.database import db, open_reading, unit_of_work
from pos.maintenance.verify import verify_books
from pos.payments.accounts import TypedAccount, save_account
from pos.payments.models import BankTransfer, PaymentCode
from pos.payments.secret_store import SecretStore
from pos.sales.models import Sale
from pos.sales.money_models import TransferAllocation
from tests.conftest import app_over, copied

from .conftest import scan
from .test_power_cut import begin, cut, free_port, running, till_browser

pytestmark = [pytest.mark.journey, pytest.mark.long]
NUMBER = "19001234567890"
ONE, OTHER = (Actor(n, f"Quản lý {n}", Role.MANAGER) for n in (None, 1))
MOMENTS_MS = (0, 150, 300, 400, 500, 600, 750, 900, 1_200, 2_000)


@pytest.fixture
def bank() -> Iterator[PlayingBank]:
    with PlayingBank(Clock()) as playing:
        yield playing


@pytest.fixture
def paying(village_template: tuple[Path, Village], tmp_path: Path, bank: PlayingBank) -> tuple[Path, Village]:
    """The village with an account whose feed is the playing bank."""
    template, cast = village_template
    folder = copied(template, tmp_path / "living")
    now = Clock().now()
    with app_over(folder, Clock()).app_context():
        with unit_of_work() as session:
            typed = TypedAccount("970422", NUMBER, "HO KINH DOANH MAU", feed="sepay")
            account = save_account(session, None, typed, by=ONE, at=now, approval=Approval(OTHER, "", now))
            account_id = account.id
        db.engine.dispose()
    SecretStore(folder).write(account_id, "sepay_token", bank.books.keys.sepay_token)
    return folder, cast


def count(folder: Path, table: type) -> int:
    engine = create_engine(f"sqlite:///{folder / 'shop.db'}")
    with Session(engine) as session:
        rows = session.scalar(select(func.count()).select_from(table)) or 0
    engine.dispose()
    return rows


def read_code(folder: Path) -> tuple[str, int]:
    engine = create_engine(f"sqlite:///{folder / 'shop.db'}")
    with Session(engine) as session:
        code = session.scalars(select(PaymentCode).order_by(PaymentCode.id.desc())).first()
        assert code is not None
        told = code.purpose, code.amount_vnd
    engine.dispose()
    return told


def test_killed_between_the_signal_and_the_sale(
    playwright: Playwright, paying: tuple[Path, Village], tmp_path: Path, bank: PlayingBank
) -> None:
    folder, village = paying
    config = tmp_path / "config.toml"
    config.write_text(
        f'[bank]\nsepay_url = "{bank.sepay_url}"\nsepay_quick_seconds = 0.3\nslow_seconds = 0.5\n'
    )
    caught = set()
    with till_browser(playwright, tmp_path / "profile") as page:
        for round_n, moment_ms in enumerate(MOMENTS_MS):
            before, port = count(folder, Sale), free_port()
            with running(folder, port, "--config", str(config)) as server:
                if not round_n:
                    begin(page, port, village)
                else:
                    page.goto(f"http://127.0.0.1:{port}/till")
                    page.wait_for_selector("#till[data-panel=pay]")
                    page.evaluate("document.activeElement.blur()")
                    scan(page, list(village.codes.values())[round_n % 2])
                    page.wait_for_selector(".line")
                page.keyboard.press("F9")
                page.wait_for_selector(".transfer-code .qr svg")
                purpose, amount_vnd = read_code(folder)
                bank.add_transfer(amount_vnd, f"MBVCB.1.2.{purpose}.CT tu 1 toi 2", account=NUMBER)
                time.sleep(moment_ms / 1_000)
                cut(server)
                caught.add((count(folder, BankTransfer) - round_n, count(folder, Sale) - before))
            with running(folder, free_port(), "--config", str(config)) as server:
                until = time.monotonic() + 15
                while count(folder, Sale) == before and time.monotonic() < until:
                    time.sleep(0.1)
                time.sleep(1)  # whatever would be done twice had its time
                cut(server)
            assert count(folder, Sale) == before + 1, moment_ms
            assert count(folder, BankTransfer) == round_n + 1
            assert count(folder, TransferAllocation) == round_n + 1
    assert (0, 0) in caught
    assert (1, 1) in caught
    with app_over(folder, Clock()).app_context():
        with open_reading() as session:
            assert verify_books(session) == []
        db.engine.dispose()
