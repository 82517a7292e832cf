"""till/views.py — the till's page, and what puts goods into the basket."""

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Flask, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from ..catalog.models import Product
from ..catalog.products import get_product, search_products
from ..identity.attempt_origin import IN_SHOP, is_device_of_shop
from ..kernel.database import open_reading
from ..kernel.errors import NotFound, Refused
from ..kernel.own_codes import may_be_voucher_code, parse_voucher_code
from ..kernel.parsers import LONGEST_TYPED, read_day, read_quantity
from ..kernel.quantity import ONE, Unit
from ..kernel.reason import Fact, Reason
from ..lan.views import is_own_computer
from ..pricing.prices import find_price, find_weight_milli
from ..sales import basket as baskets
from ..sales.extras import list_all_extras
from ..sales.models import Basket, LotKnownBy
from ..sales.noted_acts import note_age_refused, note_dates_confirmed, note_price_check, note_shelf_price_kept
from ..sales.priced_basket import price_basket
from ..sales.questions import PackDates, WhatAge, WhichLot, WhichProduct
from ..sales.refund import find_sale
from ..scanning.resolve import ScannedItem, make_item, require_goods, resolve_scan
from ..web.context import current_config, current_day, current_time
from ..web.menu import CASHIER, MANAGER, MenuEntry, MenuGroup, add_to_menu
from ..web.numbers import parse_row_id
from ..web.pages import wants_fragment
from ..web.rights import current_actor, open_to_strangers, requires_role
from .account_views import make_debts_panel
from .action import AT_TILL, blueprint, make_repeated_request, till_action
from .discount_views import make_discount_panel
from .found_goods import find_goods
from .panels import CheckPanel, ExtrasPanel, Panel, ParkedPanel, PayPanel, WeightPanel, make_empty_panel
from .pay_views import make_account_panel
from .price_check import check_price
from .sale_views import refund_panel
from .screen import list_tiles, render_till
from .voucher_views import make_sale_panel, show_voucher, use_scanned_voucher

_WEIGHTS = ("weight", "scale_weight")  # typed, or else what the scale says
RECEIPT = "receipt"  # the answer that a code means the receipt, not the goods of the same number
PANELS = {
    "pay",
    "cash",
    "card",
    "parked",
    "refund_find",
    "shift_close",
    "hand_over",
    "cash_move",
    "drawer",
    "keys",
    "check",
    "extras",
    "more",
    "discount",
    "voucher",
    "voucher_sale",
    "voucher_back",
    "account",
    "debts",
    "money",
}


@blueprint.get("")
@requires_role(*AT_TILL)
def page() -> ResponseReturnValue:
    with open_reading() as session:
        body = render_till(session, current_actor(), current_config(), PayPanel())
        if wants_fragment():
            return body
        return render_template("till/page.html", body=body, tiles=list_tiles(session))


@blueprint.get("/display/<station>")
@open_to_strangers
def display(station: str) -> ResponseReturnValue:
    """The buyer's side of the counter: this station's basket and what is to pay, and nothing else.

    For the shop's own computer, its people, and a browser that one of them has used: what lies in a basket is no
    producer's business and no stranger's.
    """
    is_of_shop = g.actor.role in IN_SHOP if g.actor is not None else is_device_of_shop()
    if not is_own_computer() and not is_of_shop:
        return redirect(url_for("identity.sign_in"))
    with open_reading() as session:
        basket = price_basket(session, baskets.find_open_basket(session, station), current_day())
        language = basket.basket.language if basket.basket else ""
        with force_locale(language or current_config().till.language):
            return render_template(
                "till/display.html", basket=basket, station=station, english=language == "en"
            )


@blueprint.get("/lines")
@requires_role(*AT_TILL)
def watch_lines() -> ResponseReturnValue:
    """The basket's lines, if they look otherwise than the page has `seen` them: a recall set somewhere else, a price.

    The till asks every moment, so that a stopped lot turns red without a scan; mostly there is nothing to say (204).
    """
    with open_reading() as session:
        basket = price_basket(
            session, baskets.find_open_basket(session, current_actor().station), current_day()
        )
        if basket.fingerprint == request.args.get("seen", "") or not basket.lines:
            return "", 204
        return render_template(
            "till/lines.html",
            basket=basket,
            selected=request.args.get("selected", 0, type=parse_row_id),
            last=None,
        )


@blueprint.get("/tiles")
@requires_role(*AT_TILL)
def show_tiles() -> ResponseReturnValue:
    with open_reading() as session:
        return render_template("till/tiles.html", tiles=list_tiles(session, request.args.get("group", "")))


@blueprint.get("/search")
@requires_role(*AT_TILL)
def find_by_name() -> ResponseReturnValue:
    with open_reading() as session:
        words = request.args.get("q", "")
        found = find_goods(session, words, current_day())
        return render_template("till/found.html", found=found, words=words)


@blueprint.get("/panel/<name>")
@requires_role(*AT_TILL)
def open_panel(name: str) -> ResponseReturnValue:
    """One of the right half's plain panels, opened by a key or a touch."""
    if name not in PANELS:
        name = "pay"
    with open_reading() as session:
        return render_till(session, current_actor(), current_config(), _make_panel(session, name))


def _make_panel(session: Session, name: str) -> Panel:
    if name == "parked":
        return ParkedPanel(
            baskets=[price_basket(session, b, current_day()) for b in baskets.list_parked(session)]
        )
    if name == "extras":
        return ExtrasPanel(extras=list_all_extras(session))
    makers: dict[str, Callable[[Session], Panel]] = {
        "discount": make_discount_panel, "voucher_sale": make_sale_panel, "account": make_account_panel, "debts": make_debts_panel,
    }  # fmt: skip
    return makers[name](session) if name in makers else make_empty_panel(name)


@blueprint.post("/scan")
@till_action
def scan(session: Session) -> Panel | tuple[Panel, int]:
    """A scan, or what was typed into the search box and sent by Enter: a code, a name, or a receipt's barcode."""
    code = request.form.get("code", "")
    if parse_voucher_code(code) is not None:
        return show_voucher(session, code) if _is_price_check() else use_scanned_voucher(session, code)
    result = resolve_scan(session, code)
    sale = find_sale(session, result.receipt) if result.receipt is not None else None
    meant = request.form.get(WhichProduct.answer, "")
    if sale is not None and (not result.items or meant == RECEIPT):
        return refund_panel(session, sale)
    if not result.items and sale is None and may_be_voucher_code(code):
        raise NotFound.because("voucher_not_found")
    if "typed" in request.form and not result.items:
        return _add_named(session, result.text)
    items = require_goods(result)
    items = [item for item in items if str(item.product.id) == meant] or items
    if len(items) > 1 or (sale is not None and not meant):
        choices = [(item.product.id, item.product.name) for item in items]
        raise WhichProduct(choices, sale.number if sale else None)
    (item,) = items
    return _check_or_add(session, item)


def _add_named(session: Session, words: str) -> Panel | tuple[Panel, int]:
    """The best of what the words find, as the list below the search box shows it first."""
    found = search_products(session, words, limit=1)
    if not found:
        raise NotFound.because("nothing_found", words=words[:60])
    return _check_or_add(session, make_item(found[0]))


def _check_or_add(session: Session, item: ScannedItem) -> Panel | tuple[Panel, int]:
    """Looked at only while the price check is open; else into the basket, so many as were typed before."""
    if _is_price_check():
        return _price_check_panel(session, item)
    return _add_scanned(session, item, _read_times_milli())


def _is_price_check() -> bool:
    """Only looking: what is scanned or touched while the price check is open isn't sold."""
    return request.form.get("mode") == "check"


def _price_check_panel(session: Session, item: ScannedItem) -> Panel:
    """Journaled: a price that is looked at and not sold is on the shift's page."""
    note_price_check(session, item.product.id, by=current_actor(), at=current_time())
    found = check_price(session, item.product, current_day(), item.lot_id, item.ends_on)
    return CheckPanel(sound="ok", found=found, repeated=make_repeated_request("mode", "once"))


@blueprint.post("/add/<int:product_id>")
@till_action
def add(session: Session, product_id: int) -> Panel | tuple[Panel, int]:
    """A tile or a name that was touched."""
    return _check_or_add(session, make_item(get_product(session, product_id)))


def _read_day(name: str) -> date | None:
    """A day of the pack's code, as an earlier panel's form had it."""
    return read_day(request.form.get(name, ""))


def has_confirmed_dates() -> bool:
    """The cashier's answer to the question whether it is that lot, though its days differ."""
    return request.form.get("dates") == "confirmed"


def _weight_panel(session: Session, product: Product, wrong: str) -> Panel:
    """How heavy is it? `wrong` is what was typed and is no weight."""
    return WeightPanel(
        sound="no" if wrong else "look",
        product=product,
        wrong=wrong[:LONGEST_TYPED],
        price_vnd=find_price(session, product.id, current_day()),
        repeated=make_repeated_request(*_WEIGHTS),
    )


def _read_times_milli() -> int:
    """The quantity typed before the scan (`3*`), in thousandths; one without. Raises Refused (`quantity_odd`)."""
    typed = request.form.get("quantity", "").strip()
    times = read_quantity(typed, Unit.PIECE) if typed else ONE
    if not times:
        raise Refused.because("quantity_odd")
    return times


def _add_scanned(session: Session, item: ScannedItem, times_milli: int) -> Panel | tuple[Panel, int]:
    pack_milli = item.pack_milli or find_weight_milli(session, item.product.id, item.label_vnd, current_day())
    if pack_milli is None:
        # the answer sends the same scan again: nothing that its code says is lost on the way
        typed = next(filter(None, (request.form.get(name, "") for name in _WEIGHTS)), "")
        pack_milli, times_milli = read_quantity(typed, Unit.KG) if typed else None, ONE
        if not pack_milli:
            return _weight_panel(session, item.product, typed)
    # a lot that the code names is that lot, whatever else the request says
    chosen = None if item.lot_id else request.form.get(WhichLot.answer, type=parse_row_id)
    lot_id, known_by = (chosen, LotKnownBy.CHOSEN) if chosen else (item.lot_id, LotKnownBy.SCANNED)
    pack = PackDates(item.ends_on, item.made_on, is_confirmed=has_confirmed_dates())
    basket = _add_to_basket(
        session, item.product, pack_milli * times_milli // ONE, lot_id, known_by if lot_id else None, pack,
        must_ask_lot=item.is_run_together and not chosen,
    )  # fmt: skip
    return PayPanel(sound="ok"), find_newest_line(basket, item.product)


def find_newest_line(basket: Basket, product: Product) -> int:
    """The line of a product that is marked after it was put on or changed: what + and − mean next. 0: there is none."""
    return max((line.n for line in basket.lines if line.product_id == product.id), default=0)


def _add_to_basket(
    session: Session,
    product: Product,
    quantity_milli: int,
    lot_id: int | None,
    known_by: LotKnownBy | None,
    pack: PackDates,
    *,
    must_ask_lot: bool = False,
) -> Basket:
    """Into the basket; at the price on the shelf where the cashier touched that."""
    by_tag = "at_shelf_price" in request.form
    if baskets.needs_age_check(session, product) and request.form.get(WhatAge.answer) == "yes":
        baskets.confirm_age(session, current_actor().station, by=current_actor(), at=current_time())
    basket: Basket = name_product(
        product, baskets.add_goods, session, current_actor().station, product.id, quantity_milli, at=current_time(), lot_id=lot_id,
        known_by=known_by, at_shelf_price=by_tag, pack=pack, must_ask_lot=must_ask_lot,
    )  # fmt: skip
    if pack.is_confirmed:
        note_dates_confirmed(session, basket, product.id, lot_id, pack, by=current_actor(), at=current_time())
    if by_tag:
        note_shelf_price_kept(session, basket, product.id, by=current_actor(), at=current_time())
    return basket


@blueprint.post("/under-age")
@till_action
def under_age(session: Session) -> Panel:
    """The buyer is too young: noted, and nothing is sold."""
    name = request.form.get("product", "")[:200]
    note_age_refused(session, name, by=current_actor(), at=current_time())
    return PayPanel(sound="no")


def name_product(product: Product, act: Callable[..., Any], *arguments: Any, **more: Any) -> Any:
    """Run `act`; a refusal then says which product it is about."""
    try:
        return act(*arguments, **more)
    except Refused as no:
        about: dict[str, Fact] = {"product": product.name, "product_id": product.id}
        raise Refused(*(Reason(r.code, {**r.facts, **about}) for r in no.reasons)) from no


@blueprint.post("/choose/<int:product_id>/<int:lot_id>")
@till_action
def choose_lot(session: Session, product_id: int, lot_id: int) -> tuple[Panel, int]:
    """The cashier matched the pack in hand with a lot: asked by a till's page that is older than the running version."""
    quantity = request.form.get("quantity_milli", ONE, type=parse_row_id)
    pack = PackDates(_read_day("ends"), _read_day("made"), is_confirmed=has_confirmed_dates())
    product = get_product(session, product_id)
    basket = _add_to_basket(session, product, quantity, lot_id, LotKnownBy.CHOSEN, pack)
    return PayPanel(sound="ok"), find_newest_line(basket, product)


def register(app: Flask) -> None:
    """Add the room's pages and its lines of the menu to the application."""
    from . import basket_views, count_views, device_views, display_views, drawer_views, transfer_views  # noqa: F401  their routes hang on the same blueprint

    app.register_blueprint(blueprint)
    display_views.install_display(app)
    add_to_menu(
        app,
        MenuEntry("till.page", _l("Till"), "store", MANAGER | CASHIER, MenuGroup.SELLING, 2),
    )  # fmt: skip
