"""portal/own_sales.py — what was sold of a producer's goods: by themselves, and in gift sets.

A gift set's line is the lots in it: each producer sees the parts of their own lots, by the weights that the account goes by.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import Session

from ..kernel.errors import NotFound
from ..kernel.keys import split_keys
from ..kernel.money import apportion
from ..sales.models import Sale, SaleLine
from ..sales.queries import first_sale_since
from ..settlement.lot_facts import LotBook, LotFacts
from ..settlement.rows import Scope, to_milli
from ..settlement.worth import SoldGoods, split_goods
from ..stock.models import KitLotPart, Lot
from ..stock.queries import select_lots_of

IS_OF_SET = exists(select(KitLotPart.kit_lot_id).where(KitLotPart.kit_lot_id == SaleLine.lot_id))


@dataclass(frozen=True, slots=True)
class OwnLine:
    """A line of a receipt as a producer sees it: their own goods, or the part of one of their lots in a gift set (`set_name`).

    Negative on a refund. `price_vnd`: None for a part of a set, which has no price of its own; `lot_id`: None for a service.
    """

    sale_number: int
    n: int
    producer_id: int
    product_id: int | None
    lot_id: int | None
    at: datetime
    day: date
    name: str
    set_name: str
    lot_number: str
    unit: str
    quantity_milli: int
    price_vnd: int | None
    amount_vnd: int
    paid_vnd: int
    refunds_line: int | None


def select_own_sets(producer_id: Any) -> Select[int]:
    """The lots of gift sets that hold goods of a producer."""
    return select(KitLotPart.kit_lot_id).where(KitLotPart.part_lot_id.in_(select_lots_of(producer_id)))


def list_own_lines(
    session: Session,
    producer_id: int,
    *,
    before: int | None = None,
    since: date | None = None,
    sales: int = 100,
) -> list[OwnLine]:
    """The lines of the newest `sales` receipts that hold goods of a producer, newest first; of the days `since` one, of the
    receipts `before` a number.
    """
    limits = [SaleLine.sale_number < before] if before is not None else []
    limits += [SaleLine.sale_number >= first_sale_since(since)] if since is not None else []
    sets = _list_own_sets(session, producer_id)
    numbers: set[int] = set()
    for is_own in _list_conditions(producer_id, sets):
        query = select(SaleLine.sale_number).where(is_own, *limits).distinct()
        numbers.update(session.scalars(query.order_by(SaleLine.sale_number.desc()).limit(sales)))
    newest = sorted(numbers, reverse=True)[:sales]
    lines = [
        line
        for ids in split_keys(newest)
        for line in _list_lines(session, producer_id, sets, SaleLine.sale_number.in_(ids))
    ]
    return sorted(lines, key=lambda line: (-line.sale_number, line.n, line.lot_id or 0))


def list_own_parts(session: Session, producer_id: int, number: int, n: int) -> list[OwnLine]:
    """What of a line of a receipt is a producer's: the line, or the parts of their lots in a set. Raises NotFound (`line_gone`)."""
    sets = _list_own_sets(session, producer_id)
    lines = _list_lines(session, producer_id, sets, SaleLine.sale_number == number, SaleLine.n == n)
    if not lines:
        raise NotFound.because("line_gone")
    return lines


def list_own_returns(session: Session, producer_id: int, number: int, n: int) -> list[OwnLine]:
    """What came back of a sold line, as far as it is a producer's, the oldest first."""
    sets = _list_own_sets(session, producer_id)
    lines = _list_lines(session, producer_id, sets, Sale.refunds == number, SaleLine.refunds_line == n)
    return sorted(lines, key=lambda line: (line.sale_number, line.lot_id or 0))


def list_own_set_lines(session: Session, producer_id: int, since: date) -> list[OwnLine]:
    """The parts of a producer's lots in the gift sets that were sold or came back from a day on."""
    sets = _list_own_sets(session, producer_id)
    first = first_sale_since(since)
    return _list_set_lines(
        session, producer_id, sets, SaleLine.sale_number >= first, Sale.business_day >= since
    )


def list_own_days(session: Session, producer_id: int, since: date) -> dict[date, int]:
    """What a producer's goods took by business day, from a day on: no line of a sale before is looked at."""
    whole = session.execute(
        select(Sale.business_day, func.sum(SaleLine.paid_vnd))
        .join(Sale, Sale.number == SaleLine.sale_number)
        .where(
            is_own_line(producer_id),
            SaleLine.sale_number >= first_sale_since(since),
            Sale.business_day >= since,
        )
        .group_by(Sale.business_day)
    )
    days = defaultdict(int, {day: int(paid_vnd) for day, paid_vnd in whole})
    for part in list_own_set_lines(session, producer_id, since):
        days[part.day] += part.paid_vnd
    return dict(sorted(days.items()))


def is_own_line(producer_id: int) -> ColumnElement[bool]:
    """Is the whole line the producer's? A gift set's is its lots' producers'."""
    return (SaleLine.producer_id == producer_id) & ~IS_OF_SET


def _list_own_sets(session: Session, producer_id: int) -> set[int]:
    return set(session.scalars(select_own_sets(producer_id)))


def _list_conditions(producer_id: int, sets: Collection[int]) -> list[ColumnElement[bool]]:
    return [is_own_line(producer_id), *(SaleLine.lot_id.in_(ids) for ids in split_keys(sets))]


def _list_lines(
    session: Session, producer_id: int, sets: Collection[int], *conditions: ColumnElement[bool]
) -> list[OwnLine]:
    whole = session.execute(
        select(SaleLine, Sale.at, Sale.business_day, Lot.number)
        .join(Sale, Sale.number == SaleLine.sale_number)
        .outerjoin(Lot, Lot.id == SaleLine.lot_id)
        .where(is_own_line(producer_id), *conditions)
    )
    lines = [
        OwnLine(
            line.sale_number, line.n, producer_id, line.product_id, line.lot_id, at, day, line.name, "", lot_number or "", line.unit,
            line.quantity_milli, line.price_vnd, line.amount_vnd, line.paid_vnd, line.refunds_line,
        )
        for line, at, day, lot_number in whole
    ]  # fmt: skip
    return [*lines, *_list_set_lines(session, producer_id, sets, *conditions)]


def _list_set_lines(
    session: Session, producer_id: int, sets: Collection[int], *conditions: ColumnElement[bool]
) -> list[OwnLine]:
    """The parts of the producer's lots in lines of these sets."""
    rows = [
        row
        for ids in split_keys(sets)
        for row in session.execute(
            select(SaleLine, Sale.at, Sale.business_day, Sale.refunds)
            .join(Sale, Sale.number == SaleLine.sale_number)
            .where(SaleLine.lot_id.in_(ids), *conditions)
        )
    ]
    if not rows:
        return []
    book = LotBook(session, Scope(producer_id))
    book.add_lots(line.lot_id for line, *_rest in rows if line.lot_id)
    lots = book.lots
    own = {id_ for id_, lot in lots.items() if lot.producer_id == producer_id}
    numbers = {lot.id: lot for lot in _list_lots(session, own)}
    sold = _load_sold(session, {refunds for *_rest, refunds in rows if refunds is not None})
    found = []
    for line, at, day, refunds in rows:
        kit = lots[line.lot_id or 0]
        if not kit.parts:  # it was never packed
            continue
        amounts, sums = _split_sums(line, refunds, sold, kit)
        for part, amount_vnd, paid_vnd in zip(kit.parts, amounts, sums, strict=True):
            if part.lot_id in own:
                lot, number = lots[part.lot_id], numbers[part.lot_id].number
                found.append(OwnLine(
                    line.sale_number, line.n, producer_id, lot.product_id, lot.id, at, day, lot.name.removesuffix(f" · {number}"),
                    line.name, number, lot.unit, to_milli(line.quantity_milli * part.each), None, amount_vnd, paid_vnd, line.refunds_line,
                ))  # fmt: skip
    return found


def _list_lots(session: Session, ids: Collection[int]) -> list[Lot]:
    return [lot for ids in split_keys(ids) for lot in session.scalars(select(Lot).where(Lot.id.in_(ids)))]


@dataclass(frozen=True, slots=True)
class _Sold:
    """The lines of sales of which something came back, and what came back of each: (refund's number, amount, paid)."""

    lines: Mapping[tuple[int, int], SaleLine]
    back: Mapping[tuple[int, int], Sequence[tuple[int, int, int]]]


def _load_sold(session: Session, numbers: Collection[int]) -> _Sold:
    lines: dict[tuple[int, int], SaleLine] = {}
    back: dict[tuple[int, int], list[tuple[int, int, int]]] = defaultdict(list)
    for ids in split_keys(numbers):
        for line in session.scalars(select(SaleLine).where(SaleLine.sale_number.in_(ids))):
            lines[line.sale_number, line.n] = line
        for refunds, line in session.execute(
            select(Sale.refunds, SaleLine)
            .join(Sale, Sale.number == SaleLine.sale_number)
            .where(Sale.refunds.in_(ids))
        ).tuples():
            back[refunds or 0, line.refunds_line or 0].append(
                (line.sale_number, line.amount_vnd, line.paid_vnd)
            )
    return _Sold(lines, back)


def _split_sums(
    line: SaleLine, refunds: int | None, sold: _Sold, lot: LotFacts
) -> tuple[list[int], list[int]]:
    """Each lot's part of a set's amount and of what was paid for it; of a refund what they have less after it than before.

    So a lot's parts come to nothing when all came back, in whatever steps.
    """
    if refunds is None:
        return _split_left(line, line.amount_vnd, line.paid_vnd, lot)
    whole = sold.lines[refunds, line.refunds_line or 0]
    before = [each for each in sold.back[refunds, line.refunds_line or 0] if each[0] < line.sale_number]
    amount_vnd = whole.amount_vnd + sum(amount for _number, amount, _paid in before)
    paid_vnd = whole.paid_vnd + sum(paid for _number, _amount, paid in before)
    had = _split_left(whole, amount_vnd, paid_vnd, lot)
    has = _split_left(whole, amount_vnd + line.amount_vnd, paid_vnd + line.paid_vnd, lot)
    amounts, sums = ([b - a for a, b in zip(*pair, strict=True)] for pair in zip(had, has, strict=True))
    return amounts, sums


def _split_left(
    whole: SaleLine, amount_vnd: int, paid_vnd: int, lot: LotFacts
) -> tuple[list[int], list[int]]:
    """What is left of a line, as the lots in it: the price as the account splits it, what was paid in proportion to it."""
    weights, each = [part.weight for part in lot.parts], [part.each for part in lot.parts]
    amounts = [goods.gross_vnd for goods in split_goods(SoldGoods(0, amount_vnd), weights, each)]
    prices = [goods.gross_vnd for goods in split_goods(SoldGoods(0, whole.amount_vnd), weights, each)]
    return amounts, apportion(paid_vnd, prices if any(prices) else weights)
