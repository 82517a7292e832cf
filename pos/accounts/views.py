"""accounts/views.py — buyers on account and their debts, gift vouchers, money to give back."""

from typing import Any

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from ..kernel.actor import Role
from ..kernel.database import open_reading, unit_of_work
from ..kernel.errors import NotFound
from ..printing.send import send_to_printer, wake_printers
from ..sales.buyers import TypedBuyer, erase_buyer, get_buyer, list_buyers, save_buyer
from ..sales.debts import find_debt, list_debt_payments, list_debts, sum_owed_by_buyer
from ..sales.takings import (
    get_taking,
    is_before_restore,
    list_to_give_back,
    take_voucher_back,
    undo_taking,
    write_debt_off,
)
from ..sales.transfers_back import find_payers, find_receipts
from ..sales.voucher_slip import make_voucher_slip
from ..shifts.drawer import list_open_shifts
from ..shop.models import get_shop
from ..vouchers.issue import cancel_voucher, issue_voucher
from ..vouchers.models import VoucherKind
from ..vouchers.queries import get_voucher, list_balances, list_moves, sum_balance, sum_liability
from ..web.context import current_config, current_time
from ..web.forms import answer_form
from ..web.menu import MANAGER, MenuEntry, MenuGroup, add_to_menu
from ..web.numbers import parse_row_id
from ..web.refused_forms import returns_to
from ..web.repeated import is_first_request
from ..web.rights import current_actor, requires_role
from ..web.terms import VOUCHER_KINDS, VOUCHER_MOVES
from .forms import BuyerForm, GivenVoucherForm

blueprint = Blueprint("accounts", __name__)
blueprint.after_request(wake_printers)
PAGE = 200


@blueprint.get("/buyers")
@requires_role(Role.MANAGER)
def list_accounts() -> ResponseReturnValue:
    """Who may buy on account, and what each owes."""
    with open_reading() as session:
        owed = sum_owed_by_buyer(session)
        buyers = list_buyers(session, archived=True)
        return render_template("accounts/buyers.html", buyers=buyers, owed=owed, whole_vnd=sum(owed.values()))


@blueprint.route("/buyers/new", methods=["GET", "POST"], defaults={"buyer_id": None})
@blueprint.route("/buyers/<int:buyer_id>/edit", methods=["GET", "POST"])
@requires_role(Role.MANAGER)
def edit_buyer(buyer_id: int | None) -> ResponseReturnValue:
    with open_reading() as session:
        known = get_buyer(session, buyer_id) if buyer_id is not None else None
        form: Any = BuyerForm(obj=known)

    def save() -> ResponseReturnValue:
        typed = TypedBuyer(
            form.name.data or "", form.phone.data or "", form.address.data or "", form.tax_code.data or "",
            form.limit_vnd.data or 0, form.archived.data,
        )  # fmt: skip
        with unit_of_work() as session:
            buyer = get_buyer(session, buyer_id) if buyer_id is not None else None
            saved = save_buyer(session, buyer, typed, by=current_actor(), at=current_time()).id
        flash(_("Saved."))
        return redirect(url_for("accounts.show_buyer", buyer_id=saved))

    places = {"name_missing": "name", "buyer_known": "name", "limit_odd": "limit_vnd"}
    if (answer := answer_form(form, save, places)) is not None:
        return answer
    title = known.name if known else _("New buyer on account")
    return render_template("form.html", form=form, title=title, back=url_for("accounts.list_accounts"))


@blueprint.get("/buyers/<int:buyer_id>")
@requires_role(Role.MANAGER)
def show_buyer(buyer_id: int) -> ResponseReturnValue:
    with open_reading() as session:
        buyer = get_buyer(session, buyer_id)
        debts = list_debts(session, buyer_id, is_open=False)
        payments = {debt.sale.number: list_debt_payments(session, debt.sale.number) for debt in debts}
        return render_template(
            "accounts/buyer.html", buyer=buyer, debts=debts, payments=payments, owed_vnd=sum(debt.open_vnd for debt in debts),
        )  # fmt: skip


@blueprint.post("/buyers/<int:buyer_id>/let-go/<int:sale_number>")
@requires_role(Role.MANAGER)
@returns_to("accounts.show_buyer", "reason")
def let_debt_go(buyer_id: int, sale_number: int) -> ResponseReturnValue:
    with unit_of_work() as session:
        debt = find_debt(session, sale_number)
        if debt is None or debt.buyer.id != buyer_id:
            raise NotFound.because("sale_not_found", number=sale_number)
        write_debt_off(
            session, sale_number, request.form.get("reason", ""), by=current_actor(), at=current_time(), approval=None
        )  # fmt: skip
    flash(_("The debt is let go."))
    return redirect(url_for("accounts.show_buyer", buyer_id=buyer_id))


@blueprint.post("/buyers/<int:buyer_id>/erase")
@requires_role(Role.MANAGER)
@returns_to("accounts.show_buyer", "erase")
def forget_buyer(buyer_id: int) -> ResponseReturnValue:
    with unit_of_work() as session:
        erase_buyer(session, get_buyer(session, buyer_id), by=current_actor(), at=current_time())
    flash(_("Name, phone and address are erased."))
    return redirect(url_for("accounts.list_accounts"))


@blueprint.get("/vouchers")
@requires_role(Role.MANAGER)
def list_vouchers() -> ResponseReturnValue:
    """Vouchers with what is left on each, and what the shop owes on those that it sold."""
    with open_reading() as session:
        rows = list_balances(
            session, is_open=not request.args.get("all"), before=request.args.get("before", type=parse_row_id), limit=PAGE
        )  # fmt: skip
        return render_template(
            "accounts/vouchers.html", rows=rows, owed_vnd=sum_liability(session), KINDS=VOUCHER_KINDS, PAGE=PAGE,
            shows_all=bool(request.args.get("all")),
        )  # fmt: skip


@blueprint.route("/vouchers/new", methods=["GET", "POST"])
@requires_role(Role.MANAGER)
def give_voucher() -> ResponseReturnValue:
    """A voucher is given away; its code is shown and printed this once."""
    form: Any = GivenVoucherForm()

    def save() -> ResponseReturnValue:
        with unit_of_work() as session:
            if not is_first_request(session):
                return redirect(url_for("accounts.list_vouchers"))
            voucher, letters = issue_voucher(
                session, VoucherKind.GIVEN, form.value_vnd.data or 0, expires_on=form.expires_on.data,
                reason=form.reason.data or "", by=current_actor(), at=current_time(),
            )  # fmt: skip
            with force_locale(current_config().till.language):
                slip = make_voucher_slip(get_shop(session), voucher, letters, _)
                title = _("Voucher no. %(number)s", number=voucher.number)
            send_to_printer(session, title, f"voucher:{voucher.number}", slip)
            return render_template("accounts/voucher_made.html", voucher=voucher, letters=letters)

    places = {"voucher_value_odd": "value_vnd", "voucher_end_past": "expires_on", "reason_missing": "reason"}
    if (answer := answer_form(form, save, places)) is not None:
        return answer
    return render_template(
        "form.html", form=form, title=_("Give a voucher away"), back=url_for("accounts.list_vouchers")
    )


@blueprint.get("/vouchers/<int:number>")
@requires_role(Role.MANAGER)
def show_voucher(number: int) -> ResponseReturnValue:
    with open_reading() as session:
        voucher = get_voucher(session, number)
        return render_template(
            "accounts/voucher.html", voucher=voucher, moves=list_moves(session, number), left_vnd=sum_balance(session, number),
            KINDS=VOUCHER_KINDS, MOVES_OF=VOUCHER_MOVES, shifts=list_open_shifts(session),
        )  # fmt: skip


@blueprint.post("/vouchers/<int:number>/cancel")
@requires_role(Role.MANAGER)
@returns_to("accounts.show_voucher", "reason")
def cancel_given_voucher(number: int) -> ResponseReturnValue:
    with unit_of_work() as session:
        cancel_voucher(session, get_voucher(session, number), request.form.get("reason", ""), by=current_actor(), at=current_time())  # fmt: skip
    flash(_("The voucher is cancelled."))
    return redirect(url_for("accounts.show_voucher", number=number))


@blueprint.post("/vouchers/<int:number>/take-back")
@requires_role(Role.MANAGER)
@returns_to("accounts.show_voucher", "reason", no_open_shift="station")
def take_voucher_money_back(number: int) -> ResponseReturnValue:
    """A sold voucher that nobody has used, also where its code was lost: the money goes back as it was paid."""
    with unit_of_work() as session:
        take_voucher_back(
            session, get_voucher(session, number), request.form.get("reason", ""), station=request.form.get("station", ""),
            by=current_actor(), at=current_time(), approval=None,
        )  # fmt: skip
    flash(_("It is given back."))
    return redirect(url_for("accounts.show_voucher", number=number))


@blueprint.get("/to-give-back")
@requires_role(Role.MANAGER)
def show_to_give_back() -> ResponseReturnValue:
    """Money that is the buyers': of baskets which were given up, transfers beyond what was due, refunds by transfer."""
    with open_reading() as session:
        rows = list_to_give_back(session)
        return render_template(
            "accounts/to_give_back.html", rows=rows, shifts=list_open_shifts(session), payers=find_payers(session, rows), receipts=find_receipts(session, rows),
            unsure={row.number for row in rows if is_before_restore(session, row)},
        )  # fmt: skip


@blueprint.post("/to-give-back/<int:number>")
@requires_role(Role.MANAGER)
@returns_to("accounts.show_to_give_back", "reason")
def give_taking_back(number: int) -> ResponseReturnValue:
    station = request.form.get("way", "")
    with unit_of_work() as session:
        undo_taking(
            session, get_taking(session, number), request.form.get("reason", ""), station=station, by=current_actor(),
            at=current_time(), approval=None, is_in_cash=bool(station), is_looked_up=bool(request.form.get("looked_up")),
        )  # fmt: skip
    flash(_("It is given back."))
    return redirect(url_for("accounts.show_to_give_back"))


def register(app: Flask) -> None:
    """Add the room's pages and its lines of the menu to the application."""
    app.register_blueprint(blueprint)
    add_to_menu(
        app,
        MenuEntry("accounts.list_accounts", _l("Buyers on account"), "users", MANAGER, MenuGroup.SELLING, 5),
        MenuEntry("accounts.list_vouchers", _l("Gift vouchers"), "tag", MANAGER, MenuGroup.SELLING, 6),
        parents={
            "accounts.edit_buyer": "accounts.list_accounts", "accounts.show_buyer": "accounts.list_accounts",
            "accounts.give_voucher": "accounts.list_vouchers", "accounts.show_voucher": "accounts.list_vouchers",
            "accounts.show_to_give_back": "banking.show_day",
        },
    )  # fmt: skip
