"""payments/accounts.py — the shop's bank accounts: which a till shows, who changes one. A second person agrees to each change."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..identity.second_person import require_second
from ..identity.sign_in import describe_approval
from ..journal.record import record
from ..kernel.actor import Actor, Approval
from ..kernel.errors import Refused
from ..kernel.reason import Reason
from ..kernel.tables import get_row
from ..kernel.text import normalize_text
from .models import BankAccount, BankTransfer, PaymentCode
from .vietqr import TransferCode, list_code_reasons

SHOWN_FOR = timedelta(days=7)  # a changed account, on the manager's first page


@dataclass(frozen=True, slots=True)
class TypedAccount:
    """What was typed: `models.py: BankAccount` says what each is."""

    bank_bin: str
    number: str
    holder: str
    station: str = ""
    feed: str = ""
    archived: bool = False


def get_account(session: Session, account_id: int) -> BankAccount:
    return get_row(session, BankAccount, account_id, "bank_account_not_found")


def list_accounts(session: Session, *, archived: bool = False) -> Sequence[BankAccount]:
    """The accounts that are in use, or all."""
    query = select(BankAccount) if archived else select(BankAccount).where(~BankAccount.archived)
    return session.scalars(query.order_by(BankAccount.archived, BankAccount.id)).all()


def find_account_of(session: Session, station: str) -> BankAccount | None:
    """The account that this till shows: its own, else the oldest that is no till's own: a new one takes over where that is archived."""
    usable = [account for account in list_accounts(session) if account.station in {station, ""}]
    return max(usable, key=lambda account: (account.station == station, -account.id), default=None)


def find_account_by_number(session: Session, number: str) -> BankAccount | None:
    """The account in use that has this number; zeros before it make no difference. None for none, and for one at two banks."""
    found = [
        account for account in list_accounts(session) if account.number.lstrip("0") == number.lstrip("0")
    ]
    return found[0] if len(found) == 1 else None


def list_shown_at(session: Session, stations: Iterable[str]) -> dict[int, list[str]]:
    """By account the tills that show it now."""
    shown: dict[int, list[str]] = {}
    for station in stations:
        if (account := find_account_of(session, station)) is not None:
            shown.setdefault(account.id, []).append(station)
    return shown


def find_account_by_key(session: Session, key: str) -> BankAccount | None:
    """The account whose webhook has this key in its address."""
    query = select(BankAccount).where(BankAccount.key == key)  # money for its old codes is told of still
    return session.scalars(query).first() if key else None


def list_changed_accounts(session: Session, at: datetime) -> Sequence[BankAccount]:
    """Those that were added or changed in the last week."""
    query = select(BankAccount).where(BankAccount.changed_at >= at - SHOWN_FOR)
    return session.scalars(query.order_by(BankAccount.changed_at.desc())).all()


def save_account(
    session: Session,
    account: BankAccount | None,
    typed: TypedAccount,
    *,
    by: Actor,
    at: datetime,
    approval: Approval | None,
) -> BankAccount:
    """Add or change an account. Money goes where it says, so a second person agrees.

    Raises Refused (`second_person_needed`, `second_person_new`, and with all that is wrong: `bank_bin_odd`, `bank_account_odd`,
    `holder_missing`, `bank_account_known`, `bank_account_used`).
    """
    typed = TypedAccount(
        **asdict(typed) | {"number": typed.number.replace(" ", ""), "holder": normalize_text(typed.holder)}
    )
    if wrong := _list_reasons_against(session, account, typed):
        raise Refused(*wrong)
    if approval is None:
        raise Refused.because("second_person_needed")
    require_second(session, by, approval)
    is_new = account is None
    if account is None:
        account = BankAccount(key=secrets.token_urlsafe(18))
        session.add(account)
    for name, value in asdict(typed).items():
        setattr(account, name, value)
    account.changed_at = at
    session.flush()
    record(session, "bank_account_added" if is_new else "bank_account_changed", by=by, at=at, subject=account, facts=[account],
           **describe_approval(approval))  # fmt: skip
    return account


def _list_reasons_against(session: Session, account: BankAccount | None, typed: TypedAccount) -> list[Reason]:
    wrong = list(list_code_reasons(TransferCode(typed.bank_bin, typed.number)))
    if not typed.holder:
        wrong.append(Reason.make("holder_missing"))
    is_moved = account is not None and (account.bank_bin, account.number) != (typed.bank_bin, typed.number)
    if account is not None and is_moved and _is_used(session, account):
        wrong.append(Reason.make("bank_account_used"))
    others = [other for other in list_accounts(session, archived=True) if other is not account]
    if any((other.bank_bin, other.number) == (typed.bank_bin, typed.number) for other in others):
        wrong.append(Reason.make("bank_account_known"))
    return wrong


def _is_used(session: Session, account: BankAccount) -> bool:
    """Was a code with its number shown, or a transfer told of?"""
    for table in (PaymentCode, BankTransfer):
        if (
            session.scalar(select(table.account_id).where(table.account_id == account.id).limit(1))
            is not None
        ):
            return True
    return False


def note_secret_pasted(session: Session, account: BankAccount, name: str, *, by: Actor, at: datetime,
                       approval: Approval | None) -> None:  # fmt: skip
    """A token of the account's feed is another: written down without it. Raises Refused as `save_account`."""
    if approval is None:
        raise Refused.because("second_person_needed")
    require_second(session, by, approval)
    account.changed_at = at
    record(
        session,
        "feed_secret_pasted",
        by=by,
        at=at,
        subject=account,
        facts=[account],
        secret=name,
        **describe_approval(approval),
    )
