"""settlement/lot_facts.py — what a lot is to its producer: under which terms, at which fixed price, and what a gift set's lot holds."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..catalog.models import Product
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
    """A lot as the reckoning needs it. `costs`: what was received of it, as (moment, thousandths, cost a unit)."""

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
        found = self.own_terms_id or (self.later_terms[0][1] if self.later_terms else None)
        for since, terms_id in self.later_terms:
            if since <= at:
                found = terms_id
        return found

    def find_agreed_price_vnd(self, at: datetime) -> int | None:
        """What a unit of it was received at: all that is in the shop at a moment came at one price; None where nothing says it."""
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


@dataclass(frozen=True, slots=True)
class LotBook:
    """The lots that a reading names, with their terms and prices."""

    lots: Mapping[int, LotFacts]
    terms: Mapping[int, AgreedTerms]
    prices: PriceBook

    def find_terms(self, lot: LotFacts, at: datetime) -> AgreedTerms | None:
        terms_id = lot.find_terms_id(at)
        return self.terms[terms_id] if terms_id else None


def load_lots(session: Session, lot_ids: Collection[int], scope: Scope) -> LotBook:
    """These lots, and the component lots of those that are gift sets; what is agreed after the scope's end counts for nothing."""
    parts = _load_parts(session, lot_ids)
    wanted = {*lot_ids, *(part.part_lot_id for rows in parts.values() for part in rows)}
    lots = [(lot, product) for ids in split_keys(wanted) for lot, product in session.execute(
        select(Lot, Product).join(Product, Product.id == Lot.product_id).where(Lot.id.in_(ids))
    )]  # fmt: skip
    prices = load_prices(session, {product.id for _lot, product in lots})
    later, costs = _load_later_terms(session, wanted, scope), _load_costs(session, wanted)
    products = {lot.id: product.id for lot, product in lots}
    packed = _load_packing(session, parts)
    facts = {
        lot.id: LotFacts(
            lot.id, product.id, product.producer_id, f"{product.name} · {lot.number}", product.unit, product.vat_category, lot.terms_id,
            tuple(later[lot.id]), tuple(costs[lot.id]), _weigh_parts(parts.get(lot.id, ()), packed.get(lot.id), products, prices),
        )
        for lot, product in lots
    }  # fmt: skip
    terms_ids = {lot.own_terms_id for lot in facts.values()} | {
        id_ for rows in later.values() for _at, id_ in rows
    }
    return LotBook(facts, load_terms(session, {id_ for id_ in terms_ids if id_}), prices)


def load_terms(session: Session, terms_ids: Collection[int]) -> dict[int, AgreedTerms]:
    """Terms as the reckoning needs them, by their id."""
    found: dict[int, AgreedTerms] = {}
    for ids in split_keys(terms_ids):
        bands: dict[int, list[Band]] = defaultdict(list)
        for band in session.scalars(
            select(TermsBand).where(TermsBand.terms_id.in_(ids)).order_by(TermsBand.from_vnd)
        ):
            bands[band.terms_id].append(Band(band.from_vnd, band.commission_bp))
        for terms in session.scalars(select(ProducerTerms).where(ProducerTerms.id.in_(ids))):
            found[terms.id] = make_agreed_terms(terms, bands[terms.id])
    return found


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
    packed: tuple[int, datetime] | None,
    products: Mapping[int, int],
    prices: PriceBook,
) -> tuple[PartLot, ...]:
    """Each component with its share: by what it would have cost by itself on the day of packing; without any price by quantity."""
    if packed is None:
        return ()
    made_milli, at = packed
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
        for row in session.scalars(select(LotTerms).where(LotTerms.lot_id.in_(ids)).order_by(LotTerms.id)):
            if scope.until is None or row.at <= scope.until:
                found[row.lot_id].append((row.at, row.terms_id))
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
