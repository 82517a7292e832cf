"""feeds/http.py — the one way in which a feed asks its provider: JSON over https, within limits of time and size.

Nothing is asked twice, no redirect is followed, no proxy and no cookie is used: a token goes to the address that the manager typed
and to no other. Plain http is taken on loopback alone. Certificates are held against the computer's own.
"""

import json
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from functools import cache
from ipaddress import ip_address
from typing import Any, Self
from urllib.parse import urlencode, urlsplit

import urllib3
from urllib3.exceptions import HTTPError

from .rows import load_object

USER_AGENT = "ocop-pos/0.1 (shop; polls its own account)"  # some providers refuse a library's own
MOST_BYTES = 2 * 1024 * 1024
MOST_RETRY_S, USUAL_RETRY_S = 3600, 30
LONGEST_DETAIL = 200
_CHUNK = 65_536


class FeedProblem(StrEnum):
    """What a failed call asks of people: a new token; a mended setting; to wait; to wait for the provider."""

    TOKEN_REFUSED = "token_refused"  # noqa: S105  a word, no token
    ASKED_WRONG = "asked_wrong"
    TOO_MANY = "too_many"
    PROVIDER_DOWN = "provider_down"


class FeedError(Exception):
    """A call that gave no answer to go by. `detail` is the provider's own word, or ours of what broke: for a log, never a token."""

    def __init__(
        self, kind: FeedProblem, detail: str = "", *, retry_after_s: int | None = None, error_code: str = ""
    ) -> None:
        super().__init__(f"{kind}: {detail}" if detail else str(kind))
        self.kind = kind
        self.detail = _shorten_text(detail)
        self.retry_after_s = retry_after_s
        self.error_code = _shorten_text(error_code)

    def __reduce__(self) -> tuple[Any, ...]:
        return _make_error, (self.kind, self.detail, self.retry_after_s, self.error_code)


def _make_error(kind: FeedProblem, detail: str, retry_after_s: int | None, error_code: str) -> FeedError:
    return FeedError(kind, detail, retry_after_s=retry_after_s, error_code=error_code)


@dataclass(frozen=True, slots=True)
class FeedTimeouts:
    """Seconds: to be connected, to hear something, and for the whole of an answer."""

    connect_s: float = 5.0
    read_s: float = 15.0
    total_s: float = 30.0


class FeedClient:
    """Calls of one provider. `headers` hold its token; they are shown in no error and no repr."""

    def __init__(
        self,
        base_url: str,
        headers: Mapping[str, str],
        *,
        timeouts: FeedTimeouts = FeedTimeouts(),
        most_bytes: int = MOST_BYTES,
    ) -> None:
        self._base_url = require_safe_address(base_url)
        self._headers = {
            "User-Agent": USER_AGENT,
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            **headers,
        }
        self._timeouts = timeouts
        limits = urllib3.Timeout(connect=timeouts.connect_s, read=timeouts.read_s)
        self._connections = urllib3.PoolManager(
            retries=False, timeout=limits, maxsize=2, ssl_context=_trust_computer()
        )
        self._most_bytes = most_bytes
        self.provider_time: datetime | None = None  # as the last answer said it

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_failure: object) -> None:
        self.close()

    def close(self) -> None:
        self._connections.clear()

    def get_json(self, path: str, asked: Mapping[str, str | int] | None = None) -> dict[str, Any]:
        """The answer's object. Raises FeedError."""
        return self._call("GET", f"{path}?{urlencode(asked)}" if asked else path)

    def post_json(self, path: str, content: Mapping[str, Any]) -> dict[str, Any]:
        """Sends an object, gives the answer's. Raises FeedError."""
        return self._call("POST", path, json.dumps(content, ensure_ascii=False).encode())

    def _call(self, method: str, path: str, body: bytes | None = None) -> dict[str, Any]:
        if not all(value.isascii() and value.isprintable() for value in self._headers.values()):
            raise FeedError(FeedProblem.TOKEN_REFUSED, "a key holds letters that no key has")
        try:
            status, headers, text = self._exchange(method, path, body)
        except (HTTPError, OSError, ValueError) as fault:
            raise FeedError(FeedProblem.PROVIDER_DOWN, type(fault).__name__) from None
        content = load_object(text)
        if status != 200 and status != 201:  # noqa: PLR1714
            raise _explain_status(status, headers, content)
        if content is None:
            raise FeedError(FeedProblem.PROVIDER_DOWN, "the answer is no JSON object")
        return content

    def _exchange(self, method: str, path: str, body: bytes | None) -> tuple[int, Mapping[str, str], bytes]:
        ends = time.monotonic() + self._timeouts.total_s
        sent = self._headers | ({"Content-Type": "application/json"} if body is not None else {})
        answer = self._connections.request(
            method, self._base_url + path, body=body, headers=sent, redirect=False, preload_content=False
        )
        try:
            content = self._read_whole(answer, ends)
        except BaseException:
            answer.close()  # what is left of it must not be the next answer's beginning
            raise
        answer.release_conn()
        self.provider_time = _read_date(answer.headers.get("Date", ""))
        return answer.status, answer.headers, content

    def _read_whole(self, answer: urllib3.BaseHTTPResponse, ends: float) -> bytes:
        pieces, length = [], 0
        while piece := answer.read1(_CHUNK, decode_content=False):
            pieces.append(piece)
            length += len(piece)
            if length > self._most_bytes:
                raise FeedError(
                    FeedProblem.PROVIDER_DOWN, f"the answer is larger than {self._most_bytes} bytes"
                )
            if time.monotonic() > ends:
                raise FeedError(FeedProblem.PROVIDER_DOWN, "the answer took too long")
        return b"".join(pieces)


@cache
def _trust_computer() -> ssl.SSLContext:
    """The certificates that this computer trusts."""
    return ssl.create_default_context()


def require_safe_address(base_url: str) -> str:
    """The address without a slash at its end. Raises FeedError for one that would show the token to others."""
    try:
        parts = urlsplit(base_url.strip())
        host = parts.hostname or ""
        is_odd = parts.port == 0 or bool(parts.query or parts.fragment or parts.username or parts.password)
    except ValueError:
        raise FeedError(FeedProblem.ASKED_WRONG, "the address is none") from None
    if is_odd or not host or not (parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(host))):
        raise FeedError(FeedProblem.ASKED_WRONG, "the address must begin with https://")
    return base_url.strip().rstrip("/")


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _explain_status(status: int, headers: Mapping[str, str], content: dict[str, Any] | None) -> FeedError:
    words = content or {}
    code = next((str(words[name]) for name in ("error_code", "code", "error") if words.get(name)), "")
    message = next((str(words[name]) for name in ("message", "desc", "error") if words.get(name)), "")
    detail = f"HTTP {status} {message}".strip()
    if status in {401, 403}:
        return FeedError(FeedProblem.TOKEN_REFUSED, detail, error_code=code)
    if status == 429:
        wait = _read_retry_after(headers.get("Retry-After", ""))
        return FeedError(FeedProblem.TOO_MANY, detail, retry_after_s=wait, error_code=code)
    kind = FeedProblem.ASKED_WRONG if status < 500 and status != 408 else FeedProblem.PROVIDER_DOWN
    return FeedError(kind, detail, error_code=code)


def _read_retry_after(text: str) -> int:
    """Seconds; a date, or nothing, is taken for half a minute."""
    text = text.strip()
    seconds = int(text) if text.isascii() and text.isdigit() and len(text) < 9 else USUAL_RETRY_S
    return min(max(seconds, 1), MOST_RETRY_S)


def _read_date(text: str) -> datetime | None:
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return None
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)


def _shorten_text(text: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in text[:LONGEST_DETAIL])
