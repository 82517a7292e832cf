"""portal/first_page.py — what a producer sees first: what was sold, what the shop owes now, and when it pays."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from sqlalchemy.orm import Session

from ..kernel.clock import business_day
from ..producers.terms import find_terms
from ..settlement.owed import Account, read_account
from ..settlement.payouts import list_open_orders
from .own_sales import OwnLine, list_own_days, list_own_lines
from .reductions import LineKey, Reduction, list_reductions

NEWEST_LINES = 8
DAYS_DRAWN = 7


class PayoutState(StrEnum):
    """What is to be said of the next payout."""

    ON_ITS_WAY = "on_its_way"
    BY_DAY = "by_day"
    SOON = "soon"  # owed by a statement, and no terms say by when
    TOO_LITTLE = "too_little"
    NEXT_STATEMENT = "next_statement"


@dataclass(frozen=True, slots=True)
class NextPayout:
    """`by`: the day up to which the shop has agreed to pay; `least_vnd`: below it nothing is paid out by itself."""

    state: PayoutState
    amount_vnd: int = 0
    by: date | None = None
    least_vnd: int = 0


@dataclass(frozen=True, slots=True)
class FirstPage:
    """`days`: what was taken on each of the last seven, the last of them today."""

    days: Sequence[tuple[date, int]]
    week_vnd: int
    owed_vnd: int
    is_left_out: bool
    payout: NextPayout
    lines: Sequence[OwnLine]
    reductions: Mapping[LineKey, Sequence[Reduction]]

    @property
    def today_vnd(self) -> int:
        return self.days[-1][1]

    @property
    def highest_vnd(self) -> int:
        return max(vnd for _day, vnd in self.days)


def read_first_page(session: Session, producer_id: int, on: date) -> FirstPage:
    """What is sold on a day and in its week, and the account as it stands now."""
    first = on - timedelta(days=DAYS_DRAWN - 1)
    taken = list_own_days(session, producer_id, first)
    monday = on - timedelta(days=on.weekday())
    account = read_account(session, producer_id)
    lines = list_own_lines(session, producer_id, sales=NEWEST_LINES)[:NEWEST_LINES]
    return FirstPage(
        [(day, taken.get(day, 0)) for day in (first + timedelta(days=n) for n in range(DAYS_DRAWN))],
        sum(vnd for day, vnd in taken.items() if monday <= day <= on),
        account.closing_vnd,
        bool(account.left_out),
        find_next_payout(session, account, on),
        lines,
        list_reductions(session, lines),
    )


def find_next_payout(session: Session, account: Account, on: date) -> NextPayout:
    """When and how much the shop pays next: what the last statement says, less what was paid since."""
    orders = list_open_orders(session, account.producer_id)
    if orders:
        return NextPayout(PayoutState.ON_ITS_WAY, sum(order.amount_vnd for order in orders))
    if account.since is None:
        return NextPayout(PayoutState.NEXT_STATEMENT)
    due_vnd = account.opening_vnd + sum(
        row.owed_vnd for row in account.rows if row.source.startswith("producer_entry:")
    )
    if due_vnd <= 0:
        return NextPayout(PayoutState.NEXT_STATEMENT)
    terms = find_terms(session, account.producer_id, on)
    least_vnd = (terms.least_payout_vnd if terms else None) or 0
    if due_vnd < least_vnd:
        return NextPayout(PayoutState.TOO_LITTLE, due_vnd, least_vnd=least_vnd)
    if terms is None or terms.days_to_pay is None:
        return NextPayout(PayoutState.SOON, due_vnd)
    by = business_day(account.since.at) + timedelta(days=terms.days_to_pay)
    return NextPayout(PayoutState.BY_DAY, due_vnd, by)
