"""feeds/sepay.py — SePay API v2, asked again and again: needs no address of the shop's own.

Three requests a second and address are allowed, so one poller asks for the whole shop. Whether `since_id` follows the order in which
SePay learned of transfers or the banks' times is not written down: `reread` looks at a window of time again for those that came late.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from ...kernel.clock import SHOP_ZONE
from ...kernel.errors import Refused
from ..signals import Direction, TransferSignal
from .http import FeedClient, FeedError, FeedProblem, FeedTimeouts
from .pages import MOST_PAGES, WINDOW, CollectedPages, FeedPage
from .rows import (
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
    require_object,
)

SOURCE = "sepay"
BASE_URL = "https://userapi.sepay.vn/v2"
PER_PAGE = 100  # the most that SePay gives
CLOCK_TOLERANCE = timedelta(hours=1)  # a row further ahead was dated by a wrong clock

Asked = dict[str, str | int]


class SepayFeed:
    """The transfers of all accounts that a token stands for."""

    def __init__(
        self,
        token: str,
        *,
        base_url: str = BASE_URL,
        timeouts: FeedTimeouts = FeedTimeouts(),  # noqa: B008  frozen
        per_page: int = PER_PAGE,
    ) -> None:
        self.client = FeedClient(base_url, {"Authorization": f"Bearer {token}"}, timeouts=timeouts)
        self._per_page = per_page

    def close(self) -> None:
        self.client.close()

    def poll(self, cursor: str, *, at: datetime) -> FeedPage:
        """What SePay learned of after `cursor`; with an empty one, of the last 48 hours. Raises FeedError where nothing was read.

        The pages of one start are read to their end before the start moves on, so that nothing is left out whichever order
        SePay goes by; a poll that is stopped goes on at its page.
        """
        start, page = _read_cursor(cursor) or (make_time_cursor(at - WINDOW), 1)
        collected, newest = CollectedPages(read_transaction), ""
        for _call in range(MOST_PAGES):
            count = collected.count_rows()
            rows, has_more = collected.ask(partial(self._ask, {**_spell_start(start), "page": page}))
            newest = find_cursor(rows, at) or newest
            if collected.is_stopped():
                break
            if not has_more:
                return collected.make_page(newest or cursor.partition("#")[0])
            page += 1
            if (
                page > 2 and collected.count_rows() == count
            ):  # the same rows again: SePay takes no page with this start
                start, page = newest or start, 1
        return collected.make_page(f"{start}#{page}", has_more=True)

    def reread(self, cursor: str, *, at: datetime, window: timedelta = WINDOW) -> FeedPage:
        """All of a window of time that ends now, whenever SePay learned of it; `cursor` comes back as it was. Raises FeedError where
        nothing was read.
        """
        collected = CollectedPages(read_transaction)
        for page in range(1, MOST_PAGES + 1):
            asked: Asked = {"transaction_date_from": _spell_time(at - window), "page": page}
            _rows, has_more = collected.ask(partial(self._ask, asked))
            if not has_more:
                return collected.make_page(cursor)
        return collected.make_page(cursor, has_more=True)

    def _ask(self, asked: Asked) -> tuple[list[Any], bool]:
        answer = self.client.get_json(
            "/transactions", {"transaction_date_sort": "asc", "per_page": self._per_page, **asked}
        )
        rows, meta = answer.get("data"), answer.get("meta")
        if answer.get("status") not in (None, "success") or not isinstance(rows, list):
            raise FeedError(FeedProblem.PROVIDER_DOWN, "the answer holds no list of transfers")
        pagination = meta.get("pagination") if isinstance(meta, dict) else None
        return rows, isinstance(pagination, dict) and pagination.get("has_more") is True

    def check_token(self) -> int:
        """How many accounts the token stands for. Raises FeedError."""
        accounts = self.client.get_json("/bank-accounts", {"per_page": PER_PAGE}).get("data")
        if not isinstance(accounts, list):
            raise FeedError(FeedProblem.PROVIDER_DOWN, "the answer holds no list of accounts")
        return len(accounts)


def _read_cursor(cursor: str) -> tuple[str, int] | None:
    """Where a poll starts, the id of a row or "@" and a time, and with which page; None for an empty cursor."""
    start, _, page = cursor.partition("#")
    return (start, int(page) if page.isdecimal() else 1) if start else None


def make_time_cursor(since: datetime) -> str:
    """A cursor that reads all from that bank's time on."""
    return f"@{_spell_time(since)}"


def _spell_start(start: str) -> Asked:
    return {"transaction_date_from": start[1:]} if start.startswith("@") else {"since_id": start}


def find_cursor(rows: Iterable[Any], at: datetime) -> str:
    """The id of the newest row that no wrong clock dated; "" where no row has an id. A row that is refused may be it, too: the next
    poll must get past it.
    """
    dated: list[tuple[datetime, str]] = []
    others: list[str] = []
    for row in rows:
        try:
            key = read_key(require_object(row), "id")
        except Refused:
            continue
        try:
            dated.append((read_time(row, "transaction_date"), key))
        except Refused:
            others.append(key)
    in_time = [item for item in dated if item[0] <= at + CLOCK_TOLERANCE] or dated
    if in_time:
        return max(reversed(in_time), key=lambda item: item[0])[1]  # of those of one second, the last
    return others[-1] if others else ""


def read_transaction(row: Row) -> TransferSignal:
    """A transaction of the API. Raises Refused for a row that isn't clear."""
    require_dong(row)
    kind = row.get("transfer_type")
    if kind not in ("in", "out"):
        raise Refused.because("feed_row_field_odd", field="transfer_type")
    mine, other = ("amount_in", "amount_out") if kind == "in" else ("amount_out", "amount_in")
    amount_vnd = require_amount(read_whole(row, mine), mine)
    if row.get(other) not in (None, 0):
        raise Refused.because("feed_row_amount_odd", field=other)
    return TransferSignal(
        SOURCE,
        read_key(row, "id"),
        read_account(row, "account_number"),
        Direction(kind),
        amount_vnd,
        read_time(row, "transaction_date"),
        reference=read_reference(row, "reference_number"),
        text=read_text(row, "transaction_content"),
        code=read_reference(row, "code"),
        balance_vnd=read_balance(row, "accumulated"),
        raw=dump_row(row),
    )


def _spell_time(at: datetime) -> str:
    return at.astimezone(SHOP_ZONE).strftime("%Y-%m-%d %H:%M:%S")
