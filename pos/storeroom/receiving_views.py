"""storeroom/receiving_views.py — deliveries: announced or not, line by line through the gate, partly refused."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from ..admission.gate import Act
from ..admission.goods import judge_products
from ..catalog.models import Product
from ..catalog.products import list_products
from ..files.check import CheckedFile
from ..files.upload import check_upload, store_upload, upload_error_fields
from ..identity.forms import AT_PIN
from ..identity.forms import verify_form_approval as agreed_by
from ..kernel.actor import Approval, Role
from ..kernel.database import open_reading, unit_of_work
from ..kernel.errors import Refused, ShopError
from ..kernel.parsers import read_tenths
from ..kernel.reason import Reason
from ..producers.terms import get_producer, list_all_producers
from ..stock.lots import refuse_odd_dates
from ..stock.queries import list_place_choices
from ..web.context import current_day, current_time
from ..web.forms import choose_from, keep_files
from ..web.numbers import parse_row_id
from ..web.reasons import render_reason
from ..web.refused_forms import fill_refused_form, returns_to
from ..web.repeated import find_first_result, keep_first_result
from ..web.rights import current_actor, requires_role
from .announce import find_announced, list_expected
from .checks import CheckResult, list_checks_for, make_check_result
from .forms import MOST_LINES, ArrivalForm, LabelsForm, ReceiveForm, ReverseForm, ScanForm
from .judge_delivery import ReceivedLine, judge_delivery, list_refused_lines
from .models import AnnouncedDelivery, QualityCheck
from .notes import attach_scan, list_scans
from .queries import (
    find_reversal_number,
    list_line_checks,
    list_newest_receivings,
    list_partly_refused_numbers,
    list_receiving_lines,
    list_reversed_numbers,
)
from .receive import get_receiving, may_need_two_people, receive_delivery, reverse_receiving
from .scanned_line import ScannedLine, find_scanned_line
from .views import BY_POLICY, blueprint, drop_own_approval, require_managers_approval

AT_THE_LINE = {"check_missing"}
BOXES = {  # of a line: where a fault of what was typed is said
    "quantity_odd": "quantity_milli", "lot_differs": "lot_number", "product_of_another_producer": "product_id",
    "made_in_future": "made_on", "made_after_end": "expires_on",
}  # fmt: skip


@blueprint.get("/receiving")
@requires_role(*BY_POLICY)
def list_receivings() -> ResponseReturnValue:
    before, note = request.args.get("before", type=parse_row_id), request.args.get("note", "").strip()
    maker = request.args.get("producer", type=parse_row_id)
    with open_reading() as session:
        rows = list_newest_receivings(session, before=before, note=note, producer_id=maker)
        names = {producer.id: producer.name for producer in list_all_producers(session, archived=True)}
        undone, back = list_reversed_numbers(session), list_partly_refused_numbers(session)
        return render_template("storeroom/list.html", rows=rows, names=names, undone=undone, back=back, expected=list_expected(session),
                               producers=list(names.items()), note=note, maker=maker, on=current_day())  # fmt: skip


@dataclass(frozen=True, slots=True)
class LineOutlook:
    """What stands below a line: the gate's word, and what is to be looked at with the answers so far."""

    product: Product | None = None
    reasons: tuple[Reason, ...] = ()
    checks: Sequence[QualityCheck] = ()
    is_mistyped: bool = False  # a box of the line can't be read: the gate has no word yet


@blueprint.route("/receiving/new/<int:producer_id>", methods=["GET", "POST"])
@requires_role(*BY_POLICY)
def new(producer_id: int) -> ResponseReturnValue:
    with open_reading() as session:
        coming = _find_announced(session, producer_id)
        form = _receiving_form(session, producer_id, coming)
    if "more" in request.form:
        form.one_more()
        with open_reading() as session:
            _set_line_choices(session, (entry.form for entry in form.lines), producer_id)
    elif form.validate_on_submit():
        try:
            number = _receive_form(form, producer_id, coming)
        except ShopError as no:
            _show_refusal(form, no)
        else:
            flash(_("Received."))
            return redirect(url_for("storeroom.show", number=number))
    keep_files(form)
    return receiving_page(form, producer_id)


def receiving_page(form: Any, producer_id: int) -> str:
    """The form with the gate's word at each line."""
    with open_reading() as session:
        products = list_products(session, producer_id)
        verdicts = judge_products(session, [product.id for product in products], Act.RECEIVE, current_day())
        stopped = {id_: verdict.refusals for id_, verdict in verdicts.items() if verdict.refusals}
        said_of = {entry.name: _judge_entry(session, producer_id, entry) for entry in form.lines}
        refused = sum(bool(item.reasons) for item in said_of.values())
        if "delivery_note" not in request.form or any(item.is_mistyped for item in said_of.values()):
            refused = 0  # a slip of the finger sends no goods back
        return render_template(
            "storeroom/new.html", form=form, most_lines=MOST_LINES, producer=get_producer(session, producer_id), products=products, stopped=stopped,
            said_of=said_of, refused=refused,
        )  # fmt: skip


def _find_announced(session: Session, producer_id: int) -> AnnouncedDelivery | None:
    asked = request.values.get("announced", type=parse_row_id)
    return find_announced(session, asked, producer_id) if asked else None


def _receiving_form(session: Session, producer_id: int, coming: AnnouncedDelivery | None) -> Any:
    form_data: dict[str, Any] = {"note_date": current_day()}
    if coming is not None:
        form_data = {"delivery_note": coming.delivery_note, "note_date": coming.comes_on, "lines": [
            {"product_id": line.product_id, "lot_number": line.lot_number, "made_on": line.made_on,
             "expires_on": line.expires_on, "quantity_milli": line.quantity_milli, "noted_milli": line.quantity_milli}
            for line in coming.lines
        ]}  # fmt: skip
    return fill_form(session, producer_id, form_data)


def fill_form(session: Session, producer_id: int, form_data: dict[str, Any], **more: Any) -> Any:
    """The receiving form of a producer, with what is known already. `formdata=None`: whatever this request carries."""
    form: Any = drop_own_approval(ReceiveForm(data=form_data, **more))
    if not may_need_two_people(session, producer_id) or form.login:
        del form.second_login  # the manager's word in a cashier's form is a second person's, too
        del form.second_pin
    _set_line_choices(session, (entry.form for entry in form.lines), producer_id)
    return form


def _receive_form(form: Any, producer_id: int, coming: AnnouncedDelivery | None) -> int:
    agreed, second = require_managers_approval(form), _second_approval(form)
    scan, photos = check_upload("scan"), _check_photos(form)
    with unit_of_work() as session:
        if (earlier := find_first_result(session)) is not None:
            return int(earlier)
        stored = {name: store_upload(session, photo).id for name, photo in photos.items()}
        arrived = _read_lines(session, form, producer_id, stored)
        done = receive_delivery(
            session, get_producer(session, producer_id), delivery_note=form.delivery_note.data, note_date=form.note_date.data,
            arrived=arrived, by=current_actor(), at=current_time(), approval=agreed, witness=second or agreed, announced=coming,
            refuse_the_rest="refuse" in request.form,
        )  # fmt: skip
        if scan is not None:
            attach_scan(session, done, store_upload(session, scan), by=current_actor(), at=current_time())
        keep_first_result(session, str(done.number))
        return done.number


def _second_approval(form: Any) -> Approval | None:
    if not form.second_login or not form.second_login.data:
        return None
    return agreed_by(form.second_login.data, form.second_pin.data or "", "")


def _show_refusal(form: Any, no: ShopError) -> None:
    """What belongs to a line is said at the line, at its box where it was typed; the rest at its field or above."""
    if _show_box_faults(form, no):
        return
    whole = [reason for reason in no.reasons if "line" not in reason.facts or reason.code in AT_THE_LINE]
    if whole:
        form.refuse(type(no)(*whole), {
            "note_missing": "delivery_note", **AT_PIN,
            "manager_needed": "login", "second_person_needed": "second_login",
        } | upload_error_fields("scan"))  # fmt: skip
    elif not isinstance(no, Refused):
        form.refuse(no)


def _show_box_faults(form: Any, no: ShopError) -> bool:
    """The form is wrong, not the goods: said at the boxes. False: it is no such fault."""
    named = [entry.form for entry in form.lines if entry.form.product_id.data]
    faults = [reason for reason in no.reasons if reason.code in BOXES and "line" in reason.facts]
    for reason in faults:
        field, words = named[int(str(reason.facts["line"])) - 1][BOXES[reason.code]], render_reason(reason)
        field.errors = [*field.errors, f"{words.sentence} {words.remedy}".strip()]
    return bool(faults)


def _set_line_choices(session: Session, lines: Iterable[Any], producer_id: int) -> None:
    goods = [("", ""), *((str(product.id), product.name) for product in list_products(session, producer_id))]
    where = [("", _("its shelf")), *list_place_choices(session)]
    for line in lines:
        choose_from(line.product_id, goods)
        choose_from(line.place_id, where)


def _read_lines(session: Session, form: Any, producer_id: int, photos: dict[str, int]) -> list[ReceivedLine]:
    """The lines that name a product. Raises Refused (`check_missing`) where one wasn't looked at, unless it goes back."""
    by_id = {product.id: product for product in list_products(session, producer_id)}
    found: list[ReceivedLine] = []
    for entry in form.lines:
        product = by_id.get(entry.form.product_id.data)
        if product is not None:
            must = len(found) + 1 if not entry.form.sent_back.data else 0
            checks = list_checks_for(session, product.group_code)
            looked = _read_check_results(
                entry.name, product, checks, must=must, file_id=photos.get(entry.name)
            )
            found.append(_make_received_line(entry.form, product, looked))
    return found


def _make_received_line(line: Any, product: Product, looked: Sequence[CheckResult]) -> ReceivedLine:
    came, noted = line.quantity_milli.data or 0, line.noted_milli.data
    return ReceivedLine(
        product_id=product.id, lot_number=line.lot_number.data or "", made_on=line.made_on.data,
        expires_on=line.expires_on.data, quantity_milli=came, place_id=line.place_id.data or product.shelf_place_id or 0,
        unit_cost_vnd=line.unit_cost_vnd.data or 0, noted_milli=noted if noted not in {None, came} else None,
        looked=tuple(looked), sent_back=line.sent_back.data or "",
    )  # fmt: skip


def _read_check_results(
    name: str, product: Product, checks: Sequence[QualityCheck], *, must: int = 0, file_id: int | None = None
) -> list[CheckResult]:
    """The answers to a line's checks. `must`: the line's number, where each must be answered."""
    found = []
    for check in checks:
        typed = request.values.get(f"{name}-check-{check.id}", "")
        is_good = {"good": True, "bad": False}.get(typed)
        item = make_check_result(check, is_good=is_good, tenths=read_tenths(typed), file_id=file_id)
        if item is not None:
            found.append(item)
        elif must:
            raise Refused.because("check_missing", line=must, product=product.name, check=check.name)
    return found


def _check_photos(form: Any) -> dict[str, CheckedFile]:
    """The photo of each line by the line's name: opened before the unit of work, stored in it, gone with a refusal."""
    photos = {entry.name: check_upload(f"{entry.name}-photo") for entry in form.lines}
    return {name: photo for name, photo in photos.items() if photo is not None}


def _judge_entry(session: Session, producer_id: int, entry: Any) -> LineOutlook:
    product_id = entry.form.product_id.data
    product = session.get(Product, product_id) if product_id else None
    if product is None or product.producer_id != producer_id:
        return LineOutlook()
    checks = list_checks_for(session, product.group_code)
    if _has_box_fault(entry.form):  # the gate would judge an empty box where a mistyped date stands
        return LineOutlook(product, (), checks, is_mistyped=True)
    item = _make_received_line(entry.form, product, _read_check_results(entry.name, product, checks))
    note = request.values.get("delivery_note") or "–"
    (reasons,) = judge_delivery(session, get_producer(session, producer_id), note, [item], current_day())
    return LineOutlook(product, reasons, checks, is_mistyped=not reasons and _has_odd_dates(item))


def _has_odd_dates(item: ReceivedLine) -> bool:
    """Dates that no lot can have: it can't come in with them, though the gate has nothing against the goods."""
    try:
        refuse_odd_dates(item.made_on, item.expires_on, current_time())
    except Refused:
        return True
    return False


def _has_box_fault(form: Any) -> bool:
    """Does something stand in a box of the line that can't be read?"""
    return any(field.process_errors or field.errors for field in form)


@blueprint.get("/receiving/new/<int:producer_id>/line")
@requires_role(*BY_POLICY)
def one_line(producer_id: int) -> ResponseReturnValue:
    """A line for the form, filled from a scanned code: product, lot, dates, weight. Numbered `n`."""
    with open_reading() as session:
        entry = _make_entry(
            session,
            producer_id,
            request.args.get("n", 0, type=parse_row_id),
            find_scanned_line(session, producer_id, request.args.get("code", "")),
        )
        return render_template("storeroom/line.html", entry=entry, said=_judge_entry(session, producer_id, entry),
                               producer=get_producer(session, producer_id))  # fmt: skip


@blueprint.get("/receiving/new/<int:producer_id>/verdict")
@requires_role(*BY_POLICY)
def judge_line(producer_id: int) -> ResponseReturnValue:
    """The gate's word on a line as it is typed, and the checks of its goods."""
    n = request.args.get("n", 0, type=parse_row_id)
    with open_reading() as session:
        form: Any = ArrivalForm(request.args, prefix=f"lines-{n}-")
        _set_line_choices(session, [form], producer_id)
        entry = _LineEntry(f"lines-{n}", form)
        return render_template(
            "storeroom/verdict.html", entry=entry, said=_judge_entry(session, producer_id, entry)
        )


@dataclass(frozen=True, slots=True)
class _LineEntry:
    """A line that stands by itself, named as it will be in the whole form."""

    name: str
    form: Any


def _make_entry(session: Session, producer_id: int, n: int, scanned: ScannedLine | None) -> _LineEntry:
    form: Any = ArrivalForm(data=asdict(scanned) if scanned else {}, prefix=f"lines-{n}-")
    if scanned is not None and scanned.is_run_together:
        form.lot_number.errors = [
            _(
                "The code ran together, so the lot can't be told from its date: type it from the pack. Teach the scanner on the Devices page."
            )
        ]
    _set_line_choices(session, [form], producer_id)
    return _LineEntry(f"lines-{n}", form)


@blueprint.post("/receiving/<int:number>/scan")
@requires_role(Role.MANAGER)
@returns_to("storeroom.show", "scan")
def add_scan(number: int) -> ResponseReturnValue:
    """The delivery note's photo, taken later."""
    scan = check_upload("scan")
    if scan is None:
        raise Refused.because("file_missing")
    with unit_of_work() as session:
        attach_scan(
            session,
            get_receiving(session, number),
            store_upload(session, scan),
            by=current_actor(),
            at=current_time(),
        )
    flash(_("Saved."))
    return redirect(url_for("storeroom.show", number=number))


@blueprint.route("/receiving/<int:number>", methods=["GET", "POST"])
@requires_role(*BY_POLICY)
def show(number: int) -> ResponseReturnValue:
    form: Any = ReverseForm()
    if current_actor().role is Role.MANAGER and form.validate_on_submit():
        try:
            with unit_of_work() as session:
                mirror = reverse_receiving(
                    session,
                    get_receiving(session, number),
                    why=form.why.data,
                    by=current_actor(),
                    at=current_time(),
                )
        except ShopError as no:
            form.refuse(no)
        else:
            flash(_("Taken back."))
            return redirect(url_for("storeroom.show", number=mirror.number))
    with open_reading() as session:
        receiving = get_receiving(session, number)
        return render_template(
            "storeroom/show.html", receiving=receiving, lines=list_receiving_lines(session, number), producer=get_producer(session, receiving.producer_id),
            undone=find_reversal_number(session, number),
            form=form, scans=list_scans(session, [number]).get(number, ()), scan_form=fill_refused_form(ScanForm(), url_for("storeroom.add_scan", number=number)),
            labels_form=fill_refused_form(LabelsForm(), url_for("storeroom.print_labels", number=number)), back=list_refused_lines(session, number),
            checks=list_line_checks(session, number),
        )  # fmt: skip
