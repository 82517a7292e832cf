"""payments/codes.py — payment codes that are shown: one a basket and version, each with a purpose of its own."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from ..journal.record import record
from ..kernel.actor import Actor
from ..kernel.errors import Refused
from ..kernel.tables import get_row
from .models import BankAccount, PaymentCode
from .purpose_code import make_purpose_code
from .vietqr import TransferCode, encode_vietqr, list_code_reasons

_SHOWN = (
    select(PaymentCode)
    .where(PaymentCode.basket_id == bindparam("basket_id"), PaymentCode.replaced_at.is_(None))
    .order_by(PaymentCode.id.desc())
)
_OF_PURPOSE = select(PaymentCode).where(PaymentCode.purpose == bindparam("purpose"))
_OF_VERSION = select(PaymentCode).where(
    PaymentCode.basket_id == bindparam("basket_id"), PaymentCode.basket_version == bindparam("version")
)
MAKES_CODES = frozenset({"payos"})  # feeds whose own code is shown
LOOKED_FOR = timedelta(days=60)  # a code that was shown so long ago is found in a text no more


def show_code(
    session: Session,
    account: BankAccount,
    basket_id: int,
    basket_version: int,
    amount_vnd: int,
    *,
    station: str,
    by: Actor,
    at: datetime,
) -> PaymentCode:
    """The code for so much of a basket: the one that is shown for it already, else a new one in its place.

    Raises Refused (`transfer_amount_odd`, `transfer_not_fast`).
    """
    if wrong := list_code_reasons(TransferCode(account.bank_bin, account.number, amount_vnd=amount_vnd)):
        raise Refused(*wrong)
    shown = find_shown_code(session, basket_id)
    if shown is not None and (shown.account_id, shown.basket_version, shown.amount_vnd) == (
        account.id,
        basket_version,
        amount_vnd,
    ):
        shown.waits_for = ""
        return shown
    if shown is not None:
        shown.replaced_at = at
    code = PaymentCode(
        purpose=make_purpose_code(), account_id=account.id, basket_id=basket_id, basket_version=basket_version,
        amount_vnd=amount_vnd, station=station, shown_by=by.person_id, shown_by_name=by.name, shown_at=at,
    )  # fmt: skip
    session.add(code)
    session.flush()
    record(session, "payment_code_shown", by=by, at=at, subject=code, amount_vnd=amount_vnd, purpose=code.purpose,
           account=account.number[-4:], basket=basket_id)  # fmt: skip
    return code


def find_shown_code(session: Session, basket_id: int) -> PaymentCode | None:
    """The newest code of a basket: the one that is on the screen, or was last."""
    return session.scalars(_SHOWN, {"basket_id": basket_id}).first()


def find_code(session: Session, purpose: str) -> PaymentCode | None:
    return session.scalars(_OF_PURPOSE, {"purpose": purpose}).first() if purpose else None


def list_codes(session: Session, basket_id: int, basket_version: int) -> Sequence[PaymentCode]:
    """The codes that were shown for a basket at this version."""
    return session.scalars(_OF_VERSION, {"basket_id": basket_id, "version": basket_version}).all()


def get_code(session: Session, code_id: int) -> PaymentCode:
    return get_row(session, PaymentCode, code_id, "payment_code_not_found")


def list_purposes(session: Session, at: datetime) -> Sequence[str]:
    """The purposes that a text may hold."""
    return session.scalars(select(PaymentCode.purpose).where(PaymentCode.shown_at > at - LOOKED_FOR)).all()


def make_code_text(account: BankAccount, code: PaymentCode) -> str:
    """What the picture holds (`vietqr.py`): the provider's own code, where the account's provider makes one."""
    link_text = code.link_text if account.feed in MAKES_CODES else ""
    return link_text or encode_vietqr(
        TransferCode(account.bank_bin, account.number, amount_vnd=code.amount_vnd, purpose=code.purpose)
    )
