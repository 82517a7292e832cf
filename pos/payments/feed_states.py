"""payments/feed_states.py — how far each account's feed has been read, and how it is: kept when it changes, or once a minute."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from .feeds.http import FeedProblem
from .models import BankAccount, BankTransfer, FeedState, TransferReport
from .signals import TransferSignal

KEPT_EVERY = timedelta(minutes=1)  # a feed that answers and has nothing new writes no oftener
TOLD_AFTER = timedelta(minutes=10)  # so long a feed may fail before the manager's first page says so


@dataclass(frozen=True, slots=True)
class FeedAnswer:
    """What is kept of an answer. `cursor` None: it stays as it was; `balance_vnd` None: nothing new is known."""

    cursor: str | None = None
    balance_vnd: int | None = None
    failure: FeedProblem | None = None


def list_states(session: Session) -> dict[int, FeedState]:
    """By account; none for one that was never asked."""
    return {state.account_id: state for state in session.scalars(select(FeedState))}


def is_worth_keeping(state: FeedState | None, answer: FeedAnswer, at: datetime) -> bool:
    """Does it say something new? Whoever writes makes the tills wait."""
    if state is None or state.asked_at is None:
        return True
    says_other = (
        (answer.failure.value if answer.failure else "") != state.failure,
        answer.cursor not in {None, state.cursor},
        answer.balance_vnd not in {None, state.balance_vnd},
    )
    return any(says_other) or not timedelta(0) <= at - state.asked_at < KEPT_EVERY


def note_answer(session: Session, account_id: int, answer: FeedAnswer, *, at: datetime) -> FeedState:
    """The provider was asked, and answered or failed."""
    state = session.get(FeedState, account_id)
    if state is None:
        state = FeedState(account_id=account_id, cursor="", failure="")
        session.add(state)
    state.asked_at = at
    if answer.cursor is not None:
        state.cursor = answer.cursor
    if answer.balance_vnd is not None:
        state.balance_vnd = answer.balance_vnd
    if answer.failure is None:
        state.answered_at, state.failing_since, state.failure = at, None, ""
    else:
        state.failing_since = state.failing_since or at
        state.failure = answer.failure.value
    session.flush()
    return state


def find_new_balance(session: Session, account_id: int, signals: Sequence[TransferSignal]) -> int | None:
    """The account's balance as the newest of these says it; None where none does, or a newer transfer is in the books."""
    dated = [signal for signal in signals if signal.balance_vnd is not None and not signal.is_day_only]
    if not dated:
        return None
    newest = max(signal.at for signal in dated)
    known = session.scalar(select(func.max(BankTransfer.at)).where(BankTransfer.account_id == account_id))
    if known is not None and known > newest:
        return None
    return [signal.balance_vnd for signal in dated if signal.at == newest][-1]


def list_failing_accounts(session: Session, at: datetime) -> list[tuple[BankAccount, FeedState]]:
    """Those whose feed has failed for longer than ten minutes; the longest first."""
    query = (
        select(BankAccount, FeedState)
        .join(FeedState, FeedState.account_id == BankAccount.id)
        .where(~BankAccount.archived, BankAccount.feed != "", FeedState.failing_since < at - TOLD_AFTER)
        .order_by(FeedState.failing_since)
    )
    return [(account, state) for account, state in session.execute(query)]


def list_last_told(session: Session) -> dict[tuple[int, str], datetime]:
    """By account and source: when it last told of a transfer."""
    query = select(
        TransferReport.account_id, TransferReport.source, func.max(TransferReport.received_at)
    ).group_by(TransferReport.account_id, TransferReport.source)
    return {(account_id, source): at for account_id, source, at in session.execute(query)}
