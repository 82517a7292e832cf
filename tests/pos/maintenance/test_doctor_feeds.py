"""The doctor tries each feed's token at a playing bank; tokens are in no backup, and a restore says that they must be pasted again."""

import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from pos.config import Bank, Config
from pos.demo.playing_bank import Fault, PlayingBank
from pos.kernel.clock import Clock
from pos.kernel.database import db, engine_options, unit_of_work
from pos.maintenance.backup import make_backup, unpack_backup
from pos.maintenance.check_feeds import check_feeds
from pos.maintenance.doctor_check import DoctorCheck
from pos.maintenance.restore import continue_books
from pos.payments.secret_store import FOLDER, SecretStore
from tests.conftest import MORNING, Shop
from tests.pos.banking.feed_steps import paste_secrets, use_bank
from tests.pos.sales.transfer_steps import an_account


@pytest.fixture
def bank() -> Iterator[PlayingBank]:
    with PlayingBank() as playing:
        yield playing


def look(shop: Shop, clock: Clock | None = None) -> dict[str, DoctorCheck]:
    config: Config = shop.app.extensions["ocop_config"]
    return {each.about: each for each in check_feeds(config, clock)}


def test_a_shop_without_accounts_is_told_so_and_is_well(shop: Shop) -> None:
    assert all(each.ok for each in look(shop).values())


@pytest.mark.parametrize("feed", ["sepay", "casso", "payos"])
def test_each_token_is_tried_and_the_clock_held_against_the_provider(
    shop: Shop, bank: PlayingBank, feed: str
) -> None:
    use_bank(shop, bank)
    with unit_of_work() as session:
        account = an_account(session, feed=feed)
    assert not look(shop)[f"feed: {feed} …7890"].ok  # nothing pasted
    paste_secrets(shop, bank, feed, account.id)
    found = look(shop, Clock())
    assert {about: each.ok for about, each in found.items()} == {
        "secrets": True, "bank accounts": True, f"feed: {feed} …7890": True, f"clock: {feed}": True,
    }  # fmt: skip
    assert not look(shop, shop.clock)[f"clock: {feed}"].ok  # the test's clock stands on another day
    bank.play_fault(Fault.TOKEN_REFUSED)
    refused = look(shop, Clock())[f"feed: {feed} …7890"]
    assert not refused.ok
    assert "new one" in refused.remedy


def test_secrets_that_others_can_read_are_told(shop: Shop) -> None:
    SecretStore(shop.folder).write(1, "sepay_token", "x" * 20)
    assert look(shop)["secrets"].ok
    path = next((shop.folder / FOLDER).iterdir())
    path.chmod(0o644)
    assert str(path) in look(shop)["secrets"].found


def test_no_backup_holds_a_token_and_a_restore_says_so(shop: Shop, bank: PlayingBank, tmp_path: Path) -> None:
    with unit_of_work() as session:
        account = an_account(session, feed="sepay")
        an_account(session, "5550001")
    paste_secrets(shop, bank, "sepay", account.id)
    made = make_backup(db.engine, shop.folder, tmp_path / "b.zip", at=MORNING)
    with zipfile.ZipFile(made.path) as whole:
        assert [name for name in whole.namelist() if FOLDER in name] == []
        content = b"".join(whole.read(name) for name in whole.namelist())
    assert bank.books.keys.sepay_token.encode() not in content
    folder = tmp_path / "again"
    folder.mkdir()
    unpack_backup(made.path, folder)
    url = f"sqlite:///{folder / 'shop.db'}"
    engine = create_engine(url, **engine_options(url))
    assert continue_books(engine, folder, source=made.path, at=MORNING).without_tokens == (account.number,)
    engine.dispose()


def test_the_settings_name_the_providers_own_addresses() -> None:
    assert {Bank().base_url(feed) for feed in ("sepay", "casso", "payos")} == {""}
