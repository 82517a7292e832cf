"""feeds/casso.py — Casso (Flow) v2, asked again and again. It has no "since": it is asked by day, and each row is known by its id.

How often one may ask, and the largest page, are not written down: ten seconds and more between polls, a hundred rows a page.
"""

from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from ...kernel.clock import business_day
from ...kernel.errors import Refused
from ..signals import Direction, TransferSignal
from .http import FeedClient, FeedError, FeedProblem, FeedTimeouts
from .pages import MOST_PAGES, WINDOW, CollectedPages, FeedPage
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

SOURCE = "casso"
BASE_URL = "https://oauth.casso.vn/v2"
PER_PAGE = 100
LATE = timedelta(days=2)  # rows may come so long after the bank's own time


class CassoFeed:
    """The transfers of all accounts that a key stands for."""

    def __init__(
        self,
        api_key: str,
        *,
        base_url: str = BASE_URL,
        timeouts: FeedTimeouts = FeedTimeouts(),  # noqa: B008  frozen
        per_page: int = PER_PAGE,
    ) -> None:
        self.client = FeedClient(base_url, {"Authorization": f"Apikey {api_key}"}, timeouts=timeouts)
        self._per_page = per_page

    def close(self) -> None:
        self.client.close()

    def poll(self, cursor: str, *, at: datetime) -> FeedPage:
        """What the days from `cursor` on hold; with an empty one, the last 48 hours. The new cursor is two days before the newest row,
        so most of what is found was found before; where the poll was stopped, it names the page to go on with. Raises FeedError where
        nothing was read.
        """
        day, _, page_number = cursor.partition("/")
        first = _read_day(day) or business_day(at - WINDOW)
        begins = int(page_number) if page_number.isdecimal() else 1
        collected = CollectedPages(read_record)
        if goes_on := self._read_pages(collected, first, begins):
            return collected.make_page(f"{first.isoformat()}/{goes_on}", has_more=True)
        newest = [business_day(signal.at) for signal in collected.list_signals() if signal.at <= at]
        return collected.make_page(max(first, max(newest, default=first) - LATE).isoformat())

    def reread(self, cursor: str, *, at: datetime, window: timedelta = WINDOW) -> FeedPage:
        """The days of a window that ends now; `cursor` comes back as it was. Raises FeedError where nothing was read."""
        collected = CollectedPages(read_record)
        goes_on = self._read_pages(collected, business_day(at - window), 1)
        return collected.make_page(cursor, has_more=goes_on is not None)

    def _read_pages(self, collected: CollectedPages, first: date, begins: int) -> int | None:
        """Reads page after page; the one to go on with, where there are more than one poll reads, or one failed."""
        for page in range(begins, begins + MOST_PAGES):
            _rows, has_more = collected.ask(partial(self._ask, first, page))
            if not has_more:
                return page if collected.is_stopped() else None
        return begins + MOST_PAGES

    def _ask(self, first: date, page: int) -> tuple[list[Any], bool]:
        asked: dict[str, str | int] = {
            "fromDate": first.isoformat(), "page": page, "pageSize": self._per_page, "sort": "ASC",
        }  # fmt: skip
        data = require_data(self.client.get_json("/transactions", asked))
        rows = data.get("records") if isinstance(data, dict) else None
        if not isinstance(rows, list):
            raise FeedError(FeedProblem.PROVIDER_DOWN, "the answer holds no list of transfers")
        return rows, bool(rows) and bool(data.get("nextPage"))

    def check_token(self) -> int:
        """How many accounts the key stands for. Raises FeedError."""
        data = require_data(self.client.get_json("/userInfo"))
        accounts = data.get("bankAccs") if isinstance(data, dict) else None
        return len(accounts) if isinstance(accounts, list) else 0

    def ask_sync(self, account_number: str) -> None:
        """Let Casso read the bank now. Raises FeedError."""
        require_data(self.client.post_json("/sync", {"bank_acc_id": account_number}))


def require_data(answer: dict[str, Any]) -> Any:
    """What an answer holds; `error` above 0 is a failure even with HTTP 200. Raises FeedError."""
    error = answer.get("error")
    if error not in (0, None):
        text = answer.get("message")
        raise FeedError(
            FeedProblem.ASKED_WRONG, text if isinstance(text, str) else "", error_code=str(error)[:20]
        )
    return answer.get("data")


def read_record(row: Row) -> TransferSignal:
    """A record of the API: its amount is below 0 for money that left. Raises Refused for a row that isn't clear."""
    require_dong(row)
    amount_vnd = read_whole(row, "amount")
    account, reference = read_account(row, "bankSubAccId"), read_reference(row, "tid")
    if row.get("id") in (None, "", 0) and not reference:
        raise Refused.because("feed_row_lacks", field="id")
    key = f"{reference}/{account}/{amount_vnd}" if row.get("id") in (None, "", 0) else read_key(row, "id")
    return TransferSignal(
        SOURCE,
        key,
        account,
        Direction.IN if amount_vnd > 0 else Direction.OUT,
        require_amount(abs(amount_vnd), "amount"),
        read_time(row, "when"),
        reference=reference,
        text=read_text(row, "description"),
        balance_vnd=read_balance(row, "cusumBalance"),
        payer_name=read_text(row, "corresponsiveName", LONGEST_NAME),
        payer_account=read_text(row, "corresponsiveAccount", LONGEST_NAME),
        raw=dump_row(row),
    )


def make_day_cursor(since: datetime) -> str:
    """A cursor that reads all from the day of that time on."""
    return business_day(since).isoformat()


def _read_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
