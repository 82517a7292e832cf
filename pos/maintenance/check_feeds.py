"""maintenance/check_feeds.py — doctor's look at the bank accounts: their feeds' tokens tried, the clock held against the providers', the
secrets' files the owner's alone.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from sqlalchemy import create_engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from ..config import Config
from ..kernel.clock import Clock
from ..kernel.database import DatabaseUnfit, engine_options
from ..payments.accounts import find_account_of, list_accounts
from ..payments.feeds.http import FeedError, FeedProblem, FeedTimeouts
from ..payments.feeds.kinds import POLL_SECRETS, FeedKeys, find_keys, make_feed
from ..payments.models import BankAccount
from ..payments.secret_store import FOLDER, SecretStore
from .doctor_check import DoctorCheck

TOLERATED_CLOCK = timedelta(minutes=2)
LONGEST_WAIT_S = 10.0
REMEDIES = {
    FeedProblem.TOKEN_REFUSED: "Khóa không được nhận: tạo khóa mới rồi dán ở trang Tài khoản ngân hàng. / "
                               "The token is refused: make a new one, paste it on the page Bank accounts.",
    FeedProblem.ASKED_WRONG: "Xem tài khoản còn kết nối trên trang của nhà cung cấp không; xem [bank] trong config.toml. / "
                             "Is the account still connected on the provider's page? See [bank] in config.toml.",
    FeedProblem.TOO_MANY: "Chờ một lát rồi thử lại. / Wait a while, then try again.",
    FeedProblem.PROVIDER_DOWN: "Kiểm tra mạng; tới lúc đó xem ứng dụng ngân hàng. / "
                               "Check the internet; until then look into the bank's app.",
}  # fmt: skip


def check_feeds(config: Config, clock: Clock | None = None) -> Iterator[DoctorCheck]:
    """Accounts, tills without one, tokens, clock and the modes of the secrets' files."""
    folder = Path(config.data.folder)
    yield from _check_modes(folder / FOLDER)
    with open_books(config) as session:
        if session is None:
            return
        accounts = list_accounts(session)
        bare = [each.name for each in config.stations if find_account_of(session, each.name) is None]
        session.expunge_all()
    if not accounts:
        yield DoctorCheck(
            "bank accounts",
            True,
            "chưa có: quầy không hiện mã chuyển khoản / none: tills show no transfer code",
        )
        return
    yield DoctorCheck("bank accounts", not bare, f"{len(accounts)}" + "".join(f"; {name}: –" for name in bare),
                      "Quầy này chưa có tài khoản: thêm ở trang Tài khoản ngân hàng. / This till has no account: add one on the "
                      "page Bank accounts.")  # fmt: skip
    store, tried = SecretStore(folder), set[FeedKeys]()
    for account in accounts:
        yield from _check_feed(config, clock or Clock(), store, account, tried)


def _check_feed(
    config: Config, clock: Clock, store: SecretStore, account: BankAccount, tried: set[FeedKeys]
) -> Iterator[DoctorCheck]:
    """One token is tried once, however many accounts it stands for."""
    if not account.feed:
        return
    about = f"feed: {account.feed} …{account.number[-4:]}"
    names = POLL_SECRETS.get(account.feed, ())
    keys = find_keys(account.feed, {name: store.find(account.id, name) for name in names})
    if keys is None:
        yield DoctorCheck(about, False, "thiếu khóa / a token is missing",
                          "Dán khóa ở trang Tài khoản ngân hàng. / Paste it on the page Bank accounts.")  # fmt: skip
        return
    if keys in tried:
        return
    tried.add(keys)
    seconds = min(config.bank.timeout_seconds, LONGEST_WAIT_S)
    try:
        feed = make_feed(
            keys, config.bank.base_url(account.feed), FeedTimeouts(min(5.0, seconds), seconds, 2 * seconds)
        )
    except FeedError as failure:
        yield DoctorCheck(about, False, failure.detail, REMEDIES[failure.kind])
        return
    try:
        count = feed.check_token()
    except FeedError as failure:
        yield DoctorCheck(
            about, False, f"{failure.kind}: {keys.hide_in(failure.detail)}", REMEDIES[failure.kind]
        )
    else:
        yield DoctorCheck(about, True, f"khóa được nhận / the token is taken: {count}")
    finally:
        feed.close()
    provider_time = feed.client.provider_time
    if provider_time is not None:
        off = clock.now() - provider_time
        yield DoctorCheck(f"clock: {account.feed}", abs(off) <= TOLERATED_CLOCK, f"{off.total_seconds():+.0f} s",
                          "Chỉnh lại ngày giờ của máy tính: webhook và thời hạn đều dựa vào đó. / Set the computer's date and "
                          "time right: webhooks and ends of papers go by it.")  # fmt: skip


def _check_modes(folder: Path) -> Iterator[DoctorCheck]:
    """Tokens are for the shop's own user alone."""
    if os.name != "posix" or not folder.is_dir():
        return
    paths = [folder, *sorted(folder.iterdir())]
    loose = [path for path in paths if path.stat().st_mode & 0o077]
    yield DoctorCheck("secrets", not loose, ", ".join(map(str, loose)) or str(folder),
                      f"chmod -R go= {folder}")  # fmt: skip


@contextmanager
def open_books(config: Config) -> Iterator[Session | None]:
    """The books to look into; None where there are none, or they can't be read."""
    if not (config.database.url or (Path(config.data.folder) / "shop.db").exists()):
        yield None
        return
    url = config.database_url()
    try:
        engine = create_engine(url, **engine_options(url))
    except DatabaseUnfit:
        yield None
        return
    try:
        with Session(engine) as session:
            yield session if _has_accounts(session) else None
    finally:
        engine.dispose()


def _has_accounts(session: Session) -> bool:
    """Can the table be read? Books of an older version have none."""
    try:
        list_accounts(session)
    except SQLAlchemyError:
        return False
    return True
