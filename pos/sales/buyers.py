"""sales/buyers.py — who may buy on account: kept apart from the books, so that it can be erased."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..journal.record import record
from ..kernel.actor import Actor
from ..kernel.errors import Refused
from ..kernel.reason import Reason
from ..kernel.tables import get_row
from ..kernel.text import fold_text, normalize_text
from .debts import sum_owed
from .money_models import Buyer

MOST_LIMIT_VND = 1_000_000_000


@dataclass(frozen=True, slots=True)
class TypedBuyer:
    """A buyer as a form has it."""

    name: str
    phone: str = ""
    address: str = ""
    tax_code: str = ""
    limit_vnd: int = 0
    archived: bool = False


def get_buyer(session: Session, buyer_id: int) -> Buyer:
    return get_row(session, Buyer, buyer_id, "buyer_missing")


def list_buyers(session: Session, *, archived: bool = False) -> Sequence[Buyer]:
    query = select(Buyer).where(Buyer.name != "").order_by(Buyer.archived, Buyer.name)
    return session.scalars(query if archived else query.where(~Buyer.archived)).all()


def save_buyer(session: Session, buyer: Buyer | None, typed: TypedBuyer, *, by: Actor, at: datetime) -> Buyer:
    """Add or change a buyer; the journal keeps the limit and no name.

    Raises Refused with each of `name_missing`, `buyer_known` (another of that name), `limit_odd`.
    """
    name = normalize_text(typed.name)
    others = [row for row in list_buyers(session, archived=True) if buyer is None or row.id != buyer.id]
    checks = (
        ("name_missing", not name),
        ("buyer_known", any(fold_text(row.name) == fold_text(name) for row in others)),
        ("limit_odd", not 0 < typed.limit_vnd <= MOST_LIMIT_VND),
    )
    if wrong := [Reason.make(code) for code, fails in checks if fails]:
        raise Refused(*wrong)
    is_new = buyer is None
    buyer = buyer or Buyer()
    buyer.name, buyer.phone, buyer.address = name, typed.phone.strip(), typed.address.strip()
    buyer.tax_code, buyer.limit_vnd, buyer.archived = typed.tax_code.strip(), typed.limit_vnd, typed.archived
    session.add(buyer)
    session.flush()
    record(session, "buyer_added" if is_new else "buyer_changed", by=by, at=at, subject=buyer, limit_vnd=buyer.limit_vnd)  # fmt: skip
    return buyer


def erase_buyer(session: Session, buyer: Buyer, *, by: Actor, at: datetime) -> None:
    """Forget who it was: what the ledger says of the account stays, under its number. Raises Refused (`buyer_owes`)."""
    if owed_vnd := sum_owed(session, buyer.id):
        raise Refused.because("buyer_owes", owed_vnd=owed_vnd)
    buyer.name = buyer.phone = buyer.address = buyer.tax_code = ""
    buyer.archived = True
    record(session, "buyer_erased", by=by, at=at, subject=buyer)
