"""feeds/sepay_webhook.py — SePay's webhook: one transfer a call, signed. `id` stays the same over retries and replays.

The id is another than that of SePay's API, so the source is another, too.
"""

import hmac
from collections.abc import Mapping
from datetime import datetime

from ...kernel.errors import Refused
from ..signals import Direction, TransferSignal
from .rows import (
    dump_row,
    read_account,
    read_balance,
    read_key,
    read_reference,
    read_text,
    read_time,
    read_whole,
    require_amount,
    require_dong,
)
from .webhook import find_header, read_body, require_equal, require_fresh, require_secret, require_size

SOURCE = "sepay_webhook"
ANSWER = {"success": True}  # with status 200; anything else is sent again, eight times in all


def verify_signature(headers: Mapping[str, str], body: bytes, secret: str, at: datetime) -> None:
    """HMAC-SHA256 over the time, a dot and the body as it came. Raises WebhookRefused."""
    require_size(body)
    key = require_secret(secret)
    signature, stamp = find_header(headers, "X-SePay-Signature"), find_header(headers, "X-SePay-Timestamp")
    signed = hmac.new(key, stamp.encode("utf-8", "replace") + b"." + body, "sha256").hexdigest()
    require_equal(signature.lower(), f"sha256={signed}")
    require_fresh(stamp, at)


def verify_api_key(headers: Mapping[str, str], api_key: str) -> None:
    """The weaker way: a key in the call itself. Raises WebhookRefused."""
    require_secret(api_key)
    require_equal(find_header(headers, "Authorization"), f"Apikey {api_key}")


def read_signal(body: bytes) -> TransferSignal:
    """The transfer. Raises WebhookRefused for a body that is no object, Refused for one that isn't clear."""
    row = read_body(body)
    require_dong(row)
    kind = row.get("transferType")
    if kind not in ("in", "out"):
        raise Refused.because("feed_row_field_odd", field="transferType")
    return TransferSignal(
        SOURCE,
        read_key(row, "id"),
        read_account(row, "accountNumber"),
        Direction(kind),
        require_amount(read_whole(row, "transferAmount"), "transferAmount"),
        read_time(row, "transactionDate"),
        reference=read_reference(row, "referenceCode"),
        text=read_text(row, "content") or read_text(row, "description"),
        code=read_reference(row, "code"),
        balance_vnd=read_balance(row, "accumulated"),
        raw=dump_row(row),
    )
