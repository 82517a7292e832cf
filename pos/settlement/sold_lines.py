"""settlement/sold_lines.py — lines that were sold or came back, and what was taken off them, as the books have them."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, select, union_all
from sqlalchemy.orm import Session

from ..catalog.models import Product
from ..kernel.keys import split_keys
from ..sales.models import Discount, DiscountKind, Sale, SaleLine
from ..stock.models import KitLotPart, Lot
from ..stock.queries import select_lots_of
from .fees import LineKey
from .rows import Scope

Conditions = tuple[ColumnElement[bool], ...]
Off = Mapping[LineKey, Mapping[DiscountKind, int]]


class Line(NamedTuple):
    """A line of a sale as the reckoning needs it, with the facts of its sale."""

    sale_number: int
    n: int
    producer_id: int
    lot_id: int | None
    name: str
    unit: str
    quantity_milli: int
    amount_vnd: int
    refunds_line: int | None
    vat_category: str
    at: datetime
    business_day: date
    refunds: int | None
    is_void: bool | None

    @property
    def key(self) -> LineKey:
        return self.sale_number, self.n

    @property
    def sold_key(self) -> LineKey:
        """Of what came back the line that it was sold on."""
        return self.refunds or 0, self.refunds_line or 0


_COLUMNS = [getattr(SaleLine, name, None) or getattr(Sale, name) for name in Line._fields]


def list_conditions(session: Session, scope: Scope) -> list[Conditions]:
    """Lines of the producer's own goods, and of gift sets that hold some: each condition for a query of its own, by an index.

    A lot that they brought may be of a product that is another's by now: its lines name the other.
    """
    own_lots = select_lots_of(scope.producer_id)
    kits = select(KitLotPart.kit_lot_id).where(KitLotPart.part_lot_id.in_(own_lots))
    moved = select(Lot.id).join(Product, Product.id == Lot.product_id)
    moved = moved.where(Lot.producer_id == scope.producer_id, Product.producer_id != scope.producer_id)
    wanted = [SaleLine.producer_id == scope.producer_id]
    wanted += [SaleLine.lot_id.in_(ids) for ids in split_keys(set(session.scalars(union_all(kits, moved))))]
    again = {
        int(source.removeprefix("sale_line:").partition(".")[0])
        for source, _lot in scope.again if source.startswith("sale_line:")
    }  # fmt: skip
    numbers = [SaleLine.sale_number > scope.above.sale]
    numbers += [SaleLine.sale_number.in_(ids) for ids in split_keys(again)]
    return [(condition, more) for condition in wanted for more in numbers]


def load_lines(session: Session, scope: Scope, wanted: Sequence[Conditions]) -> list[Line]:
    """In the order of the sales."""
    limits = [Sale.at <= scope.until] if scope.until else []
    limits += [Sale.business_day <= scope.last_day] if scope.last_day else []
    if len(wanted) == 1:
        return _select_lines(session, *wanted[0], *limits)
    found = {line.key: line for conditions in wanted for line in _select_lines(session, *conditions, *limits)}
    return [found[key] for key in sorted(found)]


def _select_lines(session: Session, *conditions: ColumnElement[bool]) -> list[Line]:
    query = select(*_COLUMNS).join(Sale, Sale.number == SaleLine.sale_number).where(*conditions)
    return list(map(Line._make, session.execute(query.order_by(SaleLine.sale_number, SaleLine.n))))


@dataclass(frozen=True, slots=True)
class Refunded:
    """The sold lines that refunds are of, and everything that ever came back of them: (refund's number, thousandths)."""

    lines: Mapping[LineKey, Line]
    back: Mapping[LineKey, Sequence[tuple[int, int]]]


def load_refunded(session: Session, refunds: Sequence[Line]) -> Refunded:
    wanted = {line.sold_key for line in refunds}
    lines: dict[LineKey, Line] = {}
    back: dict[LineKey, list[tuple[int, int]]] = defaultdict(list)
    for ids in split_keys({number for number, _n in wanted}):
        for line in _select_lines(session, Sale.number.in_(ids)):
            if line.key in wanted:
                lines[line.key] = line
        for line in _select_lines(session, Sale.refunds.in_(ids)):
            back[line.sold_key].append((line.sale_number, -line.quantity_milli))
    return Refunded(lines, back)


def load_discounts(session: Session, wanted: Sequence[Conditions], numbers: Collection[int]) -> Off:
    """What was taken off each such line, by kind, and off the lines of the sales of these numbers.

    The lines are named by a query, because naming each number of them takes longer than reading what was taken off.
    """
    columns = Discount.sale_number, Discount.n, Discount.line_n, Discount.kind, Discount.amount_vnd
    is_of_line = (SaleLine.sale_number == Discount.sale_number) & (SaleLine.n == Discount.line_n)
    queries = [select(*columns).join(SaleLine, is_of_line).where(*each) for each in wanted]
    queries += [select(*columns).where(Discount.sale_number.in_(ids)) for ids in split_keys(numbers)]
    rows = {row for query in queries for row in session.execute(query).tuples()}
    found: dict[LineKey, dict[DiscountKind, int]] = defaultdict(lambda: defaultdict(int))
    for number, _n, line_n, kind, vnd in rows:
        found[number, line_n][DiscountKind(kind)] += vnd
    return found
