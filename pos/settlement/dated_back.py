"""settlement/dated_back.py — new terms settle services that were sold without any: two people agree to that.

Goods keep the terms of their lot; a service has no lot, and is settled by the terms of its day, be they agreed later.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Unpack

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..identity.second_person import require_second_where
from ..identity.sign_in import describe_approval
from ..journal.record import record
from ..kernel.actor import Actor, Approval
from ..messages.new_terms import agree_terms
from ..producers.models import Producer, ProducerTerms
from ..producers.terms import Agreement
from ..sales.models import Sale, SaleLine


@dataclass(frozen=True, slots=True)
class SoldServices:
    """How many lines of services were sold, and what was paid for them, in đồng."""

    lines: int
    paid_vnd: int


def find_services_without_terms(session: Session, producer_id: int, starts: date) -> SoldServices:
    """A producer's services sold from a day on, before any terms held: terms from that day would settle them."""
    first = session.scalar(
        select(func.min(ProducerTerms.starts)).where(ProducerTerms.producer_id == producer_id)
    )
    query = (
        select(func.count(), func.sum(SaleLine.paid_vnd))
        .join(Sale, Sale.number == SaleLine.sale_number)
        .where(SaleLine.producer_id == producer_id, SaleLine.lot_id.is_(None), Sale.business_day >= starts)
    )
    if first is not None:
        query = query.where(Sale.business_day < first)
    lines, paid_vnd = session.execute(query).one()
    return SoldServices(lines, int(paid_vnd or 0))


def require_agreed_settling(
    session: Session, producer: Producer, starts: date, *, by: Actor, approval: Approval | None = None
) -> SoldServices:
    """The services that terms from a day on would settle: to that a second person agrees.

    Raises Refused (`terms_dated_back`, `second_person_needed`, `second_person_new`).
    """
    services = find_services_without_terms(session, producer.id, starts)
    require_second_where(
        services.lines > 0, session, by, approval, "terms_dated_back",
        producer=producer.name, sales=services.lines, paid_vnd=services.paid_vnd, starts=starts,
    )  # fmt: skip
    return services


def agree_dated_terms(
    session: Session,
    producer: Producer,
    *,
    approval: Approval | None = None,
    by: Actor,
    at: datetime,
    **agreed: Unpack[Agreement],
) -> ProducerTerms:
    """New terms, of which the producer is told; a second person agrees where they settle what was sold already.

    Raises Refused (`terms_dated_back`, `second_person_needed`, `second_person_new`, and as `draft_terms` does).
    """
    services = require_agreed_settling(session, producer, agreed["starts"], by=by, approval=approval)
    terms = agree_terms(session, producer, by=by, at=at, **agreed)
    if services.lines:
        record(
            session, "services_given_terms", by=by, at=at, subject=producer, count=services.lines, paid_vnd=services.paid_vnd,
            starts=terms.starts, **describe_approval(approval),
        )  # fmt: skip
    return terms
