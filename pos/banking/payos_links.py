"""banking/payos_links.py — payOS: a link for each code that is shown, kept with the code, and asked after by its order."""

import logging
from collections.abc import Sequence
from dataclasses import replace

from ..kernel.database import unit_of_work
from ..payments.feeds.http import FeedError, FeedProblem
from ..payments.feeds.kinds import make_order_code
from ..payments.feeds.pages import FeedPage
from ..payments.feeds.payos import PayosFeed
from ..payments.models import BankAccount, PaymentCode
from .channels import name_orders

log = logging.getLogger(__name__)


class PayosLinks:
    """The links of one channel. What is made once is made for ever: payOS takes no order twice."""

    def __init__(self) -> None:
        self._known_there: set[str] = set()  # orders that payOS has already, whose answer never came here

    def read(
        self, feed: PayosFeed, accounts: Sequence[BankAccount], codes: Sequence[PaymentCode]
    ) -> FeedPage:
        """Make the links that are missing, and ask about all. Raises FeedError where nothing was read."""
        numbers = {account.id: account.number for account in accounts}
        own = [code for code in codes if code.account_id in numbers]
        refused = self._make_links(
            feed, [code for code in own if not code.link_text and not code.replaced_at]
        )
        linked = {
            make_order_code(code.purpose): code
            for code in own if code.link_text or code.purpose in self._known_there
        }  # fmt: skip
        if not linked and refused is None:
            feed.check_token()  # so that a token that is refused is known before a buyer stands there
        page = feed.poll_links(linked) if linked else FeedPage((), "")
        by_order = {str(order): numbers[code.account_id] for order, code in linked.items()}
        signals = [replace(signal, account_number=by_order[signal.code]) for signal in page.signals]
        named = tuple(name_orders(signals, [code.purpose for code in own]))
        return replace(page, signals=named, stopped_by=page.stopped_by or refused)

    def _make_links(self, feed: PayosFeed, codes: Sequence[PaymentCode]) -> FeedError | None:
        """What stopped it, if something did; the codes that are linked already are asked about all the same."""
        for code in codes:
            if code.purpose in self._known_there:
                continue
            try:
                link = feed.make_link(make_order_code(code.purpose), code.amount_vnd, code.purpose)
            except FeedError as failure:
                if failure.kind is not FeedProblem.ASKED_WRONG or not _is_known_there(feed, code):
                    return failure
                log.warning("payOS knew an order already, and gives its code no more")
                self._known_there.add(code.purpose)
                continue
            with unit_of_work() as session:
                row = session.get(PaymentCode, code.id)
                if row is not None:
                    row.link_text = code.link_text = link.qr_text
        return None


def _is_known_there(feed: PayosFeed, code: PaymentCode) -> bool:
    """Was the link made before, and its answer lost on the way?"""
    try:
        feed.poll_link(make_order_code(code.purpose))
    except FeedError:
        return False
    return True
