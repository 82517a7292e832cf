"""feeds/webhook.py — what providers call us with: how a call is proved to be theirs, before a byte of it is believed."""

import hmac
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from .rows import load_object

MOST_BYTES = 256 * 1024
TOLERANCE = timedelta(minutes=5)
_NUMBER = re.compile(r"[0-9]{1,14}")


class WebhookProblem(StrEnum):
    """Why a call is not taken."""

    NO_PROOF = "no_proof"
    WRONG_PROOF = "wrong_proof"
    WRONG_TIME = "wrong_time"
    TOO_LARGE = "too_large"
    BODY_ODD = "body_odd"


class WebhookRefused(Exception):
    """A call that is not the provider's, or not to be understood. For 401, or 400; nothing of it is shown to the caller."""

    def __init__(self, kind: WebhookProblem) -> None:
        super().__init__(str(kind))
        self.kind = kind


def find_header(headers: Mapping[str, str], name: str) -> str:
    """A header by its name in any case. Raises WebhookRefused where it is missing."""
    wanted = name.lower()
    value = next((text for key, text in headers.items() if key.lower() == wanted), "").strip()
    if not value:
        raise WebhookRefused(WebhookProblem.NO_PROOF)
    return value


def require_size(body: bytes) -> None:
    if len(body) > MOST_BYTES:
        raise WebhookRefused(WebhookProblem.TOO_LARGE)


def require_equal(found: str, *wanted: str) -> None:
    """Compared in constant time. Raises WebhookRefused."""
    matches = [hmac.compare_digest(found.encode("utf-8", "replace"), one_of.encode()) for one_of in wanted]
    if not any(matches):
        raise WebhookRefused(WebhookProblem.WRONG_PROOF)


def require_secret(secret: str) -> bytes:
    """An empty secret would let anybody sign. Raises WebhookRefused."""
    if not secret:
        raise WebhookRefused(WebhookProblem.WRONG_PROOF)
    return secret.encode()


def require_fresh(stamp: str, at: datetime, *, per_second: int = 1) -> None:
    """The time that was signed is within five minutes of ours. Raises WebhookRefused."""
    if _NUMBER.fullmatch(stamp) is None:
        raise WebhookRefused(WebhookProblem.WRONG_TIME)
    try:
        signed_at = datetime.fromtimestamp(int(stamp) / per_second, UTC)
    except (ValueError, OverflowError, OSError):
        raise WebhookRefused(WebhookProblem.WRONG_TIME) from None
    if abs(at - signed_at) > TOLERANCE:
        raise WebhookRefused(WebhookProblem.WRONG_TIME)


def read_body(body: bytes) -> dict[str, Any]:
    """The body's object. Raises WebhookRefused."""
    require_size(body)
    found = load_object(body)
    if found is None:
        raise WebhookRefused(WebhookProblem.BODY_ODD)
    return found
