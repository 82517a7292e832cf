"""The commands of a new shop and of its computer: init, doctor, db."""

import json
import sys
from pathlib import Path
from typing import Any

import click

from ..config import Config
from ..kernel.clock import Clock
from .shared import (
    FAILED,
    make_app,
    migrate,
    open_books,
    require_no_empty_file,
    require_no_unproved,
    shop_command,
)


@click.command()
@click.option("--yes", is_flag=True, help="Ask nothing; take the defaults.")
@click.option("--name", default="", help="The shop's name.")
@click.option("--address", default="", help="Its address, as on the slips.")
@click.option("--hotline", default="", help="Its telephone, as on the slips.")
@shop_command
def init(config: Config, yes: bool, name: str, address: str, hotline: str) -> None:
    """Make a new shop in a data folder and say the first manager's PIN.

    Example: ocop-pos init --data shop-data --yes --name "Điểm OCOP Mông Phụ"
    """
    folder = Path(config.data.folder)
    require_no_empty_file(folder / "shop.db")
    require_no_unproved(folder / "shop.db")
    if not yes:
        name = name or click.prompt("Tên điểm bán / name of the shop", default="Điểm bán OCOP")
        address = address or click.prompt("Địa chỉ / address", default="", show_default=False)
        hotline = hotline or click.prompt("Điện thoại / telephone", default="", show_default=False)
    opened, code = _open_shop(config, name or "Điểm bán OCOP", address, hotline)
    click.echo(
        f"Sign in as     {opened.login}\nPIN            {opened.pin}   (shown this once)\n"
        f"Recovery code  {code}   (shown this once: write it down and keep it away from this computer)\n"
        f"Then           ocop-pos run --data {config.data.folder}"
    )


def _open_shop(config: Config, name: str, address: str, hotline: str) -> tuple[Any, str]:
    """A new shop in the data folder; its first manager's sign-in and the recovery code of its backups."""
    from ..kernel.database import db, unit_of_work
    from ..maintenance.encryption import keep_public_key, make_code
    from ..maintenance.heads import keep_head
    from ..maintenance.ownership import own_folder
    from ..onboarding.open_shop import open_shop

    folder = Path(config.data.folder)
    folder.mkdir(parents=True, exist_ok=True)
    with own_folder(folder):
        app = make_app(config)
        with app.app_context():
            migrate()
            with unit_of_work() as session:
                opened = open_shop(session, name, address=address, hotline=hotline, at=Clock().now())
            code, key = make_code()
            keep_public_key(folder, key)
            keep_head(db.engine, folder, at=Clock().now())
    assert opened is not None  # noqa: S101  a manager was asked for
    return opened, code


@click.command()
@click.option("--json", "as_json", is_flag=True, help="For a machine.")
@shop_command
def doctor(config: Config, as_json: bool) -> None:
    """Look at settings, disk, database, decoders and printers; say what to do about each fault.

    Example: ocop-pos doctor --config config.toml
    """
    from ..maintenance.doctor import check_shop

    signs = check_shop(config)
    if as_json:
        click.echo(
            json.dumps(
                [{"about": s.about, "ok": s.ok, "found": s.found, "remedy": s.remedy} for s in signs],
                ensure_ascii=False,
            )
        )
    else:
        for sign in signs:
            click.echo(
                f"{'✓' if sign.ok else '✗'} {sign.about}: {sign.found}"
                + ("" if sign.ok else f"\n    → {sign.remedy}")
            )
    needed = {"data.folder", "database"}
    sys.exit(FAILED if any(not sign.ok for sign in signs if sign.about in needed) else 0)


@click.group("db")
def database() -> None:
    """The database's schema."""


@database.command("upgrade")
@shop_command
def db_upgrade(config: Config) -> None:
    """Bring the schema up to date; `run` does it by itself.

    Example: ocop-pos db upgrade --data shop-data
    """
    with open_books(config):
        click.echo("The schema is up to date.")


COMMANDS = (init, doctor, database)
