"""storeroom/receiving_views.py — deliveries: announced or not, line by line through the gate, partly refused."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import Flask, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from ..admission.gate import Act
from ..admission.goods import judge_products
from ..catalog.products import list_products
from ..files.store import get_file
from ..files.upload import check_upload, offer_stored_files, store_upload
from ..kernel.actor import Role
from ..kernel.database import open_reading, unit_of_work
from ..kernel.errors import NotFound, Refused, ShopError, Stale
from ..producers.forms import read_agreement
from ..producers.models import ProducerTerms
from ..producers.terms import get_producer, list_all_producers, save_producer
from ..web.context import current_day, current_time
from ..web.forms import keep_files
from ..web.kept_uploads import list_file_boxes
from ..web.notices import warn
from ..web.numbers import parse_row_id
from ..web.refused_forms import fill_refused_form, returns_to
from ..web.repeated import find_first_result, keep_first_result
from ..web.rights import current_actor, requires_role
from .announce import find_announced, list_expected
from .drafts import (
    discard_draft,
    get_draft,
    get_unchanged_draft,
    list_drafts,
    make_draft_mark,
    read_draft,
    save_draft,
    split_fields,
)
from .forms import MOST_LINES, ArrivalForm, LabelsForm, ReverseForm, ScanForm
from .judge_delivery import list_refused_lines
from .models import AnnouncedDelivery, ReceivingDraft
from .notes import attach_scan, list_scans
from .queries import (
    find_reversal_number,
    list_line_checks,
    list_newest_receivings,
    list_partly_refused_numbers,
    list_receiving_lines,
    list_reversed_numbers,
)
from .receive import get_receiving, receive_delivery, reverse_receiving
from .receiving_form import (
    LATER,
    LineEntry,
    asks_cost,
    check_photos,
    fill_form,
    judge_entry,
    list_typed_fields,
    make_address_form,
    make_deal_form,
    make_entry,
    read_lines,
    read_second_approval,
    set_line_choices,
    show_refusal,
)
from .scanned_line import find_scanned_line
from .views import BY_POLICY, blueprint, require_managers_approval


def agree_deals_by(app: Flask, agree: Callable[..., ProducerTerms]) -> None:
    """Let a room above this one say how a producer's deal is agreed: it knows what was sold without any, and who has to sign."""
    app.extensions["ocop_agree_terms"] = agree


@blueprint.get("/receiving")
@requires_role(*BY_POLICY)
def list_receivings() -> ResponseReturnValue:
    before, note = request.args.get("before", type=parse_row_id), request.args.get("note", "").strip()
    maker = request.args.get("producer", type=parse_row_id)
    with open_reading() as session:
        rows = list_newest_receivings(session, before=before, note=note, producer_id=maker)
        names = {producer.id: producer.name for producer in list_all_producers(session, archived=True)}
        undone, back = list_reversed_numbers(session), list_partly_refused_numbers(session)
        return render_template("storeroom/list.html", rows=rows, names=names, undone=undone, back=back, expected=list_expected(session), drafts=list_drafts(session),
                               producers=list(names.items()), delivering=[(maker.id, maker.name) for maker in list_all_producers(session)], note=note, maker=maker, on=current_day())  # fmt: skip


@blueprint.route("/receiving/new/<int:producer_id>", methods=["GET", "POST"])
@requires_role(*BY_POLICY)
def new(producer_id: int) -> ResponseReturnValue:
    with open_reading() as session:
        draft = _find_draft(session, producer_id)
        typed = _open_draft(session, draft) if draft is not None and request.method == "GET" else None
        coming = _find_announced(session, producer_id, draft)
        form = _receiving_form(session, producer_id, coming, typed)
        boxes = typed if typed is not None else request.form
        deal, origin = (
            make_deal_form(session, producer_id, boxes),
            make_address_form(session, producer_id, boxes),
        )
    if "more" in request.form:
        form.one_more()
        with open_reading() as session:
            set_line_choices(session, (entry.form for entry in form.lines), producer_id)
    elif "draft" in request.form:
        if (answer := _save_draft_form(form, producer_id, coming, draft)) is not None:
            return answer
    elif (
        form.is_submitted()
        and (answer := _try_to_receive(form, deal, origin, producer_id, coming, draft)) is not None
    ):
        return answer
    if request.method == "POST":
        keep_files(form)
    return receiving_page(form, producer_id, deal=deal, origin=origin, draft=draft, typed=typed)


def receiving_page(
    form: Any,
    producer_id: int,
    *,
    deal: Any = None,
    origin: Any = None,
    draft: ReceivingDraft | None = None,
    typed: Any = None,
) -> str:
    """The form with the gate's word at each line. `typed`: what a draft holds; None: what this request sent."""
    with open_reading() as session:
        products = list_products(session, producer_id)
        verdicts = judge_products(session, [product.id for product in products], Act.RECEIVE, current_day())
        stopped = {id_: verdict.refusals for id_, verdict in verdicts.items() if verdict.refusals}
        said_of = {entry.name: judge_entry(session, producer_id, entry, typed) for entry in form.lines}
        named = [item for item in said_of.values() if item.product is not None]
        refused = sum(bool(item.reasons) for item in named)
        if "delivery_note" not in request.form or any(item.is_unreadable or item.faults for item in named):
            refused = 0  # a slip of the finger sends no goods back
        ready = sum(item.is_ready for item in named) if "delivery_note" in request.form else 0
        return render_template(
            "storeroom/new.html", form=form, most_lines=MOST_LINES, producer=get_producer(session, producer_id), products=products, stopped=stopped,
            said_of=said_of, refused=refused, ready=ready, waiting=len(named) - ready, deal=deal, origin=origin, draft=draft,
            asks_cost=asks_cost(session, producer_id),
            draft_mark=request.form.get("draft_mark") or (make_draft_mark(draft) if draft else ""),  # of the page that was opened
        )  # fmt: skip


def _find_announced(
    session: Session, producer_id: int, draft: ReceivingDraft | None
) -> AnnouncedDelivery | None:
    asked = request.values.get("announced", type=parse_row_id) or (draft.announced_id if draft else None)
    return find_announced(session, asked, producer_id) if asked else None


def _find_draft(session: Session, producer_id: int) -> ReceivingDraft | None:
    """The draft that is being gone on with. Raises NotFound (`draft_gone`)."""
    asked = request.values.get("goes_on", type=parse_row_id)
    draft = get_draft(session, asked) if asked else None
    if draft is not None and draft.producer_id != producer_id:
        raise NotFound.because("draft_gone")
    return draft


def _open_draft(session: Session, draft: ReceivingDraft) -> Any:
    """What was typed, by the names of the boxes; its files are offered as kept ones."""
    fields, files = read_draft(draft)
    offer_stored_files({box: get_file(session, file_id) for box, file_id in files.items()})
    return MultiDict(fields)


def _receiving_form(session: Session, producer_id: int, coming: AnnouncedDelivery | None, typed: Any) -> Any:
    if typed is not None:
        return fill_form(session, producer_id, {}, formdata=typed)
    form_data: dict[str, Any] = {"note_date": current_day()}
    if coming is not None:
        form_data = {"delivery_note": coming.delivery_note, "note_date": coming.comes_on, "lines": [
            {"product_id": line.product_id, "lot_number": line.lot_number, "made_on": line.made_on,
             "expires_on": line.expires_on, "quantity_milli": line.quantity_milli, "noted_milli": line.quantity_milli}
            for line in coming.lines
        ]}  # fmt: skip
    return fill_form(session, producer_id, form_data)


def _try_to_receive(
    form: Any,
    deal: Any,
    origin: Any,
    producer_id: int,
    coming: AnnouncedDelivery | None,
    draft: ReceivingDraft | None,
) -> ResponseReturnValue | None:
    """Receive what was sent, or the lines of it that are ready; None where the page is to be shown with what is wrong."""
    is_sound = form.validate()
    is_sound = (deal is None or deal.deal.data == LATER or deal.validate()) and is_sound
    is_sound = (origin is None or origin.validate()) and is_sound
    names = None
    if "rest" in request.form:
        with open_reading() as session:
            names = [entry.name for entry in form.lines if judge_entry(session, producer_id, entry).is_ready]
        heads = [form.delivery_note, form.note_date, *((origin.address,) if origin is not None else ())]
        is_sound = bool(names) and not any(box.errors for box in heads)
    if not is_sound:
        return None
    try:
        number, is_first = _receive_form(form, deal, origin, producer_id, coming, draft, names)
    except ShopError as no:
        show_refusal(form, no)
        return None
    if is_first:
        flash(_("Received.") if names is None else _("Received what was ready; the rest waits as a draft."))
    else:
        warn(_("This came in already: nothing was received twice."))
    return redirect(url_for("storeroom.show", number=number))


def _receive_form(
    form: Any,
    deal: Any,
    origin: Any,
    producer_id: int,
    coming: AnnouncedDelivery | None,
    draft: ReceivingDraft | None,
    names: Sequence[str] | None,
) -> tuple[int, bool]:
    """Returns the receiving's number, and whether this request made it or an earlier sending of it.

    `names`: the lines that are received, the rest stays as a draft; None: all.
    """
    agreed, second = require_managers_approval(form), read_second_approval(form)
    scan, photos = check_upload("scan"), check_photos(form)
    with unit_of_work() as session:
        if (earlier := find_first_result(session)) is not None:
            return int(earlier), False
        draft = _get_draft_as_shown(session, draft)
        producer = get_producer(session, producer_id)
        if origin is not None:
            producer.address = origin.address.data
            save_producer(session, producer, by=current_actor(), at=current_time())
        if deal is not None and deal.deal.data != LATER:
            current_app.extensions["ocop_agree_terms"](
                session, producer, approval=second or agreed, by=current_actor(), at=current_time(),
                **read_agreement(deal, current_day()),
            )  # fmt: skip
        stored = {name: store_upload(session, photo).id for name, photo in photos.items()}
        done = receive_delivery(
            session, producer, delivery_note=form.delivery_note.data, note_date=form.note_date.data,
            arrived=read_lines(session, form, producer_id, stored, names), by=current_actor(), at=current_time(), approval=agreed,
            witness=second or agreed, announced=coming, refuse_the_rest="refuse" in request.form,
        )  # fmt: skip
        if scan is not None:
            attach_scan(session, done, store_upload(session, scan), by=current_actor(), at=current_time())
        if names is not None:
            rest = [entry.name for entry in form.lines if entry.name not in names]
            waiting = save_draft(
                session, producer, split_fields(list_typed_fields(), rest), _photos_of(rest, stored), by=current_actor(), at=current_time(),
                draft=draft,
            )  # fmt: skip
            waiting.announced_id = None  # that came in with this receiving
        elif draft is not None:
            discard_draft(session, draft)
        keep_first_result(session, str(done.number))
        return done.number, True


def _get_draft_as_shown(session: Session, draft: ReceivingDraft | None) -> ReceivingDraft | None:
    """The draft that the page went on with. Raises Stale (`draft_changed`) where another page went on with it since."""
    return get_unchanged_draft(session, draft.id, request.form.get("draft_mark", "")) if draft else None


def _photos_of(names: Sequence[str], stored: Mapping[str, int]) -> dict[str, int]:
    """The stored photos of these lines, by the boxes that the lines have in their draft."""
    return {f"lines-{n}-photo": stored[name] for n, name in enumerate(names) if name in stored}


def _save_draft_form(
    form: Any, producer_id: int, coming: AnnouncedDelivery | None, draft: ReceivingDraft | None
) -> ResponseReturnValue | None:
    """Keep what was typed as a draft; None where one of its files can't be kept, or another page went on with it."""
    try:
        files = {box: checked for box in list_file_boxes() if (checked := check_upload(box)) is not None}
    except Refused as no:
        show_refusal(form, no)
        return None
    try:
        with unit_of_work() as session:
            stored = {box: store_upload(session, checked).id for box, checked in files.items()}
            save_draft(
                session, get_producer(session, producer_id), list_typed_fields(), stored, by=current_actor(), at=current_time(),
                announced=coming, draft=_get_draft_as_shown(session, draft),
            )  # fmt: skip
    except Stale as no:
        show_refusal(form, no)
        return None
    flash(_("Put aside: it waits under Receiving."))
    return redirect(url_for("storeroom.list_receivings"))


@blueprint.post("/receiving/drafts/<int:draft_id>/discard")
@requires_role(*BY_POLICY)
def throw_draft_away(draft_id: int) -> ResponseReturnValue:
    with unit_of_work() as session:
        discard_draft(session, get_draft(session, draft_id))
    flash(_("Thrown away."))
    return redirect(url_for("storeroom.list_receivings"))


@blueprint.get("/receiving/new/<int:producer_id>/line")
@requires_role(*BY_POLICY)
def one_line(producer_id: int) -> ResponseReturnValue:
    """A line for the form, filled from a scanned code: product, lot, dates, weight. Numbered `n`."""
    with open_reading() as session:
        entry = make_entry(
            session,
            producer_id,
            request.args.get("n", 0, type=parse_row_id),
            find_scanned_line(session, producer_id, request.args.get("code", "")),
        )
        return render_template("storeroom/line.html", entry=entry, said=judge_entry(session, producer_id, entry),
                               producer=get_producer(session, producer_id), asks_cost=asks_cost(session, producer_id))  # fmt: skip


@blueprint.get("/receiving/new/<int:producer_id>/verdict")
@requires_role(*BY_POLICY)
def judge_line(producer_id: int) -> ResponseReturnValue:
    """The gate's word on a line as it is typed, and the checks of its goods."""
    n = request.args.get("n", 0, type=parse_row_id)
    with open_reading() as session:
        form: Any = ArrivalForm(request.args, prefix=f"lines-{n}-")
        set_line_choices(session, [form], producer_id)
        entry = LineEntry(f"lines-{n}", form)
        return render_template(
            "storeroom/verdict.html", entry=entry, said=judge_entry(session, producer_id, entry)
        )


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
