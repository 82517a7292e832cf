"""demo/played_webhooks.py — the calls of SePay and Casso to the shop, with what may be wrong with them."""

import hmac
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum

import urllib3

from ..payments.feeds.casso_webhook import spell_content
from .played_providers import BANK_BIN, BANK_NAME, PlayedTransfer

CallMaker = Callable[[PlayedTransfer, str, datetime], tuple[dict[str, str], bytes]]
OLD = timedelta(minutes=6)


class WebhookFault(StrEnum):
    """How a call may come, if not once and right."""

    NEVER = "never"
    TWICE = "twice"
    OLD_TIMESTAMP = "old_timestamp"
    WRONG_SIGNATURE = "wrong_signature"


def send_webhook(
    url: str,
    transfer: PlayedTransfer,
    secret: str,
    *,
    at: datetime,
    make_call: CallMaker,
    fault: WebhookFault | None = None,
    timeout_s: float = 10.0,
) -> list[int]:
    """Calls `url` as the provider does; the statuses that came back."""
    if fault is WebhookFault.NEVER:
        return []
    key = f"{secret}, but wrong" if fault is WebhookFault.WRONG_SIGNATURE else secret
    headers, body = make_call(transfer, key, at - OLD if fault is WebhookFault.OLD_TIMESTAMP else at)
    times = 2 if fault is WebhookFault.TWICE else 1
    limits = urllib3.Timeout(timeout_s)
    return [
        urllib3.request("POST", url, body=body, headers=headers, retries=False, timeout=limits).status
        for _time in range(times)
    ]


def make_sepay_call(transfer: PlayedTransfer, secret: str, at: datetime) -> tuple[dict[str, str], bytes]:
    """Headers and body of SePay's webhook, signed at that moment."""
    content = {
        "id": 90_000 + transfer.number, "gateway": BANK_NAME, "transactionDate": transfer.local_time,
        "accountNumber": transfer.account, "subAccount": None, "code": None, "content": transfer.text,
        "transferType": str(transfer.direction), "transferAmount": transfer.amount_vnd,
        "accumulated": transfer.balance_vnd, "referenceCode": transfer.reference,
        "description": f"BankAPINotify {transfer.text}",
    }  # fmt: skip
    body, stamp = json.dumps(content, ensure_ascii=False).encode(), str(int(at.timestamp()))
    signature = hmac.new(secret.encode(), f"{stamp}.".encode() + body, "sha256").hexdigest()
    return {
        "Content-Type": "application/json",
        "X-SePay-Signature": f"sha256={signature}",
        "X-SePay-Timestamp": stamp,
    }, body


def make_casso_call(
    transfer: PlayedTransfer, checksum_key: str, at: datetime
) -> tuple[dict[str, str], bytes]:
    """Headers and body of Casso's webhook, version 2, signed at that moment."""
    content = {
        "error": 0,
        "data": {
            "id": 5000 + transfer.number, "reference": transfer.reference, "description": transfer.text,
            "amount": transfer.signed_vnd, "runningBalance": transfer.balance_vnd,
            "transactionDateTime": transfer.local_time, "accountNumber": transfer.account, "bankName": BANK_NAME,
            "bankAbbreviation": "MB", "virtualAccountNumber": "", "virtualAccountName": "",
            "counterAccountName": transfer.payer_name, "counterAccountNumber": transfer.payer_account,
            "counterAccountBankId": BANK_BIN, "counterAccountBankName": BANK_NAME,
        },
    }  # fmt: skip
    stamp = int(at.timestamp() * 1000)
    signature = hmac.new(
        checksum_key.encode(), f"{stamp}.{spell_content(content)}".encode(), "sha512"
    ).hexdigest()
    headers = {"Content-Type": "application/json", "X-Casso-Signature": f"t={stamp},v1={signature}"}
    return headers, json.dumps(content, ensure_ascii=False).encode()
