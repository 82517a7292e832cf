"""till/buyer_screen.py — what the buyer's screen of a station shows: its basket, the code to pay, thanks; nothing of anybody else."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from ..catalog.models import Product
from ..journal.queries import count_acts
from ..journal.record import row_name
from ..kernel.clock import business_day
from ..payments.accounts import get_account
from ..payments.code_picture import draw_code_svg
from ..payments.codes import find_shown_code, make_code_text
from ..payments.models import PaymentCode
from ..sales.basket import find_open_basket
from ..sales.models import Basket, BasketState, Sale
from ..sales.priced_basket import PricedBasket, price_basket
from ..sales.queries import find_buyers_language, find_cash, find_newest_sale, list_tenders
from ..sales.transfers import CodeState, CodeStateKind, read_code_state
from ..shifts.drawer import find_open_shift
from ..shifts.models import Shift, ShiftClose

THANKED_FOR = timedelta(seconds=12)
LOOKED_AT_ANEW_S, IDLE_ANEW_S = 10, 300  # for what changes without an act at the till: a price, the pictures
MOST_PICTURES = 12


class ScreenKind(StrEnum):
    CLOSED = "closed"
    IDLE = "idle"
    BASKET = "basket"
    CODE = "code"
    SHORT = "short"
    RECEIVED = "received"  # its money came; the cashier finishes
    THANKS = "thanks"


@dataclass(frozen=True, slots=True)
class ShownCode:
    """What the buyer's bank's app reads, and what the buyer compares."""

    state: CodeState
    holder: str
    picture: str


@dataclass(frozen=True, slots=True)
class BuyerScreen:
    """`language`: the buyer's, "" for the shop's own. `total_vnd`, `change_vnd`: of the sale that was just paid."""

    kind: ScreenKind
    language: str = ""
    basket: PricedBasket | None = None
    code: ShownCode | None = None
    total_vnd: int = 0
    change_vnd: int = 0


def read_buyer_screen(session: Session, station: str, at: datetime, *, shows_code: bool) -> BuyerScreen:
    """`shows_code`: is the code of the basket on the till's screen, too?"""
    shift = find_open_shift(session, station)
    if shift is None:
        return BuyerScreen(ScreenKind.CLOSED)
    basket = find_open_basket(session, station)
    if basket is not None and basket.lines:
        return _read_basket(session, basket, at, shows_code=shows_code)
    sale = find_newest_sale(session, shift.number)
    if (
        sale is None
        or not _is_thanked(sale.at, at)
        or sale.refunds is not None
        or _was_set_aside(session, sale)
        or _has_next_buyer(session, station, sale)
    ):
        return BuyerScreen(ScreenKind.IDLE)
    cash = find_cash(list_tenders(session, sale.number))
    return BuyerScreen(
        ScreenKind.THANKS, find_buyers_language(session, sale), total_vnd=sale.due_vnd if cash else sale.total_vnd,
        change_vnd=cash.change_vnd if cash else 0,
    )  # fmt: skip


def _read_basket(session: Session, basket: Basket, at: datetime, *, shows_code: bool) -> BuyerScreen:
    priced = price_basket(session, basket, business_day(at))
    code = find_shown_code(session, basket.id) if shows_code else None
    if code is None or (code.basket_version != basket.version and not code.waits_for):
        return BuyerScreen(ScreenKind.BASKET, basket.language, priced)
    state = read_code_state(session, code, at)
    if state.kind is CodeStateKind.WAITS or not state.missing_vnd:
        return BuyerScreen(ScreenKind.RECEIVED, basket.language, priced, ShownCode(state, "", ""))
    if state.missing_vnd != code.amount_vnd:  # who reads this code once more pays too much
        return BuyerScreen(ScreenKind.SHORT, basket.language, priced, ShownCode(state, "", ""))
    account = get_account(session, code.account_id)
    picture = draw_code_svg(make_code_text(account, code))
    return BuyerScreen(ScreenKind.CODE, basket.language, priced, ShownCode(state, account.holder, picture))


def _is_thanked(sold_at: datetime | None, at: datetime) -> bool:
    return sold_at is not None and at - sold_at < THANKED_FOR


def _was_set_aside(session: Session, sale: Sale) -> bool:
    """Was the basket away from the counter when its money came? Then somebody else may stand there."""
    name = row_name(Basket(id=sale.basket_id))
    return count_acts(session, "parked", name) > count_acts(session, "taken_over", name)


def _has_next_buyer(session: Session, station: str, sale: Sale) -> bool:
    """Has another basket been set aside at this till since? The thanks are not for that buyer."""
    later = select(Basket.id).where(
        Basket.station == station, Basket.state == BasketState.PARKED, Basket.changed_at > sale.at
    )
    return session.scalars(later.limit(1)).first() is not None


_SHIFT = (
    select(func.max(Shift.number))
    .where(
        Shift.station == bindparam("station"),
        ~select(ShiftClose.shift_number).where(ShiftClose.shift_number == Shift.number).exists(),
    )
    .scalar_subquery()
)
_BASKET = (
    select(func.max(Basket.id))
    .where(Basket.station == bindparam("station"), Basket.state == BasketState.OPEN)
    .scalar_subquery()
)
_CODE = (
    select(func.max(PaymentCode.id))
    .where(PaymentCode.basket_id == Basket.id, PaymentCode.replaced_at.is_(None))
    .correlate(Basket)
    .scalar_subquery()
)
_NEWEST_SALE = select(func.max(Sale.number)).where(Sale.shift_number == _SHIFT).scalar_subquery()
_FACTS = select(
    _SHIFT.label("shift"), _BASKET.label("basket"), _NEWEST_SALE.label("sale"),
)  # fmt: skip
_BASKET_FACTS = (
    select(
        Basket.version,
        Basket.language,
        PaymentCode.id,
        PaymentCode.waits_for,
        PaymentCode.link_text.is_(None),
    )
    .outerjoin(PaymentCode, PaymentCode.id == _CODE)
    .where(Basket.id == bindparam("basket"))
)
_SOLD_AT = select(Sale.at).where(Sale.number == bindparam("sale"))


def read_fingerprint(session: Session, station: str, at: datetime, *, shows_code: bool) -> str:
    """Changes whenever the screen would look different: asked by each screen every moment, so it reads next to nothing."""
    shift, basket, sale = session.execute(_FACTS, {"station": station}).one()
    facts: list[object] = [shift, basket, sale, shows_code]
    if basket is not None:
        facts += session.execute(_BASKET_FACTS, {"basket": basket}).one()
    if sale is not None:
        facts.append(_is_thanked(session.scalar(_SOLD_AT, {"sale": sale}), at))
    facts.append(int(at.timestamp()) // (LOOKED_AT_ANEW_S if basket is not None else IDLE_ANEW_S))
    return ".".join("" if fact is None else str(fact) for fact in facts)


def list_pictured_products(session: Session) -> Sequence[int]:
    """The goods whose pictures go round while nobody buys, the newest first."""
    pictured = select(Product.id).where(Product.picture_id.is_not(None), ~Product.archived)
    return session.scalars(pictured.order_by(Product.id.desc()).limit(MOST_PICTURES)).all()
