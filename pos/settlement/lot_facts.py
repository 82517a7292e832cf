"""settlement/lot_facts.py — what a lot is to its producer: under which terms, at which fixed price, and what a gift set's lot holds."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..catalog.models import Product, format_product_name
from ..kernel.clock import business_day
from ..kernel.keys import split_keys
from ..pricing.models import Price
from ..producers.models import Cost, Deal, ProducerTerms, TermsBand
from ..stock.models import KitLotPart, Lot, LotTerms, MoveKind, StockMove
from ..storeroom.models import Receiving, ReceivingLine
from .rows import BEFORE_ALL, Scope
from .worth import AgreedTerms, Band


@dataclass(frozen=True, slots=True)
class PartLot:
    """A component's lot in a gift set's lot: how much of it one thousandth of a set holds, and what its share weighs."""

    lot_id: int
    each: Fraction
    weight: int


@dataclass(frozen=True, slots=True)
class LotFacts:
    """A lot as the reckoning needs it. `costs`: what was received of it, as (moment, thousandths, cost a unit); empty where it
    never came under any terms but consignment, by which nobody asks for them.
    """

    id: int
    product_id: int
    producer_id: int
    name: str
    unit: str
    vat_category: str
    own_terms_id: int | None
    later_terms: tuple[tuple[datetime, int], ...]
    costs: tuple[tuple[datetime, int, int], ...]
    parts: tuple[PartLot, ...]

    def find_terms_id(self, at: datetime) -> int | None:
        """The terms that hold for it at a moment. A lot that came under none is under its first ones from its first day."""
        if not self.later_terms:
            return self.own_terms_id
        found = self.own_terms_id or self.later_terms[0][1]
        for since, terms_id in self.later_terms:
            if since <= at:
                found = terms_id
        return found

    def find_agreed_price_vnd(self, at: datetime) -> int | None:
        """What a unit of it was received at: all that is in the shop at a moment came at one price; None where nothing says it."""
        if not self.costs:  # of a consignment, as most are
            return None
        milli: dict[int, int] = defaultdict(int)
        for came, quantity_milli, cost_vnd in self.costs:
            if came <= at:
                milli[cost_vnd] += quantity_milli
        here = [cost_vnd for cost_vnd, quantity_milli in milli.items() if quantity_milli > 0 and cost_vnd]
        return here[-1] if here else None

    def find_cost_vnd(self, at: datetime) -> Fraction:
        """What a unit of it cost on the average of what was received up to a moment."""
        came = [(milli, vnd) for since, milli, vnd in self.costs if since <= at]
        whole = sum(milli for milli, _vnd in came)
        return Fraction(sum(milli * vnd for milli, vnd in came), whole) if whole else Fraction(0)


class PriceBook:
    """Prices of products as they were known at a moment."""

    def __init__(self, rows: Iterable[tuple[int, date, int, datetime, int]]) -> None:
        self._rows: dict[int, list[tuple[date, int, datetime, int]]] = defaultdict(list)
        for product_id, starts, id_, at, price_vnd in sorted(rows, key=lambda row: row[:3]):
            self._rows[product_id].append((starts, id_, at, price_vnd))

    def find(self, product_id: int, day: date, at: datetime) -> int | None:
        """The price in force on a day, by what was written up to a moment; the first one ever, where none was yet."""
        rows = self._rows.get(product_id, [])
        until = bisect_right(rows, day, key=lambda row: row[0])
        known = [price_vnd for _starts, _id, since, price_vnd in rows[:until] if since <= at]
        if known:
            return known[-1]
        return rows[0][3] if rows else None


class LotBook:
    """The lots that a reading names, with their terms: each is read once, whichever parts of the reading ask for it.

    What is agreed after the scope's end counts for nothing. `own_terms`: all of the producer's, whenever they were agreed.
    """

    def __init__(self, session: Session, scope: Scope) -> None:
        self._session, self._scope = session, scope
        self.lots: dict[int, LotFacts] = {}
        query = select(ProducerTerms).where(ProducerTerms.producer_id == scope.producer_id)
        self.own_terms = session.scalars(query).all()
        self.terms = _load_bands(session, self.own_terms)

    def find_terms(self, lot: LotFacts, at: datetime) -> AgreedTerms | None:
        terms_id = lot.find_terms_id(at)
        return self.terms[terms_id] if terms_id else None

    def add_lots(self, lot_ids: Iterable[int]) -> None:
        """Read these lots, and the component lots of those that are gift sets."""
        fresh = set(lot_ids) - self.lots.keys()
        parts = _load_parts(self._session, fresh)
        fresh |= {part.part_lot_id for rows in parts.values() for part in rows} - self.lots.keys()
        rows = _load_lot_rows(self._session, fresh)
        later = _load_later_terms(self._session, fresh, self._scope)
        terms = {
            row.id: {id_ for id_ in (row.terms_id, *(id_ for _at, id_ in later[row.id])) if id_}
            for row in rows
        }
        self.add_terms({id_ for ids in terms.values() for id_ in ids})
        costs = _load_costs(self._session, [lot_id for lot_id, ids in terms.items() if self._has_cost(ids)])
        for row in rows:
            self.lots[row.id] = LotFacts(
                row.id, row.product_id, row.producer_id, f"{format_product_name(row.name_vi, row.pack)} · {row.number}", row.unit,
                row.vat_category, row.terms_id, tuple(later[row.id]), tuple(costs[row.id]), (),
            )  # fmt: skip
        self._add_parts(parts)

    def add_terms(self, terms_ids: set[int]) -> None:
        """Of a gift set's components they may be other producers'."""
        for ids in split_keys(terms_ids - self.terms.keys()):
            rows = self._session.scalars(select(ProducerTerms).where(ProducerTerms.id.in_(ids))).all()
            self.terms |= _load_bands(self._session, rows)

    def _has_cost(self, terms_ids: Iterable[int]) -> bool:
        return any(self.terms[id_].deal is not Deal.CONSIGNMENT for id_ in terms_ids)

    def _add_parts(self, parts: Mapping[int, Sequence[KitLotPart]]) -> None:
        """What the gift sets among the lots hold."""
        packed = _load_packing(self._session, parts)
        products = {
            part.part_lot_id: self.lots[part.part_lot_id].product_id
            for rows in parts.values()
            for part in rows
        }
        prices = load_prices(self._session, set(products.values()))
        for lot_id, (made_milli, at) in packed.items():
            weighed = _weigh_parts(parts[lot_id], made_milli, at, products, prices)
            self.lots[lot_id] = replace(self.lots[lot_id], parts=weighed)


def _load_lot_rows(session: Session, lot_ids: Collection[int]) -> list[Any]:
    columns = (
        Lot.id, Lot.number, Lot.terms_id, Lot.product_id,
        func.coalesce(Lot.producer_id, Product.producer_id).label("producer_id"), Product.name_vi, Product.pack, Product.unit, Product.vat_category,
    )  # fmt: skip
    query = select(*columns).join(Product, Product.id == Lot.product_id)
    return [row for ids in split_keys(lot_ids) for row in session.execute(query.where(Lot.id.in_(ids)))]


def _load_bands(session: Session, rows: Sequence[ProducerTerms]) -> dict[int, AgreedTerms]:
    """Terms as the reckoning needs them, by their id."""
    bands: dict[int, list[Band]] = defaultdict(list)
    for ids in split_keys([row.id for row in rows]):
        query = select(TermsBand.terms_id, TermsBand.from_vnd, TermsBand.commission_bp)
        of_these = query.where(TermsBand.terms_id.in_(ids)).order_by(TermsBand.from_vnd)
        for terms_id, from_vnd, commission_bp in session.execute(of_these).tuples():
            bands[terms_id].append(Band(from_vnd, commission_bp))
    return {row.id: make_agreed_terms(row, bands[row.id]) for row in rows}


def make_agreed_terms(terms: ProducerTerms, bands: Sequence[Band]) -> AgreedTerms:
    """The row of the terms as the reckoning needs it; `bands`: those above its first commission."""
    borne = frozenset(cost for cost in Cost if terms.find_bearer(cost) == "producer")
    first = (Band(0, terms.commission_bp),)
    is_commission = terms.deal == Deal.CONSIGNMENT
    return AgreedTerms(terms.id, Deal(terms.deal), (*first, *bands) if is_commission else (), borne)


def load_prices(session: Session, product_ids: Collection[int]) -> PriceBook:
    rows = [row for ids in split_keys(product_ids) for row in session.execute(
        select(Price.product_id, Price.starts, Price.id, Price.at, Price.price_vnd).where(Price.product_id.in_(ids))
    ).tuples()]  # fmt: skip
    return PriceBook(rows)


def _load_parts(session: Session, lot_ids: Collection[int]) -> dict[int, list[KitLotPart]]:
    """What went into each of these lots that is of gift sets."""
    found: dict[int, list[KitLotPart]] = defaultdict(list)
    for ids in split_keys(lot_ids):
        for part in session.scalars(
            select(KitLotPart).where(KitLotPart.kit_lot_id.in_(ids)).order_by(KitLotPart.part_lot_id)
        ):
            found[part.kit_lot_id].append(part)
    return found


def _load_packing(session: Session, kit_lot_ids: Collection[int]) -> dict[int, tuple[int, datetime]]:
    """How many thousandths of sets were packed of each lot, and when."""
    return {
        move.lot_id: (move.quantity_milli, move.at)
        for ids in split_keys(kit_lot_ids)
        for move in session.scalars(
            select(StockMove).where(StockMove.lot_id.in_(ids), StockMove.kind == MoveKind.KIT_MADE)
        )
    }


def _weigh_parts(
    parts: Sequence[KitLotPart],
    made_milli: int,
    at: datetime,
    products: Mapping[int, int],
    prices: PriceBook,
) -> tuple[PartLot, ...]:
    """Each component with its share: by what it would have cost by itself on the day of packing; without any price by quantity."""
    costs = [
        (prices.find(products[part.part_lot_id], business_day(at), at) or 0) * part.quantity_milli
        for part in parts
    ]
    weights = costs if sum(costs) else [part.quantity_milli for part in parts]
    return tuple(
        PartLot(part.part_lot_id, Fraction(part.quantity_milli, made_milli), weight)
        for part, weight in zip(parts, weights, strict=True)
    )


def _load_later_terms(
    session: Session, lot_ids: Collection[int], scope: Scope
) -> dict[int, list[tuple[datetime, int]]]:
    found: dict[int, list[tuple[datetime, int]]] = defaultdict(list)
    for ids in split_keys(lot_ids):
        query = select(LotTerms.lot_id, LotTerms.at, LotTerms.terms_id).where(LotTerms.lot_id.in_(ids))
        for lot_id, at, terms_id in session.execute(query.order_by(LotTerms.id)).tuples():
            if scope.until is None or at <= scope.until:
                found[lot_id].append((at, terms_id))
    if scope.as_if is not None:
        lot_id, terms_id = scope.as_if
        found[lot_id] = [(BEFORE_ALL, terms_id)]
    return found


def _load_costs(session: Session, lot_ids: Collection[int]) -> dict[int, list[tuple[datetime, int, int]]]:
    """What was received of each lot, or taken back, in its order."""
    found: dict[int, list[tuple[datetime, int, int]]] = defaultdict(list)
    for ids in split_keys(lot_ids):
        rows = session.execute(
            select(
                ReceivingLine.lot_id, Receiving.at, ReceivingLine.quantity_milli, ReceivingLine.unit_cost_vnd
            )
            .join(Receiving, Receiving.number == ReceivingLine.receiving_number)
            .where(ReceivingLine.lot_id.in_(ids))
            .order_by(ReceivingLine.id)
        )
        for lot_id, at, quantity_milli, cost_vnd in rows:
            found[lot_id].append((at, quantity_milli, cost_vnd))
    return found
