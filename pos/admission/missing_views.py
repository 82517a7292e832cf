"""admission/missing_views.py — what goods still lack, many at once: papers entered together with their scans, labels compared."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import ngettext

from ..catalog.models import Product
from ..catalog.products import find_by_own_code, search_products
from ..files.models import StoredFile
from ..files.queries import list_files
from ..files.upload import check_uploads, store_upload
from ..identity.forms import AT_SECOND_PERSON, SecondPersonForm, tell_saved
from ..kernel.actor import Role
from ..kernel.database import open_reading, unit_of_work
from ..kernel.reason import Reason
from ..producers.names import list_producer_choices
from ..web.context import current_day, current_time
from ..web.forms import answer_form, choose_from
from ..web.numbers import parse_row_id
from ..web.reasons import render_reason
from ..web.repeated import is_first_request
from ..web.rights import current_actor, requires_role
from .forms import MissingPaperForm
from .label_checks import complete_labels, list_unchecked_labels
from .missing_papers import MissingPaper, TypedPaper, enter_papers, list_missing_papers, match_scans
from .views import blueprint

MOST_SCANS = 60
MOST_GOODS = 200
BOXES = {
    "number_missing": "number", "same_number_differs": "number", "paper_twice": "number", "issued_missing": "issued",
    "issued_in_future": "issued", "ends_before_start": "ends", "ends_beyond_term": "ends", "stars_missing": "stars",
    "stars_out_of_range": "stars",
}  # fmt: skip


@blueprint.route("/papers/missing", methods=["GET", "POST"])
@requires_role(Role.MANAGER)
def list_missing() -> ResponseReturnValue:
    """What is still needed, a row a paper; what was typed is saved row by row, the rest stays."""
    upload_faults = [*_store_scans(), *request.form.getlist("fault")] if request.method == "POST" else []
    with open_reading() as session:
        asked_for = set(request.args.getlist("ended", type=parse_row_id))
        every = list_missing_papers(session, current_day())
        marked = {item.row_key for item in every if item.stands_for(asked_for)}
        missing = sorted(every, key=lambda item: item.row_key not in marked)
        ids = _read_scan_ids()
        files = list_files(session, ids)
        scans = [files[id_] for id_ in ids if id_ in files]
        forms = _make_forms(missing, scans)
    if request.method == "POST" and "save" in request.form and _save_rows(missing, forms):
        return redirect(
            url_for("admission.list_missing", scan=[scan.id for scan in scans], ended=sorted(asked_for))
        )
    groups = [
        (producer, list(items))
        for (_is_marked, producer), items in groupby(
            missing, key=lambda item: (item.row_key in marked, item.producer and item.producer.name)
        )
    ]
    return render_template(
        "admission/missing.html", groups=groups, forms=forms, scans=scans, upload_faults=upload_faults, rows=len(missing), marked=marked,
        wrong=[item for item in missing if any(box.errors for box in forms[item.row_key])],
        placed={form.file_id.data for form in forms.values()},
    )  # fmt: skip


@blueprint.post("/papers/missing/scan")
@requires_role(Role.MANAGER)
def store_scan() -> ResponseReturnValue:
    """One scan of those that were dropped: `static/scans.js` sends them one by one, so that many are not too much at once."""
    faults = _store_scans()
    return jsonify(ids=request.environ["ocop.new_scans"], faults=faults)


def _store_scans() -> list[str]:
    """Keep the scans of this request. Returns what is wrong with those that can't be kept."""
    checked, faults = check_uploads("scans")
    with unit_of_work() as session:
        request.environ["ocop.new_scans"] = [store_upload(session, scan).id for scan in checked]
    return faults


def _read_scan_ids() -> list[int]:
    """The scans that the page offers: those it had, and those of this request."""
    sent = request.values.getlist("scan", type=parse_row_id)
    return list(dict.fromkeys([*sent, *request.environ.get("ocop.new_scans", [])]))[:MOST_SCANS]


def _make_forms(missing: Sequence[MissingPaper], scans: Sequence[StoredFile]) -> dict[str, Any]:
    """A form a row, by the row's key; a scan whose name says what it is for is chosen already."""
    matched = match_scans(missing, [(scan.id, scan.name) for scan in scans])
    choices = [("", ""), *((str(scan.id), scan.name) for scan in scans)]
    forms: dict[str, Any] = {}
    for item in missing:
        form: Any = MissingPaperForm(
            request.form if request.method == "POST" else None, prefix=f"{item.row_key}-"
        )
        choose_from(form.file_id, choices)
        form.offer_known(item.likely_issuer, item.likely_stars, is_sent=request.method == "POST")
        if form.file_id.data is None:
            form.file_id.data = matched.get(item.row_key)
        forms[item.row_key] = form
    return forms


def _save_rows(missing: Sequence[MissingPaper], forms: dict[str, Any]) -> bool:
    """Write the rows that were begun. True where all of them were sound, so that the page begins anew."""
    begun = [item for item in missing if forms[item.row_key].is_begun]
    sound = [item for item in begun if forms[item.row_key].validate()]
    typed = [_read_row(item, forms[item.row_key]) for item in sound]
    with unit_of_work() as session:
        entered = enter_papers(session, typed, by=current_actor(), at=current_time(), on=current_day()) if is_first_request(session) else None  # fmt: skip
    if entered is None:
        return True
    if entered.saved:
        flash(ngettext("%(num)s paper is entered.", "%(num)s papers are entered.", entered.saved))
    for change in entered.waiting:
        tell_saved(change.due_on)
    for key, reasons in entered.faults.items():
        _show_faults(forms[key], reasons)
    return bool(begun) and len(sound) == len(begun) and not entered.faults


def _read_row(item: MissingPaper, form: Any) -> TypedPaper:
    stars = int(form.stars.data) if form.stars.data else None
    return TypedPaper(
        item, form.number.data or "", form.issuer.data or "", form.issued.data, form.ends.data, stars, form.file_id.data
    )  # fmt: skip


def _show_faults(form: Any, reasons: Sequence[Reason]) -> None:
    for reason in reasons:
        words, box = render_reason(reason), form[BOXES.get(reason.code, "number")]
        box.errors = [*box.errors, f"{words.sentence} {words.remedy}".strip()]


@blueprint.get("/papers/goods")
@requires_role(Role.MANAGER)
def find_goods() -> ResponseReturnValue:
    """Products as the picker of a paper's form shows them (`static/covers.js`): by words, of a producer, or by their numbers."""
    producer_id = request.args.get("producer", type=parse_row_id)
    numbers = request.args.get("numbers", "").split()[:MOST_GOODS]
    with open_reading() as session:
        goods: Sequence[Product] = (
            [product for number in numbers if (product := find_by_own_code(session, number)) is not None]
            if numbers
            else search_products(
                session, request.args.get("q", ""), producer_id=producer_id, limit=MOST_GOODS
            )
        )
        makers = dict(list_producer_choices(session))
        rows = [
            {"number": each.sku, "name": each.name, "producer": makers.get(str(each.producer_id), "")}
            for each in goods
        ]
    return jsonify(rows)


@blueprint.route("/labels/check", methods=["GET", "POST"])
@requires_role(Role.MANAGER)
def check_labels() -> ResponseReturnValue:
    """Labels that nobody has compared: each beside its picture, one touch a product, or many that are ticked."""
    form: Any = SecondPersonForm()

    def save() -> ResponseReturnValue:
        agreed, box = form.second_person(), "ticked" if "many" in request.form else "product"
        ids = set(request.form.getlist(box, type=parse_row_id))
        with unit_of_work() as session:
            products = [item.product for item in list_unchecked_labels(session) if item.product.id in ids]
            waiting = complete_labels(
                session, products, by=current_actor(), at=current_time(), approval=agreed
            )
        for change in waiting:
            tell_saved(change.due_on)
        if len(products) > len(waiting):
            flash(ngettext("%(num)s label is complete.", "%(num)s labels are complete.", len(products) - len(waiting)))  # fmt: skip
        return redirect(url_for("admission.check_labels"))

    if (answer := answer_form(form, save, AT_SECOND_PERSON)) is not None:
        return answer
    with open_reading() as session:
        return render_template("admission/labels.html", rows=list_unchecked_labels(session), form=form)
