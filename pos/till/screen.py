"""till/screen.py — everything the till shows, read at one moment."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from flask import render_template, request
from sqlalchemy import select
from sqlalchemy.orm import Session

from ..catalog.models import Product, ProductGroup
from ..catalog.products import list_groups
from ..config import Config
from ..identity.approvals import MANAGERS
from ..identity.people import list_active_persons
from ..identity.second_person import WITNESSES
from ..kernel.actor import Actor
from ..kernel.money import suggest_amounts
from ..kernel.reason import Reason
from ..pricing.prices import price_in_force
from ..printing.queue import count_waiting
from ..sales.basket import find_open_basket, list_parked
from ..sales.priced_basket import PricedBasket, price_basket
from ..sales.queries import find_cash, find_newest_sale, list_tenders
from ..shifts.cash_documents import list_noted_persons
from ..shifts.drawer import find_open_shift
from ..shop.models import get_shop
from ..shop.taxes import has_vat
from ..station.screen_changes import note_change_of
from ..station.state import current_hub, get_station_state, list_device_states
from ..web.context import current_day, current_time
from ..web.reasons import render_reason
from .panels import DonePanel, Panel, RefusedPanel, TransferPanel
from .pole import make_display_lines

if TYPE_CHECKING:
    from ..sales.models import Sale, Tender
    from ..shifts.models import Shift

TILES = 60
# What may be looked at before a shift is open.
WITHOUT_SHIFT = {"shift_open", "float_odd", "shift_closed", "keys", "check", "sales", "sale"}


def render_till(
    session: Session, who: Actor, config: Config, panel: Panel, selected: int | None = None
) -> str:
    """The till's body: basket, right half, foot. One fragment for every answer, so that nothing is ever stale."""
    basket = price_basket(session, find_open_basket(session, who.station), current_day())
    shift = find_open_shift(session, who.station)
    if shift is None:
        panel = _ask_for_shift(panel)
    lines = basket.lines
    last, last_tender = (None, None) if lines or shift is None else _find_last_receipt(session, shift, panel)
    current_hub().note_code_shown(who.station, isinstance(panel, TransferPanel))
    if request.method == "POST":  # an act; to look at the till again says nothing to the buyer
        note_change_of(who.station)
        _show_buyer(who.station, config, basket, panel)
    return render_template(
        "till/body.html",
        basket=basket,
        shift=shift,
        panel=panel,
        selected=selected or (lines[-1].n if lines else None),
        suggested_amounts=suggest_amounts(basket.due_vnd),
        find_cash_step_vnd=lambda: get_shop(session).cash_rounding_vnd,
        parked_count=len(list_parked(session)),
        printing=count_waiting(session, config.printer_of(who.station)),
        printer=get_station_state(config, who.station),
        devices=list_device_states(config, who.station),
        station=config.station(who.station),
        last=last,
        last_tender=last_tender,
        now_ms=int(current_time().timestamp() * 1000),
        has_vat=partial(has_vat, session, current_day()),
        list_approvers=partial(list_active_persons, session, MANAGERS),
        list_takers=partial(list_active_persons, session, WITNESSES),
        list_cash_persons=partial(list_noted_persons, session),
        lock_minutes=config.till.lock_after_minutes,
    )


def _find_last_receipt(session: Session, shift: "Shift", panel: Panel) -> "tuple[Sale | None, Tender | None]":
    """The shift's newest receipt, and its tender, whose change may still lie on the counter; no tender after goods came back."""
    if isinstance(panel, DonePanel):
        sale: Sale | None = panel.sale
    else:
        sale = find_newest_sale(session, shift.number)
    if sale is None or sale.refunds is not None:
        return sale, None
    return sale, panel.cash if isinstance(panel, DonePanel) else find_cash(list_tenders(session, sale.number))


def _ask_for_shift(panel: Panel) -> Panel:
    """The panel that opens a shift instead of one that needs it: with why nothing came of what was asked for."""
    if panel.name in WITHOUT_SHIFT - {"shift_open"}:
        return panel
    above, sound = panel.above, panel.sound
    if isinstance(panel, RefusedPanel):
        above = panel.reasons
    elif panel.name not in {"pay", "shift_open"} and not above:
        above, sound = [render_reason(Reason.make("no_open_shift"))], "look"
    return Panel(name="shift_open", sound=sound, errors=panel.errors, typed=panel.typed, above=above)


def _show_buyer(station: str, config: Config, basket: PricedBasket, panel: Panel) -> None:
    """The pole display says what the screen does."""
    known = config.station(station)
    if known is not None and known.display:
        tender = panel.cash if isinstance(panel, DonePanel) else None
        language = basket.basket.language if basket.basket else ""
        current_hub().show(
            station, *make_display_lines(basket, tender, language=language or config.till.language)
        )


@dataclass(frozen=True, slots=True)
class Tiles:
    groups: Sequence[ProductGroup]
    chosen: str
    products: Sequence[Any]


def list_tiles(session: Session, group_code: str = "") -> Tiles:
    """Products to touch: those without a code by default, or those of one group."""
    query = (
        select(Product, price_in_force(Product.id, current_day()).label("price_vnd"))
        .where(~Product.archived)
        .order_by(Product.search_key)
        .limit(TILES)
    )
    query = query.where(Product.group_code == group_code) if group_code else query.where(Product.on_tiles)
    return Tiles(list_groups(session), group_code, session.execute(query).all())
