"""The doctor looks at the key that signs closings: there, its owner's alone, the newest of the books."""

from pathlib import Path

import pytest

from pos.closings.keys import begin_sealing, replace_key
from pos.closings.seal import KEY_FILE, make_seal
from pos.config import Config
from pos.kernel.database import unit_of_work
from pos.maintenance.doctor import DoctorCheck, check_shop
from tests.conftest import MANAGER, MORNING, Shop, config_for


def look(config: Config) -> DoctorCheck:
    return next(sign for sign in check_shop(config) if sign.about == "seal key")


@pytest.fixture
def config(shop: Shop) -> Config:
    return config_for(shop.folder)


@pytest.fixture
def key(config: Config) -> Path:
    with unit_of_work() as session:
        begin_sealing(session, config.seal_folder(), by=MANAGER, at=MORNING)
    return config.seal_folder() / KEY_FILE


def test_a_shop_without_a_key_yet_is_well(config: Config) -> None:
    assert look(config).ok


def test_the_key_is_well_when_it_is_the_owners_and_the_books(config: Config, key: Path) -> None:
    assert look(config).ok
    assert str(key) in look(config).found


def test_a_lost_key_is_told_with_the_way_out(config: Config, key: Path) -> None:
    key.unlink()
    assert not look(config).ok
    assert "ocop-pos key new" in look(config).remedy
    with unit_of_work() as session:
        replace_key(session, config.seal_folder(), by=MANAGER, at=MORNING)
    assert look(config).ok


def test_a_key_that_others_can_read_is_told_with_the_command(config: Config, key: Path) -> None:
    key.chmod(0o640)
    assert look(config).remedy == f"chmod 600 {key}"


def test_a_file_that_is_no_key_or_another_key_is_told(config: Config, key: Path) -> None:
    make_seal(config.seal_folder())
    assert "newest" in look(config).found
    key.write_text("no key")
    key.chmod(0o600)
    assert not look(config).ok
    assert "key new" in look(config).remedy


def test_books_that_cant_be_read_say_nothing_of_a_key(tmp_path: Path) -> None:
    config = config_for(tmp_path / "data")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "shop.db").write_bytes(b"no database" * 1000)
    make_seal(config.seal_folder())
    assert look(config).ok
