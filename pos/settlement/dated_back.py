"""settlement/dated_back.py — new terms settle services that were sold without any: two people agree to that.

Goods keep the terms of their lot; a service has no lot, and is settled by the terms of its day, be they agreed later.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Unpack

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..identity.second_person import require_second
from ..identity.sign_in import describe_approval
from ..journal.record import record
from ..kernel.actor import Actor, Approval
from ..kernel.errors import Refused
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


def refuse_settling_alone(session: Session, producer: Producer, starts: date) -> None:
    """Raises Refused (`terms_dated_back`) where terms from that day would settle services that were sold without any."""
    services = find_services_without_terms(session, producer.id, starts)
    if services.lines:
        raise Refused.because(
            "terms_dated_back",
            producer=producer.name,
            sales=services.lines,
            paid_vnd=services.paid_vnd,
            starts=starts,
        )


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
    services = find_services_without_terms(session, producer.id, agreed["starts"])
    if services.lines:
        if approval is None:
            refuse_settling_alone(session, producer, agreed["starts"])
        else:
            require_second(session, by, approval)
    terms = agree_terms(session, producer, by=by, at=at, **agreed)
    if services.lines:
        record(
            session, "services_given_terms", by=by, at=at, subject=producer, count=services.lines, paid_vnd=services.paid_vnd,
            starts=terms.starts, **describe_approval(approval),
        )  # fmt: skip
    return terms
