"""tags/sign_views.py — sheets for the wall, the shop's colour and logo, how a sheet of labels lies in the printer."""

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hardware.labels import pdf, sheets

from ..catalog.products import get_product
from ..files.upload import check_upload, store_upload
from ..kernel.actor import Role
from ..kernel.database import open_reading, unit_of_work
from ..kernel.errors import NotFound
from ..shop.change_shop import change_shop
from ..shop.models import get_shop
from ..shop.taxes import has_vat
from ..stock.models import Zone
from ..stock.queries import get_lot
from ..tags.designs import DEFAULT_BRAND
from ..tags.signs import draw_house_rules, draw_recall_notice, draw_zone_sign
from ..web.context import current_day, current_time
from ..web.download import send_download
from ..web.refused_forms import returns_to
from ..web.rights import current_actor, requires_role
from .views import blueprint, get_tag_style
from .wall_signs import get_recall_reason, get_zone_stars, refuse_odd_colour


@blueprint.get("/signs")
@requires_role(Role.MANAGER)
def signs() -> ResponseReturnValue:
    """Sheets for the wall, the shop's colour and logo, the calibration pages."""
    with open_reading() as session:
        return render_template(
            "labelling/signs.html",
            shop=get_shop(session),
            templates=sheets.TEMPLATES.values(),
            default=DEFAULT_BRAND,
        )


@blueprint.post("/look")
@requires_role(Role.MANAGER)
@returns_to("tags.signs", "logo", colour_odd="colour")
def keep_look() -> ResponseReturnValue:
    """The colour and the logo on tags and signs. Raises Refused (`colour_odd`, `file_odd`)."""
    colour = request.form.get("colour", "").lower()
    refuse_odd_colour(colour)
    logo = check_upload("logo")
    with unit_of_work() as session:
        look: dict[str, object] = {"brand_colour": colour}
        if logo is not None:
            look["logo_id"] = store_upload(session, logo).id
        change_shop(session, look, by=current_actor(), at=current_time())
    flash(_("Saved."))
    return redirect(url_for("tags.signs"))


@blueprint.get("/signs/<any(ocop, other):zone>-<any(a4, a5):size>.pdf")
@requires_role(Role.MANAGER)
def sign_pdf(zone: str, size: str) -> ResponseReturnValue:
    """The sign over a zone's shelves. Raises Refused (`no_ocop_goods`)."""
    with open_reading() as session:
        stars = get_zone_stars(session, Zone(zone), current_day())
        return send_download(
            pdf.render_label(draw_zone_sign(Zone(zone), size, get_tag_style(session), stars)),
            f"bien-{zone}-{size}.pdf",
        )


@blueprint.get("/signs/rules.pdf")
@requires_role(Role.MANAGER)
def rules_pdf() -> ResponseReturnValue:
    with open_reading() as session:
        shop = get_shop(session)
        rules = [
            _("Every price is listed and includes tax; you pay what the tag says.")
            if has_vat(session, current_day())
            else _("Every price is listed; you pay what the tag says."),
            _("Scan the code on a tag or receipt: who made the goods, where, which lot, which papers."),
            shop.returns_rule or _("Goods are taken back as the receipt says."),
            _("Goods without papers or a known origin are not sold here."),
            _("Complaints: at the till or by phone %(phone)s. They are written down and answered.", phone=shop.hotline or "–"),
            _("No alcohol for anyone under 18."),
        ]  # fmt: skip
        return send_download(pdf.render_label(draw_house_rules(rules, get_tag_style(session))), "noi-quy.pdf")


@blueprint.get("/signs/recall-<int:lot_id>.pdf")
@requires_role(Role.MANAGER)
def recall_pdf(lot_id: int) -> ResponseReturnValue:
    """A notice for the door, of a lot that is stopped. Raises NotFound for one that isn't."""
    with open_reading() as session:
        lot = get_lot(session, lot_id)
        reason = get_recall_reason(session, lot)
        notice = draw_recall_notice(
            get_product(session, lot.product_id).name, [lot.number], reason, get_tag_style(session)
        )
        return send_download(pdf.render_label(notice), f"thu-hoi-{lot_id}.pdf")


@blueprint.get("/signs/calibration-<name>.pdf")
@requires_role(Role.MANAGER)
def calibration(name: str) -> ResponseReturnValue:
    template = sheets.TEMPLATES.get(name)
    if template is None:
        raise NotFound.because("sheet_not_found")
    return send_download(pdf.render_calibration(template), "can-chinh.pdf")
