"""pricing/bulk.py — many prices in one go: proposed, looked at, set from a day on, taken back by their mirror image."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hardware.symbology import parse_gtin

from ..catalog.models import Barcode, Product
from ..catalog.products import find_by_own_code, get_product
from ..journal.record import record
from ..kernel.actor import Actor
from ..kernel.clock import business_day
from ..kernel.errors import Refused
from ..kernel.parsers import read_vnd
from ..kernel.tables import get_row
from ..kernel.text import normalize_text
from .models import Price, PriceChange
from .prices import find_price, is_far_off, price_in_force, refuse_odd_price

WHOLE_BP = 10_000


@dataclass(frozen=True, slots=True)
class PriceProposal:
    """A product with the price it has and the one it would get."""

    product: Product
    old_vnd: int | None
    new_vnd: int

    @property
    def is_far_off(self) -> bool:
        return is_far_off(self.new_vnd, self.old_vnd)


@dataclass(frozen=True, slots=True)
class RejectedLine:
    """A line of a typed list that means nothing: which, and what it says."""

    n: int
    text: str


def propose_by_percent(
    session: Session,
    *,
    change_bp: int,
    step_vnd: int,
    on: date,
    group_code: str = "",
    producer_id: int | None = None,
) -> list[PriceProposal]:
    """Every priced product of a group and producer, its price changed by basis points and rounded to `step_vnd`.

    Rounded half up to the step; a price never falls below one step. Products whose price stays are left out.
    """
    query = (
        select(Product, price_in_force(Product.id, on)).where(~Product.archived).order_by(Product.search_key)
    )
    if group_code:
        query = query.where(Product.group_code == group_code)
    if producer_id is not None:
        query = query.where(Product.producer_id == producer_id)
    proposed = [
        PriceProposal(product, old, round_to_step(old * (WHOLE_BP + change_bp), step_vnd))
        for product, old in session.execute(query)
        if old is not None
    ]
    return [item for item in proposed if item.new_vnd != item.old_vnd]


def round_to_step(price_bp: int, step_vnd: int) -> int:
    """A price in ten-thousandths of a đồng, half up to a multiple of the step, at least one step."""
    whole = step_vnd * WHOLE_BP
    return max(1, (price_bp + whole // 2) // whole) * step_vnd


def propose_by_list(session: Session, typed: str, on: date) -> tuple[list[PriceProposal], list[RejectedLine]]:
    """Lines of a code (the shop's number or a barcode) and a price, as they are pasted from a sheet."""
    proposed: dict[int, PriceProposal] = {}
    odd: list[RejectedLine] = []
    for n, line in enumerate(typed.splitlines(), 1):
        words = normalize_text(line.replace(";", " ").replace("\t", " "))
        if not words:
            continue
        code, _, rest = words.partition(" ")
        product, price = _find_by_code(session, code), read_vnd(rest)
        if product is None or price is None or price <= 0:
            odd.append(RejectedLine(n, words))
            continue
        proposed[product.id] = PriceProposal(product, find_price(session, product.id, on), price)
    return [item for item in proposed.values() if item.new_vnd != item.old_vnd], odd


def _find_by_code(session: Session, code: str) -> Product | None:
    gtin = parse_gtin(code)
    if gtin is not None:
        found = session.scalars(
            select(Product).join(Barcode).where(Barcode.gtin == gtin, ~Product.archived)
        ).all()
        return found[0] if len(found) == 1 else None
    return find_by_own_code(session, code)


def set_prices(
    session: Session, wanted: Sequence[tuple[int, int]], *, starts: date, note: str, by: Actor, at: datetime
) -> PriceChange:
    """Set prices (product id, đồng) from a day on, as one change. Raises Refused (`lines_missing`,
    `starts_in_past`, `price_not_positive`, `price_too_high`): what was sold yesterday had yesterday's price.
    """
    if not wanted:
        raise Refused.because("lines_missing")
    if starts < business_day(at):
        raise Refused.because("starts_in_past", starts=starts)
    for product_id, price_vnd in wanted:
        get_product(session, product_id)
        refuse_odd_price(price_vnd)
    return _write_prices(session, wanted, starts, normalize_text(note), None, by=by, at=at)


def undo_change(session: Session, change: PriceChange, *, by: Actor, at: datetime) -> PriceChange:
    """Take a change back: from today (or its own later start) each product has again the price before it.

    Where another price holds by then, and where there was none before, nothing is touched.
    Raises Refused (`already_reversed`, and `lines_missing` where nothing is left to take back).
    """
    undone = session.scalars(select(PriceChange).where(PriceChange.reverses == change.id)).first()
    if undone is not None or change.reverses is not None:
        raise Refused.because("already_reversed", number=change.id)
    starts = max(change.starts, business_day(at))
    wanted = []
    for price in list_prices(session, change):
        in_force = _find_in_force(session, price.product_id, starts)
        before = _find_in_force(session, price.product_id, starts, without=price)
        if in_force is price and before is not None:
            wanted.append((price.product_id, before.price_vnd))
    if not wanted:
        raise Refused.because("lines_missing")
    return _write_prices(session, wanted, starts, change.note, change.id, by=by, at=at)


def _find_in_force(session: Session, product_id: int, on: date, without: Price | None = None) -> Price | None:
    """The price row that holds on a day, as if one had never been written."""
    query = (
        select(Price)
        .where(Price.product_id == product_id, Price.starts <= on)
        .order_by(Price.starts.desc(), Price.id.desc())
        .limit(1)
    )
    return session.scalars(query if without is None else query.where(Price.id != without.id)).first()


def _write_prices(
    session: Session, wanted: Sequence[tuple[int, int]], starts: date, note: str, reverses: int | None, *, by: Actor,
    at: datetime,
) -> PriceChange:  # fmt: skip
    change = PriceChange(at=at, by_name=by.name, starts=starts, note=note, reverses=reverses)
    session.add(change)
    session.flush()
    rows = [
        Price(product_id=product_id, price_vnd=price_vnd, starts=starts, at=at, change_id=change.id)
        for product_id, price_vnd in wanted
    ]
    session.add_all(rows)
    session.flush()
    record(session, "prices_set" if reverses is None else "prices_taken_back", by=by, at=at, subject=change,
           seals=[change, *rows], count=len(rows), starts=starts)  # fmt: skip
    return change


def get_change(session: Session, change_id: int) -> PriceChange:
    return get_row(session, PriceChange, change_id, "price_change_not_found")


def list_changes(session: Session, limit: int = 30) -> Sequence[PriceChange]:
    return session.scalars(select(PriceChange).order_by(PriceChange.id.desc()).limit(limit)).all()


def list_prices(session: Session, change: PriceChange) -> Sequence[Price]:
    return session.scalars(select(Price).where(Price.change_id == change.id).order_by(Price.id)).all()
