"""tags/views.py — which tags are true, printing them, walking the shelves, signs for the wall."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path

from flask import Blueprint, Flask, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from hardware.labels import pdf, picture
from hardware.labels.label import DoesNotFit, Label
from hardware.labels.layout import PAGE_DPI, lay_out
from hardware.labels.sheets import TEMPLATES

from ..catalog.models import Product
from ..catalog.products import get_product
from ..files.models import StoredFile
from ..files.store import file_path
from ..kernel.actor import Role
from ..kernel.database import open_reading, unit_of_work
from ..kernel.errors import NotFound, Refused, ShopError
from ..kernel.own_codes import format_tag_code
from ..kernel.text import normalize_text
from ..pricing.bulk import list_changes
from ..printing.queue import queue_print
from ..printing.send import wake_printers
from ..shop.models import get_shop
from ..stock.queries import get_place, list_all_places
from ..storeroom.queries import list_newest_receivings
from ..tags.content import TagContent, list_tag_contents
from ..tags.designs import DEFAULT_BRAND, TagDrawing, TagStyle, draw_tag
from ..tags.models import Design, Tag
from ..tags.old_price import find_old_price
from ..tags.print_tags import (
    PrintedBatch,
    get_batch,
    get_tag,
    list_admitted_tags,
    list_batch_tags,
    print_tags,
)
from ..tags.queries import list_newest_batches, list_noted_ids, list_unhung_tags
from ..tags.render import make_labels, make_slip
from ..tags.shelf import hang_tag, note_seen_tag, note_taken_down
from ..tags.truth import find_truth, list_changed_products
from ..tags.truth_cache import find_cached_truth
from ..web.context import current_config, current_day, current_time
from ..web.download import send_download
from ..web.menu import READERS, MenuEntry, MenuGroup, add_to_menu
from ..web.notices import warn
from ..web.numbers import parse_row_id
from ..web.reasons import render_reason
from ..web.refused_forms import list_reason_faults, returns_to, show_again
from ..web.rights import current_actor, requires_role
from .print_request import read_start, read_until
from .queries import get_tag_of_shelf, list_shelf_work, list_wanted_products
from .sheets import BY_PRODUCT, get_sheet, list_sheets, read_start_on_sheet

blueprint = Blueprint("tags", __name__, url_prefix="/tags")
PAGE = 100
ROLL_DPI = 203  # of receipt printers, which is the coarsest that tags are printed with
FLOOR = (Role.MANAGER, Role.CASHIER)


def get_tag_style(session: Session) -> TagStyle:
    shop = get_shop(session)
    stored = session.get(StoredFile, shop.logo_id) if shop.logo_id else None
    logo = file_path(Path(current_config().data.folder), stored.sha256).read_bytes() if stored else None
    return TagStyle(
        shop.name, _, current_config().public.base_url, shop.brand_colour or DEFAULT_BRAND, logo, shop.hotline
    )


@blueprint.get("")
@requires_role(Role.MANAGER, Role.VIEWER)
def overview() -> ResponseReturnValue:
    """What share of the shelves is true; which tags go, which are printed, which only wait to be hung, by shelf."""
    return _overview_page()


def _overview_page(faults: Mapping[str, str] | None = None) -> str:
    """`faults`: what is wrong with the form that was sent, by box."""
    page = request.args.get("page", 1, type=parse_row_id) or 1
    with open_reading() as session:
        found = find_cached_truth(session, current_day())
        batches = list_newest_batches(session, 8)
        return render_template(
            "labelling/overview.html", found=found, untrue=found.untrue[(page - 1) * PAGE : page * PAGE], page=page,
            more=len(found.untrue) > page * PAGE, missing=found.missing[:PAGE], to_print=len(list_changed_products(found)),
            batches=batches, places=list_all_places(session), outputs=list_outputs(Design.SHELF), designs=BY_PRODUCT, faults=faults or {},
            changes=list_changes(session, 10),
            receivings=list_newest_receivings(session, limit=10),
        )  # fmt: skip


def describe_sheet(name: str) -> str:
    """What a shop calls a sheet, by the name that its batch keeps."""
    template = TEMPLATES.get(name)
    if template is None:
        return str(_("plain A4, to be cut"))
    width, height = template.width // 10, template.height // 10
    return str(_("A4, %(cells)s labels of %(size)s mm", cells=template.cells, size=f"{width} × {height}"))


def list_outputs(design: Design) -> list[tuple[str, str]]:
    """Where tags can come out: the shop's printers, then the A4 sheets that take this size."""
    on_printers = [(f"printer:{each.name}", each.name) for each in current_config().printers]
    return [
        *on_printers,
        *((f"sheet:{item.name}", describe_sheet(item.name)) for item in list_sheets(design)),
    ]


@blueprint.post("/print")
@requires_role(Role.MANAGER)
def print_batch() -> ResponseReturnValue:
    """Tags of all that changed, of a delivery, a zone, a shelf, a price change, or of one product."""
    if faults := _find_day_faults():
        return _show_form_again(faults)
    product_id = _find_product_of_form()
    return _print_wanted_tags() if product_id is None else _print_tags_of_product(product_id=product_id)


@returns_to("tags.new", "tag", until_in_past="until")
def _print_tags_of_product(product_id: int) -> ResponseReturnValue:  # noqa: ARG001  names the page to come back to
    return _print_wanted_tags()


def _print_wanted_tags() -> ResponseReturnValue:
    form = request.form
    design, output = _read_design(form.get("design", "")), form.get("output", "")
    with unit_of_work() as session:
        product_ids = list_wanted_products(
            session, form.get("of", ""), codes=form.get("codes", ""), starts=read_start(), today=current_day()
        )
        printed = print_tags(
            session, product_ids, design, about=form.get("of", ""), output=output, key=_batch_key(of=form.get("of", ""), design=design, output=output, codes=form.get("codes", "")[:80]),
            starts=read_start(), until=read_until(), by=current_actor(), at=current_time(),
        )  # fmt: skip
        _send_to_printer(session, printed, normalize_text(form.get("reason", "")))
    if printed.refused:
        names = ", ".join(item.name for item in printed.refused[:12])
        warn(_("No tag, because the gate refuses them (their pages say why): %(names)s", names=names))
    return redirect(url_for("tags.show_batch", batch_id=printed.batch.id))


def _find_day_faults() -> dict[str, str]:
    """By box: why its day can't be taken."""
    for box, read in (("starts", read_start), ("until", read_until)):
        try:
            read()
        except Refused as no:
            return list_reason_faults(no, box, {})
    return {}


def _show_form_again(faults: dict[str, str]) -> ResponseReturnValue:
    """The page that the form came from: that of one product's tags, or of all."""
    product_id = _find_product_of_form()
    if product_id is not None and "starts" not in faults:
        return show_again("tags.new", faults, product_id=product_id)
    return _overview_page(faults), Refused.status


def _find_product_of_form() -> int | None:
    """The product from whose page of tags the form came; None: it came from the page of all."""
    kind, _colon, which = request.form.get("of", "").partition(":")
    try:
        return parse_row_id(which) if kind == "product" else None
    except ValueError:
        return None


def _batch_key(**asked: str) -> str:
    """The same form sent twice is one batch; another choice on it is another."""
    once = request.form.get("once", "") or secrets.token_hex(8)
    return " ".join((once, *asked.values(), request.form.get("starts", "")))[:200]


def _read_design(name: str) -> Design:
    if name not in {design.value for design in BY_PRODUCT}:
        raise NotFound.because("tag_design_not_found")
    return Design(name)


def _send_to_printer(session: Session, printed: PrintedBatch, reason: str) -> None:
    """To the printer that was chosen; a sheet is fetched as a PDF."""
    kind, _colon, name = printed.batch.output.partition(":")
    if kind == "printer" and current_config().printer(name) is None:
        raise NotFound.because("printer_not_found")
    if not printed.is_new or kind != "printer":
        return
    slip = make_slip(draw_tags(session, printed.tags, reason))
    queue_print(
        session,
        name,
        format_tag_code(printed.tags[0][0].id),
        f"tags:{printed.batch.id}",
        slip,
        at=current_time(),
    )


def draw_tags(
    session: Session,
    tags: Sequence[tuple[Tag, TagContent]],
    reason: str = "",
    *,
    weight_milli: int = 0,
    dpi: int = ROLL_DPI,
) -> list[Label]:
    """Raises Refused (`tag_does_not_fit`) with the goods whose words or code are too long for this card at that `dpi`."""
    cards = make_labels(session, tags, get_tag_style(session), reason=reason, weight_milli=weight_milli)
    for (tag, _says), card in zip(tags, cards, strict=True):
        try:
            lay_out(card, dpi)
        except DoesNotFit as no:
            raise Refused.because("tag_does_not_fit", product=tag.name, part=no.part, fits=no.fits) from no
    return cards


@blueprint.get("/batch/<int:batch_id>")
@requires_role(Role.MANAGER)
def show_batch(batch_id: int) -> ResponseReturnValue:
    """What came out, with its PDF, and one button for when all of it hangs."""
    with open_reading() as session:
        batch = get_batch(session, batch_id)
        tags = list_batch_tags(session, batch)
        hung = list_noted_ids(session, [tag.id for tag, _s in tags])
        return render_template(
            "labelling/batch.html", batch=batch, tags=tags, hung=hung, templates=list_sheets(Design(tags[0][0].design)) if tags else [],
        )  # fmt: skip


@blueprint.get("/batch/<int:batch_id>.pdf")
@requires_role(Role.MANAGER)
@returns_to("tags.show_batch", "start", sheet_right_odd="dx", sheet_down_odd="dy")
def batch_pdf(batch_id: int) -> ResponseReturnValue:
    """On the sheet that was chosen, from any cell on, moved by tenths of a millimetre where the printer is askew."""
    asked = request.args
    with open_reading() as session:
        batch = get_batch(session, batch_id)
        cards = draw_tags(session, list_admitted_tags(session, batch, current_day()), dpi=PAGE_DPI)
    template = get_sheet(cards, asked.get("sheet", "") or batch.output.partition(":")[2])
    start, dx, dy = read_start_on_sheet(template, *(asked.get(box, "") for box in ("start", "dx", "dy")))
    content = pdf.render_sheet(cards, template.moved(dx, dy), start=start)
    return send_download(content, f"tem-{batch_id}.pdf")


@blueprint.post("/batch/<int:batch_id>/hang")
@requires_role(Role.MANAGER)
def hang_batch(batch_id: int) -> ResponseReturnValue:
    """All of it hangs: what it replaces is off the list, and the till asks what it says."""
    with unit_of_work() as session:
        batch = get_batch(session, batch_id)
        hang_tag(session, list_unhung_tags(session, batch), by=current_actor(), at=current_time())
    flash(_("They hang. Take down what they replace."))
    return redirect(url_for("tags.overview"))


@blueprint.post("/<int:tag_id>/down")
@requires_role(*FLOOR)
def take_tag_down(tag_id: int) -> ResponseReturnValue:
    with unit_of_work() as session:
        note_taken_down(session, get_tag(session, tag_id), by=current_actor(), at=current_time())
    return redirect(
        (request.form.get("back", "").startswith("/tags") and request.form["back"])
        or url_for("tags.overview")
    )


@blueprint.get("/preview/<design>/<int:product_id>.png")
@requires_role(Role.MANAGER, Role.VIEWER)
def preview(design: str, product_id: int) -> ResponseReturnValue:
    """What the card would look like today, dot for dot as a printer of 203 dpi has it."""
    chosen = _read_design(design)
    with open_reading() as session:
        product = get_product(session, product_id)
        says = list_tag_contents(session, [product_id], current_day()).get(product_id)
        if says is None:
            raise NotFound.because("product_not_found")
        card = draw_tag(
            chosen,
            TagDrawing(0, says, old_price_vnd=_find_struck_price(session, product)),
            get_tag_style(session),
        )
    try:
        return Response(picture.render_png(card), mimetype="image/png")
    except DoesNotFit as no:
        raise Refused.because("tag_does_not_fit", product=says.name, part=no.part, fits=no.fits) from no


def _find_struck_price(session: Session, product: Product) -> int | None:
    """What a markdown printed today would strike through; None: nothing."""
    try:
        return find_old_price(session, product, current_day())
    except Refused:
        return None


@blueprint.get("/new/<int:product_id>")
@requires_role(Role.MANAGER)
def new(product_id: int) -> ResponseReturnValue:
    """One product's tags: each design as it would look, and why there may be none."""
    with open_reading() as session:
        product = get_product(session, product_id)
        says = list_tag_contents(session, [product_id], current_day()).get(product_id)
        reasons = [render_reason(reason) for reason in says.refusals] if says else []
        return render_template(
            "labelling/new.html",
            product=product,
            says=says,
            reasons=reasons,
            designs=BY_PRODUCT,
            outputs={design: list_outputs(design) for design in BY_PRODUCT},
        )


@blueprint.get("/walk")
@requires_role(*FLOOR)
def choose_walk() -> ResponseReturnValue:
    """Which shelf do you stand before? With how many of its tags are untrue or missing."""
    with open_reading() as session:
        rows = list_shelf_work(session, find_cached_truth(session, current_day()))
        return render_template("labelling/walks.html", rows=rows)


@blueprint.get("/walk/<int:place_id>")
@requires_role(*FLOOR)
def walk(place_id: int) -> ResponseReturnValue:
    return _render_walk(place_id)


@blueprint.post("/walk/<int:place_id>")
@requires_role(*FLOOR)
def walk_scan(place_id: int) -> ResponseReturnValue:
    """A tag scanned where it hangs: green and noted, or red with what is wrong."""
    text = request.form.get("code", "")
    try:
        with unit_of_work() as session:
            tag = get_tag_of_shelf(session, text, place_id)
            why = note_seen_tag(session, tag, by=current_actor(), at=current_time())
    except ShopError as no:
        words = render_reason(no.reasons[0])
        return _render_walk(place_id, wrong=f"{words.sentence} {words.remedy}".strip(), typed=text), no.status
    return _render_walk(place_id, scanned=tag, why=why)


def _render_walk(
    place_id: int, *, wrong: str = "", typed: str = "", scanned: Tag | None = None, why: Sequence[str] = ()
) -> str:
    """`scanned`: the tag that was scanned just now, and `why` it is untrue; `typed`: a text that is no tag of here."""
    since = current_time() - timedelta(hours=4)  # a walk is over long before
    with open_reading() as session:
        found = find_truth(session, current_day(), place_id=place_id)
        return render_template(
            "labelling/walk.html",
            place=get_place(session, place_id),
            found=found,
            wrong=wrong,
            typed=typed,
            since=since,
            scanned=scanned,
            why=why,
        )


blueprint.after_request(wake_printers)


def register(app: Flask) -> None:
    """Add the room's pages and its lines of the menu to the application."""
    from . import label_views, sign_views  # noqa: F401  their routes hang on the same blueprint

    app.register_blueprint(blueprint)
    app.jinja_env.filters["sheet_name"] = describe_sheet
    add_to_menu(
        app,
        MenuEntry("tags.overview", _l("Price tags"), "tag", READERS, MenuGroup.GOODS, 3),
    )  # fmt: skip
