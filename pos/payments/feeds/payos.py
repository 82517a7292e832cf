"""feeds/payos.py — payOS: a link for each payment, whose code the till shows, and asked after until it is paid.

`orderCode` is unique for ever in a channel. The provider may shorten or prefix the text of a transfer, so a link's money is known by
its order, never by the text. One channel stands for one account.
"""

import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from ...kernel.errors import Refused
from ..signals import Direction, TransferSignal
from ..vietqr import decode_vietqr
from .http import FeedClient, FeedError, FeedProblem, FeedTimeouts
from .pages import CollectedPages, FeedPage
from .rows import (
    LONGEST_NAME,
    Row,
    dump_row,
    read_account,
    read_reference,
    read_text,
    read_time,
    read_whole,
    require_amount,
    require_dong,
)

SOURCE = "payos"
BASE_URL = "https://api-merchant.payos.vn"
LONGEST_DESCRIPTION = 25
MOST_ORDER_CODE = 2**53 - 1  # what JavaScript counts exactly
_LINKS = "/v2/payment-requests"


@dataclass(frozen=True, slots=True)
class PaymentLink:
    """What a buyer pays by: `qr_text` is the VietQR code to draw. `status` is the provider's own word."""

    order_code: int
    link_id: str
    amount_vnd: int
    bank_bin: str
    account_number: str
    description: str
    qr_text: str
    status: str


@dataclass(frozen=True, slots=True)
class LinkState:
    """How far a link is paid. `status`: PENDING, PROCESSING, PAID, CANCELLED, EXPIRED, and others that are not written down."""

    order_code: int
    status: str
    amount_vnd: int
    paid_vnd: int
    page: FeedPage


class PayosFeed:
    """One payment channel: its three keys, and the two addresses that a link must name."""

    def __init__(
        self,
        client_id: str,
        api_key: str,
        checksum_key: str,
        *,
        base_url: str = BASE_URL,
        return_url: str = "https://payos.vn",
        cancel_url: str = "https://payos.vn",
        timeouts: FeedTimeouts = FeedTimeouts(),  # noqa: B008  frozen
    ) -> None:
        self.client = FeedClient(
            base_url, {"x-client-id": client_id, "x-api-key": api_key}, timeouts=timeouts
        )
        self._checksum_key = checksum_key
        self._urls = {"returnUrl": return_url, "cancelUrl": cancel_url}

    def close(self) -> None:
        self.client.close()

    def make_link(self, order_code: int, amount_vnd: int, description: str) -> PaymentLink:
        """A new link. Raises FeedError; `error_code` is payOS's own, where the order is known already too."""
        asked = {"orderCode": order_code, "amount": amount_vnd, "description": description, **self._urls}
        asked["signature"] = sign_fields(asked, self._checksum_key)
        answer = self.client.post_json(_LINKS, asked)
        data = require_data(answer)
        signature = answer.get("signature")
        if not isinstance(signature, str) or not hmac.compare_digest(
            signature.encode("utf-8", "replace"), sign_fields(data, self._checksum_key).encode()
        ):
            raise FeedError(FeedProblem.PROVIDER_DOWN, "the answer's signature is wrong")
        return _read_link(data, order_code, amount_vnd)

    def poll_link(self, order_code: int) -> LinkState:
        """How far the link is paid, and by which transfers. Raises FeedError."""
        data = require_data(self.client.get_json(f"{_LINKS}/{order_code}"))
        rows = data.get("transactions")
        if data.get("orderCode") != order_code or not isinstance(rows, list):
            raise FeedError(FeedProblem.PROVIDER_DOWN, "the answer is not of that order")
        counts: dict[str, int] = {}
        collected = CollectedPages(partial(read_transaction, order_code, counts))
        collected.ask(lambda: (rows, False))
        try:
            amount_vnd, paid_vnd = (read_whole(data, name) for name in ("amount", "amountPaid"))
        except Refused:
            raise FeedError(FeedProblem.PROVIDER_DOWN, "the answer names no amount") from None
        return LinkState(
            order_code,
            read_text(data, "status", 20).upper(),
            amount_vnd,
            paid_vnd,
            collected.make_page(str(order_code)),
        )

    def poll_links(self, order_codes: Iterable[int]) -> FeedPage:
        """The transfers of several links. A failure after the first ends it, and is told with what was read."""
        pages: list[FeedPage] = []
        for order_code in order_codes:
            try:
                pages.append(self.poll_link(order_code).page)
            except FeedError as failure:
                if not pages:
                    raise
                return _join_pages(pages, failure)
        return _join_pages(pages, None)

    def check_token(self) -> int:
        """One account, where payOS takes the keys. Raises FeedError."""
        try:
            self.client.get_json(f"{_LINKS}/1")
        except FeedError as failure:
            if (
                failure.kind is not FeedProblem.ASKED_WRONG
            ):  # that order is not known there: the keys were taken
                raise
        return 1

    def cancel_link(self, order_code: int, why: str) -> None:
        """Nobody can pay by it any more. Raises FeedError."""
        require_data(self.client.post_json(f"{_LINKS}/{order_code}/cancel", {"cancellationReason": why}))


def _join_pages(pages: list[FeedPage], failure: FeedError | None) -> FeedPage:
    return FeedPage(
        tuple(signal for page in pages for signal in page.signals),
        "",
        tuple(row for page in pages for row in page.refused),
        failure is not None,
        failure,
    )


def require_data(answer: Mapping[str, Any]) -> dict[str, Any]:
    """What an answer holds; a code other than "00" is a failure even with HTTP 200. Raises FeedError."""
    code, data, text = answer.get("code"), answer.get("data"), answer.get("desc")
    if code != "00":
        raise FeedError(
            FeedProblem.ASKED_WRONG, text if isinstance(text, str) else "", error_code=str(code)[:20]
        )
    if not isinstance(data, dict):
        raise FeedError(FeedProblem.PROVIDER_DOWN, "the answer holds no payment")
    return data


def sign_fields(fields: Mapping[str, Any], key: str) -> str:
    """HMAC-SHA256 in hex over `name=value` of all fields, sorted by name, as payOS signs and is signed."""
    text = "&".join(f"{name}={_spell_value(fields[name])}" for name in sorted(fields))
    return hmac.new(key.encode(), text.encode("utf-8", "replace"), "sha256").hexdigest()


def _spell_value(value: Any) -> str:
    if value in (None, "null", "undefined"):
        return ""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _read_link(data: Mapping[str, Any], order_code: int, amount_vnd: int) -> PaymentLink:
    """The link, if its code really asks for that amount on the account that it names."""
    try:
        qr_text = read_text(data, "qrCode", 600)
        code = decode_vietqr(qr_text).code
    except Refused:
        raise FeedError(FeedProblem.PROVIDER_DOWN, "the answer holds no VietQR code") from None
    if (code.amount_vnd, data.get("orderCode"), data.get("amount")) != (amount_vnd, order_code, amount_vnd):
        raise FeedError(FeedProblem.PROVIDER_DOWN, "the answer is of another payment")
    return PaymentLink(
        order_code,
        read_text(data, "paymentLinkId", 100),
        amount_vnd,
        code.bank_bin,
        code.account,
        read_text(data, "description", 100),
        qr_text,
        read_text(data, "status", 20).upper(),
    )


def read_transaction(order_code: int, counts: dict[str, int], row: Row) -> TransferSignal:
    """A transfer of a link. `counts` tells apart those that have no reference and are alike."""
    require_dong(row)
    amount_vnd = require_amount(read_whole(row, "amount"), "amount")
    at, reference = read_time(row, "transactionDateTime"), read_reference(row, "reference")
    key = f"{order_code}/{reference or f'{at.isoformat()}/{amount_vnd}'}"
    if not reference:
        counts[key] = counts.get(key, 0) + 1
        key = f"{key}/{counts[key]}"
    return TransferSignal(
        SOURCE,
        key,
        read_account(row, "accountNumber"),
        Direction.IN,
        amount_vnd,
        at,
        reference=reference,
        text=read_text(row, "description"),
        code=str(order_code),
        payer_name=read_text(row, "counterAccountName", LONGEST_NAME),
        payer_account=read_text(row, "counterAccountNumber", LONGEST_NAME),
        raw=dump_row(row),
    )
