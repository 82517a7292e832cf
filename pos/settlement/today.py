"""settlement/today.py — what settlement needs of the manager today, for the manager's first page."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from ..producers.terms import list_all_producers
from ..reports.refusals import Where
from ..reports.today import Harm, TodayTask, make_task
from .disputes import list_open_disputes
from .match_payouts import list_untold_payouts
from .payout_accounts import list_payout_accounts
from .payouts import is_waiting_after_restore, list_open_orders
from .queries import list_producer_lines

SHOWN_FOR = timedelta(days=7)  # a changed payout account
ON_ITS_WAY = timedelta(days=1)  # a transfer that nobody wrote down as sent


def list_settlement_tasks(session: Session, on: date, at: datetime) -> Iterator[TodayTask]:
    """Disputes that wait, transfers that hang, changed accounts, and a month that is over and on no statement."""
    names = {producer.id: producer.name for producer in list_all_producers(session, archived=True)}
    page: Where = ("settlement.show_all", {})
    disputes = list_open_disputes(session)
    first: Where = ("settlement.answer", {"number": disputes[0][0].number}) if disputes else page
    yield from make_task(
        "disputes", Harm.SOON, first, (names[statement.producer_id] for _each, statement in disputes)
    )
    hanging = [order for order in list_open_orders(session) if order.made_at < at - ON_ITS_WAY]
    yield from make_task("payouts_begun", Harm.SOON, page, (names[order.producer_id] for order in hanging))
    untold = list_untold_payouts(session, at)
    yield from make_task("payouts_untold", Harm.SOON, page, (names[order.producer_id] for order in untold))
    changed = [row for row in list_payout_accounts(session).values() if row.changed_at > at - SHOWN_FOR]
    yield from make_task(
        "payout_account_changed", Harm.NOW, page, (names[row.producer_id] for row in changed)
    )
    if is_waiting_after_restore(session):
        yield from make_task("payouts_wait", Harm.NOW, page, [""])
    last_month = on.replace(day=1) - timedelta(days=1)
    overdue = [
        line.producer.name
        for line in list_producer_lines(session, on)
        if line.statement is not None and line.statement.ends < last_month and not line.producer.archived
    ]
    yield from make_task("statements_due", Harm.ORDER, page, overdue)
