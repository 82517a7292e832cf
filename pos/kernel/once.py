"""A request that came twice is done once: a double click, a reload, a lost answer. Working table.

The key is the page's own random one. The same key with the same content gets the first one's result, with another
content it is a fault of whoever sent it. A payment's key and content are in the sale itself (`sales/pay.py`), by the
same rule: the ledger is never cleared.
"""

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Mapped, Session, mapped_column

from .errors import Stale
from .tables import Base

KEPT = timedelta(days=7)
LONGEST = 80


class Once(Base):
    """The key of a request that was carried out, committed with what it did.

    `body_hash`: of its content; null in rows of versions before 0014. `result`: what the first one made, such as a
    delivery's number. `is_money`: it is never forgotten.
    """

    __tablename__ = "once"

    key: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    body_hash: Mapped[str | None]
    result: Mapped[str | None]
    is_money: Mapped[bool | None]


def find_result(session: Session, key: str, body_hash: str) -> str | None:
    """The result of the request that had this key; None for the first one, and for no key at all.

    Raises Stale (`form_sent_already`) where the earlier one had another content.
    """
    row = session.get(Once, key[:LONGEST]) if key else None
    if row is None:
        return None
    if row.body_hash not in {None, body_hash}:
        raise Stale.because("form_sent_already")
    return row.result or ""


def keep_result(
    session: Session, key: str, body_hash: str, at: datetime, *, result: str = "", is_money: bool = False
) -> None:
    """Note that the request was carried out. A refused act is rolled back with its key."""
    if key:
        session.add(Once(key=key[:LONGEST], at=at, body_hash=body_hash, result=result, is_money=is_money))
        session.flush()


def forget_old(session: Session, at: datetime) -> None:
    """Forget keys of last week's requests, but for those that moved money or goods."""
    session.execute(delete(Once).where(Once.at < at - KEPT, Once.is_money.is_not(True)))
