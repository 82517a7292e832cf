"""trace/recall_views.py — stops and recalls: the list, one with all it concerns, the notice for the wall."""

from datetime import datetime

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ..documents.pdf import heading, page, table, words
from ..documents.workbook import Sheet, workbook
from ..kernel.actor import Role
from ..kernel.clock import SHOP_ZONE
from ..kernel.database import reading
from ..kernel.words import day, moment
from ..shop.models import get_shop
from ..web.download import download
from ..web.now import now
from ..web.rights import allowed
from .recall import Recall, get_recall, holds

pages = Blueprint("recall", __name__, url_prefix="/recalls")
PAGE = 100


@pages.get("")
@allowed(Role.MANAGER, Role.VIEWER)
def list_recalls() -> ResponseReturnValue:
    with reading() as session:
        return render_template("trace/recalls.html", rows=holds(session))


@pages.get("/<int:hold_id>")
@allowed(Role.MANAGER, Role.VIEWER)
def show(hold_id: int) -> ResponseReturnValue:
    """Its figures are of all that it concerns; the long lists come a page at a time, and whole in the workbook."""
    page_ = max(1, request.args.get("page", 1, type=int))
    shown = slice((page_ - 1) * PAGE, page_ * PAGE)
    with reading() as session:
        recall = get_recall(session, hold_id)
        return render_template(
            "trace/recall.html", recall=recall, sold=recall.sold[shown], came_in=recall.came_in[shown], page=page_,
            more=max(len(recall.sold), len(recall.came_in)) > page_ * PAGE,
        )  # fmt: skip


@pages.get("/<int:hold_id>.xlsx")
@allowed(Role.MANAGER, Role.VIEWER)
def as_workbook(hold_id: int) -> ResponseReturnValue:
    """The lists as sheets, for the producer and the authority."""
    with reading() as session:
        sheets = _sheets(get_recall(session, hold_id))
    return download(workbook(sheets), f"thu-hoi-{hold_id}.xlsx")


def _sheets(recall: Recall) -> list[Sheet]:
    return [
        (_("Came in"), [_("No."), _("When"), _("Delivery note"), _("Lot"), _("Quantity")],
         [[r.number, _local(r.at), r.delivery_note, lot.number, quantity_ / 1000] for r, lot, quantity_ in recall.came_in]),
        (_("On hand"), [_("Lot"), _("Place"), _("Quantity")],
         [[lot.number, place.name, quantity_ / 1000] for lot, place, quantity_ in recall.on_hand]),
        (_("Sold"), [_("Slip"), _("Line"), _("When"), _("Goods"), _("Lot"), _("Quantity"), _("Came back"), _("Certain")],
         [[s.number, s.n, _local(s.at), s.product, s.lot_number, s.quantity_milli / 1000, s.back_milli / 1000,
           _("yes") if s.is_certain else _("possible")] for s in recall.sold]),
        (_("Left unsold"), [_("No."), _("When"), _("Lot"), _("Quantity"), _("What happened")],
         [[w.number, _local(w.at), lot.number, w.quantity_milli / 1000, w.kind] for w, lot in recall.gone]),
    ]  # fmt: skip


def _local(at: datetime) -> datetime:
    """A moment as a workbook knows it: the shop's own time, without a zone."""
    return at.astimezone(SHOP_ZONE).replace(tzinfo=None)


@pages.get("/<int:hold_id>.pdf")
@allowed(Role.MANAGER, Role.VIEWER)
def notice(hold_id: int) -> ResponseReturnValue:
    """The notice to hang up: which goods, which lots, why, what the buyer does."""
    with reading() as session:
        recall, shop = get_recall(session, hold_id), get_shop(session)
    rows = [[product.name, lot.number, day(lot.made_on), day(lot.expires_on)] for lot, product in recall.lots]
    story = [
        words(_("Please bring these goods back. You get your money back, with or without the slip."), size=16, bold=True),
        *heading(_("Which goods")),
        table([_("Goods"), _("Lot"), _("Made on"), _("Best before")], rows, [6, 4, 3, 3]),
        *heading(_("Why")), words(recall.hold.reason, size=14),
        *heading(_("What to do")),
        words(_("Do not eat or use them. Bring them to %(shop)s, %(address)s. Questions: %(hotline)s.",
                shop=shop.name, address=shop.address or "–", hotline=shop.hotline or "–"), size=14),
    ]  # fmt: skip
    pdf = page(
        _("RECALL"), f"{shop.name} · {moment(recall.hold.at)}", story, foot=f"{shop.name} · {moment(now())}"
    )
    return download(pdf, f"thong-bao-thu-hoi-{hold_id}.pdf")
