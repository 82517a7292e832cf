"""storeroom/judge_delivery.py — the gate's word on goods at the door, before anything of them is written."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..admission.default_place import find_default_place
from ..admission.gate import Act, Goods, LotFacts, judge
from ..admission.goods import GoodsQuery, assemble_goods
from ..admission.policy import make_policy
from ..catalog.products import get_product
from ..kernel.errors import Refused
from ..kernel.quantity import Unit
from ..kernel.reason import Reason
from ..kernel.text import normalize_text
from ..producers.models import Deal, Producer, ProducerTerms
from ..shop.models import get_shop
from ..stock.lot_terms import list_lot_terms
from ..stock.lots import find_lot, list_similar_lots, refuse_odd_dates
from ..stock.models import Lot, Zone
from ..stock.queries import get_place, list_active_holds
from .checks import CheckResult, check_faults
from .models import AnnouncedDelivery, AnnouncedLine, ReceivingLine, RefusedLine

DAYS = {"ended", "starts", "revoked", "ends", "made"}  # facts of the gate's reasons that are days


@dataclass(frozen=True, slots=True)
class ReceivedLine:
    """One line of a delivery as it was typed. No lot number: the shop makes one from the note.

    `noted_milli`: what the note says, where it is something else than what came. `looked`: the quality checks.
    `sent_back`: why it goes back at the manager's own word, whatever the gate says. `asks_cost`: whoever types it knows
    what the producer gets, so it must be said where the deal needs it.
    """

    product_id: int
    lot_number: str
    made_on: date | None
    expires_on: date | None
    quantity_milli: int
    place_id: int
    unit_cost_vnd: int = 0
    origin_place: str = ""
    noted_milli: int | None = None
    looked: tuple[CheckResult, ...] = ()
    sent_back: str = ""
    asks_cost: bool = False


def judge_delivery(
    session: Session, producer: Producer, note: str, arrived: Sequence[ReceivedLine], on: date
) -> list[tuple[Reason, ...]]:
    """Why each line may not come in; empty for one that may. Nothing is written.

    The gate judges the goods as they would stand in the shop: at their place, of the lot that the line names
    (with the stops of one that is known), with its origin as it would be kept.
    """
    bare = assemble_goods(session, [GoodsQuery(item.product_id) for item in arrived], on)
    policy = make_policy(get_shop(session))
    return [
        (
            *judge(
                _goods_as_received(session, goods, item, producer, note), Act.RECEIVE, policy, on
            ).refusals,
            *check_faults(item.looked),
            *((Reason.make("sent_back", why=item.sent_back),) if item.sent_back else ()),
        )
        for goods, item in zip(bare, arrived, strict=True)
    ]


def judge_announced(
    session: Session, producer: Producer, announced: AnnouncedDelivery
) -> list[tuple[AnnouncedLine, tuple[Reason, ...]]]:
    """The gate's word on each announced line as of the day on which it comes, so that nobody brings what goes back."""
    lines = list(announced.lines)
    arrived = [
        ReceivedLine(
            line.product_id, line.lot_number, line.made_on, line.expires_on, line.quantity_milli,
            find_default_place(session, get_product(session, line.product_id)).id,
        )
        for line in lines
    ]  # fmt: skip
    judged = judge_delivery(session, producer, announced.delivery_note, arrived, announced.comes_on)
    return list(zip(lines, judged, strict=True))


def list_line_faults(
    session: Session, item: ReceivedLine, producer: Producer, terms: ProducerTerms | None, at: datetime
) -> list[Reason]:
    """What is wrong with a line as it was typed, whatever the gate says of its goods: no such line can be written.

    `cost_missing`: the deal is a fixed sum a unit, or a purchase, and the line states none. A lot that comes again keeps the terms
    under which it came first: `lot_other_deal`, `lot_other_price` (its fixed price is another).
    """
    product = get_product(session, item.product_id)
    faults = []
    if product.producer_id != producer.id:
        faults.append(Reason.make("product_of_another_producer"))
    if not Unit(product.unit).allows(item.quantity_milli):
        faults.append(Reason.make("quantity_odd"))
    try:
        refuse_odd_dates(item.made_on, item.expires_on, at)
    except Refused as no:
        faults += no.reasons
    known = find_lot(session, product.id, normalize_text(item.lot_number)) if item.lot_number else None
    if known is not None and (known.made_on, known.expires_on) != (item.made_on, item.expires_on):
        faults.append(Reason.make("lot_differs", lot=known.number, made=known.made_on, ends=known.expires_on))
    if known is not None:
        faults += list_other_terms(session, known, item, terms)
    is_priced = terms is not None and terms.deal != Deal.CONSIGNMENT
    if item.asks_cost and not item.sent_back and is_priced and not item.unit_cost_vnd:
        faults.append(Reason.make("cost_missing"))
    return faults


def list_other_terms(
    session: Session, lot: Lot, item: ReceivedLine, terms: ProducerTerms | None
) -> list[Reason]:
    """What differs from the terms that the lot is under: it may have been put under others than it came under."""
    terms_id = list_lot_terms(session, [lot.id]).get(lot.id)
    own = session.get(ProducerTerms, terms_id) if terms_id else None
    if own is None:
        return []
    if terms is not None and terms.deal != own.deal:
        return [Reason.make("lot_other_deal", lot=lot.number)]
    agreed_vnd = find_agreed_cost_vnd(session, lot)
    is_fixed = own.deal == Deal.FIXED_PRICE and agreed_vnd and item.unit_cost_vnd
    if is_fixed and item.unit_cost_vnd != agreed_vnd:
        return [Reason.make("lot_other_price", lot=lot.number, agreed_vnd=agreed_vnd)]
    return []


def find_agreed_cost_vnd(session: Session, lot: Lot) -> int:
    """The fixed price a unit at which a lot came; 0 where it came under no fixed price, or all of it was taken back."""
    rows = session.execute(
        select(ReceivingLine.unit_cost_vnd, func.sum(ReceivingLine.quantity_milli))
        .join(ProducerTerms, ProducerTerms.id == ReceivingLine.terms_id)
        .where(ReceivingLine.lot_id == lot.id, ProducerTerms.deal == Deal.FIXED_PRICE)
        .group_by(ReceivingLine.unit_cost_vnd)
    )
    return next((int(cost_vnd) for cost_vnd, milli in rows if milli > 0), 0)


def _goods_as_received(
    session: Session, goods: Goods, item: ReceivedLine, producer: Producer, note: str
) -> Goods:
    number = normalize_text(item.lot_number) or "–"  # the shop makes one
    alike = (
        list_similar_lots(session, item.product_id, item.lot_number)
        if normalize_text(item.lot_number)
        else []
    )
    stops = [
        stop for lot in alike for stop in list_active_holds(session, lot)
    ]  # L-01 may be typed l 01 after its recall
    place = normalize_text(item.origin_place) or producer.address
    lot = LotFacts(
        number,
        producer.id,
        place,
        item.made_on,
        item.expires_on,
        note,
        held_because=stops[0].reason if stops else None,
    )
    return replace(goods, lot=lot, zone=Zone(get_place(session, item.place_id).zone))


def reasons_to_json(reasons: Sequence[Reason]) -> str:
    """Reasons as they are kept with a refused line."""
    return json.dumps([reason.plain() for reason in reasons], ensure_ascii=False)


def read(text: str) -> list[Reason]:
    """The other way round; days come back as days, so that they are said as days."""
    return [
        Reason.make(code, **{name: _parse_fact(name, value) for name, value in facts.items()})
        for code, facts in _parse_reasons(text)
    ]


def list_refused_lines(session: Session, number: int) -> list[tuple[RefusedLine, list[Reason]]]:
    """The lines of a receiving that went back, each with why."""
    rows = session.scalars(
        select(RefusedLine).where(RefusedLine.receiving_number == number).order_by(RefusedLine.n)
    )
    return [(row, read(row.reasons)) for row in rows]


def _parse_reasons(text: str) -> list[tuple[str, dict[str, Any]]]:
    return [(facts.pop("code"), facts) for facts in json.loads(text)]


def _parse_fact(name: str, value: Any) -> Any:
    return date.fromisoformat(value) if name in DAYS and isinstance(value, str) else value
