"""settlement/bulk_views.py — the bank's file of many transfers, and how each bank wants it."""

from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ..kernel.actor import Role
from ..kernel.clock import SHOP_ZONE
from ..kernel.database import open_reading, unit_of_work
from ..kernel.errors import Refused
from ..producers.terms import list_all_producers
from ..web.context import current_time
from ..web.download import send_download
from ..web.forms import answer_form
from ..web.numbers import parse_row_id
from ..web.reasons import render_reason
from ..web.repeated import is_first_request
from ..web.rights import current_actor, requires_role
from .bulk_file import (
    DEFAULT_COLUMNS,
    collect_payments,
    confirm_file,
    drop_format,
    get_format,
    list_formats,
    read_columns,
    render_bulk_file,
    save_format,
)
from .bulk_forms import AT_FORMAT, FIELDS, BulkFormatForm, describe_columns
from .payouts import list_open_orders
from .views import blueprint, current_vault

SENT = "sent"


@blueprint.get("/payouts/file")
@requires_role(Role.MANAGER)
def show_bulk_file() -> ResponseReturnValue:
    """The transfers that were begun, to choose those of a file, and the formats of the banks."""
    return _render_bulk_page(None)


def _render_bulk_page(refused: Refused | None) -> ResponseReturnValue:
    """What was ticked and chosen stays as it was."""
    with open_reading() as session:
        orders, formats = list_open_orders(session), list_formats(session)
        names = {producer.id: producer.name for producer in list_all_producers(session, archived=True)}
    ticked = set(request.form.getlist("order", type=parse_row_id))
    if refused is None:
        ticked = {order.id for order in orders if order.filed_at is None}
    page = render_template(
        "settlement/bulk_file.html", orders=orders, formats=formats, names=names, ticked=ticked, FIELDS=FIELDS,
        chosen=request.form.get("format", ""), columns={each.id: read_columns(each) for each in formats}, plain=DEFAULT_COLUMNS,
        wrong=[render_reason(reason) for reason in refused.reasons] if refused else [],
        total_vnd=sum(order.amount_vnd for order in orders),
    )  # fmt: skip
    return (page, 422) if refused else page


@blueprint.post("/payouts/file")
@requires_role(Role.MANAGER)
def download_bulk_file() -> ResponseReturnValue:
    ids = request.form.getlist("order", type=parse_row_id)
    if request.form.get("way") == SENT:
        return _confirm_file(ids)
    wanted = request.form.get("format", type=parse_row_id)
    try:
        with unit_of_work() as session:
            columns = read_columns(get_format(session, wanted)) if wanted else list(DEFAULT_COLUMNS)
            payments = collect_payments(session, current_vault(), ids, by=current_actor(), at=current_time())
    except Refused as no:
        return _render_bulk_page(no)
    moment = current_time().astimezone(SHOP_ZONE)
    return send_download(render_bulk_file(payments, columns), f"chuyen-tien-{moment:%Y%m%d-%H%M}.xlsx")


def _confirm_file(order_ids: Sequence[int]) -> ResponseReturnValue:
    try:
        with unit_of_work() as session:
            if is_first_request(session):
                confirm_file(session, order_ids, by=current_actor(), at=current_time())
    except Refused as no:
        return _render_bulk_page(no)
    flash(_("Written down as sent."))
    return redirect(url_for("settlement.show_all"))


@blueprint.route("/payouts/formats/new", methods=["GET", "POST"])
@requires_role(Role.MANAGER)
def new_format() -> ResponseReturnValue:
    return _edit_format(None)


@blueprint.route("/payouts/formats/<int:format_id>", methods=["GET", "POST"])
@requires_role(Role.MANAGER)
def edit_format(format_id: int) -> ResponseReturnValue:
    return _edit_format(format_id)


def _edit_format(format_id: int | None) -> ResponseReturnValue:
    """A new format begins with the columns that most banks ask for."""
    with open_reading() as session:
        kept = get_format(session, format_id) if format_id else None
        name, columns = (kept.name, read_columns(kept)) if kept else ("", list(DEFAULT_COLUMNS))
    form: Any = BulkFormatForm(name=name, columns=describe_columns(columns))

    def save() -> ResponseReturnValue:
        with unit_of_work() as session:
            row = get_format(session, format_id) if format_id else None
            save_format(
                session, row, form.name.data, form.typed_columns, by=current_actor(), at=current_time()
            )
        flash(_("Saved."))
        return redirect(url_for("settlement.show_bulk_file"))

    if (answer := answer_form(form, save, AT_FORMAT)) is not None:
        return answer
    title = _("File of %(bank)s", bank=name) if name else _("New format of a bank")
    return render_template("settlement/bulk_format.html", form=form, title=title, format_id=format_id)


@blueprint.post("/payouts/formats/<int:format_id>/drop")
@requires_role(Role.MANAGER)
def forget_format(format_id: int) -> ResponseReturnValue:
    with unit_of_work() as session:
        drop_format(session, get_format(session, format_id), by=current_actor(), at=current_time())
    flash(_("The format is forgotten."))
    return redirect(url_for("settlement.show_bulk_file"))
