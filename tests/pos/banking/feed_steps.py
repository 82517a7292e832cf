"""Steps that the tests of feeds share: a shop whose accounts are asked at a playing bank, and a buyer who pays."""

from dataclasses import dataclass, field
from typing import Any

import msgspec
from sqlalchemy import select

from pos.app import make_poller
from pos.banking.poller import FeedPoller
from pos.config import Bank, Config
from pos.demo.playing_bank import PlayingBank
from pos.kernel.actor import Approval
from pos.kernel.database import open_reading, unit_of_work
from pos.payments.accounts import TypedAccount, list_accounts, save_account
from pos.payments.models import BankAccount, BankTransfer, FeedState, PaymentCode
from pos.payments.secret_store import SecretStore
from pos.sales.models import Sale
from tests.conftest import MANAGER, MORNING, Shop
from tests.pos.sales.transfer_steps import NUMBER, a_code

SECRETS = {
    "sepay": {"sepay_token": "sepay_token", "sepay_webhook": "sepay_secret"},
    "casso": {"casso_key": "casso_key", "casso_webhook": "casso_checksum"},
    "payos": {"payos_client": "payos_client", "payos_key": "payos_key", "payos_checksum": "payos_checksum"},
}


@dataclass
class FeedShop:
    """A shop, its bank, and the poller that a test steps."""

    shop: Shop
    bank: PlayingBank
    feed: str
    poller: FeedPoller
    sold: list[int] = field(default_factory=list)

    def step(self, **later: float) -> float:
        """So much later, whoever is due is asked."""
        self.shop.clock.advance(**later)
        return self.poller.step()

    def read_state(self) -> FeedState:
        with open_reading() as session:
            return session.scalars(select(FeedState)).one()

    def count_calls(self) -> int:
        return len(self.bank.calls)


def use_bank(shop: Shop, bank: PlayingBank, **more: Any) -> None:
    """The shop's settings name this bank in place of the providers."""
    urls = {"sepay_url": bank.sepay_url, "casso_url": bank.casso_url, "payos_url": bank.payos_url}
    config: Config = shop.app.extensions["ocop_config"]
    bank_settings = msgspec.structs.replace(Bank(), **urls | {"timeout_seconds": 0.4} | more)
    shop.app.extensions["ocop_config"] = msgspec.structs.replace(config, bank=bank_settings)


def paste_secrets(shop: Shop, bank: PlayingBank, feed: str, account_id: int) -> None:
    for name, key in SECRETS[feed].items():
        SecretStore(shop.folder).write(account_id, name, getattr(bank.books.keys, key))


def show_a_code(price_vnd: int = 45_000) -> PaymentCode:
    """A basket with its code on the till, in a shop whose account is there."""
    with unit_of_work() as session:
        return a_code(session, price_vnd)


def set_feed(shop: Shop, bank: PlayingBank, feed: str) -> BankAccount:
    """The first account is asked by this feed, its tokens pasted."""
    with unit_of_work() as session:
        account = list_accounts(session)[0]
        typed = TypedAccount(account.bank_bin, account.number, account.holder, feed=feed)
        save_account(session, account, typed, by=MANAGER, at=MORNING, approval=Approval(MANAGER, "", MORNING))
    paste_secrets(shop, bank, feed, account.id)
    return account


def a_feed_shop(shop: Shop, bank: PlayingBank, feed: str, **settings: Any) -> FeedShop:
    """An account with its feed and no code yet."""
    use_bank(shop, bank, **settings)
    poller = make_poller(shop.app)
    return FeedShop(shop, bank, feed, poller)


def list_sales() -> list[Sale]:
    with open_reading() as session:
        return list(session.scalars(select(Sale).order_by(Sale.number)))


def list_transfers() -> list[BankTransfer]:
    with open_reading() as session:
        return list(session.scalars(select(BankTransfer).order_by(BankTransfer.number)))


def pay_at_bank(bank: PlayingBank, code: PaymentCode, amount_vnd: int | None = None, **more: Any) -> None:
    """The buyer pays the code, at the bank that the providers read."""
    if code.link_text:
        bank.pay_code(code.link_text, amount_vnd=amount_vnd, **more)
    else:
        bank.add_transfer(
            amount_vnd or code.amount_vnd, f"MBVCB.1.2.{code.purpose}.CT", account=NUMBER, **more
        )


def reload_code(code: PaymentCode) -> PaymentCode:
    with open_reading() as session:
        found = session.get(PaymentCode, code.id)
        assert found is not None
        return found
