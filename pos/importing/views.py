"""importing/views.py — upload a workbook, see what each row would do, write it; download template and export."""

import secrets
from pathlib import Path

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from ..kernel.actor import Role
from ..kernel.database import db, reading
from ..kernel.errors import NotFound, Refused
from ..storeroom.forms import MOST_LINES
from ..storeroom.receiving_views import filled_form, receiving_page
from ..web.download import download
from ..web.now import config, now, today
from ..web.reasons import said
from ..web.rights import actor, allowed
from .delivery import delivery_lines
from .export import export, template
from .jobs import Job, Jobs
from .says import SAYS
from .workbook import open_workbook

pages = Blueprint("importing", __name__)


def _jobs() -> Jobs:
    jobs: Jobs = current_app.extensions.setdefault("ocop_imports", Jobs())
    return jobs


def _job(token: str) -> Job:
    job = _jobs().find(token)
    if job is None:
        raise NotFound.because("job_not_found")
    return job


@pages.get("/workbooks")
@allowed(Role.MANAGER)
def start() -> ResponseReturnValue:
    return render_template("importing/start.html")


@pages.post("/workbooks")
@allowed(Role.MANAGER)
def upload() -> ResponseReturnValue:
    given = request.files.get("workbook")
    if given is None or not given.filename:
        raise Refused.because("workbook_odd", why="–")
    path = _saved(given)
    job = _jobs().read(db.engine, path, Path(given.filename).name, at=now())
    return redirect(url_for("importing.show", token=job.token))


def _saved(given: FileStorage) -> Path:
    folder = Path(config().data.folder) / "uploads"
    folder.mkdir(exist_ok=True)
    path = folder / f"{secrets.token_hex(8)}.xlsx"
    given.save(path)
    return path


@pages.post("/receiving/new/<int:producer_id>/workbook")
@allowed(Role.MANAGER)
def delivery(producer_id: int) -> ResponseReturnValue:
    """The receiving form, filled with a workbook's lines. Nothing is received by this."""
    given = request.files.get("workbook")
    if given is None or not given.filename:
        raise Refused.because("workbook_odd", why="–")
    path = _saved(given)
    try:
        sheets = open_workbook(path)
        with reading() as session:
            lines, note, odd = delivery_lines(session, sheets, producer_id, today())
            form = filled_form(
                session,
                producer_id,
                {"note_date": today(), "delivery_note": note, "lines": lines[:MOST_LINES]},
                formdata=None,
            )
    finally:
        path.unlink(missing_ok=True)
    left = [*odd, *(("…",) if len(lines) > MOST_LINES else ())]
    if left:
        flash(
            _(
                "Not taken over, no product of this producer or not to be read: rows %(rows)s",
                rows=", ".join(map(str, left)),
            )
        )
    return receiving_page(form, producer_id)


@pages.get("/workbooks/<token>")
@allowed(Role.MANAGER)
def show(token: str) -> ResponseReturnValue:
    job = _job(token)
    reasons = [said(reason) for reason in job.error.reasons] if job.error else []
    return render_template("importing/job.html", job=job, reasons=reasons, SAYS=SAYS)


@pages.post("/workbooks/<token>/write")
@allowed(Role.MANAGER)
def write(token: str) -> ResponseReturnValue:
    job = _job(token)
    if job.state != "ready" or job.preview is None:
        return redirect(url_for("importing.show", token=token))
    if job.preview.refused and "without_refused" not in request.form:
        flash(_("Some rows are refused: tick the box to go on without them, or mend the workbook."))
        return redirect(url_for("importing.show", token=token))
    _jobs().write(db.engine, job, by=actor(), at=now())
    return redirect(url_for("importing.show", token=token))


@pages.post("/workbooks/<token>/move-ends")
@allowed(Role.MANAGER)
def move_ends(token: str) -> ResponseReturnValue:
    """The manager was asked whether this workbook may move the ends of papers, and says yes."""
    job = _job(token)
    if job.state == "ready":
        _jobs().read_again(db.engine, job, at=now())
    return redirect(url_for("importing.show", token=token))


@pages.get("/workbooks/template.xlsx")
@allowed(Role.MANAGER)
def download_template() -> ResponseReturnValue:
    return download(template(), "mau-nhap-hang.xlsx")


@pages.get("/workbooks/export.xlsx")
@allowed(Role.MANAGER)
def download_export() -> ResponseReturnValue:
    with reading() as session:
        content = export(session, today())
    return download(content, f"hang-hoa-{today():%Y%m%d}.xlsx")
