"""sales/priced_basket.py — a basket as the screen shows it and as payment will judge it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..admission.gate import Act, Goods, Policy, Verdict, at_asked_price, judge, stars_in_force
from ..admission.goods import GoodsQuery, assemble_goods
from ..admission.policy import make_policy
from ..catalog.models import GoodsKind
from ..kernel.money import amount_vnd
from ..kernel.quantity import Unit
from ..kernel.reason import Reason
from ..shop.models import get_shop
from .allocate import sum_taken
from .basket_money import BasketMoney, list_held_parts, load_basket_money
from .discounts import LineDiscount, WantedDiscount, find_unapproved_vnd, list_line_discounts
from .models import Basket, BasketLine, DiscountKind, Extra, LotKnownBy
from .tenders.kinds import find_cash_due
from .tenders.part import TenderPart

AGE_UNKNOWN = Reason.make("age_unknown")


@dataclass(frozen=True, slots=True)
class PricedLine:
    """One line: goods of a lot with the gate's word on them, or an extra, which nothing stops."""

    line: BasketLine
    name: str
    name_en: str
    price_vnd: int
    amount_vnd: int
    verdict: Verdict
    vat_category: str
    unit: Unit = Unit.PIECE
    producer_id: int | None = None
    stars: int = 0
    lot_number: str = ""
    expires_on: date | None = None
    repriced_from_vnd: int | None = None
    list_price_vnd: int | None = None  # where that is more than was shown to the buyer, and so isn't asked
    markdown_bp: int = 0  # of its lot
    discounts: tuple[LineDiscount, ...] = ()

    @property
    def n(self) -> int:
        return self.line.n

    @property
    def off_vnd(self) -> int:
        """All discounts of the line."""
        return sum(each.amount_vnd for each in self.discounts)

    @property
    def net_vnd(self) -> int:
        return self.amount_vnd - self.off_vnd

    @property
    def is_lot_sure(self) -> bool:
        """Was the pack's own lot scanned or chosen? Then its markdown counts."""
        return self.line.lot_known_by in {LotKnownBy.SCANNED, LotKnownBy.CHOSEN}


@dataclass(frozen=True, slots=True)
class PricedBasket:
    """`total_vnd`: what the lines come to, less the discounts. `parts`: what pays of it already: money received, vouchers."""

    basket: Basket | None
    lines: tuple[PricedLine, ...]
    total_vnd: int
    rounding_vnd: int
    parts: tuple[TenderPart, ...] = ()
    wanted: tuple[WantedDiscount, ...] = ()

    @property
    def due_vnd(self) -> int:
        """What is left to pay in cash."""
        return self.rest_vnd - self.rounding_vnd

    @property
    def rest_vnd(self) -> int:
        """What is left to pay, to the đồng."""
        return self.total_vnd - sum(part.amount_vnd for part in self.parts)

    @property
    def goods_vnd(self) -> int:
        return sum(line.amount_vnd for line in self.lines)

    @property
    def off_vnd(self) -> int:
        """All discounts."""
        return self.goods_vnd - self.total_vnd

    @property
    def unapproved_vnd(self) -> int:
        """What people took off and no manager has approved."""
        amounts = {line.n: line.amount_vnd for line in self.lines}
        return find_unapproved_vnd({line.n: line.discounts for line in self.lines}, amounts)

    @property
    def fingerprint(self) -> str:
        """Changes whenever a line would look different: another version, or another word of the gate."""
        refusal_codes = [f"{view.n}{reason.code}" for view in self.lines for reason in view.verdict.refusals]
        prices = [f"{view.n}-{view.price_vnd}" for view in self.lines if view.repriced_from_vnd]
        return ".".join([str(self.basket.version) if self.basket else "", *refusal_codes, *prices])

    @property
    def refusals(self) -> tuple[Reason, ...]:
        return tuple(
            Reason(reason.code, {**reason.facts, "line": view.n, "product": view.name})
            for view in self.lines
            for reason in view.verdict.refusals
        )


def price_basket(session: Session, basket: Basket | None, on: date) -> PricedBasket:
    """The basket with today's prices and the gate's word on every line.

    A price that fell meanwhile falls here too; one that rose stays as it was shown (law on prices
    16/2023, art. 29: nothing above the listed price).
    """
    if basket is None or not basket.lines:
        return PricedBasket(basket, (), 0, 0)
    shop = get_shop(session)
    goods, extras = _list_goods(session, basket, on), _list_extras(session, basket.lines)
    policy = make_policy(shop)
    lines = tuple(
        _price_goods_line(basket, line, goods[line.n], policy, on)
        if line.n in goods
        else _price_extra_line(line, extras[line.extra_id or 0])
        for line in basket.lines
    )
    money = load_basket_money(session, basket, on)
    lines = _take_discounts_off(lines, money)
    total = sum(line.net_vnd for line in lines)
    parts = list_held_parts(money, total)
    rest = total - sum(part.amount_vnd for part in parts)
    rounding = rest - find_cash_due(rest, 0, shop.cash_rounding_vnd) if rest > 0 else 0
    return PricedBasket(basket, lines, total, rounding, parts, money.discounts)


def _take_discounts_off(lines: Sequence[PricedLine], money: BasketMoney) -> tuple[PricedLine, ...]:
    """The lines with what is taken off each. A lot's markdown counts only for packs whose own lot is known."""
    markdowns = [
        WantedDiscount(DiscountKind.MARKDOWN, line.n, line.markdown_bp)
        for line in lines
        if line.markdown_bp and line.is_lot_sure
    ]
    if not markdowns and not money.discounts:
        return tuple(lines)
    off = list_line_discounts({line.n: line.amount_vnd for line in lines}, [*markdowns, *money.discounts])
    return tuple(replace(line, discounts=tuple(off[line.n])) for line in lines)


def _list_goods(session: Session, basket: Basket, on: date) -> dict[int, Goods]:
    """What stands before the gate, by the line's number."""
    taken = sum_taken(basket)
    wanted = {
        line.n: GoodsQuery(
            line.product_id, line.lot_id, line.place_id, asked_milli=taken[line.lot_id, line.place_id]
        )
        for line in basket.lines
        if line.product_id is not None
    }
    found = assemble_goods(session, list(wanted.values()), on)
    return dict(zip(wanted, found, strict=True))


def _list_extras(session: Session, lines: Iterable[BasketLine]) -> dict[int, Extra]:
    ids = [line.extra_id for line in lines if line.extra_id is not None]
    if not ids:
        return {}
    return {extra.id: extra for extra in session.scalars(select(Extra).where(Extra.id.in_(ids)))}


def _price_goods_line(basket: Basket, line: BasketLine, goods: Goods, policy: Policy, on: date) -> PricedLine:
    if line.printed_ends_on is not None:
        goods = replace(goods, printed_ends_on=line.printed_ends_on)
    priced = at_asked_price(goods, policy, most_vnd=line.shown_price_vnd)
    price = line.shown_price_vnd if priced.price_vnd is None else priced.price_vnd
    verdict = judge(priced, Act.SELL, policy, on)
    if not basket.age_confirmed and GoodsKind.ALCOHOL in {goods.kind, *(part.kind for part in goods.parts)}:
        verdict = Verdict((*verdict.refusals, AGE_UNKNOWN), verdict.warnings)
    return PricedLine(
        line=line,
        name=goods.name,
        name_en=goods.name_en,
        price_vnd=price,
        amount_vnd=amount_vnd(price, line.quantity_milli),
        verdict=verdict,
        vat_category=goods.vat_category,
        unit=goods.unit,
        producer_id=goods.producer_id,
        stars=stars_in_force(goods, on),
        lot_number=goods.lot.number if goods.lot else "",
        expires_on=goods.lot.expires_on if goods.lot else None,
        markdown_bp=goods.lot.markdown_bp if goods.lot else 0,
        repriced_from_vnd=line.shown_price_vnd if price < line.shown_price_vnd else None,
        list_price_vnd=goods.price_vnd if (goods.price_vnd or 0) > line.shown_price_vnd else None,
    )


def _price_extra_line(line: BasketLine, extra: Extra) -> PricedLine:
    return PricedLine(
        line=line,
        name=extra.name_vi,
        name_en=extra.name_en,
        price_vnd=line.shown_price_vnd,
        amount_vnd=amount_vnd(line.shown_price_vnd, line.quantity_milli),
        verdict=Verdict(()),
        vat_category=extra.vat_category,
    )
