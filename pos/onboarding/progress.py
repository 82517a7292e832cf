"""onboarding/progress.py — how far a new shop has come, read from its books alone: no step is ticked by hand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from ..admission.gate import Act
from ..admission.goods import GoodsQuery, judge_goods, judge_products
from ..admission.label_checks import list_unchecked_labels
from ..catalog.models import Product
from ..identity.models import Person
from ..inspection.floor import list_floor_goods
from ..kernel.actor import Role
from ..kernel.reason import Reason
from ..kernel.tables import Base
from ..law.taxpayers import TaxStatus, find_taxpayer_rule
from ..pricing.prices import price_in_force
from ..printing.models import JobState, PrintJob
from ..producers.models import Producer
from ..producers.terms import list_all_producers, list_producers_without_terms
from ..reports.refusals import Where, find_remedy_page
from ..sales.models import Sale
from ..shop.models import get_shop
from ..shop.taxes import find_opening_turnover, find_tax_status
from ..stock.models import Lot, OnHand, Place, Zone

TEST_SLIP = "test"  # what a test receipt's print job is about
STEPS = 6
MOST_LOTS = 200  # lots that are looked at for the page: a new shop has fewer


@dataclass(frozen=True, slots=True)
class MissingPaper:
    """One thing that keeps goods of a producer from being received: why, which goods, and the page where it is mended."""

    producer: str
    reason: Reason
    products: list[Product]
    page: Where


@dataclass(frozen=True, slots=True)
class UnsellableLot:
    """Goods that are here and may not be sold: what the gate would say of them on the shelf, or that they aren't there."""

    lot: Lot
    product: Product
    place: str
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class SetupProgress:
    """`needs_turnover`: the year's turnover so far decides what the shop is, and nobody has said it. `unpriced`: products
    without a price. `blocked`: how many products may not be received for want of a paper, `missing`: what they lack.
    `unchecked_labels`: products whose label isn't known to be complete: they may come in, and not be sold. `lots`: lots in the books; `unsellable`: those of them that can't be sold from where they are; `sellable`: of those
    on the floor, how many may be sold.
    """

    has_address: bool
    tax_status: TaxStatus | None
    needs_turnover: bool
    cashiers: int
    products: int
    unpriced: int
    makers_without_terms: Sequence[Producer]
    blocked: int
    missing: Sequence[MissingPaper]
    unchecked_labels: int
    lots: int
    sellable: int
    unsellable: Sequence[UnsellableLot]
    has_printed: bool
    sales: int

    @property
    def done(self) -> tuple[bool, ...]:
        """The six steps: shop, people, list of goods, papers, first delivery, till."""
        return (
            self.has_address and self.tax_status is not None and not self.needs_turnover,
            self.cashiers > 0,
            self.products > 0 and not self.unpriced,
            self.products > 0 and not self.blocked and not self.unchecked_labels,
            self.sellable > 0,
            self.sales > 0,
        )

    @property
    def next(self) -> int:
        """The first step that isn't done, from 1; the last when all are. Papers of all goods may come later: once something of
        the list has them and its label is compared, the first delivery is next.
        """
        can_go_on = list(self.done)
        can_go_on[3] = self.products > max(self.blocked, self.unchecked_labels)
        return next((n for n, is_enough in enumerate(can_go_on, 1) if not is_enough), STEPS)


def get_progress(session: Session, on: date) -> SetupProgress:
    shop, status = get_shop(session), find_tax_status(session, on)
    limited = status is not None and find_taxpayer_rule(status, on).most_turnover_vnd is not None
    products = session.scalars(select(Product).where(~Product.archived).order_by(Product.search_key)).all()
    blocked, missing = _list_missing(session, products, on)
    return SetupProgress(
        has_address=bool(shop.name and shop.address),
        tax_status=status,
        needs_turnover=limited and find_opening_turnover(session, on.year) is None,
        cashiers=_count(session, Person, Person.role == Role.CASHIER, Person.active.is_(True)),
        products=len(products),
        unpriced=_count(session, Product, ~Product.archived, price_in_force(Product.id, on).is_(None)),
        makers_without_terms=list_producers_without_terms(session, on),
        blocked=blocked,
        missing=missing,
        unchecked_labels=len(list_unchecked_labels(session)),
        lots=_count(session, Lot),
        unsellable=_list_unsellable(session, on),
        sellable=sum(item.verdict.admitted for item in list_floor_goods(session, on)),
        has_printed=_count(session, PrintJob, PrintJob.subject == TEST_SLIP, PrintJob.state == JobState.PRINTED) > 0,
        sales=_count(session, Sale),
    )  # fmt: skip


def _count(session: Session, table: type[Base], *where: ColumnElement[bool]) -> int:
    return int(session.scalar(select(func.count()).select_from(table).where(*where)) or 0)


def _list_unsellable(session: Session, on: date) -> list[UnsellableLot]:
    """The first lots that are in the shop and not sold from there: in the storeroom, or refused on the shelf."""
    rows = session.execute(
        select(Lot, Product, Place, OnHand.quantity_milli)
        .join(Product, Product.id == Lot.product_id)
        .join(OnHand, OnHand.lot_id == Lot.id)
        .join(Place, Place.id == OnHand.place_id)
        .where(OnHand.quantity_milli > 0)
        .order_by(Product.search_key, Lot.id)
        .limit(MOST_LOTS)
    ).all()
    verdicts = judge_goods(
        session, [GoodsQuery(row.Product.id, row.Lot.id, row.Place.id) for row in rows], Act.SHELVE, on
    )
    return [
        UnsellableLot(row.Lot, row.Product, row.Place.name, verdict.refusals)
        for row, verdict in zip(rows, verdicts, strict=True)
        if verdict.refusals or not Zone(row.Place.zone).on_floor
    ]


def _list_missing(session: Session, products: Sequence[Product], on: date) -> tuple[int, list[MissingPaper]]:
    """How many products may not be received, and what they lack, by producer: what most lack comes first."""
    verdicts = judge_products(session, [product.id for product in products], Act.RECEIVE, on)
    names = {producer.id: producer.name for producer in list_all_producers(session, archived=True)}
    missing: dict[tuple[int, str, str], MissingPaper] = {}
    for product in products:
        for reason in verdicts[product.id].refusals:
            key = (product.producer_id, reason.code, str(reason.facts.get("paper", "")))
            found = missing.setdefault(
                key,
                MissingPaper(names[product.producer_id], reason, [], find_remedy_page(reason, product.id, product.name)),
            )  # fmt: skip
            found.products.append(product)
    blocked = sum(bool(verdicts[product.id].refusals) for product in products)
    return blocked, sorted(missing.values(), key=lambda item: -len(item.products))
