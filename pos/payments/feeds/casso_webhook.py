"""feeds/casso_webhook.py — Casso's webhook, version 2: one transfer a call, signed over its own canonical JSON.

How letters beyond ASCII are spelled in what is signed is not written down: as JavaScript spells them, and as PHP does, are both taken.
"""

import hmac
import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ..signals import Direction, TransferSignal
from .rows import (
    LONGEST_NAME,
    Row,
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
from .webhook import (
    WebhookProblem,
    WebhookRefused,
    find_header,
    read_body,
    require_equal,
    require_fresh,
    require_secret,
)

SOURCE = "casso_webhook"
ANSWER = {"success": True}  # with status 200
TEST_ID = 0  # of the call that Casso makes when a webhook is set up
_SIGNATURE = re.compile(r"t=([0-9]{1,14}),\s*v1=([0-9A-Fa-f]{128})")


def verify_signature(headers: Mapping[str, str], body: bytes, checksum_key: str, at: datetime) -> None:
    """HMAC-SHA512 over the time, a dot and the whole body with its keys sorted. Raises WebhookRefused."""
    content, key = read_body(body), require_secret(checksum_key)
    found = _SIGNATURE.fullmatch(find_header(headers, "X-Casso-Signature"))
    if found is None:
        raise WebhookRefused(WebhookProblem.WRONG_PROOF)
    stamp, signature = found.groups()
    spelled = (spell_content(content), spell_content(content, like_php=True))
    signed = (
        hmac.new(key, f"{stamp}.{text}".encode("utf-8", "replace"), "sha512").hexdigest() for text in spelled
    )
    require_equal(signature.lower(), *signed)
    require_fresh(stamp, at, per_second=1000)


def spell_content(content: Any, *, like_php: bool = False) -> str:
    """Compact JSON with the keys of every level sorted; `like_php` escapes slashes and letters beyond ASCII."""
    text = json.dumps(
        _with_whole_numbers(content), sort_keys=True, separators=(",", ":"), ensure_ascii=like_php
    )
    return text.replace("/", "\\/") if like_php else text


def _with_whole_numbers(value: Any) -> Any:
    """As JavaScript counts: 50000.0 is spelled 50000."""
    if isinstance(value, dict):
        return {key: _with_whole_numbers(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_with_whole_numbers(inner) for inner in value]
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 2**53 else value


def read_signal(body: bytes) -> TransferSignal | None:
    """The transfer; None for the call that only tries the webhook. Raises WebhookRefused for a body that is none of Casso's, Refused
    for a transfer that isn't clear.
    """
    content = read_body(body)
    row = content.get("data")
    if content.get("error") not in (0, None) or not isinstance(row, dict):
        raise WebhookRefused(WebhookProblem.BODY_ODD)
    return None if row.get("id") == TEST_ID else _read_transfer(row)


def _read_transfer(row: Row) -> TransferSignal:
    require_dong(row)
    amount_vnd = read_whole(row, "amount")
    return TransferSignal(
        SOURCE,
        read_key(row, "id"),
        read_account(row, "accountNumber"),
        Direction.IN if amount_vnd > 0 else Direction.OUT,
        require_amount(abs(amount_vnd), "amount"),
        read_time(row, "transactionDateTime"),
        reference=read_reference(row, "reference"),
        text=read_text(row, "description"),
        balance_vnd=read_balance(row, "runningBalance"),
        payer_name=read_text(row, "counterAccountName", LONGEST_NAME),
        payer_account=read_text(row, "counterAccountNumber", LONGEST_NAME),
        raw=dump_row(row),
    )
