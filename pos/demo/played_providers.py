"""demo/played_providers.py — the answers of SePay, Casso and payOS, as their documents and public programs show them."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ..kernel.clock import SHOP_ZONE
from ..payments.feeds.payos import sign_fields
from ..payments.signals import Direction
from ..payments.vietqr import TransferCode, encode_vietqr

if TYPE_CHECKING:
    from .playing_bank import BankBooks

BANK_BIN, BANK_NAME = "970422", "MBBank"
PAYOS_ACCOUNT = "VQRQ0001ABCD"


@dataclass(frozen=True, slots=True)
class BankKeys:
    """The keys that the playing providers know; they open nothing else."""

    sepay_token: str = "played-sepay-token"  # noqa: S105
    sepay_secret: str = "played-sepay-secret"  # noqa: S105
    casso_key: str = "AK_CS.played"
    casso_checksum: str = "played-casso-checksum"
    payos_client: str = "played-payos-client"
    payos_key: str = "played-payos-key"
    payos_checksum: str = "played-payos-checksum"


@dataclass(frozen=True, slots=True)
class PlayedTransfer:
    """A line of an account, in the order in which providers learned of it."""

    number: int
    account: str
    direction: Direction
    amount_vnd: int
    at: datetime
    text: str
    reference: str
    balance_vnd: int
    payer_name: str
    payer_account: str
    order_code: int | None

    @property
    def signed_vnd(self) -> int:
        return self.amount_vnd if self.direction is Direction.IN else -self.amount_vnd

    @property
    def sepay_id(self) -> str:
        return str(uuid.uuid5(uuid.NAMESPACE_OID, f"played/{self.number}"))

    @property
    def local_time(self) -> str:
        return self.at.astimezone(SHOP_ZONE).strftime("%Y-%m-%d %H:%M:%S")


@dataclass
class PlayedLink:
    """A payOS link."""

    order_code: int
    amount_vnd: int
    description: str
    qr_text: str
    cancelled: bool = False

    @property
    def link_id(self) -> str:
        return uuid.uuid5(uuid.NAMESPACE_OID, f"link/{self.order_code}").hex


class ProviderError(Exception):
    """An answer that is no success."""

    def __init__(self, status: int, content: dict[str, Any]) -> None:
        super().__init__(status)
        self.status = status
        self.content = content


def answer_sepay(
    books: "BankBooks", path: str, query: Mapping[str, str], headers: Mapping[str, str], *, reordered: bool, duplicated: bool
) -> dict[str, Any]:  # fmt: skip
    """SePay API v2. Raises ProviderError."""
    if headers.get("authorization") != f"Bearer {books.keys.sepay_token}":
        raise ProviderError(401, {"status": "error", "message": "Unauthorized"})
    if path == "v2/bank-accounts":
        accounts = sorted({transfer.account for transfer in books.transfers})
        return {"status": "success", "data": [{"account_number": account} for account in accounts]}
    takes_page = not (books.since_takes_no_page and "since_id" in query)
    per_page, page = int(query.get("per_page", "20")), int(query.get("page", "1")) if takes_page else 1
    if path != "v2/transactions":
        raise ProviderError(404, {"status": "error", "message": "Not found"})
    if per_page > 100:
        raise ProviderError(422, {"status": "error", "error_code": "per_page_max", "message": "per_page"})
    found = _list_since(books, query.get("since_id", ""), with_it=duplicated)
    found = [each for each in found if each.local_time >= query.get("transaction_date_from", "")]
    found.sort(key=lambda each: (each.at, each.number), reverse=query.get("transaction_date_sort") != "asc")
    rows = _cut_page(found, page, per_page, reordered=reordered, duplicated=duplicated)
    last_page = max(1, -(-len(found) // per_page))
    return {
        "status": "success",
        "data": [spell_sepay_row(each) for each in rows],
        "meta": {
            "pagination": {
                "total": len(found), "per_page": per_page, "current_page": page, "last_page": last_page,
                "has_more": page < last_page,
            }
        },
    }  # fmt: skip


def _list_since(books: "BankBooks", since_id: str, *, with_it: bool) -> list[PlayedTransfer]:
    if not since_id:
        return list(books.transfers)
    since = next((each for each in books.transfers if each.sepay_id == since_id), None)
    if since is None:
        raise ProviderError(422, {"status": "error", "error_code": "since_id_invalid", "message": "since_id"})

    def place(each: PlayedTransfer) -> tuple[Any, ...]:
        return (each.at, each.number) if books.since_follows_bank_time else (each.number,)

    return [each for each in books.transfers if place(each) > place(since) or (with_it and each is since)]


def _cut_page(
    found: Sequence[PlayedTransfer], page: int, per_page: int, *, reordered: bool, duplicated: bool
) -> list[PlayedTransfer]:
    first = (page - 1) * per_page
    rows = list(found[max(0, first - duplicated) : first + per_page])
    return rows[::-1] if reordered else rows


def spell_sepay_row(transfer: PlayedTransfer) -> dict[str, Any]:
    is_in = transfer.direction is Direction.IN
    return {
        "id": transfer.sepay_id,
        "transaction_date": transfer.local_time,
        "account_number": transfer.account,
        "va": "",
        "transfer_type": str(transfer.direction),
        "amount_in": transfer.amount_vnd if is_in else 0,
        "amount_out": 0 if is_in else transfer.amount_vnd,
        "accumulated": transfer.balance_vnd,
        "transaction_content": transfer.text,
        "reference_number": transfer.reference,
        "code": None,
        "bank_brand_name": "MBBank",
        "bank_account_id": str(uuid.uuid5(uuid.NAMESPACE_OID, transfer.account)),
        "va_id": None,
        "webhook_success": 0,
    }


def answer_casso(
    books: "BankBooks", path: str, query: Mapping[str, str], headers: Mapping[str, str], *, reordered: bool, duplicated: bool
) -> dict[str, Any]:  # fmt: skip
    """Casso v2. Raises ProviderError."""
    if headers.get("authorization") != f"Apikey {books.keys.casso_key}":
        raise ProviderError(401, {"error": 401, "message": "Unauthorized"})
    if path == "v2/userInfo":
        accounts = sorted({transfer.account for transfer in books.transfers})
        return {
            "error": 0,
            "message": "success",
            "data": {"bankAccs": [{"bankSubAccId": n} for n in accounts]},
        }
    if path == "v2/sync":
        return {"error": 0, "message": "success", "data": None}
    if path != "v2/transactions":
        raise ProviderError(404, {"error": 404, "message": "Not found"})
    page, per_page = int(query.get("page", "1")), int(query.get("pageSize", "20"))
    found = [each for each in books.transfers if each.local_time[:10] >= query.get("fromDate", "")]
    found.sort(key=lambda each: (each.at, each.number), reverse=query.get("sort") != "ASC")
    pages = -(-len(found) // per_page)
    rows = _cut_page(found, page, per_page, reordered=reordered, duplicated=duplicated)
    return {
        "error": 0,
        "message": "success",
        "data": {
            "page": page, "pageSize": per_page, "nextPage": page + 1 if page < pages else None,
            "prevPage": page - 1 if page > 1 else None, "totalPages": pages, "totalRecords": len(found),
            "records": [spell_casso_record(each) for each in rows],
        },
    }  # fmt: skip


def spell_casso_record(transfer: PlayedTransfer) -> dict[str, Any]:
    return {
        "id": 5000 + transfer.number, "tid": transfer.reference, "description": transfer.text,
        "amount": transfer.signed_vnd, "cusumBalance": transfer.balance_vnd, "when": transfer.local_time,
        "bankSubAccId": transfer.account, "paymentChannel": "", "virtualAccount": "", "virtualAccountName": "",
        "corresponsiveName": transfer.payer_name, "corresponsiveAccount": transfer.payer_account,
        "corresponsiveBankId": BANK_BIN, "corresponsiveBankName": BANK_NAME, "accountId": 1, "bankCodeName": "mb",
    }  # fmt: skip


def answer_payos(
    books: "BankBooks", method: str, path: str, content: Any, headers: Mapping[str, str]
) -> dict[str, Any]:
    """PayOS. Raises ProviderError."""
    if (headers.get("x-client-id"), headers.get("x-api-key")) != (
        books.keys.payos_client,
        books.keys.payos_key,
    ):
        raise ProviderError(401, {"code": "401", "desc": "Unauthorized"})
    root, _, rest = path.partition("v2/payment-requests")
    if root:
        raise ProviderError(404, {"code": "404", "desc": "Not found"})
    if method == "POST" and not rest:
        data = _make_link(books, content)
    else:
        number, _, verb = rest.strip("/").partition("/")
        link = books.links.get(int(number)) if number.isdigit() else None
        if link is None:
            return {"code": "101", "desc": "Mã thanh toán không tồn tại", "data": None}
        if method == "POST" and verb == "cancel":
            link.cancelled = True
        data = _spell_link_state(books, link)
    return {
        "code": "00",
        "desc": "success",
        "data": data,
        "signature": sign_fields(data, books.keys.payos_checksum),
    }


def _make_link(books: "BankBooks", content: Any) -> dict[str, Any]:
    if not isinstance(content, dict):
        raise ProviderError(400, {"code": "400", "desc": "Bad request"})
    signed = {
        name: content.get(name) for name in ("amount", "cancelUrl", "description", "orderCode", "returnUrl")
    }
    if content.get("signature") != sign_fields(signed, books.keys.payos_checksum):
        raise ProviderError(200, {"code": "201", "desc": "Mã kiểm tra(signature) không hợp lệ", "data": None})
    if content["orderCode"] in books.links:
        raise ProviderError(200, {"code": "231", "desc": "Đơn thanh toán đã tồn tại", "data": None})
    purpose = f"CS{content['orderCode']} {content['description']}"[
        :25
    ]  # the provider puts its own before the text
    code = TransferCode(BANK_BIN, PAYOS_ACCOUNT, amount_vnd=content["amount"], purpose=purpose)
    link = PlayedLink(content["orderCode"], content["amount"], purpose, encode_vietqr(code))
    books.links[link.order_code] = link
    return {
        "bin": BANK_BIN, "accountNumber": PAYOS_ACCOUNT, "accountName": "HTX MUONG PHANG", "amount": link.amount_vnd,
        "description": purpose, "orderCode": link.order_code, "currency": "VND", "paymentLinkId": link.link_id,
        "status": "PENDING", "expiredAt": None, "checkoutUrl": f"https://pay.payos.vn/web/{link.link_id}",
        "qrCode": link.qr_text,
    }  # fmt: skip


def _spell_link_state(books: "BankBooks", link: PlayedLink) -> dict[str, Any]:
    paid = [each for each in books.transfers if each.order_code == link.order_code]
    total = sum(each.amount_vnd for each in paid)
    status = "PAID" if total >= link.amount_vnd else "CANCELLED" if link.cancelled else "PENDING"
    return {
        "id": link.link_id, "orderCode": link.order_code, "amount": link.amount_vnd, "amountPaid": total,
        "amountRemaining": max(0, link.amount_vnd - total), "status": status, "createdAt": "",
        "transactions": [
            {
                "reference": each.reference, "amount": each.amount_vnd, "accountNumber": each.account,
                "description": each.text[:30], "transactionDateTime": each.at.astimezone(SHOP_ZONE).isoformat(timespec="seconds"),
                "virtualAccountName": None, "virtualAccountNumber": None, "counterAccountBankId": "01202001",
                "counterAccountBankName": "", "counterAccountName": each.payer_name,
                "counterAccountNumber": each.payer_account,
            }
            for each in paid
        ],
        "cancellationReason": None, "canceledAt": None,
    }  # fmt: skip
