"""banking/channels.py — a provider's token and the accounts that it tells of; whatever it tells goes to the account it is of."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..kernel.actor import SYSTEM
from ..kernel.database import open_reading, unit_of_work
from ..payments.accounts import list_accounts
from ..payments.feed_states import (
    FeedAnswer,
    find_new_balance,
    is_worth_keeping,
    list_states,
    note_answer,
)
from ..payments.feeds.kinds import HOOK_SECRETS, POLL_SECRETS, FeedKeys, find_keys, make_order_code
from ..payments.feeds.rows import refuse_changed
from ..payments.models import BankAccount, FeedState, PaymentCode
from ..payments.secret_store import SecretStore
from ..payments.signals import TransferSignal
from ..sales.models import Basket
from ..sales.transfers import HELD_FOR, TO_BE_PAID
from .feed_notes import FeedNotes
from .take_in import PrintSale, take_in_signals


@dataclass(frozen=True, slots=True)
class Channel:
    """The accounts that are asked for by the same keys. `states`: how each stood when this was read; missing: never asked."""

    keys: FeedKeys
    accounts: tuple[BankAccount, ...]
    states: dict[int, FeedState]

    @property
    def account_ids(self) -> list[int]:
        return [account.id for account in self.accounts]

    @property
    def common_cursor(self) -> str:
        """How far all of them have been read; "" where one was not read yet."""
        cursors = {self.states[each].cursor if each in self.states else "" for each in self.account_ids}
        return cursors.pop() if len(cursors) == 1 else ""

    @property
    def answered_at(self) -> datetime | None:
        """When the provider answered last."""
        return max((state.answered_at for state in self.states.values() if state.answered_at), default=None)


def find_poll_keys(store: SecretStore, account: BankAccount) -> FeedKeys | None:
    """By what the account's provider is asked; None where nobody can be."""
    names = POLL_SECRETS.get(account.feed, ())
    return find_keys(account.feed, {name: store.find(account.id, name) for name in names})


def list_channels(session: Session, store: SecretStore) -> list[Channel]:
    """Whom to ask: the accounts whose tokens are pasted, those of one token together. One that is shown no more is heard still: its codes
    are out.
    """
    by_keys: dict[FeedKeys, list[BankAccount]] = {}
    for account in list_accounts(session, archived=True):
        if (keys := find_poll_keys(store, account)) is not None:
            by_keys.setdefault(keys, []).append(account)
    states = list_states(session)
    return [
        Channel(keys, tuple(accounts), {each.id: states[each.id] for each in accounts if each.id in states})
        for keys, accounts in by_keys.items()
    ]


def list_accounts_of_secret(session: Session, store: SecretStore, account: BankAccount) -> list[BankAccount]:
    """The account, and those whose webhook has the same secret: one provider tells of them all."""
    name = HOOK_SECRETS[account.feed]
    secret = store.find(account.id, name)
    others = (
        each
        for each in list_accounts(session, archived=True)
        if each.feed == account.feed and each.id != account.id
    )
    return [account, *(each for each in others if store.find(each.id, name) == secret)]


def list_awaited_codes(session: Session, at: datetime) -> Sequence[PaymentCode]:
    """Codes of the last day whose baskets wait to be paid, replaced ones among them; the newest first."""
    query = (
        select(PaymentCode)
        .join(Basket, Basket.id == PaymentCode.basket_id)
        .where(
            Basket.state.in_(TO_BE_PAID), PaymentCode.waits_for == "", PaymentCode.shown_at > at - HELD_FOR
        )
        .order_by(PaymentCode.id.desc())
    )
    return session.scalars(query).all()


def name_orders(signals: Iterable[TransferSignal], purposes: Iterable[str]) -> list[TransferSignal]:
    """PayOS's transfers, each with the payment code of its order in place of the order's number."""
    by_order = {str(make_order_code(purpose)): purpose for purpose in purposes}
    return [replace(signal, code=by_order.get(signal.code, signal.code)) for signal in signals]


def take_in_told(
    accounts: Sequence[BankAccount], signals: Iterable[TransferSignal], notes: FeedNotes, print_sale: PrintSale, *, at: datetime
) -> dict[int, list[TransferSignal]]:  # fmt: skip
    """Take in what a provider tells, each transfer for the account that it is of; those of no account of ours are logged and left,
    and those told before with another amount are counted on the account.

    Returns what was taken, by account.
    """
    by_number = {account.number.upper(): account.id for account in accounts}
    by_account: dict[int, list[TransferSignal]] = {}
    for signal in signals:
        account_id = by_number.get(signal.account_number.upper())
        if account_id is None:
            notes.note_foreign(signal.account_number)
        else:
            by_account.setdefault(account_id, []).append(replace(signal, account_number=""))
    for account_id, own in by_account.items():
        received = take_in_signals(account_id, own, print_sale, by=SYSTEM, at=at)
        notes.note_refused_rows([account_id], map(refuse_changed, received.changed))
    return by_account


def keep_answers(
    channel: Channel, answer: FeedAnswer, taken: dict[int, list[TransferSignal]], *, at: datetime
) -> None:
    """Note of each account how its feed is, where that is news."""
    with open_reading() as session:
        balances = {
            each: find_new_balance(session, each, taken.get(each, [])) for each in channel.account_ids
        }
    answers = {each: replace(answer, balance_vnd=balances[each]) for each in channel.account_ids}
    news = {
        each: told for each, told in answers.items() if is_worth_keeping(channel.states.get(each), told, at)
    }
    if news:
        with unit_of_work() as session:
            for account_id, told in news.items():
                note_answer(session, account_id, told, at=at)
