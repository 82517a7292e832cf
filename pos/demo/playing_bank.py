"""demo/playing_bank.py — a bank on this computer that plays SePay, Casso and payOS from one list of transfers, with their faults.

For the tests and the demo: nothing here leaves loopback, and no money moves.
"""

import json
import secrets
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from ..kernel.clock import Clock
from ..payments.signals import Direction
from ..payments.vietqr import decode_vietqr
from .played_providers import (
    BankKeys,
    PlayedLink,
    PlayedTransfer,
    ProviderError,
    answer_casso,
    answer_payos,
    answer_sepay,
)

HANGS_S = 30.0
ACCOUNT = "19001234567890"


class Fault(StrEnum):
    """What a provider may do instead of answering well."""

    TOKEN_REFUSED = "401"  # noqa: S105  a status
    CONFLICT = "409"
    UNPROCESSABLE = "422"
    TOO_MANY = "429"
    BROKEN = "500"
    HANGS = "hangs"
    HALF_ANSWER = "half_answer"
    NOT_JSON = "not_json"
    REDIRECTS = "redirects"
    TOO_LARGE = "too_large"
    REORDERED = "reordered"
    DUPLICATED = "duplicated"  # a page begins with the last row of the one before


@dataclass
class _PlannedFault:
    fault: Fault
    times: int | None
    after: int


@dataclass(frozen=True, slots=True)
class BankCall:
    """A call that the bank got."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]


@dataclass
class BankBooks:
    """What the providers tell of: transfers in the order in which they learned of them, and payOS's links."""

    keys: BankKeys
    transfers: list[PlayedTransfer] = field(default_factory=list)
    links: dict[int, PlayedLink] = field(default_factory=dict)
    opening_vnd: int = 0  # on each account, before the first of them
    since_follows_bank_time: bool = False  # which of the two SePay does is not written down
    since_takes_no_page: bool = False


class PlayingBank:
    """Started and stopped as a context. `url` is the address of all; each provider has its own below it."""

    def __init__(
        self, clock: Clock | None = None, *, port: int = 0, keys: BankKeys = BankKeys(), hangs_s: float = HANGS_S  # noqa: B008  frozen
    ) -> None:  # fmt: skip
        self.clock = clock or Clock()
        self.books = BankBooks(keys)
        self.calls: list[BankCall] = []
        self.retry_after = "7"
        self._hangs_s = hangs_s
        self._faults: list[_PlannedFault] = []
        self._lock = threading.RLock()
        self._stopping = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", port), _make_handler(self))
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._server.daemon_threads = True
        self._server.block_on_close = False

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, _kind: type[BaseException] | None, _odd: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> Self:
        threading.Thread(
            target=self._server.serve_forever, args=(0.05,), daemon=True, name="playing-bank"
        ).start()
        return self

    def stop(self) -> None:
        self._stopping.set()
        self._server.shutdown()
        self._server.server_close()

    @property
    def sepay_url(self) -> str:
        return f"{self.url}/sepay/v2"

    @property
    def casso_url(self) -> str:
        return f"{self.url}/casso/v2"

    @property
    def payos_url(self) -> str:
        return f"{self.url}/payos"

    def add_transfer(
        self,
        amount_vnd: int,
        text: str = "",
        *,
        account: str = ACCOUNT,
        direction: Direction = Direction.IN,
        at: datetime | None = None,
        reference: str | None = None,
        payer_name: str = "NGUYEN VAN A",
        payer_account: str = "0011001234567",
        order_code: int | None = None,
    ) -> PlayedTransfer:
        """A transfer that the providers learn of now; `at`: the bank's own time of it, which may be earlier."""
        with self._lock:
            number = len(self.books.transfers) + 1
            signed = amount_vnd if direction is Direction.IN else -amount_vnd
            balance = sum(each.signed_vnd for each in self.books.transfers if each.account == account)
            transfer = PlayedTransfer(
                number, account, direction, amount_vnd, at or self.clock.now(), text,
                f"FT26330{number:06}" if reference is None else reference,
                self.books.opening_vnd + balance + signed, payer_name, payer_account, order_code,
            )  # fmt: skip
            self.books.transfers.append(transfer)
            return transfer

    def pay_code(
        self,
        qr_text: str,
        *,
        amount_vnd: int | None = None,
        text: str | None = None,
        at: datetime | None = None,
    ) -> PlayedTransfer:
        """A buyer scans a VietQR code and pays, what it asks for unless said otherwise. Raises Refused for another text, ValueError
        where neither names an amount.
        """
        code = decode_vietqr(qr_text).code
        amount_vnd = code.amount_vnd if amount_vnd is None else amount_vnd
        if amount_vnd is None:
            raise ValueError("the code names no amount")
        purpose = code.purpose if text is None else text
        note = f"MBVCB.{secrets.randbelow(10**10):010}.{secrets.randbelow(10**6):06}.{purpose}.CT tu 0011001234567 NGUYEN VAN A"
        order_code = next(
            (link.order_code for link in self.books.links.values() if link.qr_text == qr_text), None
        )
        return self.add_transfer(amount_vnd, note, account=code.account, at=at, order_code=order_code)

    def play_fault(self, fault: Fault, *, times: int | None = 1, after: int = 0) -> None:
        """The next `times` calls, always for None, get this instead; `after` so many were answered well."""
        with self._lock:
            self._faults.append(_PlannedFault(fault, times, after))

    def end_faults(self) -> None:
        with self._lock:
            self._faults.clear()

    def _take_faults(self) -> set[Fault]:
        taken: set[Fault] = set()
        for planned in list(self._faults):
            if planned.after:
                planned.after -= 1
                continue
            taken.add(planned.fault)
            if planned.times is not None:
                planned.times -= 1
                if not planned.times:
                    self._faults.remove(planned)
        return taken

    def answer_call(self, call: BankCall, body: bytes) -> tuple[int, dict[str, str], bytes, bool]:
        """Status, headers, body, and whether the body is sent whole."""
        with self._lock:
            self.calls.append(call)
            faults = self._take_faults()
        if Fault.HANGS in faults:
            self._stopping.wait(self._hangs_s)
        if refusal := _answer_fault(faults, self.retry_after):
            return refusal
        try:
            with self._lock:
                content = _answer_well(self.books, call, _read_json(body), faults)
            return 200, {}, json.dumps(content, ensure_ascii=False).encode(), Fault.HALF_ANSWER not in faults
        except ProviderError as no:
            return no.status, {}, json.dumps(no.content, ensure_ascii=False).encode(), True


def _answer_fault(faults: set[Fault], retry_after: str) -> tuple[int, dict[str, str], bytes, bool] | None:
    for fault in faults:
        if fault.isdigit():
            content = {"status": "error", "error_code": f"played_{fault}", "message": f"Played fault {fault}"}
            headers = {"Retry-After": retry_after} if fault is Fault.TOO_MANY else {}
            return int(fault), headers, json.dumps(content).encode(), True
    if Fault.NOT_JSON in faults:
        return 200, {}, b"<!DOCTYPE html><title>Maintenance</title>", True
    if Fault.REDIRECTS in faults:
        return 302, {"Location": "http://127.0.0.1:9/elsewhere"}, b"", True
    if Fault.TOO_LARGE in faults:
        return 200, {}, b'{"data": "' + b"x" * 3_000_000 + b'"}', True
    return None


def _answer_well(books: BankBooks, call: BankCall, content: Any, faults: set[Fault]) -> dict[str, Any]:
    provider, _, path = call.path.lstrip("/").partition("/")
    disorder = {"reordered": Fault.REORDERED in faults, "duplicated": Fault.DUPLICATED in faults}
    if provider == "sepay":
        return answer_sepay(books, path, call.query, call.headers, **disorder)
    if provider == "casso":
        return answer_casso(books, path, call.query, call.headers, **disorder)
    if provider == "payos":
        return answer_payos(books, call.method, path, content, call.headers)
    raise ProviderError(404, {"message": "Not found"})


def _read_json(body: bytes) -> Any:
    try:
        return json.loads(body) if body else None
    except ValueError:
        return None


def _make_handler(bank: PlayingBank) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 60

        def _answer(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            call = BankCall(self.command, parts.path, dict(parse_qsl(parts.query)), headers)
            status, more, content, is_whole = bank.answer_call(call, body)
            self.send_response(status)
            for name, value in {"Content-Type": "application/json", **more}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            try:
                self.wfile.write(content if is_whole else content[: len(content) // 2])
            except OSError:  # the caller had no patience
                self.close_connection = True
            self.close_connection = self.close_connection or not is_whole

        do_GET = do_POST = _answer  # noqa: N815  names of the library

        def log_message(self, *_words: object) -> None:
            """A playing bank keeps no log."""

    return Handler
