"""sales/basket.py — what lies on the counter: put on, changed, taken off, parked, taken over."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session, aliased, selectinload

from ..admission.gate import NEEDS, Act, Goods, Verdict, at_asked_price, judge
from ..admission.goods import GoodsQuery, assemble_goods, judge_goods
from ..admission.policy import make_policy
from ..catalog.models import GoodsKind, KitPart, Product
from ..catalog.products import get_product
from ..journal.record import record
from ..kernel.actor import Actor
from ..kernel.clock import business_day
from ..kernel.errors import Refused, Stale
from ..kernel.quantity import ONE, Unit
from ..kernel.reason import Reason
from ..kernel.tables import get_row
from ..shop.models import get_shop
from ..stock.lots import has_conflicting_dates
from ..stock.models import KitLotPart, Lot
from ..stock.queries import list_lots_on_floor
from .allocate import AllocatedPart, allocate_earliest_first, list_held_elsewhere, sum_taken
from .basket_money import forget_discounts, list_open_takings, move_line_discounts, release_vouchers
from .basket_version import note_change, note_same_goods
from .match_lots import is_leftover_only, offer_lots
from .models import Basket, BasketLine, BasketState, Extra, LotKnownBy
from .questions import NO_DATES, PackDates, WhatAge, WhichDates, WhichLot
from .taken_off import record_lessening, record_line_voided

_OPEN = (
    select(Basket)
    .where(Basket.station == bindparam("station"), Basket.state == BasketState.OPEN)
    .options(selectinload(Basket.lines))
)
_PartLot = aliased(Lot)
MOST_EXTRA_VND = 5_000_000
MOST_MILLI = 10_000 * ONE  # no line of a village shop is longer; a scanner's digits typed as a quantity are


def find_open_basket(session: Session, station: str) -> Basket | None:
    return session.scalars(_OPEN, {"station": station}).first()


def get_open_basket(session: Session, station: str) -> Basket:
    """Raises Stale (`basket_gone`) where none lies at the station."""
    basket = find_open_basket(session, station)
    if basket is None:
        raise Stale.because("basket_gone")
    return basket


def get_basket(session: Session, basket_id: int) -> Basket:
    return get_row(session, Basket, basket_id, "basket_not_found")


def list_parked(session: Session) -> Sequence[Basket]:
    query = select(Basket).where(Basket.state == BasketState.PARKED).order_by(Basket.changed_at, Basket.id)
    return session.scalars(query.options(selectinload(Basket.lines))).all()


def list_parked_at(session: Session, station: str) -> list[Basket]:
    """The parked baskets that were set aside at this till."""
    return [basket for basket in list_parked(session) if basket.station == station]


def add_goods(
    session: Session,
    station: str,
    product_id: int,
    quantity_milli: int,
    *,
    at: datetime,
    lot_id: int | None = None,
    known_by: LotKnownBy | None = None,
    most_vnd: int | None = None,
    at_shelf_price: bool = False,
    pack: PackDates = NO_DATES,
    must_ask_lot: bool = False,
) -> Basket:
    """Put goods into the station's basket, split over lots where one is not enough.

    With a lot given (scanned or chosen) only that one serves. Goods that the gate admits may still
    raise WhatAge, until the buyer's age was asked for this basket. Without, and with every lot on the floor
    admissible, the earliest expiry is assumed to leave first. No more than `most_vnd` is asked, nor, with
    `at_shelf_price`, than the tag on the shelf shows. `pack`: the days of the scanned pack's own code. An end that is past
    is refused, whatever the books say; with no lot, only lots of those days serve; days that differ from the lot's own
    raise WhichDates until the cashier has confirmed them. `must_ask_lot`: the code's lot is unclear.
    Raises Refused with every reason, or WhichLot when only the cashier can tell which pack it is. The basket is then as it was.
    """
    product = get_product(session, product_id)
    if product.archived:
        raise Refused.because("product_archived", product=product.name)
    if not Unit(product.unit).allows(quantity_milli) or quantity_milli > MOST_MILLI:
        raise Refused.because("quantity_odd", product=product.name)
    basket = find_open_basket(session, station)
    taken, held = sum_taken(basket), list_held_elsewhere(session, product.id, station, at)
    on = business_day(at)
    judged = _make_judge(session, on, most_vnd, at_shelf_price, pack.ends_on)
    if not NEEDS[GoodsKind(product.kind)].lot:
        parts = _parts_without_lot(product, quantity_milli, judged)
    else:
        parts = _allocate(session, product, quantity_milli, judged, taken, held, lot_id, known_by, on=on, pack=pack,
                          must_ask_lot=must_ask_lot)  # fmt: skip
    if needs_age_check(session, product) and not (basket and basket.age_confirmed):
        raise WhatAge(product.name)
    basket = basket or new_basket(session, station, at)
    for part in parts:
        _add_part(basket, product, part, pack.ends_on)
    note_change(basket, at)
    return basket


def new_basket(session: Session, station: str, at: datetime) -> Basket:
    """An empty basket at a station that has none."""
    basket = Basket(
        station=station, state=BasketState.OPEN, version=0, age_confirmed=False, created_at=at, changed_at=at
    )
    session.add(basket)
    session.flush()
    return basket


def needs_age_check(session: Session, product: Product) -> bool:
    """Alcohol of any strength isn't sold to people under 18 (law 44/2019 on the harm of alcohol, art. 5), nor in a gift set."""
    if product.kind != GoodsKind.KIT:
        return product.kind == GoodsKind.ALCOHOL
    in_recipe = select(KitPart.part_id).where(KitPart.kit_id == product.id)
    packed = (
        select(_PartLot.product_id)
        .join(KitLotPart, KitLotPart.part_lot_id == _PartLot.id)
        .join(Lot, Lot.id == KitLotPart.kit_lot_id)
        .where(Lot.product_id == product.id)
    )
    parts = select(Product.id).where(Product.id.in_(in_recipe) | Product.id.in_(packed))
    return bool(session.scalar(select(parts.where(Product.kind == GoodsKind.ALCOHOL).exists())))


def confirm_age(session: Session, station: str, *, by: Actor, at: datetime) -> Basket:
    """The buyer was asked and is 18 or older; the answer holds for this basket and stays in the journal."""
    basket = find_open_basket(session, station) or new_basket(session, station, at)
    basket.age_confirmed = True
    record(session, "age_confirmed", by=by, at=at, subject=basket)
    return basket


def add_extra(session: Session, station: str, extra: Extra, price_vnd: int, *, at: datetime) -> Basket:
    """Put a bag, wrapping or shipping on the bill: no gate, no stock. Raises Refused (`amount_odd`)."""
    if price_vnd < 0 or price_vnd > MOST_EXTRA_VND:
        raise Refused.because("amount_odd")
    basket = find_open_basket(session, station) or new_basket(session, station, at)
    for line in basket.lines:
        if (line.extra_id, line.shown_price_vnd) == (extra.id, price_vnd):
            line.quantity_milli += ONE
            break
    else:
        basket.lines.append(
            BasketLine(
                n=_next_line_number(basket), extra_id=extra.id, quantity_milli=ONE, shown_price_vnd=price_vnd
            )
        )
    note_change(basket, at)
    return basket


def set_language(basket: Basket, language: str, at: datetime) -> None:
    """The buyer reads this language on display and receipt ("": the shop's own)."""
    basket.language = language
    note_change(basket, at)


Judged = Callable[[Sequence[GoodsQuery]], list[tuple[Goods, Verdict]]]


def _make_judge(
    session: Session, on: date, most_vnd: int | None, at_shelf_price: bool, printed_ends_on: date | None
) -> Judged:
    """How this sale judges goods: at the price that is asked of this buyer."""
    policy = make_policy(get_shop(session))

    def judged(wanted: Sequence[GoodsQuery]) -> list[tuple[Goods, Verdict]]:
        priced = [
            at_asked_price(goods, policy, most_vnd=most_vnd, at_shelf_price=at_shelf_price)
            for goods in assemble_goods(session, wanted, on)
        ]
        if printed_ends_on is not None:
            priced = [replace(goods, printed_ends_on=printed_ends_on) for goods in priced]
        return [(goods, judge(goods, Act.SELL, policy, on)) for goods in priced]

    return judged


def _parts_without_lot(product: Product, quantity_milli: int, judged: Judged) -> list[AllocatedPart]:
    ((goods, verdict),) = judged([GoodsQuery(product.id)])
    if not verdict.admitted or goods.price_vnd is None:
        raise Refused(*verdict.refusals)
    return [AllocatedPart(None, None, None, quantity_milli, goods.price_vnd)]


def _allocate(
    session: Session,
    product: Product,
    quantity_milli: int,
    judged: Judged,
    taken: dict[tuple[int | None, int | None], int],
    held: Sequence[Any],
    lot_id: int | None,
    known_by: LotKnownBy | None,
    *,
    on: date,
    pack: PackDates,
    must_ask_lot: bool,
) -> list[AllocatedPart]:
    rows, is_made_unknown = _list_fitting(list_lots_on_floor(session, product.id), lot_id, pack)
    if not rows:
        raise Refused(*_reasons_for_none(session, product, lot_id, quantity_milli, on))
    found = judged([GoodsQuery(product.id, row.id, row.place_id) for row in rows])
    verdicts = [verdict for _goods, verdict in found]
    admitted = [row for row, verdict in zip(rows, verdicts, strict=True) if verdict.admitted]
    if not admitted:
        nearest_to_a_sale = min(verdicts, key=lambda verdict: len(verdict.refusals))
        raise Refused(*nearest_to_a_sale.refusals)
    if lot_id is not None and not pack.is_confirmed:
        _ask_about_dates(session, product, lot_id, pack)
    judged_rows = list(zip(rows, verdicts, strict=True))
    is_unclear = must_ask_lot or is_made_unknown
    if lot_id is None and (is_unclear or len(admitted) < len(rows)):
        if is_unclear or pack.ends_on or pack.made_on or not is_leftover_only(product, judged_rows):
            raise WhichLot(
                product, offer_lots(judged_rows), pack, is_run_together=must_ask_lot, is_made_unknown=is_made_unknown
            )  # fmt: skip
        admitted.sort(key=lambda row: row.id, reverse=True)  # the newest delivery lies on the shelf
    if known_by is None:
        known_by = LotKnownBy.ONLY_LOT if len({row.id for row in rows}) == 1 else LotKnownBy.ASSUMED
    price_vnd = found[0][0].price_vnd
    assert price_vnd is not None  # noqa: S101  the gate admits nothing without a price
    return allocate_earliest_first(admitted, taken, held, quantity_milli, known_by, price_vnd)


def _list_fitting(on_floor: Sequence[Any], lot_id: int | None, pack: PackDates) -> tuple[list[Any], bool]:
    """The lots that the pack may be of, by its lot, or else by the days that its code names.

    True beside all of that end, where the code names a day of making that none of them has: the cashier tells.
    """
    if lot_id is not None:
        return [row for row in on_floor if row.id == lot_id], False
    ending = [row for row in on_floor if pack.ends_on in {None, row.expires_on}]
    made = [row for row in ending if pack.made_on is None or row.made_on in {None, pack.made_on}]
    return (made, False) if made else (ending, bool(ending))


def _ask_about_dates(session: Session, product: Product, lot_id: int, pack: PackDates) -> None:
    """Raises WhichDates where the pack names another end or day of making than its lot has in the books."""
    lot = session.get_one(Lot, lot_id)
    if has_conflicting_dates(lot, pack.ends_on, pack.made_on):
        raise WhichDates(product, lot, pack)


def _reasons_for_none(
    session: Session, product: Product, lot_id: int | None, quantity_milli: int, on: date
) -> tuple[Reason, ...]:
    """Nothing on the floor: that, and everything else that would stop these goods anyway."""
    of_product = select(Lot.id).where(Lot.product_id == product.id).order_by(Lot.id.desc()).limit(1)
    lot_id = session.scalars(of_product if lot_id is None else of_product.where(Lot.id == lot_id)).first()
    (verdict,) = judge_goods(
        session, [GoodsQuery(product.id, lot_id, asked_milli=quantity_milli)], Act.SELL, on
    )
    if any(reason.code == "not_on_hand" for reason in verdict.refusals):
        return verdict.refusals
    return (*verdict.refusals, Reason.make("not_on_hand", on_hand=0, asked=quantity_milli))


def _add_part(basket: Basket, product: Product, part: AllocatedPart, printed_ends_on: date | None) -> None:
    for line in basket.lines:
        same = (line.product_id, line.lot_id, line.place_id, line.lot_known_by, line.shown_price_vnd,
                line.printed_ends_on)  # fmt: skip
        put = (product.id, part.lot_id, part.place_id, part.known_by, part.price_vnd, printed_ends_on)
        if same == put and product.unit == Unit.PIECE:
            line.quantity_milli += part.quantity_milli
            return
    basket.lines.append(
        BasketLine(
            n=_next_line_number(basket), product_id=product.id, lot_id=part.lot_id, place_id=part.place_id,
            lot_known_by=part.known_by, quantity_milli=part.quantity_milli, shown_price_vnd=part.price_vnd,
            printed_ends_on=printed_ends_on,
        )
    )  # fmt: skip


def _next_line_number(basket: Basket) -> int:
    return max((line.n for line in basket.lines), default=0) + 1


def _get_line(basket: Basket, n: int) -> BasketLine:
    for line in basket.lines:
        if line.n == n:
            return line
    raise Stale.because("line_gone")


def set_quantity(
    session: Session, basket: Basket, n: int, quantity_milli: int, *, by: Actor, at: datetime,
    chosen_lot_id: int | None = None, at_shelf_price: bool = False, are_dates_confirmed: bool = False,
) -> None:  # fmt: skip
    """Change a line's quantity, as if the goods were taken off and put on anew. Raises as `add_goods`.

    `chosen_lot_id`, `at_shelf_price`, `are_dates_confirmed`: the cashier's answers to what was asked when it was first
    tried. A line whose lot was scanned or chosen stays of that lot.
    """
    line = _get_line(basket, n)
    if quantity_milli == 0:
        void_line(session, basket, n, by=by, at=at)
        return
    if line.product_id is None:
        if quantity_milli % ONE or not 0 < quantity_milli <= MOST_MILLI:
            raise Refused.because("quantity_odd")
        record_lessening(session, basket, line, quantity_milli, by=by, at=at)
        line.quantity_milli = quantity_milli
        note_change(basket, at)
        return
    product_id, lot_id, known_by = line.product_id, line.lot_id, line.lot_known_by
    pinned = known_by in {LotKnownBy.SCANNED, LotKnownBy.CHOSEN}
    lot_id, known_by = (lot_id if pinned else None), (LotKnownBy(known_by) if pinned and known_by else None)
    if chosen_lot_id is not None and not pinned:
        lot_id, known_by = chosen_lot_id, LotKnownBy.CHOSEN
    pack = PackDates(line.printed_ends_on, is_confirmed=pinned or are_dates_confirmed)
    more = quantity_milli - line.quantity_milli
    if more > 0 and business_day(basket.created_at) != business_day(at):
        # A price that was shown on another day is kept for what lies there; more of it is asked today's.
        add_goods(
            session,
            basket.station,
            product_id,
            more,
            at=at,
            lot_id=lot_id,
            known_by=known_by,
            pack=pack,
            at_shelf_price=at_shelf_price,
        )
        return
    record_lessening(session, basket, line, quantity_milli, by=by, at=at)
    basket.lines.remove(line)
    session.flush()
    others = {other.n for other in basket.lines}
    add_goods(session, basket.station, product_id, quantity_milli, at=at, lot_id=lot_id, known_by=known_by,
        most_vnd=line.shown_price_vnd, pack=pack, at_shelf_price=at_shelf_price)  # fmt: skip
    move_line_discounts(session, basket, n, [line.n for line in basket.lines if line.n not in others])


def void_line(session: Session, basket: Basket, n: int, *, by: Actor, at: datetime) -> None:
    """Take a line off. The journal keeps it. Raises Refused (`money_in_basket`) for the last one, while money lies on it."""
    line = _get_line(basket, n)
    if len(basket.lines) == 1 and basket.is_adjusted and list_open_takings(session, basket.id):
        raise Refused.because("money_in_basket")
    record_line_voided(session, basket, line, by=by, at=at)
    basket.lines.remove(line)
    forget_discounts(session, basket, n)
    if not basket.lines:  # the next buyer is another person: asked anew, and in the shop's own language
        forget_discounts(session, basket)
        release_vouchers(session, basket)
        basket.age_confirmed, basket.language = False, ""
    note_change(basket, at)


def park_basket(session: Session, basket: Basket, label: str, *, by: Actor, at: datetime) -> None:
    """Set the basket aside for a buyer who comes back. Raises Stale (`basket_gone`) for one that is paid or parked."""
    if basket.state != BasketState.OPEN:
        raise Stale.because("basket_gone")
    if not basket.lines:
        raise Refused.because("basket_empty")
    basket.state, basket.label = BasketState.PARKED, label.strip()
    note_same_goods(session, basket, at)
    record(session, "parked", by=by, at=at, subject=basket)


def take_over_basket(session: Session, basket: Basket, station: str, *, by: Actor, at: datetime) -> None:
    """Bring a parked basket to this station; one that lies open there is parked in its stead."""
    if basket.state != BasketState.PARKED:
        raise Stale.because("basket_gone")
    open_basket = find_open_basket(session, station)
    if open_basket is not None and open_basket.lines:
        park_basket(session, open_basket, "", by=by, at=at)
    elif open_basket is not None:
        open_basket.state = BasketState.EMPTIED
    basket.state, basket.station = BasketState.OPEN, station
    note_same_goods(session, basket, at)
    record(session, "taken_over", by=by, at=at, subject=basket)
