"""counting/differences.py — what a count says against the books of the very moment when each lot was counted.

Sales go on meanwhile. A lot's books are read as they were at its last tally; what moved afterwards adds to what
was counted. What moved between its first tally and its last can't be told from what was counted: that lot is
counted anew, which takes one look and one number. So is a lot that another count set right since (the difference
would be posted twice), and one that nobody found and of which some came in since the count began.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from ..catalog.models import Product
from ..catalog.products import load_products
from ..stock.models import Lot, MoveKind, OnHand, Place, StockMove
from .models import CountResult, CountScope, StockCount, Tally

Where = tuple[int, int]  # a lot at a place


@dataclass(frozen=True, slots=True)
class CountDifference:
    """One lot at one place. `after_move`: the moment that `expected_milli` belongs to."""

    lot: Lot
    product: Product
    place: Place
    counted_milli: int
    expected_milli: int
    after_move: int
    counters: tuple[str, ...]
    is_found: bool  # somebody tallied it; else nobody found any
    has_moved_meanwhile: bool

    @property
    def difference_milli(self) -> int:
        return self.counted_milli - self.expected_milli


@dataclass(frozen=True, slots=True)
class UnknownLotCount:
    """Goods on the shelf whose lot the books don't know."""

    product: Product | None
    said: str
    place: Place
    quantity_milli: int
    counters: tuple[str, ...]


def list_tallies(session: Session, count: StockCount) -> Sequence[Tally]:
    return session.scalars(select(Tally).where(Tally.count_number == count.number).order_by(Tally.id)).all()


def list_differences(session: Session, count: StockCount) -> list[CountDifference]:
    """Each lot that was tallied, and each that should have been; in the order of places and names."""
    counted_tallies = _group_valid_tallies(list_tallies(session, count))
    newest = session.scalar(select(func.max(StockMove.id))) or 0
    asked = set(counted_tallies) | _list_expected(session, count)
    moves, on_hand = _list_late_moves(session, count, asked, counted_tallies), list_on_hand(session, asked)
    lots = _load_lots(session, {lot for lot, _place in asked})
    places = {place.id: place for place in session.scalars(select(Place))}
    found = [
        _make_difference(
            count,
            *lots[lot],
            places[place],
            counted_tallies.get((lot, place), ()),
            on_hand.get((lot, place), 0),
            moves[lot, place],
            newest,
        )
        for lot, place in asked
    ]
    return sorted(found, key=lambda c: (c.place.code, c.product.search_key, c.lot.number))


def list_posted(session: Session, count: StockCount) -> list[CountDifference]:
    """The same as it was when the count was posted: what happened since changes nothing of it."""
    counted_tallies = _group_valid_tallies(list_tallies(session, count))
    rows = session.execute(
        select(CountResult, Lot, Product, Place)
        .join(Lot, Lot.id == CountResult.lot_id)
        .join(Product, Product.id == Lot.product_id)
        .join(Place, Place.id == CountResult.place_id)
        .where(CountResult.count_number == count.number)
        .order_by(Place.code, Product.search_key, Lot.number)
    )
    return [
        CountDifference(lot, product, place, row.counted_milli, row.expected_milli, row.after_move,
                _list_counters(counted_tallies.get((lot.id, place.id), ())), (lot.id, place.id) in counted_tallies, has_moved_meanwhile=False)
        for row, lot, product, place in rows
    ]  # fmt: skip


def _make_difference(
    count: StockCount,
    lot: Lot,
    product: Product,
    place: Place,
    counted_tallies: Sequence[Tally],
    on_hand_milli: int,
    moves: Sequence[StockMove],
    newest: int,
) -> CountDifference:
    """`moves`: at least those since the lot's first tally, and where there is none, since the count began."""
    after = counted_tallies[-1].after_move if counted_tallies else newest
    return CountDifference(
        lot, product, place,
        counted_milli=sum(tally.quantity_milli for tally in counted_tallies),
        expected_milli=on_hand_milli - sum(move.quantity_milli for move in moves if move.id > after),
        after_move=after,
        counters=_list_counters(counted_tallies),
        is_found=bool(counted_tallies),
        has_moved_meanwhile=any(_unsettles(move, count, counted_tallies) for move in moves),
    )  # fmt: skip


def _unsettles(move: StockMove, count: StockCount, counted_tallies: Sequence[Tally]) -> bool:
    """Whether this move makes it uncertain what was counted, or that nothing was there to be found."""
    if not counted_tallies:
        return move.quantity_milli > 0 and move.at > count.at
    first, last = counted_tallies[0].after_move, counted_tallies[-1].after_move
    return first < move.id and (move.id <= last or move.kind == MoveKind.COUNTED)


def _group_valid_tallies(all_: Iterable[Tally]) -> dict[Where, list[Tally]]:
    """The tallies that count, by lot and place: none that was taken back, and only from the last recount on."""
    standing: dict[Where, list[Tally]] = {}
    for tally in drop_taken_back(all_):
        if tally.lot_id is not None:
            counted_tallies = [] if tally.is_anew else standing.get((tally.lot_id, tally.place_id), [])
            standing[tally.lot_id, tally.place_id] = [*counted_tallies, tally]
    return standing


def drop_taken_back(all_: Iterable[Tally]) -> list[Tally]:
    """Without those that were taken back."""
    everything = list(all_)
    undone = {tally.takes_back for tally in everything}
    return [tally for tally in everything if tally.takes_back is None and tally.id not in undone]


def _list_expected(session: Session, count: StockCount) -> set[Where]:
    """What the count should see: what a cycle count lists, or all that the books have at the place."""
    if not count.is_full:
        query = select(CountScope.lot_id, CountScope.place_id).where(CountScope.count_number == count.number)
    else:
        query = select(OnHand.lot_id, OnHand.place_id).where(OnHand.quantity_milli != 0)
        if count.place_id is not None:
            query = query.where(OnHand.place_id == count.place_id)
    return {(lot, place) for lot, place in session.execute(query)}


def list_on_hand(session: Session, asked: Collection[Where]) -> dict[Where, int]:
    """What the books have of each lot at its place now."""
    rows = session.execute(
        select(OnHand.lot_id, OnHand.place_id, OnHand.quantity_milli).where(
            OnHand.lot_id.in_({lot for lot, _place in asked})
        )
    )
    return {(lot, place): quantity_milli for lot, place, quantity_milli in rows}


def _list_late_moves(
    session: Session, count: StockCount, asked: set[Where], counted_tallies: Mapping[Where, Sequence[Tally]]
) -> dict[Where, list[StockMove]]:
    """The asked lots' moves at their places since the first of them was tallied, or since the count began; oldest first.

    What happened before is in the running totals: a lot with years behind it costs no more than a new one.
    """
    found: dict[Where, list[StockMove]] = defaultdict(list)
    since = [StockMove.at > count.at]
    if counted_tallies:
        since.append(StockMove.id > min(tallies[0].after_move for tallies in counted_tallies.values()))
    lots = StockMove.lot_id.in_({lot for lot, _place in asked})
    for move in session.scalars(select(StockMove).where(lots, or_(*since)).order_by(StockMove.id)):
        found[move.lot_id, move.place_id].append(move)
    return found


def _load_lots(session: Session, ids: set[int]) -> dict[int, tuple[Lot, Product]]:
    rows = session.execute(
        select(Lot, Product).join(Product, Product.id == Lot.product_id).where(Lot.id.in_(ids))
    )
    return {lot.id: (lot, product) for lot, product in rows}


def list_unknown_lots(session: Session, count: StockCount) -> list[UnknownLotCount]:
    """What was seen on the shelves and stands in no book, each named as it was on the pack."""
    same: dict[tuple[int | None, str, int], list[Tally]] = defaultdict(list)
    for tally in drop_taken_back(list_tallies(session, count)):
        if tally.lot_id is None:
            same[tally.product_id, tally.said, tally.place_id].append(tally)
    products = load_products(session, {product_id for product_id, _text, _place in same if product_id})
    places = {place.id: place for place in session.scalars(select(Place))}
    return [
        UnknownLotCount(products[product_id] if product_id else None, lot_text, places[place_id],
              sum(tally.quantity_milli for tally in counted_tallies), _list_counters(counted_tallies))
        for (product_id, lot_text, place_id), counted_tallies in same.items()
    ]  # fmt: skip


def _list_counters(counted_tallies: Iterable[Tally]) -> tuple[str, ...]:
    return tuple(sorted({tally.counter for tally in counted_tallies}))
