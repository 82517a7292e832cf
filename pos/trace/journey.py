"""trace/journey.py — a lot's whole way, for the shop and the authority: back to its maker, forward to every slip.

One step back, one step forward (law on food safety 55/2010/QH12, art. 54): from any code that somebody holds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select, true
from sqlalchemy.orm import Session

from ..admission.models import Paper
from ..admission.papers import list_papers_by_product
from ..catalog.models import Product
from ..catalog.products import get_product
from ..files.models import StoredFile
from ..kernel.text import fold_text
from ..producers.models import Producer
from ..sales.models import Sale, SaleLine
from ..sales.queries import sum_returned_milli
from ..scanning.resolve import resolve_scan
from ..stock.models import Hold, Lot, OnHand, Place, StockMove
from ..stock.queries import get_lot
from ..storeroom.models import LineCheck, Receiving, ReceivingLine
from ..storeroom.notes import list_scans

MOST_FOUND = 100


def find_lots(session: Session, text: str) -> Sequence[Lot]:
    """The lots that a code may mean, the newest first: a lot's or a slip's QR, a pack's code with or without its lot,
    a lot's number, a product's number, a slip's number. Case, accents and signs of a number don't matter.
    """
    text = text.strip()
    if not text:
        return []
    scan = resolve_scan(session, text)
    if not scan.items and scan.receipt is None:
        scan = resolve_scan(session, text.upper())  # typed in small letters
    last = text.rstrip("/").rsplit("/", 1)[-1]  # of an address of ours: its random code
    sold = select(SaleLine.lot_id).join(Sale, Sale.number == SaleLine.sale_number)
    meant = [
        Lot.id.in_(_list_ids_by_number(session, text)),
        Lot.trace_code == last,
        Lot.id.in_(sold.where(Sale.receipt_code == last)),
    ]
    if scan.receipt is not None:
        meant.append(Lot.id.in_(sold.where(Sale.number == scan.receipt)))
    for item in scan.items:
        of_product = Lot.product_id == item.product.id
        ends = (Lot.expires_on == item.ends_on) if item.ends_on and not item.lot_text else true()
        meant.append(of_product & (Lot.number == item.lot_text) if item.lot_text else of_product & ends)
    return session.scalars(select(Lot).where(or_(*meant)).order_by(Lot.id.desc()).limit(MOST_FOUND)).all()


def _list_ids_by_number(session: Session, text: str) -> list[int]:
    wanted = fold_text(text)
    return (
        [id_ for id_, number in session.execute(select(Lot.id, Lot.number)) if fold_text(number) == wanted]
        if wanted
        else []
    )


@dataclass(frozen=True, slots=True)
class LotArrival:
    """How some of it came in: the delivery, how much, the note's scans, what was looked at."""

    receiving: Receiving
    quantity_milli: int
    scans: Sequence[StoredFile]
    checks: Sequence[LineCheck]


@dataclass(frozen=True, slots=True)
class LotSale:
    """A sold line of it, and how much of that came back."""

    number: int
    n: int
    at: datetime
    quantity_milli: int
    lot_known_by: str | None
    back_milli: int


@dataclass(frozen=True, slots=True)
class LotJourney:
    lot: Lot
    product: Product
    producer: Producer | None
    papers: Sequence[Paper]
    came: Sequence[LotArrival]
    lying: Sequence[tuple[str, int]]
    moves: Sequence[tuple[StockMove, str]]
    went: Sequence[LotSale]
    stops: Sequence[Hold]


def get_journey(session: Session, lot_id: int) -> LotJourney:
    """Everything that the books know of a lot. Raises NotFound (`lot_not_found`)."""
    lot = get_lot(session, lot_id)
    product = get_product(session, lot.product_id)
    places = {place.id: place.name for place in session.scalars(select(Place))}
    moves = session.scalars(select(StockMove).where(StockMove.lot_id == lot.id).order_by(StockMove.id)).all()
    on_hand = session.scalars(select(OnHand).where(OnHand.lot_id == lot.id, OnHand.quantity_milli != 0)).all()
    return LotJourney(
        lot=lot,
        product=product,
        producer=session.get(Producer, lot.producer_id) if lot.producer_id else None,
        papers=list_papers_by_product(session, [product])[product.id],
        came=_list_arrivals(session, lot),
        lying=[(places[row.place_id], row.quantity_milli) for row in on_hand],
        moves=[(move, places[move.place_id]) for move in moves],
        went=_list_sales(session, lot),
        stops=session.scalars(
            select(Hold).where((Hold.lot_id == lot.id) | (Hold.product_id == product.id)).order_by(Hold.id)
        ).all(),
    )


def _list_arrivals(session: Session, lot: Lot) -> list[LotArrival]:
    rows = session.execute(
        select(Receiving, ReceivingLine)
        .join(ReceivingLine, ReceivingLine.receiving_number == Receiving.number)
        .where(ReceivingLine.lot_id == lot.id)
        .order_by(ReceivingLine.id)
    ).all()
    scans = list_scans(session, [row.Receiving.number for row in rows])
    return [
        LotArrival(row.Receiving, row.ReceivingLine.quantity_milli, scans.get(row.Receiving.number, ()), _list_checks(session, row.ReceivingLine))
        for row in rows
    ]  # fmt: skip


def _list_checks(session: Session, line: ReceivingLine) -> Sequence[LineCheck]:
    if line.n is None:
        return ()
    return session.scalars(
        select(LineCheck).where(
            LineCheck.receiving_number == line.receiving_number, LineCheck.line_n == line.n
        )
    ).all()


def _list_sales(session: Session, lot: Lot) -> list[LotSale]:
    slips = select(SaleLine.sale_number).where(SaleLine.lot_id == lot.id)
    back = sum_returned_milli(session, Sale.refunds.in_(slips))
    rows = session.execute(
        select(SaleLine.sale_number, SaleLine.n, Sale.at, SaleLine.quantity_milli, SaleLine.lot_known_by)
        .join(Sale, Sale.number == SaleLine.sale_number)
        .where(SaleLine.lot_id == lot.id, Sale.refunds.is_(None))
        .order_by(SaleLine.sale_number, SaleLine.n)
    )
    return [LotSale(*row, back_milli=back.get((row.sale_number, row.n), 0)) for row in rows]


def journey_to_json(way: LotJourney) -> dict[str, Any]:
    """The same as plain values, for another program: days and moments as ISO text, quantities in thousandths."""
    return {
        "lot": way.lot.facts(),
        "product": {"sku": way.product.sku, "name": way.product.name, "unit": way.product.unit,
                    "gtins": [code.gtin for code in way.product.barcodes]},
        "producer": {"name": way.producer.name, "address": way.producer.address} if way.producer else None,
        "papers": [paper.facts() for paper in way.papers],
        "came": [
            {"receiving": item.receiving.number, "at": item.receiving.at.isoformat(), "delivery_note": item.receiving.delivery_note,
             "by": item.receiving.by_name, "quantity_milli": item.quantity_milli, "scans": [scan.sha256 for scan in item.scans],
             "checks": [{"name": c.name, "is_good": c.is_good, "tenths": c.tenths} for c in item.checks]}
            for item in way.came
        ],
        "on_hand": [{"place": place, "quantity_milli": quantity} for place, quantity in way.lying],
        "moves": [move.facts() | {"place": place} for move, place in way.moves],
        "sold": [
            {"slip": item.number, "line": item.n, "at": item.at.isoformat(), "quantity_milli": item.quantity_milli,
             "lot_known_by": item.lot_known_by, "came_back_milli": item.back_milli}
            for item in way.went
        ],
        "stops": [stop.facts() for stop in way.stops],
    }  # fmt: skip
