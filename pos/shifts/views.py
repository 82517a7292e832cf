"""shifts/views.py — the manager's list of shifts, and what happened in each."""

from collections.abc import Sequence

from flask import Blueprint, Flask, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from ..journal.told_rows import RowTeller, ToldRow
from ..kernel.actor import Role
from ..kernel.database import open_reading, unit_of_work
from ..web.cash_terms import CASH_CATEGORIES, name_cash_category, name_cash_document, name_cash_place
from ..web.context import current_config, current_time
from ..web.menu import MANAGER, MenuEntry, MenuGroup, add_to_menu
from ..web.refused_forms import returns_to
from ..web.rights import current_actor, requires_role
from .cash_documents import FROM_SAFE_OR_OUTSIDE, TO_SAFE_OR_OUTSIDE
from .drawer import find_close, get_shift, list_recent_shifts, sum_takings
from .explain_difference import explain_difference, find_told_reason, list_explanations
from .hand_over import list_hand_overs
from .queries import (
    ShiftAct,
    count_acts_since_close,
    find_float_before,
    list_acts,
    list_acts_since_close,
    list_next_floats,
    sum_by_cashier,
)

blueprint = Blueprint("shifts", __name__)

ACTS = {
    "cash_moved": _l("cash in or out"),
    "drawer_handed_over": _l("drawer handed over"),
    "drawer_opened": _l("drawer opened without a sale"),
    "refunded": _l("money given back"),
    "voided": _l("sale voided"),
    "reprinted": _l("receipt printed again"),
    "line_voided": _l("line taken off"),
    "basket_emptied": _l("basket emptied"),
    "line_lessened": _l("quantity lessened"),
    "parked": _l("basket parked"),
    "taken_over": _l("parked basket taken up again"),
    "price_checked": _l("price looked at"),
    "shelf_price_kept": _l("sold at the shelf's price"),
    "dates_differ": _l("sold though the pack's days differ from the books"),
    "pack_set_aside": _l("pack set aside"),
    "count_differs": _l("counted otherwise than the books"),
    "refused": _l("refused"),
    "pin_wrong": _l("wrong PIN"),
    "discount_set": _l("discount given"),
    "tender_corrected": _l("way of paying corrected"),
    "money_given_back": _l("money received beforehand given back"),
    "basket_given_up": _l("basket with money given up"),
    "debt_written_off": _l("debt let go"),
    "voucher_cancelled": _l("voucher cancelled"),
    "voucher_unknown": _l("wrong code of a voucher"),
}


@blueprint.app_context_processor
def act_names() -> dict[str, object]:
    return {"SHIFT_ACTS": ACTS}


@blueprint.app_context_processor
def list_cash_categories() -> dict[str, object]:
    """What cash into and out of a drawer can be for, in the panel of the till."""
    return {
        "CASH_IN": {code.value: CASH_CATEGORIES[code] for code in FROM_SAFE_OR_OUTSIDE},
        "CASH_OUT": {code.value: CASH_CATEGORIES[code] for code in TO_SAFE_OR_OUTSIDE},
    }


blueprint.add_app_template_filter(name_cash_category, "cash_category")
blueprint.add_app_template_filter(name_cash_document, "cash_document_name")
blueprint.add_app_template_filter(name_cash_place, "cash_place")
blueprint.add_app_template_filter(find_told_reason, "told_reason")


@blueprint.get("/shifts")
@requires_role(Role.MANAGER)
def list_shifts() -> ResponseReturnValue:
    with open_reading() as session:
        shifts = list_recent_shifts(session)
        next_floats = list_next_floats(session, [shift for shift, _close in shifts])
        return render_template(
            "shifts/list.html",
            shifts=shifts,
            next_floats={each.shift_number: each for each in next_floats},
            between=count_acts_since_close(session, [station.name for station in current_config().stations]),
        )


@blueprint.get("/shifts/between")
@requires_role(Role.MANAGER)
def show_between() -> ResponseReturnValue:
    """What happened at a till since its last close, while no shift is open; the next shift will have it."""
    station = request.args.get("station", "")
    with open_reading() as session:
        acts = list_acts_since_close(session, station)
        return render_template(
            "shifts/between.html",
            station=station,
            acts=_tell_acts(session, acts),
            cashiers=sum_by_cashier(acts),
        )


@blueprint.get("/shifts/<int:number>")
@requires_role(Role.MANAGER)
def show_shift(number: int) -> ResponseReturnValue:
    """The shift's cash, and every act besides plain sales, by cashier and one after the other."""
    with open_reading() as session:
        shift = get_shift(session, number)
        acts = list_acts(session, shift)
        return render_template(
            "shifts/shift.html", shift=shift, close=find_close(session, shift), takings=sum_takings(session, shift),
            acts=_tell_acts(session, acts), cashiers=sum_by_cashier(acts), before=find_float_before(session, shift),
            after=next(iter(list_next_floats(session, [shift])), None), explanations=list_explanations(session, shift),
            hand_overs=list_hand_overs(session, number),
        )  # fmt: skip


def _tell_acts(session: Session, acts: Sequence[ShiftAct]) -> list[tuple[ShiftAct, ToldRow]]:
    teller = RowTeller(session)
    return [(act, teller.tell(act.row)) for act in acts]


@blueprint.post("/shifts/<int:number>/reason")
@requires_role(Role.MANAGER)
@returns_to("shifts.show_shift", "reason")
def explain_shift(number: int) -> ResponseReturnValue:
    """Why more or less was counted, as it turned out later."""
    with unit_of_work() as session:
        reason = request.form.get("reason", "")
        explain_difference(session, get_shift(session, number), reason, by=current_actor(), at=current_time())
    return redirect(url_for("shifts.show_shift", number=number))


def register(app: Flask) -> None:
    """Add the room's pages and its lines of the menu to the application."""
    app.register_blueprint(blueprint)
    add_to_menu(
        app,
        MenuEntry("shifts.list_shifts", _l("Money & shifts"), "wallet", MANAGER, MenuGroup.MONEY, 2),
    )  # fmt: skip
