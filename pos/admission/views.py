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
from sqlalchemy.orm import Session

from ..catalog.models import GoodsClass, GoodsKind, Product
from ..catalog.products import get_product
from ..documents.workbook import quote_formula
from ..files.check import CheckedFile
from ..files.page_pictures import get_stored_pages
from ..files.renderer import RendererBusy
from ..files.store import get_file
from ..files.upload import check_upload, store_upload, upload_error_fields
from ..identity.fact_changes import changed_fields
from ..identity.fact_changes import list_waiting as list_waiting_changes
from ..identity.forms import AT_SECOND_PERSON, tell_saved
from ..journal.record import row_name
from ..kernel.actor import Approval, Role
from ..kernel.database import open_reading, unit_of_work
from ..kernel.errors import Refused, ShopError
from ..kernel.formats import format_day, format_quantity
from ..producers.names import list_producer_choices
from ..shop.change_shop import change_shop
from ..shop.limits import GOOD_FOR_DAYS, get_limits
from ..shop.models import get_shop
from ..web.context import current_config, current_day, current_time
from ..web.download import send_download
from ..web.forms import answer_form
from ..web.menu import MANAGER, READERS, MenuEntry, MenuGroup, add_to_menu
from ..web.numbers import parse_row_id, requested_page
from ..web.reasons import render_reason
from ..web.rights import current_actor, requires_role
from ..web.terms import PAPERS
from .change_paper import change_paper, change_revocation
from .forms import PaperForm, PolicyForm, RevokeForm
from .gate import CLASS_PAPER, NEEDS
from .models import NAMES_PRODUCTS, Paper, PaperKind, ProposedPaper
from .outlook import UpcomingRefusal, list_ending_papers, list_upcoming_refusals
from .papers import CoveredProduct, get_paper, save_paper
from .proposals import accept_proposal, get_proposed, list_waiting
from .queries import list_papers_by_end
from .typed_covers import format_covered_products, read_paper

blueprint = Blueprint("admission", __name__)
PAGE = 100
OUTLOOK_DAYS = (1, 7, 30)
MOST_PAGES = 12
_PLACES = {
    "number_missing": "number", "paper_twice": "number", "issued_missing": "issued", "issued_in_future": "issued",
    "ends_before_start": "ends", "ends_beyond_term": "ends", "products_missing": "products", "stars_missing": "products",
    "stars_out_of_range": "products", "covered_product_not_found": "products", "covered_stars_odd": "products",
}  # fmt: skip
_POLICY = (
    "name", "address", "hotline", "returns_rule", "min_stars", "warning_days", "sell_only_at_shelf_price", "refund_limit_vnd",
    "cashiers_receive", "alcohol_two_people", "refund_shift_limit_vnd", "refund_days", "refund_others", "cash_move_limit_vnd",
    "transfer_limit_vnd", "discount_limit_bp", "staff_discount_bp", "voucher_days",
)  # fmt: skip
_PLAIN = ("kind", "number", "issuer", "issued", "starts", "ends", "producer_id", "note")


@blueprint.get("/papers")
@requires_role(Role.MANAGER, Role.VIEWER)
def list_papers() -> ResponseReturnValue:
    producer, kind = request.args.get("producer", ""), request.args.get("kind", "")
    words, page = request.args.get("q", "").strip(), requested_page()
    producer_id = request.args.get("producer", type=parse_row_id)
    these = request.args.getlist("paper", type=parse_row_id)
    with open_reading() as session:
        papers = list_papers_by_end(
            session, producer_id=producer_id, is_shops_own=producer == "shop", kind=kind if kind in PAPERS else "",
            words=words, only=these, offset=(page - 1) * PAGE, limit=PAGE + 1,
        )  # fmt: skip
        names = dict(list_producer_choices(session))
        return render_template(
            "admission/papers.html", sent_in=len(list_waiting(session)), papers=papers[:PAGE], more=len(papers) > PAGE, page=page, words=words, names=names,
            producer=producer, kind=kind, these=these, on=current_day(),
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

    def save() -> ResponseReturnValue:
        agreed = form.second_person() if known else None
        checked = check_upload("file")
        with unit_of_work() as session:
            known_paper = get_paper(session, paper_id) if paper_id else None
            paper, waits_until = _save_paper(session, form, known_paper, scan, checked, agreed)
            if sent is not None:
                accept_proposal(
                    session, get_proposed(session, sent.id), paper, by=current_actor(), at=current_time()
                )
        tell_saved(waits_until)
        if form.ends.data is None and waits_until is None and paper.ends is not None:
            flash(_("It states no end: by law it is good until %(day)s.", day=format_day(paper.ends)))
        return redirect(url_for("admission.list_papers", producer=paper.producer_id or "shop"))

    def check() -> None:
        with open_reading() as session:
            _check_paper(session, form)

    places = _PLACES | AT_SECOND_PERSON | upload_error_fields("file")
    if (answer := answer_form(form, save, places, check)) is not None:
        return answer
    return _paper_page(form, known, sent, revoke_form=RevokeForm(formdata=None, on=current_day()))


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


def _paper_page(
    form: Any, paper: Paper | None, sent: ProposedPaper | None = None, *, revoke_form: Any
) -> str:
    """A paper's form beside its scan, with the form of its withdrawal."""
    scan = paper.file_id if paper else sent.file_id if sent else None
    with open_reading() as session:
        changes = list_waiting_changes(session, row_name(paper)) if paper else []
    return render_template("admission/paper.html", form=form, paper=paper, sent=sent, scan=scan,
                           scan_pages=_count_scan_pages(scan), revoke_form=revoke_form,
                           waiting=[(change, changed_fields(change)) for change in changes])  # fmt: skip


def _paper_form(session: Session, known: Paper | None, sent: ProposedPaper | None, **formdata: None) -> Any:
    """`formdata=None`: as the books have it, whatever came with the request."""
    form_data: dict[str, Any] = {
        "producer_id": request.args.get("producer", type=parse_row_id),
        "kind": "recognition",
    }
    renewed = request.args.get("renews", type=parse_row_id)
    if known is not None:
        form_data = {field: getattr(known, field) for field in _PLAIN} | {
            "products": format_covered_products(session, known)
        }
    elif sent is not None:
        form_data = {field: getattr(sent, field, None) for field in _PLAIN}
    elif renewed:
        old = get_paper(session, renewed)
        form_data = {
            "kind": old.kind,
            "issuer": old.issuer,
            "producer_id": old.producer_id,
            "products": format_covered_products(session, old, with_stars=False),
        }
    elif product_id := request.args.get("product", type=parse_row_id):
        form_data = _suggest_paper(get_product(session, product_id), request.args.get("kind", ""))
    form: Any = PaperForm(data=form_data, **formdata)
    if known is None:  # a new paper is nobody's change
        del form.login
        del form.pin
    form.producer_id.choices = [("", ""), *list_producer_choices(session)]
    return form


def _suggest_paper(product: Product, asked: str) -> dict[str, Any]:
    """The new paper of a product that lacks one, of the kind that is asked for; else the one of its class."""
    kind = PaperKind(asked) if asked in PAPERS else CLASS_PAPER[GoodsClass(product.goods_class)]
    if kind is PaperKind.FOOD_SAFETY:
        kind = NEEDS[GoodsKind(product.kind)].food_safety or kind
    if kind.startswith("shop_"):
        return {"kind": kind.value}
    names_it = f"{product.sku} " if kind in NAMES_PRODUCTS else ""
    return {"kind": kind.value, "producer_id": product.producer_id, "products": names_it}


def _check_paper(session: Session, form: Any) -> Sequence[CoveredProduct]:
    """The products as typed. Raises Refused with all that is wrong with the paper, so that nobody mends one box at a time."""
    fields = {field: form[field].data for field in _PLAIN} | {"number": form.number.data or ""}
    paper = read_paper(session, fields, form.products.data or "", current_day())
    at_wrong_boxes = {code for code, name in _PLACES.items() if name in form and form[name].errors}
    if any(reason.code.startswith("covered_") for reason in paper.faults):
        at_wrong_boxes.add("products_missing")  # they are there, only mistyped
    reasons = [reason for reason in paper.faults if reason.code not in at_wrong_boxes]
    if reasons:
        raise Refused(*reasons)
    return paper.covers


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
    covers = _check_paper(session, form)
    if known is None:
        return save_paper(session, Paper(**fields), covers, by=current_actor(), at=current_time()), None
    change = change_paper(
        session, known, fields, covers, by=current_actor(), at=current_time(), approval=agreed
    )
    return known, change.due_on if change else None


@blueprint.post("/papers/<int:paper_id>/revoke")
@requires_role(Role.MANAGER)
def revoke_paper(paper_id: int) -> ResponseReturnValue:
    form: Any = RevokeForm()
    status = Refused.status
    if form.validate_on_submit():
        try:
            agreed = form.second_person()
            with unit_of_work() as session:
                paper = get_paper(session, paper_id)
                change = change_revocation(
                    session, paper, on=form.on.data, decision=form.decision.data, by=current_actor(),
                    at=current_time(), approval=agreed,
                )  # fmt: skip
        except ShopError as no:
            form.refuse(no, {"decision_missing": "decision"} | AT_SECOND_PERSON)
            status = no.status
        else:
            tell_saved(change.due_on if change else None)
            return redirect(url_for("admission.list_papers", producer=paper.producer_id or "shop"))
    with open_reading() as session:
        known = get_paper(session, paper_id)
        edited = _paper_form(session, known, None, formdata=None)
    return _paper_page(edited, known, revoke_form=form), status


@blueprint.route("/policy", methods=["GET", "POST"])
@requires_role(Role.MANAGER)
def edit_policy() -> ResponseReturnValue:
    with open_reading() as session:
        shop = get_shop(session)
        limits = get_limits(shop)
        form_data = shop.facts() | {
            "refund_shift_limit_vnd": limits.refund_shift_vnd,
            "refund_days": limits.refund_days,
            "cash_move_limit_vnd": limits.cash_move_vnd,
            "transfer_limit_vnd": limits.transfer_vnd,
            "discount_limit_bp": limits.discount_bp,
            "voucher_days": shop.voucher_days or GOOD_FOR_DAYS,
            "classes": shop.classes.split(),
            "papers": shop.papers.split(),
            "cash_rounding_vnd": str(shop.cash_rounding_vnd),
            "price_code_step_vnd": str(shop.price_code_step_vnd),
        }
    form: Any = PolicyForm(data=form_data)
    if form.validate_on_submit() and form.refund_limit_vnd.data is not None:
        with unit_of_work() as session:
            change_shop(session, _read_policy(form), by=current_actor(), at=current_time())
        flash(_("Saved."))
        return redirect(url_for("admission.edit_policy"))
    return render_template(
        "admission/policy.html", form=form, title=_("Policy"), back=url_for("reports.home")
    )


def _read_policy(form: Any) -> dict[str, Any]:
    """The shop's columns as the form has them."""
    return {name: form[name].data for name in _POLICY} | {
        "classes": " ".join(form.classes.data or []),
        "papers": " ".join(form.papers.data or []),
        "cash_rounding_vnd": int(form.cash_rounding_vnd.data),
        "price_code_prefix": form.price_code_prefix.data or "",
        "price_code_step_vnd": int(form.price_code_step_vnd.data or 0),
    }


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
    for item in rows:
        words = [render_reason(reason) for reason in item.reasons]
        cells = [item.product.name, item.lot.number, item.place, format_quantity(item.quantity_milli, item.product.unit),
                 " ".join(w.sentence for w in words), " ".join(w.remedy for w in words)]  # fmt: skip
        writer.writerow([quote_formula(cell) for cell in cells])
    return send_download("\ufeff" + out.getvalue(), "sap-bi-tu-choi.csv")


def register(app: Flask) -> None:
    """Add the room's pages and its lines of the menu to the application."""
    from . import dossier_views, missing_views, price_views, product_views  # noqa: F401  their routes hang on the same blueprint

    app.register_blueprint(blueprint)
    add_to_menu(
        app,
        MenuEntry("admission.list_papers", _l("Papers"), "file-text", READERS, MenuGroup.GOODS, 2),
        MenuEntry("admission.edit_policy", _l("Policy"), "settings", MANAGER, MenuGroup.SHOP, 4),
        parents={"admission.show_product": "catalog.list_products", "admission.edit_product": "catalog.list_products", "admission.photo": "catalog.list_products", "admission.edit_policy": "admission.edit_policy",
                 "admission.check_label": "catalog.list_products", "admission.new_price": "catalog.list_products",
                 "admission.new_shelf_price": "catalog.list_products", "admission.show_dossier": "producers.list_producers"},
    )  # fmt: skip
