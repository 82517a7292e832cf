"""maintenance/check_payouts.py — doctor's look at producers' bank accounts: can each still be read with this computer's key?"""

from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from ..config import Config
from ..producers.models import Producer
from ..settlement.models import PayoutAccount
from ..settlement.payout_accounts import PayoutVault
from .check_feeds import open_books
from .doctor_check import DoctorCheck


def list_unreadable_accounts(session: Session, folder: Path) -> list[str]:
    """The producers whose account must be typed again: no backup holds the key that encrypted it."""
    vault = PayoutVault(folder)
    rows = session.execute(
        select(PayoutAccount, Producer.name)
        .join(Producer, Producer.id == PayoutAccount.producer_id)
        .order_by(Producer.name)
    )
    return [name for account, name in rows if vault.find(account) is None]


def check_payout_accounts(config: Config) -> Iterator[DoctorCheck]:
    """None where nobody has an account yet, or the books are of an older version."""
    with open_books(config) as session:
        if session is None:
            return
        try:
            known = len(session.scalars(select(PayoutAccount.id)).all())
            unreadable = list_unreadable_accounts(session, Path(config.data.folder))
        except SQLAlchemyError:
            return
    if known:
        yield DoctorCheck(
            "payout accounts", not unreadable, f"{known - len(unreadable)} đọc được / can be read, {len(unreadable)} không / cannot",
            f"Nhập lại ở trang Quyết toán: {', '.join(unreadable)}. / Type them again on the page Settlement.",
        )  # fmt: skip
