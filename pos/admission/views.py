"""admission/views.py — a product as the gate sees it, the papers, the policy."""

import csv
from collections.abc import Sequence
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import or_, select
from sqlalchemy.orm import Session, selectinload

from ..catalog.models import Product
from ..catalog.products import get_product
from ..files.check import CheckedFile
from ..files.page_pictures import get_stored_pages
from ..files.renderer import RendererBusy
from ..files.store import get_file
from ..files.upload import check_upload, store_upload, upload_error_fields
from ..identity.forms import AT_SECOND_PERSON, pending_change_message
from ..journal.record import record
from ..kernel.actor import Approval, Role
from ..kernel.database import open_reading, unit_of_work
from ..kernel.errors import Refused, ShopError
from ..kernel.formats import format_quantity
from ..kernel.quantity import Content, unit_price_vnd
from ..pricing.models import Price
from ..pricing.prices import find_price, find_shelf_price, note_shelf_price, set_price
from ..producers.names import list_producer_choices
from ..producers.terms import get_producer
from ..shop.limits import get_limits
from ..shop.models import get_shop
from ..stock.queries import list_on_hand
from ..web.context import current_config, current_day, current_time
from ..web.download import send_download
from ..web.menu import MANAGER, READERS, MenuEntry, MenuGroup, add_to_menu
from ..web.numbers import parse_row_id, requested_page
from ..web.reasons import PAPERS, render_reason
from ..web.rights import current_actor, requires_role
from .change_paper import change_paper, change_revocation
from .forms import PaperForm, PolicyForm, PriceForm, RevokeForm, ShelfPriceForm
from .gate import Act, Verdict
from .goods import GoodsQuery, judge_goods
from .models import Paper, PaperKind, ProposedPaper
from .outlook import UpcomingRefusal, list_ending_papers, list_upcoming_refusals
from .papers import CoveredProduct, get_paper, list_papers_by_product, save_paper
from .proposals import accept_proposal, get_proposed, list_waiting

blueprint = Blueprint("admission", __name__)
PAGE = 100
OUTLOOK_DAYS = (1, 7, 30)
MOST_PAGES = 12
_PLAIN = ("kind", "number", "issuer", "issued", "starts", "ends", "producer_id", "note")


@blueprint.get("/products/<int:product_id>")
@requires_role(Role.MANAGER, Role.VIEWER)
def show_product(product_id: int) -> ResponseReturnValue:
    with open_reading() as session:
        product = get_product(session, product_id)
        lots = list_on_hand(session, product_id)
        said = _judge_product(session, product_id, current_day())
        price = find_price(session, product_id, current_day())
        prices = session.scalars(
            select(Price).where(Price.product_id == product_id).order_by(Price.id.desc())
        ).all()
        per_unit = (
            unit_price_vnd(price, product.net_content_milli, Content(product.net_content_unit))
            if price
            else None
        )
        return render_template(
            "admission/product.html", product=product, producer=get_producer(session, product.producer_id), lots=lots,
            verdict=said, price=price, per_unit=per_unit, prices=prices, barcodes=list(product.barcodes),
            shelf=find_shelf_price(session, product_id),
            papers=list_papers_by_product(session, [product])[product_id],
            price_form=PriceForm(starts=current_day()), shelf_form=ShelfPriceForm(),
        )  # fmt: skip


def _judge_product(session: Session, product_id: int, on: date) -> Verdict:
    """The product by itself, whatever lots there are."""
    (verdict,) = judge_goods(session, [GoodsQuery(product_id)], Act.SHELVE, on)
    return Verdict(tuple(reason for reason in verdict.refusals if reason.code != "no_lot"), verdict.warnings)


@blueprint.post("/products/<int:product_id>/price")
@requires_role(Role.MANAGER)
def new_price(product_id: int) -> ResponseReturnValue:
    form: Any = PriceForm()
    if not form.validate_on_submit() or form.price_vnd.data is None:
        raise Refused.because("amount_odd")
    with unit_of_work() as session:
        set_price(session, get_product(session, product_id), form.price_vnd.data, starts=form.starts.data,
                  by=current_actor(), at=current_time())  # fmt: skip
    flash(_("Saved."))
    return redirect(url_for("admission.show_product", product_id=product_id))


@blueprint.post("/products/<int:product_id>/shelf-price")
@requires_role(Role.MANAGER)
def new_shelf_price(product_id: int) -> ResponseReturnValue:
    form: Any = ShelfPriceForm()
    if not form.validate_on_submit() or form.price_vnd.data is None:
        raise Refused.because("amount_odd")
    with unit_of_work() as session:
        note_shelf_price(
            session,
            get_product(session, product_id),
            form.price_vnd.data,
            by=current_actor(),
            at=current_time(),
        )
    flash(_("Saved."))
    return redirect(url_for("admission.show_product", product_id=product_id))


@blueprint.get("/papers")
@requires_role(Role.MANAGER, Role.VIEWER)
def list_papers() -> ResponseReturnValue:
    producer, kind = request.args.get("producer", ""), request.args.get("kind", "")
    words, page = request.args.get("q", "").strip(), requested_page()
    query = (
        select(Paper).options(selectinload(Paper.covers)).order_by(Paper.ends.is_(None), Paper.ends, Paper.id)
    )
    if producer == "shop":
        query = query.where(Paper.producer_id.is_(None))
    elif producer_id := request.args.get("producer", type=parse_row_id):
        query = query.where(Paper.producer_id == producer_id)
    if kind in PAPERS:
        query = query.where(Paper.kind == kind)
    if words:
        query = query.where(
            or_(*(c.icontains(words, autoescape=True) for c in (Paper.number, Paper.issuer, Paper.note)))
        )
    with open_reading() as session:
        papers = session.scalars(query.offset((page - 1) * PAGE).limit(PAGE + 1)).all()
        names = dict(list_producer_choices(session))
        return render_template(
            "admission/papers.html", sent_in=len(list_waiting(session)), papers=papers[:PAGE], more=len(papers) > PAGE, page=page, words=words, names=names,
            producer=producer, kind=kind, on=current_day(),
        )  # fmt: skip


@blueprint.route("/papers/new", methods=["GET", "POST"], defaults={"paper_id": None})
@blueprint.route("/papers/<int:paper_id>", methods=["GET", "POST"])
@requires_role(Role.MANAGER)
def edit_paper(paper_id: int | None) -> ResponseReturnValue:
    with open_reading() as session:
        known = get_paper(session, paper_id) if paper_id else None
        sent = _find_proposed(session) if known is None else None
        form = _paper_form(session, known, sent)
        scan = known.file_id if known else sent.file_id if sent else None
    if form.validate_on_submit():
        try:
            agreed = form.second_person() if known else None
            checked = check_upload(form.file.data)
            with unit_of_work() as session:
                known_paper = get_paper(session, paper_id) if paper_id else None
                paper, waits_until = _save_paper(session, form, known_paper, scan, checked, agreed)
                if sent is not None:
                    accept_proposal(
                        session, get_proposed(session, sent.id), paper, by=current_actor(), at=current_time()
                    )
        except ShopError as no:
            form.refuse(no, {"number_missing": "number", "paper_twice": "number", "issued_missing": "issued", "ends_before_start": "ends",
                             "stars_out_of_range": "products", "stars_missing": "products", "products_missing": "products",
                             "ends_beyond_term": "ends", "issued_in_future": "issued",
                             "product_not_found": "products"} | AT_SECOND_PERSON | upload_error_fields("file"))  # fmt: skip
        else:
            flash(pending_change_message(waits_until) if waits_until else _("Saved."))
            return redirect(url_for("admission.list_papers", producer=paper.producer_id or "shop"))
    return render_template("admission/paper.html", form=form, paper=known, revoke_form=RevokeForm(on=current_day()), sent=sent,
                           scan=scan, scan_pages=_count_scan_pages(scan))  # fmt: skip


def _find_proposed(session: Session) -> ProposedPaper | None:
    """What a producer sent in, to be taken over."""
    asked = request.values.get("sent", type=parse_row_id)
    return get_proposed(session, asked) if asked else None


def _count_scan_pages(file_id: int | None) -> int:
    """How many pages of the scan are shown beside the form."""
    if file_id is None:
        return 0
    with open_reading() as session:
        stored = get_file(session, file_id)
    pages = get_stored_pages(Path(current_config().data.folder), stored.sha256, stored.media_type)
    if not pages.path.is_file():
        return 0
    try:
        return min(MOST_PAGES, pages.count())
    except RendererBusy:
        return 1


def _paper_form(session: Session, known: Paper | None, sent: ProposedPaper | None) -> Any:
    given: dict[str, Any] = {
        "producer_id": request.args.get("producer", type=parse_row_id),
        "kind": "recognition",
    }
    renewed = request.args.get("renews", type=parse_row_id)
    if known is not None:
        given = {field: getattr(known, field) for field in _PLAIN} | {
            "products": _format_covered_products(session, known)
        }
    elif sent is not None:
        given = {field: getattr(sent, field, None) for field in _PLAIN}
    elif renewed:
        old = get_paper(session, renewed)
        given = {
            "kind": old.kind,
            "issuer": old.issuer,
            "producer_id": old.producer_id,
            "products": _format_covered_products(session, old, with_stars=False),
        }
    elif product_id := request.args.get("product", type=parse_row_id):
        product = get_product(session, product_id)
        given |= {"producer_id": product.producer_id, "products": f"{product.sku} "}
    form: Any = PaperForm(data=given)
    if known is None:  # a new paper is nobody's change
        del form.login
        del form.pin
    form.producer_id.choices = [("", ""), *list_producer_choices(session)]
    return form


def _format_covered_products(session: Session, paper: Paper, *, with_stars: bool = True) -> str:
    """The products that a paper names, as they are typed. A paper that renews it gives stars of its own."""
    return "\n".join(
        f"{get_product(session, c.product_id).sku} {(c.stars or '-') if with_stars else '…'} {c.name_written}".strip()
        for c in paper.covers
    )


def _save_paper(
    session: Session,
    form: Any,
    known: Paper | None,
    scan: int | None,
    checked: CheckedFile | None,
    agreed: Approval | None,
) -> tuple[Paper, date | None]:
    """The paper as it is kept, and the day until which its change waits, if it does."""
    fields = {field: form[field].data for field in _PLAIN} | {"file_id": known.file_id if known else scan}
    if checked is not None:
        fields["file_id"] = store_upload(session, checked).id
    covers = read_covers(session, form.products.data or "")
    if fields["kind"] == PaperKind.RECOGNITION and any(cover.stars is None for cover in covers):
        raise Refused.because("stars_missing")
    if known is None:
        return save_paper(session, Paper(**fields), covers, by=current_actor(), at=current_time()), None
    change = change_paper(
        session, known, fields, covers, by=current_actor(), at=current_time(), approval=agreed
    )
    return known, change.due_on if change else None


def read_covers(session: Session, typed: str) -> list[CoveredProduct]:
    """'SP00012 4 Chè lam gừng' a line. Raises NotFound for a product that isn't there."""
    covers = []
    for line in filter(None, (part.strip() for part in typed.splitlines())):
        sku, _, rest = line.partition(" ")
        product_id = session.scalars(select(Product.id).where(Product.sku == sku.upper())).first()
        if product_id is None:
            raise Refused.because("product_not_found")
        stars, _, written = rest.strip().partition(" ")
        if stars in {"-", "…", "1", "2", "3", "4", "5"}:
            covers.append(
                CoveredProduct(product_id, int(stars) if stars.isdigit() else None, written.strip())
            )
        elif stars.isdigit():
            raise Refused.because("stars_out_of_range")
        else:  # no stars: all of it is the name
            covers.append(CoveredProduct(product_id, None, rest.strip()))
    return covers


@blueprint.post("/papers/<int:paper_id>/revoke")
@requires_role(Role.MANAGER)
def revoke_paper(paper_id: int) -> ResponseReturnValue:
    form: Any = RevokeForm()
    if not form.validate_on_submit():
        raise Refused.because("decision_missing")
    agreed = form.second_person()
    with unit_of_work() as session:
        paper = get_paper(session, paper_id)
        change = change_revocation(
            session, paper, on=form.on.data, decision=form.decision.data, by=current_actor(), at=current_time(),
            approval=agreed,
        )  # fmt: skip
    flash(pending_change_message(change.due_on) if change and change.due_on else _("Saved."))
    return redirect(url_for("admission.list_papers", producer=paper.producer_id or "shop"))


@blueprint.route("/policy", methods=["GET", "POST"])
@requires_role(Role.MANAGER)
def edit_policy() -> ResponseReturnValue:
    with open_reading() as session:
        shop = get_shop(session)
        limits = get_limits(shop)
        given = shop.facts() | {
            "refund_shift_limit_vnd": limits.refund_shift_vnd,
            "refund_days": limits.refund_days,
            "cash_move_limit_vnd": limits.cash_move_vnd,
            "classes": shop.classes.split(),
            "papers": shop.papers.split(),
            "cash_rounding_vnd": str(shop.cash_rounding_vnd),
            "price_code_step_vnd": str(shop.price_code_step_vnd),
        }
    form: Any = PolicyForm(data=given)
    if form.validate_on_submit() and form.refund_limit_vnd.data is not None:
        with unit_of_work() as session:
            shop = get_shop(session)
            for field in form:
                if field.name in {"name", "address", "hotline", "returns_rule", "min_stars", "warning_days",
                                  "sell_only_at_shelf_price", "refund_limit_vnd", "cashiers_receive", "alcohol_two_people",
                                  "refund_shift_limit_vnd", "refund_days", "refund_others", "cash_move_limit_vnd"}:  # fmt: skip
                    setattr(shop, field.name, field.data)
            shop.classes = " ".join(form.classes.data or [])
            shop.papers = " ".join(form.papers.data or [])
            shop.cash_rounding_vnd = int(form.cash_rounding_vnd.data)
            shop.price_code_prefix = form.price_code_prefix.data or ""
            shop.price_code_step_vnd = int(form.price_code_step_vnd.data or 0)
            record(
                session, "policy_changed", by=current_actor(), at=current_time(), subject=shop, facts=[shop]
            )
        flash(_("Saved."))
        return redirect(url_for("admission.edit_policy"))
    return render_template(
        "admission/policy.html", form=form, title=_("Policy"), back=url_for("reports.home")
    )


@blueprint.get("/outlook")
@requires_role(Role.MANAGER, Role.VIEWER)
def outlook() -> ResponseReturnValue:
    """What would be refused tomorrow, in 30 days, and why; which papers end when."""
    days = request.args.get("days", 30, type=parse_row_id)
    days = days if days in OUTLOOK_DAYS else OUTLOOK_DAYS[-1]
    with open_reading() as session:
        rows = list_upcoming_refusals(session, current_day() + timedelta(days=days), current_day())
        if request.args.get("as") == "csv":
            return _send_csv(rows)
        return render_template(
            "admission/outlook.html", rows=rows, days=days, choices=OUTLOOK_DAYS, tiers=list_ending_papers(session, current_day()),
            names=dict(list_producer_choices(session)), on=current_day() + timedelta(days=days), today=current_day(),
        )  # fmt: skip


def _send_csv(rows: Sequence[UpcomingRefusal]) -> Response:
    """With a byte order mark, so that Excel reads the accents."""
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow([_("Product"), _("Lot"), _("Place"), _("Quantity"), _("Why"), _("What to do")])
    for one in rows:
        words = [render_reason(reason) for reason in one.reasons]
        cells = [one.product.name, one.lot.number, one.place, format_quantity(one.quantity_milli, one.product.unit),
                 " ".join(w.sentence for w in words), " ".join(w.remedy for w in words)]  # fmt: skip
        writer.writerow([f"'{cell}" if cell[:1] in "=+-@" else cell for cell in cells])
    return send_download("\ufeff" + out.getvalue(), "sap-bi-tu-choi.csv")


def register(app: Flask) -> None:
    """Add the room's pages and its lines of the menu to the application."""
    from . import dossier_views, product_views  # noqa: F401  their routes hang on the same blueprint

    app.register_blueprint(blueprint)
    add_to_menu(
        app,
        MenuEntry("admission.list_papers", _l("Papers"), "file-text", READERS, MenuGroup.GOODS, 2),
        MenuEntry("admission.edit_policy", _l("Policy"), "settings", MANAGER, MenuGroup.SHOP, 4),
        parents={"admission.show_product": "catalog.list_products", "admission.edit_product": "catalog.list_products", "admission.photo": "catalog.list_products", "admission.edit_policy": "admission.edit_policy"},
    )  # fmt: skip
