"""portal/digest.py — a producer's summary of some days: what was sold, what runs out or ends soon, what waits for an answer."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..admission.models import Paper
from ..admission.papers import list_papers
from ..identity.models import Person
from ..kernel.clock import SHOP_ZONE, business_day
from ..kernel.database import open_reading, unit_of_work
from ..messages.mail_choice import find_last_digest_day
from ..messages.models import DigestPace, MailChoice
from ..messages.outbox import list_due_choices, queue_digest
from ..messages.queries import count_unread_by
from ..producers.terms import get_producer
from ..sales.models import Sale, SaleLine
from ..shop.models import get_shop
from ..stock.models import Lot, Zone
from ..stock.queries import list_producer_lots
from .own_sales import is_own_line, list_own_set_lines
from .terms import render_digest_letter

MORNING_HOUR = 7  # of the shop's day: a summary is made from then on
LONGEST_SPAN = timedelta(days=31)
LOOKED_AT_DAYS, RUNS_OUT_DAYS = 28, 7
LOT_ENDS_WITHIN, PAPER_ENDS_WITHIN = timedelta(days=14), timedelta(days=30)


@dataclass(frozen=True, slots=True)
class SoldGoods:
    """Of goods what was sold in some days, less what came back."""

    name: str
    unit: str
    quantity_milli: int
    paid_vnd: int


@dataclass(frozen=True, slots=True)
class Digest:
    """`ending`: lots by product, number, day and quantity; `running_out`: products with what is left of them."""

    first: date
    last: date
    sold: Sequence[SoldGoods]
    running_out: Sequence[tuple[str, str, int]]
    ending_lots: Sequence[tuple[str, Lot]]
    ending_papers: Sequence[Paper]
    unread: int

    @property
    def paid_vnd(self) -> int:
        return sum(goods.paid_vnd for goods in self.sold)

    @property
    def has_news(self) -> bool:
        return bool(self.sold or self.running_out or self.ending_lots or self.ending_papers or self.unread)


def read_digest(
    session: Session, producer_id: int, person_id: int | None, first: date, last: date, on: date
) -> Digest:
    """The summary of these days, both included, as things are on a day."""
    rows = list_producer_lots(session, producer_id)
    on_floor = [(lot, product, milli) for lot, product, milli, place in rows if place.zone != Zone.QUARANTINE]
    ending = {
        lot.id: (product.name, lot)
        for lot, product, _milli in on_floor
        if lot.expires_on is not None and lot.expires_on <= on + LOT_ENDS_WITHIN
    }
    papers = list_papers(session, producer_id=producer_id)
    return Digest(
        first,
        last,
        list_sold_goods(session, producer_id, first, last),
        _list_running_out(session, producer_id, on_floor, on),
        list(ending.values()),
        [
            paper
            for paper in papers
            if paper.ends and on <= paper.ends <= on + PAPER_ENDS_WITHIN and not paper.revoked_on
        ],
        count_unread_by(session, producer_id, person_id),
    )


def list_sold_goods(session: Session, producer_id: int, first: date, last: date) -> list[SoldGoods]:
    """A producer's goods that were sold in these days, what took most first."""
    rows = session.execute(
        select(
            SaleLine.product_id,
            func.max(SaleLine.name),
            func.max(SaleLine.unit),
            func.sum(SaleLine.quantity_milli),
            func.sum(SaleLine.paid_vnd),
        )
        .join(Sale, Sale.number == SaleLine.sale_number)
        .where(is_own_line(producer_id), Sale.business_day.between(first, last))
        .group_by(SaleLine.product_id, SaleLine.extra_id)
    )
    goods = [
        (product_id, SoldGoods(name, unit, int(milli), int(paid)))
        for product_id, name, unit, milli, paid in rows
    ]
    goods += [
        (part.product_id, SoldGoods(part.name, part.unit, part.quantity_milli, part.paid_vnd))
        for part in list_own_set_lines(session, producer_id, first) if part.day <= last
    ]  # fmt: skip
    sums: dict[tuple[int | None, str], SoldGoods] = {}
    for product_id, each in goods:
        key = product_id, "" if product_id else each.name  # an extra by its name
        before = sums.get(key, SoldGoods(each.name, each.unit, 0, 0))
        sums[key] = SoldGoods(before.name, before.unit, before.quantity_milli + each.quantity_milli, before.paid_vnd + each.paid_vnd)  # fmt: skip
    kept = [each for each in sums.values() if each.quantity_milli or each.paid_vnd]
    return sorted(kept, key=lambda each: (-each.paid_vnd, each.name))


def _list_running_out(
    session: Session, producer_id: int, on_floor: Iterable[tuple[Lot, object, int]], on: date
) -> list[tuple[str, str, int]]:
    """What lasts a week at the most, at the pace of the last four: name, unit and what is left, the least first; no services."""
    left: dict[int, int] = defaultdict(int)
    for lot, _product, milli in on_floor:
        left[lot.product_id] += milli
    rows = session.execute(
        select(
            SaleLine.product_id,
            func.max(SaleLine.name),
            func.max(SaleLine.unit),
            func.sum(SaleLine.quantity_milli),
        )
        .join(Sale, Sale.number == SaleLine.sale_number)
        .where(SaleLine.producer_id == producer_id, SaleLine.lot_id.is_not(None))
        .where(Sale.business_day > on - timedelta(days=LOOKED_AT_DAYS), Sale.business_day <= on)
        .group_by(SaleLine.product_id)
    )
    found = [
        (left[product_id], name, unit)
        for product_id, name, unit, milli in rows
        if product_id is not None
        and milli > 0
        and left[product_id] * LOOKED_AT_DAYS <= int(milli) * RUNS_OUT_DAYS
    ]
    return [(name, unit, milli) for milli, name, unit in sorted(found)]


def find_digest_span(choice: MailChoice, at: datetime) -> tuple[date, date] | None:
    """The days that a summary is due for now; None where none is."""
    if at.astimezone(SHOP_ZONE).hour < MORNING_HOUR:
        return None
    last = find_last_digest_day(DigestPace(choice.digest), business_day(at))
    if choice.digest_through is None:
        return last, last
    if choice.digest_through >= last:
        return None
    return max(choice.digest_through + timedelta(days=1), last - LONGEST_SPAN), last


def queue_due_digests(at: datetime, *, address: str) -> int:
    """Queue the summaries that are due now, each in a unit of work of its own; how many. Needs the books at hand."""
    with open_reading() as session:
        due = [
            (choice, person, span)
            for choice, person in list_due_choices(session)
            if (span := find_digest_span(choice, at)) is not None
        ]
        letters = [_write_letter(session, choice, person, span, at, address) for choice, person, span in due]
        session.expunge_all()
    queued = 0
    for (choice, _person, span), letter in zip(due, letters, strict=True):
        with unit_of_work() as session:
            queued += queue_digest(session, choice.person_id, span[1], letter, at=at)
    return queued


def _write_letter(
    session: Session, choice: MailChoice, person: Person, span: tuple[date, date], at: datetime, address: str
) -> tuple[str, str] | None:
    """Subject and body; None where there is nothing to say."""
    producer = get_producer(session, person.producer_id or 0)
    digest = read_digest(session, producer.id, person.id, *span, business_day(at))
    if not digest.has_news:
        return None
    letter = render_digest_letter(digest, choice.language, producer.name, get_shop(session).name, address)
    return letter.subject, letter.body
