"""What the commands share: the settings, the application over them, and every failure as one line."""

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import wraps
from pathlib import Path
from typing import Any, NoReturn

import click
import msgspec
from flask import Flask
from rich.console import Console
from rich.text import Text
from sqlalchemy.exc import SQLAlchemyError

from ..config import Config, ConfigError, read_config
from ..kernel.clock import Clock
from ..kernel.database import DatabaseUnfit
from ..kernel.errors import Refused, ShopError
from ..kernel.reason import Reason

console = Console(stderr=True, highlight=False)
FAILED, REFUSED_ROWS = 1, 3
PRIVATE = 0o077  # the mask for new files: the shop's own user alone


def fail(text: str) -> NoReturn:
    """Say in one line what is wrong, and end. The text is shown as it is: `[lan]` in it is no colour."""
    console.print(Text.assemble(("ocop-pos: ", "red"), text), soft_wrap=True)
    sys.exit(FAILED)


def shop_command(function: Callable[..., Any]) -> Callable[..., Any]:
    """What all commands share: --config and --data, files for their owner alone, and errors as one line."""

    @click.option(
        "--config", "config_path", type=click.Path(path_type=Path), help="The settings file (TOML)."
    )
    @click.option(
        "--data",
        type=click.Path(path_type=Path, readable=False),
        help="The data folder, whatever the settings say.",
    )
    @wraps(function)
    def command(config_path: Path | None, data: Path | None, **more: Any) -> None:
        try:
            config = load_config(config_path, data)
        except ConfigError as odd:
            fail(str(odd))
        before = os.umask(PRIVATE)
        try:
            _run(function, config, more)
        finally:
            os.umask(before)

    return command


def _run(function: Callable[..., Any], config: Config, more: dict[str, Any]) -> None:
    from ..maintenance.backup import BackupBroken
    from ..maintenance.encryption import WrongCode
    from ..maintenance.faults import KNOWN, describe_fault
    from ..maintenance.heads import HeadUnreadable
    from ..maintenance.ownership import ShopOwned
    from ..serve import NoSuchAddress

    in_words = (DatabaseUnfit, NoSuchAddress, ShopOwned, BackupBroken, HeadUnreadable, WrongCode)
    try:
        function(config, **more)
    except in_words as odd:
        fail(str(odd))
    except ShopError as no:
        fail(describe_refusal(no))
    except BrokenPipeError:  # `| head`: nobody reads on
        raise
    except KNOWN as fault:
        fail(describe_fault(fault, config))


def describe_refusal(error: ShopError) -> str:
    """What the shop says no to, in the terminal's language (Vietnamese where it is set so, else English)."""
    return describe_reasons(error.reasons)


def describe_reasons(reasons: Sequence[Reason]) -> str:
    """Reasons in the terminal's language, with their remedies."""
    from flask_babel import Babel, force_locale

    from ..web.reasons import render_reason

    app = Flask("pos")
    Babel(app)
    with app.app_context(), force_locale(terminal_language()):
        texts = [render_reason(reason) for reason in reasons]
        return " ".join(f"{item.sentence} {item.remedy}".strip() for item in texts)


def terminal_language() -> str:
    """`vi` or `en`, as the terminal's locale is set."""
    chosen = next(
        (value for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (value := os.environ.get(name))), ""
    )
    return "vi" if chosen.startswith("vi") else "en"


DATA_IS_NAMED = "pos.data_is_named"  # in the command's context: --data was given


def load_config(path: Path | None, data: Path | None) -> Config:
    """The settings of `path`, or of ./config.toml where there is one, with the data folder named on the command line."""
    if path is None and Path("config.toml").is_file():
        path = Path("config.toml")
    config = read_config(path)
    click.get_current_context().meta[DATA_IS_NAMED] = data is not None
    if data is not None:
        config = msgspec.structs.replace(config, data=msgspec.structs.replace(config.data, folder=str(data)))
    return config


def make_app(config: Config, clock: Clock | None = None, *, synchronous: str = "FULL") -> Flask:
    """The application over these settings; what lies in the data folder becomes its owner's alone."""
    from ..app import create_app
    from ..maintenance.care import parse_backup_name
    from ..maintenance.privacy import protect_files, protect_folder

    app = create_app(config, clock, synchronous=synchronous)
    protect_folder(Path(config.data.folder))
    protect_files(
        path for path in config.backup_folder().glob("ocop-*") if parse_backup_name(path.name) is not None
    )
    return app


def migrate() -> None:
    """Bring the schema of the current application up to date. Raises alembic's CommandError for a newer one."""
    import logging

    from alembic import command
    from flask import current_app

    logging.getLogger("alembic").setLevel(logging.WARNING)
    command.upgrade(current_app.extensions["migrate"].migrate.get_config(), "head")


def start_books() -> None:
    """Migrate the current application's books; a shop of an earlier version gets what later ones are born with."""
    from ..journal.sealed_states import seal_states
    from ..kernel.database import unit_of_work
    from ..shop.codes import give_uid

    migrate()
    with suppress(Refused), unit_of_work() as session:  # a clock that went back: sealed at the next start
        seal_states(session, at=Clock().now())
        give_uid(session, at=Clock().now())


def require_shop(config: Config) -> None:
    """Ends the command where the data folder holds no books, or what is left of them."""
    books = Path(config.data.folder) / "shop.db"
    if config.database.url:
        return
    require_no_unproved(books)
    if not books.exists():
        fail(f"{config.data.folder} holds no shop yet: ocop-pos init --data {config.data.folder}")
    require_no_empty_file(books)


def require_no_unproved(books: Path) -> None:
    """Ends the command whose folder has only books that a restore could not prove; a new shop must not hide that."""
    from ..maintenance.restore import UNPROVED

    aside = books.with_name(f"{books.name}{UNPROVED}")
    if aside.exists() and not books.exists():
        fail(
            f"{aside} was restored and does not add up: restore an earlier backup into a new folder (ocop-pos restore"
            " BACKUP --data NEW-FOLDER)"
        )


def require_no_empty_file(books: Path) -> None:
    """Ends the command for books of no bytes: a full disk or a failed copy left them; a new shop must not hide that."""
    log = books.with_name(f"{books.name}-wal")
    if books.is_file() and not books.stat().st_size and not (log.is_file() and log.stat().st_size):
        fail(
            f"{books} is empty (0 bytes): restore the newest backup into a new folder (ocop-pos restore BACKUP --data"
            " NEW-FOLDER), or remove the empty file if there never was a shop"
        )


def require_schema(config: Config) -> None:
    """Ends the command where the database of the current application was never made a shop by `init`."""
    from sqlalchemy import inspect

    from ..kernel.database import db

    if "alembic_version" not in inspect(db.engine).get_table_names():
        where = config.database.url.split("@")[-1] or str(Path(config.data.folder) / "shop.db")
        fail(f"{where} holds no shop: ocop-pos init makes a new one, ocop-pos restore brings back a backup")


@contextmanager
def open_books(config: Config) -> Iterator[Flask]:
    """The application's context over an existing shop, its schema up to date; the head is written down at the end."""
    from ..kernel.database import db
    from ..maintenance.heads import HEAD_FILE, keep_head

    require_shop(config)
    app = make_app(config)
    with app.app_context():
        require_schema(config)
        start_books()
        yield app
        try:
            keep_head(db.engine, Path(config.data.folder), at=Clock().now())
        except (OSError, SQLAlchemyError, ShopError) as fault:  # what was asked is done; the head lags
            console.print(Text(f"{HEAD_FILE} was not written: {fault}"), soft_wrap=True)
