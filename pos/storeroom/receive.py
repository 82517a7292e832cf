"""storeroom/receive.py — take a delivery in, line by line through the gate; or take it back."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..admission.gate import Act
from ..admission.goods import GoodsQuery, judge_goods
from ..catalog.models import GoodsKind, Product
from ..catalog.products import get_product, list_products
from ..identity.second_person import require_second
from ..identity.sign_in import describe_approval
from ..journal.record import record
from ..kernel.actor import Actor, Approval, require_manager
from ..kernel.clock import business_day
from ..kernel.errors import Refused
from ..kernel.reason import Reason
from ..kernel.tables import Base, get_row, next_number
from ..kernel.text import normalize_text
from ..producers.models import Producer, ProducerTerms
from ..producers.terms import find_terms
from ..shop.models import get_shop
from ..stock.lot_terms import list_lot_terms
from ..stock.lots import find_lot, save_lot
from ..stock.models import Lot, MoveKind, OnHand
from ..stock.moves import StockStep, post_moves
from ..stock.queries import get_place
from .announce import require_expected
from .checks import CheckResult
from .judge_delivery import (
    ReceivedLine,
    find_agreed_cost_vnd,
    judge_delivery,
    list_line_faults,
    list_other_terms,
    reasons_to_json,
)
from .models import AnnouncedDelivery, LineCheck, Receiving, ReceivingLine, RefusedLine


def receive_delivery(
    session: Session,
    producer: Producer,
    *,
    delivery_note: str,
    note_date: date,
    arrived: Sequence[ReceivedLine],
    by: Actor,
    at: datetime,
    approval: Approval | None = None,
    witness: Approval | None = None,
    announced: AnnouncedDelivery | None = None,
    refuse_the_rest: bool = False,
) -> Receiving:
    """Take a delivery in, line by line through the gate. A cashier needs a manager's approval (NotAllowed `manager_needed`).

    A line is judged as it would stand in the shop. If one may not come in, Refused carries each reason with its
    line's number and product and nothing is taken; with `refuse_the_rest` what may come in does, and the other
    lines are kept as refused, with their reasons. Lines keep the producer's terms of the day and their cost.
    Raises Refused besides with the lines' own faults (`judge_delivery.py: list_line_faults`), `note_missing`, `lines_missing`, `second_person_needed` (alcohol, where the policy asks it),
    `delivery_came` and `delivery_withdrawn` (one announced delivery comes in once).
    """
    require_manager(by, approval)
    note = normalize_text(delivery_note)
    if not note:
        raise Refused.because("note_missing")
    if not arrived:
        raise Refused.because("lines_missing")
    if announced is not None:
        require_expected(session, announced)
    today = business_day(at)
    terms = find_terms(session, producer.id, today)
    _require_sound(session, producer, arrived, terms, at)
    _require_two_for_alcohol(session, arrived, by, witness)
    reasons = judge_delivery(session, producer, note, arrived, today)
    if any(reasons) and not refuse_the_rest:
        raise Refused(*(add_line_to_reason(session, reason, n, item.product_id)
                        for n, (item, line_reasons) in enumerate(zip(arrived, reasons, strict=True), 1) for reason in line_reasons))  # fmt: skip
    receiving = Receiving(
        number=next_number(session, Receiving.number), producer_id=producer.id, delivery_note=note, note_date=note_date,
        at=at, by_name=by.name, announced_id=announced.id if announced else None,
    )  # fmt: skip
    session.add(receiving)
    seals, rows = _write_lines(session, receiving, arrived, reasons, producer, terms, by=by, at=at)
    record(session, "received", by=by, at=at, subject=receiving, seals=[receiving, *rows], sealed=seals,
           note=note, producer=producer.name, **describe_approval(approval or witness),
           **_describe_witness(approval, witness))  # fmt: skip
    return receiving


def _write_lines(
    session: Session,
    receiving: Receiving,
    arrived: Sequence[ReceivedLine],
    reasons: Sequence[tuple[Reason, ...]],
    producer: Producer,
    terms: ProducerTerms | None,
    *,
    by: Actor,
    at: datetime,
) -> tuple[dict[str, str], list[Base]]:
    """Write what came in, what went back and what was checked. Returns the seals of the moves, and the rows to be sealed."""
    numbered = list(zip(range(1, len(arrived) + 1), arrived, reasons, strict=True))
    admitted = [(n, item) for n, item, line_reasons in numbered if not line_reasons]
    lines = [
        _write_received_line(session, receiving, n, item, producer, terms, by, at) for n, item in admitted
    ]
    back = [
        _write_refused_line(session, receiving, n, item, line_reasons)
        for n, item, line_reasons in numbered
        if line_reasons
    ]
    checks = [
        _write_line_check(receiving, n, result) for n, item, _reasons in numbered for result in item.looked
    ]
    session.add_all([*back, *checks])
    session.flush()
    steps = [_stock_step(line, MoveKind.RECEIVED, line.quantity_milli) for line in lines]
    seals = post_moves(session, steps, at)
    _refuse_inadmissible(session, [item for _n, item in admitted], lines, business_day(at))
    return seals, [*lines, *back, *checks]


def _describe_witness(approval: Approval | None, witness: Approval | None) -> dict[str, Any]:
    """For the journal: who saw the alcohol besides the manager who agreed."""
    if approval is None or witness is None or witness.by.person_id == approval.by.person_id:
        return {}
    return {"witnessed_by": witness.by.name, "witness_id": witness.by.person_id}


def _require_sound(
    session: Session,
    producer: Producer,
    arrived: Sequence[ReceivedLine],
    terms: ProducerTerms | None,
    at: datetime,
) -> None:
    """Raises Refused with all that is wrong with the lines as they were typed, and NotFound (`place_not_found`)."""
    faults = []
    for n, item in enumerate(arrived, 1):
        get_place(session, item.place_id)
        faults += [add_line_to_reason(session, reason, n, item.product_id)
                   for reason in list_line_faults(session, item, producer, terms, at)]  # fmt: skip
    if faults:
        raise Refused(*faults)


def may_need_two_people(session: Session, producer_id: int) -> bool:
    """Could a delivery of this producer bring alcohol, which two people take in where the policy asks it?"""
    has_alcohol = any(product.kind == GoodsKind.ALCOHOL for product in list_products(session, producer_id))
    return has_alcohol and get_shop(session).alcohol_two_people


def _require_two_for_alcohol(
    session: Session, arrived: Sequence[ReceivedLine], by: Actor, witness: Approval | None
) -> None:
    if not get_shop(session).alcohol_two_people:
        return
    kinds = {get_product(session, item.product_id).kind for item in arrived}
    if GoodsKind.ALCOHOL in kinds:
        if witness is None:
            raise Refused.because("second_person_needed")
        require_second(session, by, witness)


def _write_refused_line(
    session: Session, receiving: Receiving, n: int, item: ReceivedLine, reasons: Sequence[Reason]
) -> RefusedLine:
    product = get_product(session, item.product_id)
    return RefusedLine(
        receiving_number=receiving.number, n=n, product_id=product.id, product=product.name, unit=product.unit,
        lot_number=normalize_text(item.lot_number), made_on=item.made_on, expires_on=item.expires_on,
        quantity_milli=item.quantity_milli, reasons=reasons_to_json(reasons),
    )  # fmt: skip


def _write_line_check(receiving: Receiving, n: int, looked: CheckResult) -> LineCheck:
    return LineCheck(receiving_number=receiving.number, line_n=n, name=looked.name, is_good=looked.is_good,
                     tenths=looked.tenths, file_id=looked.file_id)  # fmt: skip


def _write_received_line(
    session: Session,
    receiving: Receiving,
    n: int,
    item: ReceivedLine,
    producer: Producer,
    terms: ProducerTerms | None,
    by: Actor,
    at: datetime,
) -> ReceivingLine:
    product = get_product(session, item.product_id)
    lot = _find_or_make_lot(session, receiving, n, item, product, producer, terms, by, at)
    line = ReceivingLine(
        receiving_number=receiving.number, lot_id=lot.id, place_id=item.place_id,
        quantity_milli=item.quantity_milli, unit_cost_vnd=item.unit_cost_vnd or find_agreed_cost_vnd(session, lot),
        terms_id=list_lot_terms(session, [lot.id]).get(lot.id), n=n, noted_milli=item.noted_milli,
    )  # fmt: skip
    session.add(line)
    return line


def _find_or_make_lot(
    session: Session,
    receiving: Receiving,
    n: int,
    item: ReceivedLine,
    product: Product,
    producer: Producer,
    terms: ProducerTerms | None,
    by: Actor,
    at: datetime,
) -> Lot:
    """The lot of this line: the one already known by that number, if its dates agree, or a new one."""
    number = normalize_text(item.lot_number) or f"{receiving.note_date:%y%m%d}-{receiving.number}-{n}"
    known = find_lot(session, product.id, number)
    if known is not None:
        if (known.made_on, known.expires_on) != (item.made_on, item.expires_on):
            raise Refused.because("lot_differs", line=n, product=product.name, lot=number, made=known.made_on,
                                  ends=known.expires_on)  # fmt: skip
        if faults := list_other_terms(session, known, item, terms):
            raise Refused(*(add_line_to_reason(session, fault, n, product.id) for fault in faults))
        return known
    lot = Lot(
        product_id=product.id, number=number, producer_id=producer.id,
        origin_place=normalize_text(item.origin_place) or producer.address, made_on=item.made_on,
        expires_on=item.expires_on, delivery_note=receiving.delivery_note, terms_id=terms.id if terms else None,
    )  # fmt: skip
    try:
        return save_lot(session, lot, by=by, at=at)
    except Refused as no:
        raise Refused(*(add_line_to_reason(session, reason, n, product.id) for reason in no.reasons)) from no


def _stock_step(line: ReceivingLine, kind: MoveKind, quantity_milli: int) -> StockStep:
    return StockStep(line.lot_id, line.place_id, kind, quantity_milli, f"receiving_line:{line.id}")


def _refuse_inadmissible(
    session: Session, taken: Sequence[ReceivedLine], lines: Sequence[ReceivingLine], today: date
) -> None:
    """The gate once more, on what was written: a lot that came before may have a hole in its chain."""
    wanted = [
        GoodsQuery(i.product_id, line.lot_id, line.place_id) for i, line in zip(taken, lines, strict=True)
    ]
    verdicts = judge_goods(session, wanted, Act.RECEIVE, today)
    refused = [
        add_line_to_reason(session, reason, line.n or 0, item.product_id)
        for item, line, verdict in zip(taken, lines, verdicts, strict=True)
        for reason in verdict.refusals
    ]
    if refused:
        raise Refused(*refused)


def add_line_to_reason(session: Session, reason: Reason, n: int, product_id: int) -> Reason:
    """The same reason, saying which line and product it is about."""
    return replace(
        reason, facts={**reason.facts, "line": n, "product": get_product(session, product_id).name}
    )


def get_receiving(session: Session, number: int) -> Receiving:
    return get_row(session, Receiving, number, "receiving_not_found")


def reverse_receiving(
    session: Session, receiving: Receiving, *, why: str, by: Actor, at: datetime
) -> Receiving:
    """Take a receiving back by its mirror image, while all of it still lies where it was put.

    Raises Refused (`reason_missing`, `already_reversed`, `not_on_hand` with the line).
    """
    if not why.strip():
        raise Refused.because("reason_missing")
    undone = session.scalars(select(Receiving).where(Receiving.reverses == receiving.number)).first()
    if undone is not None or receiving.reverses is not None:
        raise Refused.because("already_reversed", number=receiving.number)
    asked: dict[tuple[int, int], int] = defaultdict(int)  # by lot and place: several lines may share one
    for n, line in enumerate(receiving.lines, 1):
        where = (line.lot_id, line.place_id)
        asked[where] += line.quantity_milli
        on_hand = session.get(OnHand, where)
        if on_hand is None or on_hand.quantity_milli < asked[where]:
            raise Refused.because("not_on_hand", line=n, on_hand=on_hand.quantity_milli if on_hand else 0,
                                  asked=asked[where])  # fmt: skip
    mirror = Receiving(
        number=next_number(session, Receiving.number), producer_id=receiving.producer_id, delivery_note=receiving.delivery_note,
        note_date=receiving.note_date, at=at, by_name=by.name, reverses=receiving.number, why=why.strip(),
    )  # fmt: skip
    session.add(mirror)
    lines = [
        ReceivingLine(
            receiving_number=mirror.number, lot_id=line.lot_id, place_id=line.place_id,
            quantity_milli=-line.quantity_milli, unit_cost_vnd=line.unit_cost_vnd, terms_id=line.terms_id,
        )
        for line in receiving.lines
    ]  # fmt: skip
    session.add_all(lines)
    session.flush()
    seals = post_moves(
        session, [_stock_step(line, MoveKind.REVERSED, line.quantity_milli) for line in lines], at
    )
    record(session, "receiving_reversed", by=by, at=at, subject=receiving, seals=[mirror, *lines], sealed=seals,
           why=mirror.why)  # fmt: skip
    return mirror
