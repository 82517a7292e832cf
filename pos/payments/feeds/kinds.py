"""feeds/kinds.py — the feeds that there are: what each needs to be asked, how quickly it may be, and how it is made."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from . import casso, payos, sepay
from .http import FeedTimeouts

POLL_SECRETS = {  # the names of the secrets by which a provider is asked (web/bank_terms.py: FEEDS)
    "sepay": ("sepay_token",),
    "casso": ("casso_key",),
    "payos": ("payos_client", "payos_key", "payos_checksum"),
}
HOOK_SECRETS = {  # the one by which a provider proves its calls
    "sepay": "sepay_webhook",
    "casso": "casso_webhook",
    "payos": "payos_checksum",
}
BASE_URLS = {"sepay": sepay.BASE_URL, "casso": casso.BASE_URL, "payos": payos.BASE_URL}
AnyFeed = sepay.SepayFeed | casso.CassoFeed | payos.PayosFeed


@dataclass(frozen=True, slots=True)
class FeedKeys:
    """A provider and what proves the shop to it: who has the same is asked once for all its accounts."""

    kind: str
    secrets: tuple[str, ...] = field(repr=False)

    def hide_in(self, text: str) -> str:
        """The text without any of the secrets: a provider may say the token that it refuses."""
        for secret in self.secrets:
            text = text.replace(secret, "…")
            begun = next(
                (n for n in range(len(secret) - 1, 3, -1) if text.endswith(secret[:n])), 0
            )  # cut off with the text
            text = text[: len(text) - begun]
        return text


def make_feed(keys: FeedKeys, base_url: str, timeouts: FeedTimeouts) -> AnyFeed:
    """The feed of these keys; `base_url` "" is the provider's own. Raises FeedError for an address that is not safe."""
    address = base_url or BASE_URLS[keys.kind]
    if keys.kind == "sepay":
        return sepay.SepayFeed(*keys.secrets, base_url=address, timeouts=timeouts)
    if keys.kind == "casso":
        return casso.CassoFeed(*keys.secrets, base_url=address, timeouts=timeouts)
    return payos.PayosFeed(*keys.secrets, base_url=address, timeouts=timeouts)


def find_keys(kind: str, found: Mapping[str, str]) -> FeedKeys | None:
    """The keys of a feed that can be asked; None where one is not pasted, or nobody is asked."""
    names = POLL_SECRETS.get(kind, ())
    secrets = tuple(found.get(name, "") for name in names)
    return FeedKeys(kind, secrets) if secrets and all(secrets) else None


def begin_again(kind: str, since: datetime) -> str:
    """The cursor with which a feed reads on from that time, whatever it read before."""
    if kind == "sepay":
        return sepay.make_time_cursor(since)
    return casso.make_day_cursor(since) if kind == "casso" else ""


def make_order_code(purpose: str) -> int:
    """The number by which payOS knows a payment code: the same for ever, and no other's."""
    return int.from_bytes(hashlib.sha256(purpose.encode()).digest()[:6], "big") + 1_000
