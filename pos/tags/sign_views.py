"""tags/sign_views.py — sheets for the wall, the shop's colour and logo, how a sheet of labels lies in the printer."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hardware.labels import pdf, sheets

from ..catalog.products import get_product
from ..files.upload import check_upload, kept
from ..journal.record import record
from ..kernel.actor import Role
from ..kernel.database import reading, unit_of_work
from ..kernel.errors import NotFound, Refused
from ..shop.models import get_shop
from ..stock.models import Zone
from ..stock.queries import active_holds, get_lot
from ..web.download import download
from ..web.now import now, today
from ..web.rights import actor, allowed
from .designs import DEFAULT_BRAND
from .saying import most_stars
from .signs import house_rules, recall_notice, zone_sign
from .views import look, pages


@pages.get("/signs")
@allowed(Role.MANAGER)
def signs() -> ResponseReturnValue:
    """Sheets for the wall, the shop's colour and logo, the calibration pages."""
    with reading() as session:
        return render_template(
            "tags/signs.html",
            shop=get_shop(session),
            templates=sheets.TEMPLATES.values(),
            default=DEFAULT_BRAND,
        )


@pages.post("/look")
@allowed(Role.MANAGER)
def keep_look() -> ResponseReturnValue:
    """The colour and the logo on tags and signs. Raises Refused (`colour_odd`, `file_odd`)."""
    colour = request.form.get("colour", "").lower()
    if len(colour) != 7 or colour[0] != "#" or not all(letter in "0123456789abcdef" for letter in colour[1:]):
        raise Refused.because("colour_odd")
    logo = check_upload(request.files.get("logo"))
    with unit_of_work() as session:
        shop = get_shop(session)
        shop.brand_colour = colour
        if logo is not None:
            shop.logo_id = kept(session, logo).id
        record(session, "policy_changed", by=actor(), at=now(), subject=shop, facts=[shop])
    flash(_("Saved."))
    return redirect(url_for("tags.signs"))


@pages.get("/signs/<any(ocop, other):zone>-<any(a4, a5):size>.pdf")
@allowed(Role.MANAGER)
def sign_pdf(zone: str, size: str) -> ResponseReturnValue:
    """The OCOP sign stands over goods that have stars today: without any Refused (`no_ocop_goods`)."""
    with reading() as session:
        stars = most_stars(session, today()) if zone == Zone.OCOP else 0
        if zone == Zone.OCOP and not stars:
            raise Refused.because("no_ocop_goods")
        return download(pdf.one(zone_sign(Zone(zone), size, look(session), stars)), f"bien-{zone}-{size}.pdf")


@pages.get("/signs/rules.pdf")
@allowed(Role.MANAGER)
def rules_pdf() -> ResponseReturnValue:
    with reading() as session:
        shop = get_shop(session)
        rules = [
            _("Every price is listed and includes tax; you pay what the tag says."),
            _("Scan the code on a tag or slip: who made the goods, where, which lot, which papers."),
            shop.returns_rule or _("Goods are taken back as the slip says."),
            _("Goods without papers or a known origin are not sold here."),
            _("Complaints: at the till or by phone %(phone)s. They are written down and answered.", phone=shop.hotline or "–"),
            _("No alcohol for anyone under 18."),
        ]  # fmt: skip
        return download(pdf.one(house_rules(rules, look(session))), "noi-quy.pdf")


@pages.get("/signs/recall-<int:lot_id>.pdf")
@allowed(Role.MANAGER)
def recall_pdf(lot_id: int) -> ResponseReturnValue:
    """A notice for the door, of a lot that is stopped. Raises NotFound for one that isn't."""
    with reading() as session:
        lot = get_lot(session, lot_id)
        holds = active_holds(session, lot)
        if not holds:
            raise NotFound.because("hold_not_found")
        notice = recall_notice(
            get_product(session, lot.product_id).name, [lot.number], holds[0].reason, look(session)
        )
        return download(pdf.one(notice), f"thu-hoi-{lot_id}.pdf")


@pages.get("/signs/calibration-<name>.pdf")
@allowed(Role.MANAGER)
def calibration(name: str) -> ResponseReturnValue:
    template = sheets.TEMPLATES.get(name)
    if template is None:
        raise NotFound.because("sheet_not_found")
    return download(pdf.calibration(template), "can-chinh.pdf")
