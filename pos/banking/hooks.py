"""banking/hooks.py — what a provider calls us with: proved by the secret of the account whose address was called, then taken in.

An address that names no account is checked against a secret that nobody has: whoever tries keys learns nothing from the time it takes.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from ..kernel.database import open_reading
from ..payments.accounts import find_account_by_key, get_account
from ..payments.codes import find_code, list_purposes
from ..payments.feeds import casso_webhook, payos_webhook, sepay_webhook
from ..payments.feeds.kinds import HOOK_SECRETS
from ..payments.feeds.webhook import require_size
from ..payments.models import BankAccount
from ..payments.secret_store import SecretStore
from ..payments.signals import TransferSignal
from .channels import list_accounts_of_secret, name_orders, take_in_told
from .feed_notes import FeedNotes
from .take_in import PrintSale

_NOBODYS = secrets.token_urlsafe(32)


@dataclass(frozen=True, slots=True)
class HookCall:
    """A call as it came. `feed` and `key` are its address's."""

    feed: str
    key: str
    headers: Mapping[str, str]
    body: bytes


def find_hook_account(store: SecretStore, feed: str, key: str) -> tuple[BankAccount | None, str]:
    """The account that the address names and the secret of its calls; None, and a secret that nobody has, where it names none."""
    if feed not in HOOK_SECRETS:
        return None, _NOBODYS
    with open_reading() as session:
        account = find_account_by_key(session, key)
    if account is None or account.feed != feed:
        return None, _NOBODYS
    return account, store.find(account.id, HOOK_SECRETS[feed]) or _NOBODYS


def require_proof(call: HookCall, secret: str, at: datetime) -> None:
    """Is it the provider's? Raises WebhookRefused."""
    if call.feed == "casso":
        casso_webhook.verify_signature(call.headers, call.body, secret, at)
    elif call.feed == "payos":
        payos_webhook.verify_signature(call.body, secret)
    elif (
        not any(name.lower() == "x-sepay-signature" for name in call.headers)
        and "Authorization" in call.headers
    ):
        require_size(call.body)
        sepay_webhook.verify_api_key(call.headers, secret)
    else:
        sepay_webhook.verify_signature(call.headers, call.body, secret, at)


def read_call(call: HookCall) -> TransferSignal | None:
    """The transfer; None for a call that only tries the address. Raises WebhookRefused, Refused."""
    if call.feed == "casso":
        return casso_webhook.read_signal(call.body)
    if call.feed == "payos":
        return payos_webhook.read_signal(call.body)
    return sepay_webhook.read_signal(call.body)


def take_in_call(
    store: SecretStore, account: BankAccount, signal: TransferSignal, notes: FeedNotes, print_sale: PrintSale, *, at: datetime
) -> None:  # fmt: skip
    """Write the transfer down and settle it. One of no account of ours is logged and left: refused, it would be sent for ever."""
    with open_reading() as session:
        accounts = list_accounts_of_secret(session, store, account)
        if account.feed == "payos":
            (signal,) = name_orders([signal], list_purposes(session, at))
            code = find_code(session, signal.code)
            owner = get_account(session, code.account_id) if code else account
            signal = replace(signal, account_number=owner.number)  # payOS names an account of its own
    take_in_told(accounts, [signal], notes, print_sale, at=at)
