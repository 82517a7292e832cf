"""feeds/payos_webhook.py — payOS's webhook: one transfer of one order a call, signed over the fields of its data.

It carries no time, so a call can be played again: its transfer is known by then, and nothing is written twice.
"""

from typing import Any

from ...kernel.errors import Refused
from ..signals import TransferSignal
from .payos import read_transaction, sign_fields
from .webhook import WebhookProblem, WebhookRefused, read_body, require_equal, require_secret

ANSWER = {"success": True}
TEST_ORDER = 123  # of the call that payOS makes when a webhook is set up


def verify_signature(body: bytes, checksum_key: str) -> None:
    """HMAC-SHA256 over all fields of the data, sorted by name. Raises WebhookRefused."""
    require_secret(checksum_key)
    content = read_body(body)
    data, signature = content.get("data"), content.get("signature")
    if not isinstance(data, dict) or not isinstance(signature, str):
        raise WebhookRefused(WebhookProblem.NO_PROOF)
    require_equal(signature.lower(), sign_fields(data, checksum_key))


def read_signal(body: bytes) -> TransferSignal | None:
    """The transfer, as the poll tells it; None for the call that only tries the webhook. Raises WebhookRefused, Refused."""
    data: Any = read_body(body).get("data")
    if not isinstance(data, dict):
        raise WebhookRefused(WebhookProblem.BODY_ODD)
    order_code = data.get("orderCode")
    if not isinstance(order_code, int) or isinstance(order_code, bool):
        raise Refused.because("feed_row_field_odd", field="orderCode")
    return None if order_code == TEST_ORDER else read_transaction(order_code, {}, data)
