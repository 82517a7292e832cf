"""pricing/views.py — prices in bulk: what would change, then set, then perhaps taken back."""

from typing import Any

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session

from ..catalog.products import get_product, list_groups
from ..kernel.actor import Role
from ..kernel.database import open_reading, unit_of_work
from ..kernel.errors import ShopError
from ..producers.names import list_producer_choices
from ..stock.queries import get_lot
from ..web.context import current_day, current_time
from ..web.forms import answer_form
from ..web.menu import add_to_menu
from ..web.numbers import parse_row_id
from ..web.repeated import is_first_request
from ..web.rights import current_actor, requires_role
from .bulk import (
    PriceProposal,
    RejectedLine,
    get_change,
    list_changes,
    list_prices,
    propose_by_list,
    propose_by_percent,
    set_prices,
    undo_change,
)
from .forms import BulkForm, MarkdownForm
from .lot_markdown import mark_down_lot

blueprint = Blueprint("pricing", __name__)


@blueprint.route("/prices", methods=["GET", "POST"])
@requires_role(Role.MANAGER)
def bulk() -> ResponseReturnValue:
    """Type what is to change; the next page shows every old and new price."""
    form: Any = BulkForm(data={"direction": "up", "step_vnd": "1000", "starts": current_day()})
    with open_reading() as session:
        form.group_code.choices = [("", _("all")), *((g.code, g.name_vi) for g in list_groups(session))]
        form.producer_id.choices = [("", _("all")), *list_producer_choices(session)]
        if form.validate_on_submit():
            proposed, odd = _propose(session, form)
            return render_template("pricing/preview.html", proposed=proposed, odd=odd, starts=form.starts.data,
                                   note=form.note.data or "", on=current_day())  # fmt: skip
        past = [(change, len(list_prices(session, change))) for change in list_changes(session)]
        undone = {change.reverses for change, _count in past}
        return render_template("pricing/bulk.html", form=form, past=past, undone=undone)


def _propose(session: Session, form: Any) -> tuple[list[PriceProposal], list[RejectedLine]]:
    if form.typed.data and form.typed.data.strip():
        return propose_by_list(session, form.typed.data, form.starts.data)
    change = form.percent_bp.data or 0
    return propose_by_percent(
        session, change_bp=change if form.direction.data == "up" else -change, step_vnd=int(form.step_vnd.data or 1000),
        on=form.starts.data, group_code=form.group_code.data or "", producer_id=form.producer_id.data,
    ), []  # fmt: skip


@blueprint.post("/prices/set")
@requires_role(Role.MANAGER)
def apply() -> ResponseReturnValue:
    """Set what was ticked on the preview."""
    wanted = [
        (product_id, price)
        for product_id in request.form.getlist("product", type=parse_row_id)
        if (price := request.form.get(f"price-{product_id}", type=parse_row_id)) is not None
    ]
    form: Any = BulkForm()
    if not wanted or form.starts.data is None:
        flash(_("Nothing was ticked: no price was changed."))
        return redirect(url_for("pricing.bulk"))
    with unit_of_work() as session:
        if is_first_request(session):
            set_prices(
                session,
                wanted,
                starts=form.starts.data,
                note=form.note.data or "",
                by=current_actor(),
                at=current_time(),
            )
    flash(ngettext("%(num)s price is set.", "%(num)s prices are set.", len(wanted)))
    return redirect(url_for("pricing.bulk"))


@blueprint.post("/prices/<int:change_id>/undo")
@requires_role(Role.MANAGER)
def take_back(change_id: int) -> ResponseReturnValue:
    try:
        with unit_of_work() as session:
            undo_change(session, get_change(session, change_id), by=current_actor(), at=current_time())
    except ShopError as no:
        if any(reason.code == "lines_missing" for reason in no.reasons):
            flash(_("Nothing is left to take back: newer prices were set meanwhile."))
            return redirect(url_for("pricing.bulk"))
        raise
    flash(_("Taken back: the prices before it hold again."))
    return redirect(url_for("pricing.bulk"))


@blueprint.route("/lots/<int:lot_id>/mark-down", methods=["GET", "POST"])
@requires_role(Role.MANAGER)
def mark_down(lot_id: int) -> ResponseReturnValue:
    """Less is asked for a lot's packs, where the till scans or chooses that lot."""
    with open_reading() as session:
        lot = get_lot(session, lot_id)
        form: Any = MarkdownForm(
            data={"rate_bp": request.args.get("rate", lot.markdown_bp, type=parse_row_id)}
        )

    def save() -> ResponseReturnValue:
        with unit_of_work() as session:
            mark_down_lot(
                session, get_lot(session, lot_id), form.rate_bp.data, form.reason.data or "", by=current_actor(),
                at=current_time(),
            )  # fmt: skip
        flash(_("Saved. Put a markdown label on the packs that shows the lot, so that the till can scan it."))
        return redirect(url_for("stock.show_lot", lot_id=lot_id))

    places = {"discount_odd": "rate_bp", "marked_down_too_far": "rate_bp", "reason_missing": "reason"}
    if (answer := answer_form(form, save, places)) is not None:
        return answer
    with open_reading() as session:
        product = get_product(session, lot.product_id)
    title = _("Mark down %(product)s, lot %(number)s", product=product.name, number=lot.number)
    return render_template("form.html", form=form, title=title, back=url_for("stock.show_lot", lot_id=lot_id))


def register(app: Flask) -> None:
    """Add the room's pages to the application."""
    from . import proposal_views  # noqa: F401  its routes hang on the same blueprint

    app.register_blueprint(blueprint)
    add_to_menu(
        app,
        parents={"pricing.bulk": "catalog.list_products", "pricing.apply": "catalog.list_products", "pricing.mark_down": "stock.list_lots", "pricing.list_proposals": "catalog.list_products"},
    )  # fmt: skip
