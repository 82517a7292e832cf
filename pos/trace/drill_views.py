"""trace/drill_views.py — the recall drill's pages: find it, say so, stop the clock, print the report."""

from datetime import timedelta

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ..catalog.products import get_product
from ..documents.pdf import heading, page, table, words
from ..kernel.actor import Role
from ..kernel.database import reading, unit_of_work
from ..kernel.errors import Refused
from ..kernel.typed import read_quantity
from ..kernel.words import moment, quantity
from ..shop.models import get_shop
from ..stock.queries import get_lot, places
from ..web.download import download
from ..web.now import now
from ..web.numbers import row_id
from ..web.rights import actor, allowed
from .drill import begin_drill, end_drill, get_drill, note_found, report
from .recall import slips
from .recall_views import pages


@pages.post("/drills/new/<int:lot_id>")
@allowed(Role.MANAGER)
def begin_drill_of(lot_id: int) -> ResponseReturnValue:
    with unit_of_work() as session:
        drill = begin_drill(session, get_lot(session, lot_id), by=actor(), at=now())
    return redirect(url_for("recall.show_drill", number=drill.number))


@pages.get("/drills/<int:number>")
@allowed(Role.MANAGER, Role.VIEWER)
def show_drill(number: int) -> ResponseReturnValue:
    with reading() as session:
        told = report(session, get_drill(session, number))
        product = get_product(session, told.lot.product_id)
        took = told.took or now() - told.drill.at
        named = {one.place.id for one in told.places}
        elsewhere = [place for place in places(session) if place.id not in named]
        return render_template(
            "trace/drill.html", told=told, product=product, took=minutes(took), elsewhere=elsewhere
        )


def minutes(took: timedelta) -> str:
    """'12:05', minutes and seconds."""
    whole, seconds = divmod(int(took.total_seconds()), 60)
    return f"{whole}:{seconds:02}"


@pages.post("/drills/<int:number>/found")
@allowed(Role.MANAGER)
def found_in_drill(number: int) -> ResponseReturnValue:
    found = read_quantity(request.form.get("quantity", ""))
    if found is None:
        raise Refused.because("quantity_odd", product="")
    with unit_of_work() as session:
        place_id = request.form.get("place_id", 0, type=row_id)
        note_found(session, get_drill(session, number), place_id, found, by=actor(), at=now())
    return redirect(url_for("recall.show_drill", number=number))


@pages.post("/drills/<int:number>/end")
@allowed(Role.MANAGER)
def end_of_drill(number: int) -> ResponseReturnValue:
    with unit_of_work() as session:
        end_drill(
            session, get_drill(session, number), note=request.form.get("note", ""), by=actor(), at=now()
        )
    flash(_("The clock stands. Keep the report for the next inspection."))
    return redirect(url_for("recall.show_drill", number=number))


@pages.get("/drills/<int:number>.pdf")
@allowed(Role.MANAGER, Role.VIEWER)
def drill_report(number: int) -> ResponseReturnValue:
    """For the file: what was looked for, what was found where, how many slips, how long."""
    with reading() as session:
        told, shop = report(session, get_drill(session, number)), get_shop(session)
        product = get_product(session, told.lot.product_id)
    rows = [
        [one.place.name, quantity(one.expected_milli, product.unit),
         quantity(one.found.found_milli, product.unit) if one.found else "–", moment(one.found.at) if one.found else "–",
         one.found.by_name if one.found else "–"]
        for one in told.places
    ]  # fmt: skip
    certain, possible = (slips(told.sold, is_certain=sure) for sure in (True, False))
    story = [
        words(f"{product.name} · {_('Lot %(number)s', number=told.lot.number)}", size=13, bold=True),
        words(_("Begun %(begun)s by %(name)s; took %(took)s minutes; found %(share)s %% of what should lie in the shop.",
                begun=moment(told.drill.at), name=told.drill.by_name, took=minutes(told.took) if told.took else "–",
                share=f"{told.found_share_bp / 100:.0f}"), size=11),
        words(_("Slips that surely hold it: %(certain)s. Slips that may hold it: %(possible)s.", certain=certain, possible=possible), size=11),
        *heading(_("Found in the shop")),
        table([_("Place"), _("In the books"), _("Found"), _("When"), _("Who")], rows, [4, 2, 2, 3, 3]),
        *([*heading(_("Remark")), words(told.end.note)] if told.end and told.end.note else []),
    ]  # fmt: skip
    pdf = page(
        _("Recall drill no. %(number)s", number=number),
        shop.name,
        story,
        foot=f"{shop.name} · {moment(now())}",
    )
    return download(pdf, f"dien-tap-thu-hoi-{number}.pdf")
