"""importing/views.py — upload a workbook, see what each row would do, write it; download template and export."""

from pathlib import Path

from flask import Blueprint, Flask, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import FileStorage

from ..files.upload import check_uploads
from ..kernel.actor import Role
from ..kernel.database import db, open_reading, unit_of_work
from ..kernel.errors import NotFound, Refused
from ..producers.terms import list_all_producers
from ..stock.queries import list_all_places
from ..storeroom.forms import MOST_LINES
from ..storeroom.receiving_form import fill_form, make_address_form, make_deal_form
from ..storeroom.receiving_views import receiving_page
from ..web.context import current_config, current_day, current_time
from ..web.download import send_download
from ..web.menu import MANAGER, MenuEntry, MenuGroup, add_to_menu
from ..web.notices import warn
from ..web.numbers import requested_page
from ..web.reasons import render_reason
from ..web.refused_forms import list_reason_faults, returns_to, show_again
from ..web.rights import current_actor, requires_role
from .delivery import read_delivery_lines
from .export import render_empty_workbook, render_export
from .form_answers import read_answers
from .job_page import PAGE_WORDS, ImportPage, find_rows_page
from .jobs import ImportJob, ImportJobs, discard_upload, save_upload
from .messages import SAYS, render_row
from .run_contents import can_be_taken_back, get_run, list_runs
from .take_back import list_kept, take_back_import
from .workbook import open_workbook

blueprint = Blueprint("importing", __name__)


def _current_jobs() -> ImportJobs:
    jobs: ImportJobs = current_app.extensions.setdefault("ocop_imports", ImportJobs())
    return jobs


def _get_job(token: str) -> ImportJob:
    job = _current_jobs().find(token)
    if job is None:
        raise NotFound.because("job_not_found")
    return job


@blueprint.get("/workbooks")
@requires_role(Role.MANAGER)
def start() -> ResponseReturnValue:
    at = current_time()
    with open_reading() as session:
        runs = [(run, can_be_taken_back(run, at)) for run in list_runs(session)]
    return render_template("importing/start.html", runs=runs)


@blueprint.post("/workbooks/imports/<int:run_id>/take-back")
@requires_role(Role.MANAGER)
@returns_to("importing.start", "run")
def take_back(run_id: int) -> ResponseReturnValue:
    """Undo an import as a whole. Where something happened since, it is named and nothing is undone."""
    with unit_of_work() as session:
        run = get_run(session, run_id)
        take_back_import(session, run, by=current_actor(), at=current_time())
        kept = list_kept(session, run)
    flash(_("%(name)s was taken back: the books are as before it.", name=run.source))
    if kept:
        flash(
            _("These deals and places stay; change them on their own pages: %(names)s", names=", ".join(kept))
        )
    return redirect(url_for("importing.start"))


@blueprint.post("/workbooks")
@requires_role(Role.MANAGER)
def upload() -> ResponseReturnValue:
    workbook = request.files.get("workbook")
    if workbook is None or not workbook.filename:
        return show_again(
            "importing.start", list_reason_faults(Refused.because("workbook_missing"), "workbook", {})
        )
    pictures, faults = check_uploads("pictures")
    if faults:
        return show_again("importing.start", {"pictures": " ".join(faults)})
    path = _save_upload(workbook)
    name = Path(workbook.filename).name
    job = _current_jobs().read(db.engine, path, name, at=current_time(), pictures=pictures)
    return redirect(url_for("importing.show", token=job.token))


def _save_upload(workbook: FileStorage) -> Path:
    return save_upload(Path(current_config().data.folder), workbook)


@blueprint.post("/receiving/new/<int:producer_id>/workbook")
@requires_role(Role.MANAGER)
@returns_to("storeroom.new", "workbook")
def delivery(producer_id: int) -> ResponseReturnValue:
    """The receiving form, filled with a workbook's lines. Nothing is received by this."""
    workbook = request.files.get("workbook")
    if workbook is None or not workbook.filename:
        raise Refused.because("workbook_missing")
    path = _save_upload(workbook)
    try:
        sheets = open_workbook(path)
        with open_reading() as session:
            lines, note, odd = read_delivery_lines(session, sheets, producer_id, current_day())
            form = fill_form(
                session,
                producer_id,
                {"note_date": current_day(), "delivery_note": note, "lines": lines[:MOST_LINES]},
                formdata=None,
            )
            deal, origin = make_deal_form(session, producer_id), make_address_form(session, producer_id)
    finally:
        discard_upload(path)
    left = [*odd, *(("…",) if len(lines) > MOST_LINES else ())]
    if left:
        warn(
            _(
                "Not taken over, no product of this producer or not to be read: rows %(rows)s",
                rows=", ".join(map(str, left)),
            )
        )
    return receiving_page(form, producer_id, deal=deal, origin=origin)


@blueprint.get("/workbooks/<token>")
@requires_role(Role.MANAGER)
def show(token: str) -> ResponseReturnValue:
    job = _get_job(token)
    reasons = [render_reason(reason) for reason in job.error.reasons] if job.error else []
    with open_reading() as session:
        places = list_all_places(session)
        producers = [producer.name for producer in list_all_producers(session)]
    return render_template(
        "importing/job.html", job=job, reasons=reasons, SAYS=SAYS, render_row=render_row, reading=ImportPage(job), places=places,
        producers=producers, page=find_rows_page(job, request.args.get("state", ""), requested_page()), **PAGE_WORDS,
    )  # fmt: skip


@blueprint.post("/workbooks/<token>/answers")
@requires_role(Role.MANAGER)
def answer(token: str) -> ResponseReturnValue:
    """What the manager says of columns, kinds, places and deals: the rows are judged by it anew."""
    job = _get_job(token)
    if job.state == "ready" and read_answers(job):
        _current_jobs().read_again(db.engine, job, at=current_time())
    return redirect(_address(token))


@blueprint.post("/workbooks/<token>/write")
@requires_role(Role.MANAGER)
def write(token: str) -> ResponseReturnValue:
    job = _get_job(token)
    if job.state != "ready" or job.preview is None:
        return redirect(url_for("importing.show", token=token))
    is_answered = read_answers(job)
    if job.preview.refused and "without_refused" not in request.form:
        warn(_("Some rows are refused: tick the box to go on without them, or mend the workbook."))
        if is_answered:
            _current_jobs().read_again(db.engine, job, at=current_time())
        return redirect(_address(token))
    _current_jobs().write(db.engine, job, by=current_actor(), at=current_time(), is_answered=is_answered)
    return redirect(url_for("importing.show", token=token))


def _address(token: str) -> str:
    """The page of the workbook, at the rows that were looked at."""
    state = request.form.get("show_state", request.form.get("state", ""))
    page = (
        "1"
        if "show_state" in request.form
        else request.form.get("show_page") or request.form.get("page") or "1"
    )
    return url_for("importing.show", token=token, state=state or None, page=page)


@blueprint.post("/workbooks/<token>/move-ends")
@requires_role(Role.MANAGER)
def move_ends(token: str) -> ResponseReturnValue:
    """The manager was asked whether this workbook may move the ends of papers, and says yes."""
    job = _get_job(token)
    if job.state == "ready":
        job.answers.may_move_ends = True
        _current_jobs().read_again(db.engine, job, at=current_time())
    return redirect(url_for("importing.show", token=token))


@blueprint.get("/workbooks/template.xlsx")
@requires_role(Role.MANAGER)
def download_template() -> ResponseReturnValue:
    return send_download(render_empty_workbook(), "mau-nhap-hang.xlsx")


@blueprint.get("/workbooks/export.xlsx")
@requires_role(Role.MANAGER)
def download_export() -> ResponseReturnValue:
    with open_reading() as session:
        content = render_export(session, current_day())
    return send_download(content, f"hang-hoa-{current_day():%Y%m%d}.xlsx")


def register(app: Flask) -> None:
    """Add the room's pages and its lines of the menu to the application."""
    app.register_blueprint(blueprint)
    add_to_menu(
        app,
        MenuEntry("importing.start", _l("Workbooks"), "upload", MANAGER, MenuGroup.GOODS, 5),
    )  # fmt: skip
