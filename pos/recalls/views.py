"""recalls/views.py — stops and recalls: the list, one with all it concerns, the notice for the wall."""

from collections.abc import Iterable
from typing import Any

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from ..admission.papers import get_paper
from ..admission.queries import list_goods_of_paper
from ..catalog.queries import list_product_ids
from ..documents.pdf import make_heading, make_paragraph, make_table, render_document
from ..documents.workbook import Sheet, render_workbook
from ..identity.forms import AT_SECOND_PERSON
from ..kernel.actor import Role
from ..kernel.database import open_reading, unit_of_work
from ..kernel.formats import format_day, format_moment
from ..producers.terms import get_producer
from ..settlement.recall_fault import find_recall_fault, record_recall_fault
from ..shop.models import get_shop
from ..stock.forms import ReleaseForm
from ..stock.lots import end_holds, place_holds
from ..stock.queries import get_hold
from ..web.context import current_time
from ..web.download import send_download
from ..web.menu import READERS, MenuEntry, MenuGroup, add_to_menu
from ..web.numbers import requested_page
from ..web.refused_forms import fill_refused_form, list_form_faults, returns_to, show_again
from ..web.repeated import is_first_request
from ..web.rights import current_actor, requires_role
from ..web.terms import MOVES
from .drill import list_drills
from .forms import FaultForm
from .recall import Recall, get_recall, list_holds

blueprint = Blueprint("recall", __name__, url_prefix="/recalls")
PAGE = 100


@blueprint.get("")
@requires_role(Role.MANAGER, Role.VIEWER)
def list_recalls() -> ResponseReturnValue:
    with open_reading() as session:
        return render_template("trace/recalls.html", rows=list_holds(session), drills=list_drills(session))


@blueprint.get("/<int:hold_id>")
@requires_role(Role.MANAGER, Role.VIEWER)
def show(hold_id: int) -> ResponseReturnValue:
    """Its figures are of all that it concerns; the long lists come a page at a time, and whole in the workbook."""
    page_ = requested_page()
    shown = slice((page_ - 1) * PAGE, page_ * PAGE)
    with open_reading() as session:
        recall = get_recall(session, hold_id)
        return render_template(
            "trace/recall.html", recall=recall, sold=recall.sold[shown], came_in=recall.came_in[shown], page=page_,
            fault=find_recall_fault(session, recall.together), fault_form=fill_refused_form(FaultForm(), url_for("recall.write_fault", hold_id=hold_id)),
            release_form=fill_refused_form(ReleaseForm(), url_for("recall.release_together", hold_id=hold_id)), more=max(len(recall.sold), len(recall.came_in)) > page_ * PAGE,
        )  # fmt: skip


@blueprint.post("/<int:hold_id>/release")
@requires_role(Role.MANAGER)
@returns_to("recall.show", "reason", **AT_SECOND_PERSON)
def release_together(hold_id: int) -> ResponseReturnValue:
    """End all that was stopped at once, with a second person's word."""
    form: Any = ReleaseForm()
    if not form.validate_on_submit():
        return show_again("recall.show", list_form_faults(form), hold_id=hold_id)
    agreed = form.second_person()
    with unit_of_work() as session:
        end_holds(
            session,
            get_hold(session, hold_id),
            reason=form.reason.data,
            by=current_actor(),
            approval=agreed,
            at=current_time(),
        )
    flash(_("It may be sold again."))
    return redirect(url_for("recall.show", hold_id=hold_id))


@blueprint.post("/<int:hold_id>/fault")
@requires_role(Role.MANAGER)
@returns_to("recall.show", "reason", **AT_SECOND_PERSON)
def write_fault(hold_id: int) -> ResponseReturnValue:
    """The recall was the shop's own fault, with a second person's word."""
    form: Any = FaultForm()
    if not form.validate_on_submit():
        return show_again("recall.show", list_form_faults(form), hold_id=hold_id)
    agreed = form.second_person()
    with unit_of_work() as session:
        if is_first_request(session):
            record_recall_fault(
                session, get_hold(session, hold_id), form.reason.data, approval=agreed, by=current_actor(), at=current_time()
            )  # fmt: skip
    flash(_("Saved."))
    return redirect(url_for("recall.show", hold_id=hold_id))


@blueprint.post("/of-producer/<int:producer_id>")
@requires_role(Role.MANAGER)
@returns_to("producers.edit", "reason")
def stop_producer(producer_id: int) -> ResponseReturnValue:
    """Stop all goods of a producer at once."""
    with unit_of_work() as session:
        producer = get_producer(session, producer_id)
        return _show_recall(session, list_product_ids(session, producer.id))


@blueprint.post("/of-paper/<int:paper_id>")
@requires_role(Role.MANAGER)
@returns_to("admission.edit_paper", "reason")
def stop_paper(paper_id: int) -> ResponseReturnValue:
    """Stop all goods that a paper stands for: those it names, or its producer's."""
    with unit_of_work() as session:
        paper = get_paper(session, paper_id)
        return _show_recall(session, list_goods_of_paper(session, paper))


def _show_recall(session: Session, product_ids: Iterable[int]) -> ResponseReturnValue:
    if not is_first_request(session):
        return redirect(url_for("recall.list_recalls"))
    first = place_holds(
        session, product_ids, reason=request.form.get("reason", ""), by=current_actor(), at=current_time()
    )[0]
    flash(_("Stopped: no till sells it any more."))
    return redirect(url_for("recall.show", hold_id=first.id))


@blueprint.get("/<int:hold_id>.xlsx")
@requires_role(Role.MANAGER, Role.VIEWER)
def as_workbook(hold_id: int) -> ResponseReturnValue:
    """The lists as sheets, for the producer and the authority."""
    with open_reading() as session:
        sheets = _sheets(get_recall(session, hold_id))
    return send_download(render_workbook(sheets), f"thu-hoi-{hold_id}.xlsx")


def _sheets(recall: Recall) -> list[Sheet]:
    return [
        (_("Came in"), [_("No."), _("When"), _("Delivery note"), _("Lot"), _("Quantity")],
         [[r.number, r.at, r.delivery_note, lot.number, quantity_ / 1000] for r, lot, quantity_ in recall.came_in]),
        (_("On hand"), [_("Lot"), _("Place"), _("Quantity")],
         [[lot.number, place.name, quantity_ / 1000] for lot, place, quantity_ in recall.on_hand]),
        (_("Sold"), [_("Receipt"), _("Line"), _("When"), _("Goods"), _("Lot"), _("Quantity"), _("Came back"), _("Certain")],
         [[s.number, s.n, s.at, s.product, s.lot_number, s.quantity_milli / 1000, s.back_milli / 1000,
           _("yes") if s.is_certain else _("possible")] for s in recall.sold]),
        (_("Left unsold"), [_("No."), _("When"), _("Lot"), _("Quantity"), _("What happened")],
         [[w.number, w.at, lot.number, w.quantity_milli / 1000, str(MOVES.get(w.kind, w.kind))] for w, lot in recall.gone]),
    ]  # fmt: skip


@blueprint.get("/<int:hold_id>.pdf")
@requires_role(Role.MANAGER, Role.VIEWER)
def notice(hold_id: int) -> ResponseReturnValue:
    """The notice to hang up: which goods, which lots, why, what the buyer does."""
    with open_reading() as session:
        recall, shop = get_recall(session, hold_id), get_shop(session)
    rows = [
        [product.name, lot.number, format_day(lot.made_on), format_day(lot.expires_on)]
        for lot, product in recall.lots
    ]
    story = [
        make_paragraph(_("Please bring these goods back. You get your money back, with or without the receipt."), size=16, bold=True),
        *make_heading(_("Which goods")),
        make_table([_("Goods"), _("Lot"), _("Made on"), _("Best before")], rows, [6, 4, 3, 3]),
        *make_heading(_("Why")), make_paragraph(recall.hold.reason, size=14),
        *make_heading(_("What to do")),
        make_paragraph(_("Do not eat or use them. Bring them to %(shop)s, %(address)s. Questions: %(hotline)s.",
                shop=shop.name, address=shop.address or "–", hotline=shop.hotline or "–"), size=14),
    ]  # fmt: skip
    pdf = render_document(
        _("RECALL"),
        f"{shop.name} · {format_moment(recall.hold.at)}",
        story,
        foot=f"{shop.name} · {format_moment(current_time())}",
    )
    return send_download(pdf, f"thong-bao-thu-hoi-{hold_id}.pdf")


def register(app: Flask) -> None:
    """Add the room's pages to the application."""
    from . import drill_views  # noqa: F401  their routes hang on the same blueprint

    app.register_blueprint(blueprint)
    add_to_menu(
        app,
        MenuEntry("recall.list_recalls", _l("Stops and recalls"), "octagon-x", READERS, MenuGroup.STOCK, 6),
        parents={"recall.show": "recall.list_recalls", "recall.show_drill": "recall.list_recalls"},
    )
