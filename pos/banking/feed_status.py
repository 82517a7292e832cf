"""banking/feed_status.py — how the feed of each account is, for the page of accounts; a try that says at once what the provider answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from ..config import Bank
from ..kernel.errors import Refused
from ..kernel.reason import Reason
from ..payments.feed_states import list_last_told, list_states
from ..payments.feeds.http import FeedError, FeedTimeouts
from ..payments.feeds.kinds import HOOK_SECRETS, POLL_SECRETS, make_feed
from ..payments.models import BankAccount, FeedState
from ..payments.secret_store import SecretStore
from ..web.bank_terms import HOOK_PROBLEMS
from .channels import find_poll_keys
from .feed_notes import FeedNotes


@dataclass(frozen=True, slots=True)
class FeedStatus:
    """`pasted`: the names of the secrets that are there. `refused_calls`: how many by the reason. `told`: by source, when it told last."""

    pasted: frozenset[str]
    is_asked: bool
    state: FeedState | None
    refused_rows: Sequence[Reason]
    refused_calls: dict[str, int]
    told: dict[str, datetime]


def list_feed_statuses(
    session: Session, accounts: Sequence[BankAccount], store: SecretStore, notes: FeedNotes
) -> dict[int, FeedStatus]:
    """By account."""
    states, told = list_states(session), list_last_told(session)
    return {
        account.id: FeedStatus(
            frozenset(name for name in _list_secret_names(account) if store.find(account.id, name)),
            find_poll_keys(store, account) is not None, states.get(account.id), notes.list_refused_rows(account.id),
            _name_problems(notes.count_refused_calls(account.id)),
            {source: at for (account_id, source), at in told.items() if account_id == account.id},
        )
        for account in accounts
    }  # fmt: skip


def _list_secret_names(account: BankAccount) -> set[str]:
    return {*POLL_SECRETS.get(account.feed, ()), *filter(None, [HOOK_SECRETS.get(account.feed)])}


def _name_problems(counts: dict[str, int]) -> dict[str, int]:
    """Those that the page has one word for are counted together."""
    named: dict[str, int] = {}
    for why, count in counts.items():
        kind = why.partition(":")[0]
        name = kind if kind in HOOK_PROBLEMS else "row_odd"
        named[name] = named.get(name, 0) + count
    return named


def ask_provider(account: BankAccount, store: SecretStore, settings: Bank) -> int:
    """How many accounts the provider says that the token stands for. Raises FeedError, Refused (`feed_token_missing`)."""
    keys = find_poll_keys(store, account)
    if keys is None:
        raise Refused.because("feed_token_missing")
    seconds = settings.timeout_seconds
    feed = make_feed(
        keys, settings.base_url(keys.kind), FeedTimeouts(min(5.0, seconds), seconds, 2 * seconds)
    )
    try:
        return feed.check_token()
    except FeedError as failure:
        raise FeedError(
            failure.kind, keys.hide_in(failure.detail), retry_after_s=failure.retry_after_s
        ) from None
    finally:
        feed.close()
