"""producers/terms.py — producers and their terms over time."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from types import MappingProxyType
from typing import Any, NotRequired, TypedDict, Unpack

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..journal.record import record
from ..kernel.actor import Actor
from ..kernel.errors import NotFound, Refused
from ..kernel.inserts import insert_rows, insert_values
from ..kernel.tables import get_row
from ..kernel.text import fold_text, normalize_text
from .models import Bearer, Cost, Deal, Period, Producer, ProducerTerms, TermsBand

WHOLE_BP = 10_000
MOST_BANDS = 5
HIGHEST_BAND_VND = 1_000_000_000_000
MOST_DAYS = 90
OTHER_COSTS = tuple(cost for cost in Cost if cost not in {Cost.SPOILAGE, Cost.MARKDOWN})
NO_COSTS: Mapping[Cost, Bearer] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class PaymentTerms:
    """How often a producer gets a statement, below which sum nothing is paid out by itself, and how many days it may take."""

    period: Period = Period.MONTH
    least_vnd: int = 0
    days: int = 7


PLAIN_PAYMENT = PaymentTerms()


def get_producer(session: Session, producer_id: int) -> Producer:
    return get_row(session, Producer, producer_id, "producer_not_found")


def find_producer(session: Session, name: str) -> Producer | None:
    """By name, whatever its accents and case."""
    return session.scalars(
        select(Producer).where(Producer.search_key == fold_text(name)).order_by(Producer.id)
    ).first()


def list_all_producers(session: Session, *, archived: bool = False) -> Sequence[Producer]:
    query = select(Producer).order_by(Producer.search_key)
    return session.scalars(query if archived else query.where(~Producer.archived)).all()


def is_lifted(before: date | None, after: date | None) -> bool:
    """Does a suspension end by this change, or begin later?"""
    return before is not None and (after is None or after > before)


def save_producer(
    session: Session, producer: Producer, *, by: Actor, at: datetime, may_lift: bool = False
) -> Producer:
    """Keep a new or changed producer, with its whole state in the journal.

    `may_lift`: a suspension may end by it, which two people have agreed to (`admission/lift_suspension.py`).
    Raises Refused (`name_missing`, `producer_twice`, `suspension_lifted`).
    """
    producer.name = normalize_text(producer.name or "")
    if not producer.name:
        raise Refused.because("name_missing")
    producer.search_key = fold_text(producer.name)
    with session.no_autoflush:
        twin = find_producer(session, producer.name)
        suspended = session.scalar(select(Producer.suspended_on).where(Producer.id == producer.id))
    if is_lifted(suspended, producer.suspended_on) and not may_lift:
        raise Refused.because("suspension_lifted", since=suspended)
    if twin is not None and twin is not producer:
        raise Refused.because("producer_twice", name=twin.name)
    is_new = producer.id is None
    if is_new:
        producer.code = producer.code or list_free_codes(session, 1)[0]
        session.add(producer)
    session.flush()
    record(
        session,
        "producer_added" if is_new else "producer_changed",
        by=by,
        at=at,
        subject=producer,
        facts=[producer],
    )
    return producer


def list_free_codes(session: Session, wanted: int) -> list[str]:
    """The shop's next codes of producers: CT001, CT002 and so on after the highest there is."""
    codes = session.scalars(select(Producer.code).where(Producer.code.like("CT%"))).all()
    numbers = (code[2:] for code in codes if len(code) < 20)
    highest = max((int(text) for text in numbers if text.isascii() and text.isdigit()), default=0)
    return [f"CT{number:03}" for number in range(highest + 1, highest + 1 + wanted)]


def find_terms(session: Session, producer_id: int, on: date) -> ProducerTerms | None:
    """The terms in force on a day: the latest start not after it."""
    return session.scalars(
        select(ProducerTerms)
        .where(ProducerTerms.producer_id == producer_id, ProducerTerms.starts <= on)
        .order_by(ProducerTerms.starts.desc(), ProducerTerms.id.desc())
        .limit(1)
    ).first()


def find_terms_of_all(session: Session, on: date) -> dict[int, ProducerTerms]:
    """The terms in force on a day of every producer that has some, by the producer's id."""
    rows = session.scalars(
        select(ProducerTerms)
        .where(ProducerTerms.starts <= on)
        .order_by(ProducerTerms.starts, ProducerTerms.id)
    )
    return {terms.producer_id: terms for terms in rows}


def list_producers_without_terms(session: Session, on: date) -> list[Producer]:
    """Those who work with the shop and have agreed to no terms that hold on a day."""
    with_terms = select(ProducerTerms.producer_id).where(ProducerTerms.starts <= on)
    query = select(Producer).where(~Producer.archived, Producer.id.not_in(with_terms))
    return list(session.scalars(query.order_by(Producer.search_key)))


def list_terms(session: Session, producer_id: int) -> Sequence[ProducerTerms]:
    return session.scalars(
        select(ProducerTerms)
        .where(ProducerTerms.producer_id == producer_id)
        .order_by(ProducerTerms.starts.desc(), ProducerTerms.id.desc())
    ).all()


class Agreement(TypedDict):
    """What terms say. `bands`: (from so much of a month's sales on in đồng, basis points), rising, beside `commission_bp` for what
    is below them; `other_costs`: who bears the costs besides spoilage and markdowns, the shop where nothing is said.
    """

    starts: date
    deal: Deal
    commission_bp: int
    spoilage_borne_by: Bearer
    markdown_borne_by: Bearer
    bands: NotRequired[Sequence[tuple[int, int]]]
    other_costs: NotRequired[Mapping[Cost, Bearer]]
    payment: NotRequired[PaymentTerms]


@dataclass(frozen=True, slots=True)
class DraftedTerms:
    """Terms that nobody recorded yet; the bands don't know yet of which terms they are."""

    terms: ProducerTerms
    bands: Sequence[TermsBand]


def draft_terms(producer: Producer, *, at: datetime, **agreed: Unpack[Agreement]) -> DraftedTerms:
    """Terms as they would be recorded; only a consignment has a commission, and bands of it.

    Raises Refused (`commission_out_of_range`: 0 to 100 %; `bands_odd`; `least_payout_odd`, `days_to_pay_odd`).
    """
    deal, commission_bp, bands = agreed["deal"], agreed["commission_bp"], agreed.get("bands", ())
    if deal is not Deal.CONSIGNMENT:
        commission_bp, bands = 0, ()
    payment, other_costs = agreed.get("payment", PLAIN_PAYMENT), agreed.get("other_costs", NO_COSTS)
    _refuse_odd_commission(commission_bp, bands)
    _refuse_odd_payment(payment)
    terms = ProducerTerms(
        producer_id=producer.id, starts=agreed["starts"], deal=deal.value, commission_bp=commission_bp,
        spoilage_borne_by=agreed["spoilage_borne_by"].value, markdown_borne_by=agreed["markdown_borne_by"].value, at=at,
        period=payment.period.value, least_payout_vnd=payment.least_vnd, days_to_pay=payment.days,
    )  # fmt: skip
    for cost in OTHER_COSTS:
        setattr(terms, f"{cost.value}_borne_by", other_costs.get(cost, Bearer.SHOP).value)
    return DraftedTerms(terms, [TermsBand(from_vnd=vnd, commission_bp=bp) for vnd, bp in bands])


def record_terms(
    session: Session, producer: Producer, *, by: Actor, at: datetime, **agreed: Unpack[Agreement]
) -> ProducerTerms:
    """New terms from a day on. Raises Refused as `draft_terms` does."""
    drafted = draft_terms(producer, at=at, **agreed)
    (terms,) = insert_rows(session, [drafted.terms])
    for band in drafted.bands:
        band.terms_id = terms.id
    insert_values(session, TermsBand, [band.facts() for band in drafted.bands])
    record(
        session, "terms_agreed", by=by, at=at, subject=producer, seals=[terms, *drafted.bands], deal=terms.deal,
        starts=terms.starts, **_describe_commission(drafted),
    )  # fmt: skip
    return terms


def _describe_commission(drafted: DraftedTerms) -> dict[str, Any]:
    """What the journal says of a consignment's commission: the first one, and how many steps there are above it."""
    if drafted.terms.deal != Deal.CONSIGNMENT:
        return {}
    steps = {"commission_steps": len(drafted.bands)} if drafted.bands else {}
    return {"commission_bp": drafted.terms.commission_bp, **steps}


def _refuse_odd_commission(commission_bp: int, bands: Sequence[tuple[int, int]]) -> None:
    if not all(0 <= bp <= WHOLE_BP for bp in (commission_bp, *(bp for _vnd, bp in bands))):
        raise Refused.because("commission_out_of_range")
    starts = [0, *(vnd for vnd, _bp in bands)]
    is_rising = all(low < high for low, high in pairwise(starts))
    if not is_rising or len(bands) > MOST_BANDS or starts[-1] > HIGHEST_BAND_VND:
        raise Refused.because("bands_odd", most=MOST_BANDS)


def _refuse_odd_payment(payment: PaymentTerms) -> None:
    if not 0 <= payment.least_vnd <= HIGHEST_BAND_VND:
        raise Refused.because("least_payout_odd")
    if not 0 <= payment.days <= MOST_DAYS:
        raise Refused.because("days_to_pay_odd", most=MOST_DAYS)


def get_terms(session: Session, producer_id: int, terms_id: int) -> ProducerTerms:
    """Terms of this producer. Raises NotFound (`terms_not_found`)."""
    terms = get_row(session, ProducerTerms, terms_id, "terms_not_found")
    if terms.producer_id != producer_id:
        raise NotFound.because("terms_not_found")
    return terms


def find_next_start(session: Session, producer_id: int, after: date) -> date | None:
    """The first day after one on which other terms of the producer take over."""
    query = select(func.min(ProducerTerms.starts)).where(
        ProducerTerms.producer_id == producer_id, ProducerTerms.starts > after
    )
    return session.scalar(query)


def list_bands_of(session: Session, terms_ids: Collection[int]) -> dict[int, list[TermsBand]]:
    """The bands of these terms above their first commissions, rising, by the terms' id."""
    found: dict[int, list[TermsBand]] = {terms_id: [] for terms_id in terms_ids}
    query = select(TermsBand).where(TermsBand.terms_id.in_(found)).order_by(TermsBand.from_vnd)
    for band in session.scalars(query):
        found[band.terms_id].append(band)
    return found


def list_bands(session: Session, terms_id: int) -> Sequence[TermsBand]:
    """The bands of these terms above their first commission, rising."""
    return session.scalars(
        select(TermsBand).where(TermsBand.terms_id == terms_id).order_by(TermsBand.from_vnd)
    ).all()
