"""trace/journey_views.py — one page from any code: back to the maker, forward to the slips; as page, workbook, JSON."""

import json

from flask import Blueprint, Flask, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from ..catalog.models import Product
from ..documents.workbook import Sheet, render_workbook
from ..kernel.actor import Role
from ..kernel.database import open_reading
from ..web.download import send_download
from ..web.menu import READERS, MenuEntry, MenuGroup, add_to_menu
from ..web.numbers import requested_page
from ..web.rights import requires_role
from ..web.row_names import NamedRow, name_documents
from ..web.terms import MOVES, PAPERS
from .journey import LotJourney, find_lots, get_journey, journey_to_json
from .scans import count_openings

blueprint = Blueprint("tracing", __name__, url_prefix="/trace")
PAGE = 100


@blueprint.get("")
@requires_role(Role.MANAGER, Role.VIEWER)
def ask() -> ResponseReturnValue:
    """From a code to its lot; to a choice, where it may be several."""
    code = request.args.get("code", "")
    with open_reading() as session:
        lots = find_lots(session, code)
        if len(lots) == 1:
            return redirect(url_for("tracing.show", lot_id=lots[0].id))
        rows = [(lot, session.get_one(Product, lot.product_id)) for lot in lots]
        return render_template("trace/ask.html", rows=rows, code=code)


@blueprint.get("/<int:lot_id>")
@requires_role(Role.MANAGER, Role.VIEWER)
def show(lot_id: int) -> ResponseReturnValue:
    """The long lists come a page at a time; whole in the workbook and as JSON."""
    page = requested_page()
    shown = slice((page - 1) * PAGE, page * PAGE)
    with open_reading() as session:
        way = get_journey(session, lot_id)
        return render_template(
            "trace/journey.html", way=way, went=way.went[shown], moves=way.moves[shown], page=page,
            more=max(len(way.went), len(way.moves)) > page * PAGE, balance=_balance(way),
            opened=count_openings(session, lot_id), documents=name_documents(session, {move.document for move, _place in way.moves[shown]}),
        )  # fmt: skip


def _balance(way: LotJourney) -> dict[str, int]:
    """What came in, and where it is now, in thousandths: it must add up."""
    sold = sum(item.quantity_milli - item.back_milli for item in way.went)
    on_hand_milli = sum(quantity for _place, quantity in way.lying)
    came = sum(item.quantity_milli for item in way.came)
    return {"came": came, "lying": on_hand_milli, "sold": sold, "else": came - on_hand_milli - sold}


@blueprint.get("/<int:lot_id>.json")
@requires_role(Role.MANAGER, Role.VIEWER)
def as_json(lot_id: int) -> ResponseReturnValue:
    with open_reading() as session:
        text = json.dumps(journey_to_json(get_journey(session, lot_id)), ensure_ascii=False, indent=1)
    return send_download(text, f"truy-xuat-{lot_id}.json")


@blueprint.get("/<int:lot_id>.xlsx")
@requires_role(Role.MANAGER, Role.VIEWER)
def as_workbook(lot_id: int) -> ResponseReturnValue:
    with open_reading() as session:
        way = get_journey(session, lot_id)
        sheets = _sheets(way, name_documents(session, {move.document for move, _place in way.moves}))
    return send_download(render_workbook(sheets), f"truy-xuat-{lot_id}.xlsx")


def _sheets(way: LotJourney, documents: dict[str, NamedRow]) -> list[Sheet]:
    maker = way.producer
    about = [
        [_("Product"), way.product.name], [_("Lot"), way.lot.number], [_("Producer"), maker.name if maker else ""],
        [_("Place of origin"), way.lot.origin_place], [_("Made on"), way.lot.made_on], [_("Best before"), way.lot.expires_on],
        [_("Delivery note no."), way.lot.delivery_note],
    ]  # fmt: skip
    return [
        (_("Lot"), [_("What"), _("Value")], about),
        (_("Papers"), [_("Kind of paper"), _("Number"), _("Issued by"), _("Good from"), _("Good until")],
         [[str(PAPERS[p.kind]), p.number, p.issuer, p.starts, p.ends] for p in way.papers]),
        (_("Came in"), [_("No."), _("When"), _("Delivery note"), _("Quantity"), _("Who")],
         [[c.receiving.number, c.receiving.at, c.receiving.delivery_note, c.quantity_milli / 1000, c.receiving.by_name] for c in way.came]),
        (_("Moves"), [_("When"), _("What"), _("Place"), _("Quantity"), _("Document")],
         [[m.at, str(MOVES[m.kind]), place, m.quantity_milli / 1000, documents[m.document].text] for m, place in way.moves]),
        (_("Sold"), [_("Receipt"), _("Line"), _("When"), _("Quantity"), _("Came back"), _("Certain")],
         [[w.number, w.n, w.at, w.quantity_milli / 1000, w.back_milli / 1000,
           _("possible") if w.lot_known_by == "assumed" else _("yes")] for w in way.went]),
    ]  # fmt: skip


def register(app: Flask) -> None:
    """Add the room's pages and its lines of the menu to the application."""
    app.register_blueprint(blueprint)
    add_to_menu(
        app,
        MenuEntry("tracing.ask", _l("Trace"), "scan-barcode", READERS, MenuGroup.STOCK, 4),
        parents={"tracing.show": "tracing.ask"},
    )  # fmt: skip
