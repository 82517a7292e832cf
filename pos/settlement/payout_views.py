"""settlement/payout_views.py — pay producers: transfers one after the other, each with its code; cash; what came back."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ..cashbook.queries import list_places
from ..identity.forms import AT_SECOND_PERSON
from ..kernel.actor import Role
from ..kernel.database import open_reading, unit_of_work
from ..kernel.errors import Refused
from ..kernel.formats import format_vnd
from ..payments.banks import name_bank
from ..payments.code_picture import draw_code_svg
from ..payments.vietqr import TransferCode, encode_vietqr
from ..producers.terms import get_producer
from ..shifts.models import BANK, CARD, SAFE
from ..web.cash_terms import name_cash_place
from ..web.context import current_day, current_time
from ..web.forms import answer_form
from ..web.numbers import parse_row_id
from ..web.repeated import find_first_result, is_first_request, keep_first_result
from ..web.rights import current_actor, requires_role
from .entries import get_entry
from .forms import PayForm, ReverseForm
from .payout_accounts import find_payout_account
from .payouts import (
    begin_transfer,
    confirm_transfer,
    drop_transfer,
    find_free_vnd,
    get_order,
    is_account_other,
    list_open_orders,
    pay_in_cash,
    round_cash,
    take_payout_back,
)
from .queries import find_due_vnd, list_producer_lines
from .views import blueprint, current_vault

AT_PAY = {
    "amount_odd": "amount", "over_balance": "amount", "cash_not_round": "amount", "drawer_short": "amount", "place_short": "amount",
    "place_odd": "way", "no_payout_account": "way", "payouts_wait": "way", **AT_SECOND_PERSON,
}  # fmt: skip
BY_TRANSFER = "transfer"
BY_FILE = "file"


@blueprint.route("/producers/<int:producer_id>/pay", methods=["GET", "POST"])
@requires_role(Role.MANAGER)
def pay(producer_id: int) -> ResponseReturnValue:
    """Pay one producer, by transfer or in cash; what is owed stands in the box."""
    with open_reading() as session:
        producer, free_vnd = get_producer(session, producer_id), find_free_vnd(session, producer_id)
        account = find_payout_account(session, producer_id)
        places = [place for place in list_places(session) if place not in {BANK, CARD}]
    form: Any = PayForm(amount=max(free_vnd, 0) if account else round_cash(free_vnd))
    form.way.choices = [*([(BY_TRANSFER, _("by transfer to %(account)s", account=account.masked))] if account else []),
                        *((place, _("in cash: %(place)s", place=name_cash_place(place))) for place in sorted(places, key=lambda place: place == SAFE))]  # fmt: skip

    def save() -> ResponseReturnValue:
        approval = form.second_person()
        more: Any = {
            "by": current_actor(),
            "at": current_time(),
            "approval": approval,
            "is_advance": bool(form.is_advance.data),
        }
        with unit_of_work() as session:
            first = find_first_result(session)
            if first is None:
                paid = get_producer(session, producer_id)
                if form.way.data == BY_TRANSFER:
                    first = str(
                        begin_transfer(session, paid, form.amount.data, form.reason.data or "", **more).id
                    )
                else:
                    pay_in_cash(
                        session, paid, form.way.data, form.amount.data, form.reason.data or "", **more
                    )
                    first = ""
                keep_first_result(session, first)
        if first:
            return redirect(url_for("settlement.show_order", order_id=int(first)))
        flash(_("Paid in cash. The payment voucher is in the cash book."))
        return redirect(url_for("settlement.show_account", producer_id=producer_id))

    if (answer := answer_form(form, save, AT_PAY)) is not None:
        return answer
    title = _("Pay %(name)s", name=producer.name)
    return render_template(
        "settlement/pay.html", form=form, title=title, back=url_for("settlement.show_account", producer_id=producer_id),
        free_vnd=free_vnd, producer=producer, account=account,
    )  # fmt: skip


@blueprint.post("/payouts")
@requires_role(Role.MANAGER)
def begin_payouts() -> ResponseReturnValue:
    """Begin a transfer to each producer that was ticked, of what is owed; then one code after the other is shown, or the bank's file."""
    wanted = set(request.form.getlist("producer", type=parse_row_id))
    begun: list[int] = []
    refused: list[tuple[str, Refused]] = []
    with unit_of_work() as session:
        lines = list_producer_lines(session, current_day()) if is_first_request(session) else []
    for producer_id, name in (
        (line.producer.id, line.producer.name) for line in lines if line.producer.id in wanted
    ):
        try:
            # A turn of the writer for each: the tills wait for one account alone. What is due is read in it, so that nobody
            # begins it twice.
            with unit_of_work() as session:
                due_vnd = find_due_vnd(session, producer_id, current_day())
                if due_vnd > 0:
                    order = begin_transfer(
                        session,
                        get_producer(session, producer_id),
                        due_vnd,
                        "",
                        by=current_actor(),
                        at=current_time(),
                    )
                    begun.append(order.id)
        except Refused as no:
            refused.append((name, no))
    if refused:
        return render_template("settlement/not_begun.html", refused=refused), 422
    if request.form.get("way") == BY_FILE:
        return redirect(url_for("settlement.show_bulk_file"))
    if begun:
        return redirect(url_for("settlement.show_order", order_id=begun[0]))
    if not wanted:
        flash(_("Tick whom to pay."))
        return redirect(url_for("settlement.show_all"))
    return redirect(url_for("settlement.next_order"))


@blueprint.get("/payouts/next")
@requires_role(Role.MANAGER)
def next_order() -> ResponseReturnValue:
    """The next transfer that was begun and is in no file for the bank; then that file, or the page of settlement after the last."""
    after = request.args.get("after", 0, type=parse_row_id) or 0
    with open_reading() as session:
        orders = list_open_orders(session)
    ids = [order.id for order in orders if order.filed_at is None]
    following = [order_id for order_id in ids if order_id > after] or ids
    if not following and orders:
        return redirect(url_for("settlement.show_bulk_file"))
    if not following:
        flash(_("All transfers that were begun are written down."))
        return redirect(url_for("settlement.show_all"))
    return redirect(url_for("settlement.show_order", order_id=following[0]))


@blueprint.get("/payouts/<int:order_id>")
@requires_role(Role.MANAGER)
def show_order(order_id: int) -> ResponseReturnValue:
    """The code of one transfer; the page looks every few seconds whether the bank has told of it."""
    with open_reading() as session:
        order = get_order(session, order_id)
        producer, row = (
            get_producer(session, order.producer_id),
            find_payout_account(session, order.producer_id),
        )
        account = current_vault().find(row) if row is not None else None
        waiting = list_open_orders(session)
        is_open = order in waiting
        picture = ""
        if account is not None and is_open and order.filed_at is None:
            text = encode_vietqr(
                TransferCode(
                    account.bank_bin, account.number, amount_vnd=order.amount_vnd, purpose=order.code
                )
            )
            picture = draw_code_svg(text)
        is_other = row is not None and is_account_other(order, row)
        return render_template(
            "settlement/order.html", order=order, producer=producer, account=account, picture=picture, is_open=is_open,
            left=len([each for each in waiting if each.filed_at is None]), bank=name_bank(account.bank_bin) if account else "", is_other=is_other,
        )  # fmt: skip


@blueprint.post("/payouts/<int:order_id>/sent")
@requires_role(Role.MANAGER)
def confirm_order(order_id: int) -> ResponseReturnValue:
    """Whoever manages says that it was sent; the bank's word comes by itself later, or came a moment before.

    The same page says so then, where no second click falls on the next producer's button.
    """
    with unit_of_work() as session:
        if is_first_request(session):
            order = get_order(session, order_id)
            if order.entry_number is None:
                confirm_transfer(session, order, by=current_actor(), at=current_time())
    return redirect(url_for("settlement.show_order", order_id=order_id))


@blueprint.post("/payouts/<int:order_id>/drop")
@requires_role(Role.MANAGER)
def drop_order(order_id: int) -> ResponseReturnValue:
    with unit_of_work() as session:
        if is_first_request(session):
            drop_transfer(session, get_order(session, order_id), by=current_actor(), at=current_time())
    return redirect(url_for("settlement.show_order", order_id=order_id))


@blueprint.route("/entries/<int:number>/came-back", methods=["GET", "POST"])
@requires_role(Role.MANAGER)
def take_back(number: int) -> ResponseReturnValue:
    """The money of a payout came back."""
    with open_reading() as session:
        entry = get_entry(session, number)
        producer_id, paid_vnd = entry.producer_id, -entry.amount_vnd
        name = get_producer(session, producer_id).name
    form: Any = ReverseForm()

    def save() -> ResponseReturnValue:
        approval = form.second_person()
        with unit_of_work() as session:
            if is_first_request(session):
                take_payout_back(
                    session, get_entry(session, number), form.reason.data, by=current_actor(), at=current_time(), approval=approval
                )  # fmt: skip
        flash(_("Saved."))
        return redirect(url_for("settlement.show_account", producer_id=producer_id))

    if (answer := answer_form(form, save, {"reason_missing": "reason", **AT_SECOND_PERSON})) is not None:
        return answer
    back = url_for("settlement.show_account", producer_id=producer_id)
    title = _("%(sum)s to %(name)s was not paid, or came back", sum=format_vnd(paid_vnd), name=name)
    return render_template("form.html", form=form, title=title, back=back)
