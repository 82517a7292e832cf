"""sales/queries.py — readings of what was sold."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, bindparam, func, select
from sqlalchemy.orm import Session

from ..catalog.models import Product
from ..journal.fingerprint import find_fingerprint, find_new_fingerprint
from ..kernel.clock import SHOP_ZONE
from ..kernel.tables import contains_words
from ..law.taxpayers import find_taxpayer_rule
from ..producers.models import Producer
from ..shop.taxes import find_opening_turnover, find_tax_status
from ..shop.turnover import TurnoverMeter
from ..stock.models import Lot
from .models import Basket, Discount, Extra, Sale, SaleLine, Tender, TenderKind
from .money_models import Taking, TenderCorrection

WRITTEN_BY = ("sold", "refunded", "voided")  # the acts that write a sale
HALF_AN_HOUR = timedelta(minutes=30)


def list_lines(session: Session, sale_number: int) -> Sequence[SaleLine]:
    return session.scalars(
        select(SaleLine).where(SaleLine.sale_number == sale_number).order_by(SaleLine.n)
    ).all()


_TENDERS = select(Tender).where(Tender.sale_number == bindparam("number")).order_by(Tender.n)


def list_tenders(session: Session, sale_number: int) -> Sequence[Tender]:
    return session.scalars(_TENDERS, {"number": sale_number}).all()


def list_discounts(session: Session, sale_number: int) -> Sequence[Discount]:
    """What was taken off the lines of a sale, in the order in which it was."""
    return session.scalars(
        select(Discount).where(Discount.sale_number == sale_number).order_by(Discount.n)
    ).all()


def list_discounts_of(session: Session, sale_numbers: Collection[int]) -> Sequence[Discount]:
    """The same of many sales."""
    query = select(Discount).where(Discount.sale_number.in_(sale_numbers))
    return session.scalars(query.order_by(Discount.sale_number, Discount.n)).all()


def list_corrections(session: Session, sale_number: int) -> Sequence[TenderCorrection]:
    """What was corrected of a sale's tenders, the oldest first."""
    query = select(TenderCorrection).where(TenderCorrection.sale_number == sale_number)
    return session.scalars(query.order_by(TenderCorrection.number)).all()


def find_buyer_id(session: Session, sale_number: int) -> int | None:
    """On whose account a sale is; None for one that was paid."""
    on_account = select(Tender.buyer_id).where(
        Tender.sale_number == sale_number, Tender.buyer_id.is_not(None)
    )
    return session.scalar(on_account.limit(1))


def find_cash(tenders: Sequence[Tender]) -> Tender | None:
    """The one in cash; None where all was paid otherwise."""
    return next((tender for tender in tenders if tender.kind == TenderKind.CASH), None)


def sum_by_kind(tenders: Sequence[Tender]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for tender in tenders:
        sums[tender.kind] = sums.get(tender.kind, 0) + tender.amount_vnd
    return sums


def find_reference_used(session: Session, reference: str, since: datetime) -> Sale | None:
    """The newest sale since then that a card paid under this number."""
    query = (
        select(Sale)
        .join(Tender, Tender.sale_number == Sale.number)
        .where(Tender.reference == reference, Sale.at >= since, Sale.refunds.is_(None))
    )
    return session.scalars(query.order_by(Sale.number.desc()).limit(1)).first()


def find_reference_taken(session: Session, reference: str, since: datetime) -> Taking | None:
    """The newest money received since then by card under this number, for whatever."""
    query = select(Taking).where(Taking.reference == reference, Taking.at >= since, Taking.amount_vnd > 0)
    return session.scalars(query.order_by(Taking.number.desc()).limit(1)).first()


def find_sale_fingerprint(session: Session, sale: Sale) -> str:
    """Of the act that wrote the sale, the refund or the void; "" before it is in the journal."""
    act = f"sale:{sale.number}", WRITTEN_BY
    return find_new_fingerprint(session, *act) or find_fingerprint(session, *act)


def find_by_code(session: Session, receipt_code: str) -> Sale | None:
    return session.scalars(select(Sale).where(Sale.receipt_code == receipt_code)).first()


def find_last_sale(session: Session, shift_number: int) -> Sale | None:
    query = select(Sale).where(Sale.shift_number == shift_number, Sale.refunds.is_(None))
    return session.scalars(query.order_by(Sale.number.desc()).limit(1)).first()


def find_newest_sale(session: Session, shift_number: int) -> Sale | None:
    """The newest receipt of a shift: a sale, or a refund, whose `refunds` names the sale."""
    newest = select(Sale).where(Sale.shift_number == shift_number).order_by(Sale.number.desc()).limit(1)
    return session.scalars(newest).first()


def find_sales(
    session: Session,
    day: date,
    *,
    around: time | None = None,
    paid_vnd: int | None = None,
    words: str = "",
    limit: int = 60,
) -> Sequence[Sale]:
    """Sales and refunds of a business day, newest first: within half an hour of a time, of one amount,
    with every word in the name of one of their lines (accents or none).
    """
    query = select(Sale).where(Sale.business_day == day).order_by(Sale.number.desc()).limit(limit)
    if around is not None:
        middle = datetime.combine(day, around, SHOP_ZONE)
        query = query.where(Sale.at.between(middle - HALF_AN_HOUR, middle + HALF_AN_HOUR))
    if paid_vnd is not None:
        query = query.where(func.abs(Sale.total_vnd - Sale.rounding_vnd) == paid_vnd)
    if words:
        keys = select(Product.id).where(*contains_words(Product.search_key, words))
        extras = select(Extra.id).where(
            *(Extra.name_vi.icontains(word, autoescape=True) for word in words.split())
        )
        is_of_them = SaleLine.product_id.in_(keys) | SaleLine.extra_id.in_(extras)
        query = query.where(
            select(SaleLine.n).where(SaleLine.sale_number == Sale.number, is_of_them).exists()
        )
    return session.scalars(query).all()


@dataclass(frozen=True, slots=True)
class DayTakings:
    """A day's takings: what was sold, less what came back."""

    paid_vnd: int
    sales: int


def sum_day(session: Session, day: date) -> DayTakings:
    paid = func.coalesce(func.sum(Sale.total_vnd - Sale.rounding_vnd), 0)
    row = session.execute(
        select(paid, func.count().filter(Sale.refunds.is_(None))).where(Sale.business_day == day)
    ).one()
    return DayTakings(int(row[0]), row[1])


def find_turnover_meter(session: Session, on: date) -> TurnoverMeter | None:
    """The year's turnover beside its limit; None for a shop that is nothing with a limit, or hasn't said what it is.

    All that was sold counts, goods in consignment as well: whether only the commission does is the tax office's word
    (decree 254/2026, art. 6.3.d leaves it open for households).
    """
    status = find_tax_status(session, on)
    most_vnd = find_taxpayer_rule(status, on).most_turnover_vnd if status is not None else None
    if most_vnd is None:
        return None
    paid = func.coalesce(func.sum(Sale.total_vnd - Sale.rounding_vnd), 0)
    in_year = Sale.business_day.between(date(on.year, 1, 1), date(on.year, 12, 31))
    sold_vnd = int(session.scalar(select(paid).where(in_year)) or 0)
    return TurnoverMeter(on.year, find_opening_turnover(session, on.year), sold_vnd, most_vnd)


def first_sale_since(day: date) -> ScalarSelect[int]:
    """The lowest number of a sale of a day or later, as a subquery.

    Of a sum, so that no database looks for the lowest by walking all numbers: the days have an index.
    """
    return select(func.min(Sale.number + 0)).where(Sale.business_day >= day).scalar_subquery()


_RECEIPT_LINES = (  # composed once: a receipt is drawn at every sale
    select(
        SaleLine, Lot.number.label("lot_number"), Lot.expires_on, Lot.trace_code, Producer.name.label("producer"),
        func.coalesce(Product.name_en, Extra.name_en, "").label("name_en"),
    )
    .outerjoin(Product, Product.id == SaleLine.product_id)
    .outerjoin(Extra, Extra.id == SaleLine.extra_id)
    .outerjoin(Producer, Producer.id == SaleLine.producer_id)
    .outerjoin(Lot, Lot.id == SaleLine.lot_id)
    .where(SaleLine.sale_number == bindparam("number"))
    .order_by(SaleLine.n)
)  # fmt: skip


def list_receipt_lines(session: Session, sale_number: int) -> Sequence[Any]:
    """A sale's lines with what a receipt says of each: lot, expiry, producer, the name in English."""
    return session.execute(_RECEIPT_LINES, {"number": sale_number}).all()


def find_left_vnd(session: Session, refund: Sale) -> int:
    """What of the goods that came back by this refund and those before is not handed over yet; 0 for a sale."""
    if not refund.refunds or refund.carried_vnd is None:
        return 0
    carried = select(func.sum(Sale.carried_vnd)).where(
        Sale.refunds == refund.refunds, Sale.number <= refund.number
    )
    return int(session.scalar(carried) or 0)


_LANGUAGE = select(Basket.language).where(Basket.id == bindparam("basket"))


def find_buyers_language(session: Session, sale: Sale) -> str:
    """What its buyer reads: "" for the shop's own language."""
    return (session.scalar(_LANGUAGE, {"basket": sale.basket_id}) or "") if sale.basket_id else ""


def sum_returned_milli(session: Session, which: ColumnElement[bool]) -> dict[tuple[int, int], int]:
    """How much of each sold line came back (thousandths), by slip and line; `which` picks slips by `Sale.refunds`."""
    rows = session.execute(
        select(Sale.refunds, SaleLine.refunds_line, func.sum(SaleLine.quantity_milli))
        .join(Sale, Sale.number == SaleLine.sale_number)
        .where(which)
        .group_by(Sale.refunds, SaleLine.refunds_line)
    )
    return {(number or 0, n or 0): -int(quantity) for number, n, quantity in rows}


def list_refunds(session: Session, sale: Sale) -> Sequence[Sale]:
    """What undid a sale, or gave back parts of it, the oldest first."""
    return session.scalars(select(Sale).where(Sale.refunds == sale.number).order_by(Sale.number)).all()


def list_returned_lines(session: Session, sale: Sale) -> dict[int, int]:
    """How much of each of the sale's lines came back (thousandths), by the line's number; of lines of which any did."""
    back = sum_returned_milli(session, Sale.refunds == sale.number)
    return {n: milli for (_number, n), milli in back.items() if milli}
