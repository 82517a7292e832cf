"""Steps that the tests of discounts, vouchers, accounts and exchanges share."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from pos.catalog.models import Product
from pos.kernel.quantity import ONE
from pos.sales.basket import add_goods, find_open_basket
from pos.sales.basket_money import find_free_vnd
from pos.sales.buyers import TypedBuyer, save_buyer
from pos.sales.models import Basket, LotKnownBy, Sale, TenderKind
from pos.sales.money_models import Buyer
from pos.sales.pay import pay_basket
from pos.sales.priced_basket import price_basket
from pos.sales.queries import list_discounts, list_tenders
from pos.sales.tenders.part import TenderPart
from pos.shifts.drawer import expected_cash_vnd, get_open_shift
from pos.stock.models import Lot
from pos.vouchers.issue import issue_voucher
from pos.vouchers.models import Voucher, VoucherKind
from tests.conftest import CASHIER, MANAGER, MORNING, STATION, TODAY

FLOAT = 500_000
NEXT_YEAR = TODAY + timedelta(days=365)


def the_basket(session: Session) -> Basket:
    basket = find_open_basket(session, STATION)
    assert basket is not None
    return basket


def put_on(session: Session, *quantities: tuple[Product, int]) -> Basket:
    for product, milli in quantities:
        basket = add_goods(session, STATION, product.id, milli, at=MORNING)
    return basket


def put_scanned(session: Session, product: Product, milli: int = ONE) -> Basket:
    """A pack whose own lot was scanned."""
    lot = session.query(Lot).filter_by(product_id=product.id).first()
    assert lot is not None
    return add_goods(session, STATION, product.id, milli, at=MORNING, lot_id=lot.id, known_by=LotKnownBy.SCANNED)  # fmt: skip


def pay(
    session: Session, given_vnd: int | None = None, parts: Sequence[TenderPart] = (), **more: Any
) -> Sale:
    """The open basket, in cash that is just enough where nothing is said."""
    basket = the_basket(session)
    due = price_basket(session, basket, TODAY).due_vnd if not parts else 0
    asked = {"station": STATION, "by": CASHIER, "at": MORNING}
    return pay_basket(
        session,
        basket.id,
        basket.version,
        due if given_vnd is None else given_vnd,
        parts=parts,
        **asked | more,
    )


def card(amount_vnd: int, reference: str = "000123") -> TenderPart:
    return TenderPart(TenderKind.CARD, amount_vnd, reference)


def on_account(amount_vnd: int, buyer: Buyer) -> TenderPart:
    return TenderPart(TenderKind.ACCOUNT, amount_vnd, buyer_id=buyer.id)


def a_buyer(session: Session, limit_vnd: int = 5_000_000, name: str = "Công ty mẫu") -> Buyer:
    return save_buyer(session, None, TypedBuyer(name, limit_vnd=limit_vnd), by=MANAGER, at=MORNING)


def a_voucher(
    session: Session, value_vnd: int, kind: VoucherKind = VoucherKind.GIVEN, ends: date | None = NEXT_YEAR
) -> Voucher:
    voucher, _letters = issue_voucher(
        session, kind, value_vnd, expires_on=ends, reason="tặng khách", by=MANAGER, at=MORNING
    )
    return voucher


def free_vnd(session: Session, voucher: Voucher) -> int:
    return find_free_vnd(session, voucher)


def drawer(session: Session) -> int:
    """What the drawer should hold besides its float."""
    return expected_cash_vnd(session, get_open_shift(session, STATION)) - FLOAT


def kinds_of(session: Session, sale: Sale) -> list[tuple[str, int]]:
    return [(tender.kind, tender.amount_vnd) for tender in list_tenders(session, sale.number)]


def off_of(session: Session, sale: Sale) -> list[tuple[int, str, int]]:
    return [(row.line_n, row.kind, row.amount_vnd) for row in list_discounts(session, sale.number)]
