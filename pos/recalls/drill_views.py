"""recalls/drill_views.py — the recall drill's pages: find it, say so, stop the clock, print the report."""

from datetime import timedelta

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ..catalog.products import get_product
from ..documents.pdf import make_heading, make_paragraph, make_table, render_document
from ..kernel.actor import Role
from ..kernel.database import open_reading, unit_of_work
from ..kernel.errors import Refused
from ..kernel.formats import format_moment, format_quantity
from ..kernel.parsers import read_quantity
from ..shop.models import get_shop
from ..stock.queries import get_lot, list_all_places
from ..web.context import current_time
from ..web.download import send_download
from ..web.numbers import parse_row_id
from ..web.refused_forms import returns_to
from ..web.rights import current_actor, requires_role
from .drill import begin_drill, end_drill, get_drill, make_report, note_found
from .recall import list_receipts
from .views import blueprint


@blueprint.post("/drills/new/<int:lot_id>")
@requires_role(Role.MANAGER)
def begin_drill_of(lot_id: int) -> ResponseReturnValue:
    with unit_of_work() as session:
        drill = begin_drill(session, get_lot(session, lot_id), by=current_actor(), at=current_time())
    return redirect(url_for("recall.show_drill", number=drill.number))


@blueprint.get("/drills/<int:number>")
@requires_role(Role.MANAGER, Role.VIEWER)
def show_drill(number: int) -> ResponseReturnValue:
    with open_reading() as session:
        drill_report = make_report(session, get_drill(session, number))
        product = get_product(session, drill_report.lot.product_id)
        took = drill_report.took or current_time() - drill_report.drill.at
        named = {item.place.id for item in drill_report.places}
        elsewhere = [place for place in list_all_places(session) if place.id not in named]
        return render_template(
            "trace/drill.html",
            told=drill_report,
            product=product,
            took=format_minutes(took),
            elsewhere=elsewhere,
        )


def format_minutes(took: timedelta) -> str:
    """'12:05', minutes and seconds."""
    whole, seconds = divmod(int(took.total_seconds()), 60)
    return f"{whole}:{seconds:02}"


@blueprint.post("/drills/<int:number>/found")
@requires_role(Role.MANAGER)
@returns_to("recall.show_drill", "quantity")
def found_in_drill(number: int) -> ResponseReturnValue:
    found = read_quantity(request.form.get("quantity", ""))
    if found is None:
        raise Refused.because("quantity_odd", product="")
    with unit_of_work() as session:
        place_id = request.form.get("place_id", 0, type=parse_row_id)
        note_found(
            session, get_drill(session, number), place_id, found, by=current_actor(), at=current_time()
        )
    return redirect(url_for("recall.show_drill", number=number))


@blueprint.post("/drills/<int:number>/end")
@requires_role(Role.MANAGER)
def end_of_drill(number: int) -> ResponseReturnValue:
    with unit_of_work() as session:
        end_drill(
            session,
            get_drill(session, number),
            note=request.form.get("note", ""),
            by=current_actor(),
            at=current_time(),
        )
    flash(_("The clock stands. Keep the report for the next inspection."))
    return redirect(url_for("recall.show_drill", number=number))


@blueprint.get("/drills/<int:number>.pdf")
@requires_role(Role.MANAGER, Role.VIEWER)
def drill_report(number: int) -> ResponseReturnValue:
    """For the file: what was looked for, what was found where, how many slips, how long."""
    with open_reading() as session:
        drill_report, shop = make_report(session, get_drill(session, number)), get_shop(session)
        product = get_product(session, drill_report.lot.product_id)
    rows = [
        [item.place.name, format_quantity(item.expected_milli, product.unit),
         format_quantity(item.found.found_milli, product.unit) if item.found else "–", format_moment(item.found.at) if item.found else "–",
         item.found.by_name if item.found else "–"]
        for item in drill_report.places
    ]  # fmt: skip
    certain, possible = (list_receipts(drill_report.sold, is_certain=sure) for sure in (True, False))
    story = [
        make_paragraph(f"{product.name} · {_('Lot %(number)s', number=drill_report.lot.number)}", size=13, bold=True),
        make_paragraph(_("Begun %(begun)s by %(name)s; took %(took)s minutes; found %(share)s %% of what should lie in the shop.",
                begun=format_moment(drill_report.drill.at), name=drill_report.drill.by_name, took=format_minutes(drill_report.took) if drill_report.took else "–",
                share=f"{drill_report.found_share_bp / 100:.0f}"), size=11),
        make_paragraph(_("Receipts that surely hold it: %(certain)s. Receipts that may hold it: %(possible)s.", certain=certain, possible=possible), size=11),
        *make_heading(_("Found in the shop")),
        make_table([_("Place"), _("In the books"), _("Found"), _("When"), _("Who")], rows, [4, 2, 2, 3, 3]),
        *([*make_heading(_("Remark")), make_paragraph(drill_report.end.note)] if drill_report.end and drill_report.end.note else []),
    ]  # fmt: skip
    pdf = render_document(
        _("Recall drill no. %(number)s", number=number),
        shop.name,
        story,
        foot=f"{shop.name} · {format_moment(current_time())}",
    )
    return send_download(pdf, f"dien-tap-thu-hoi-{number}.pdf")
