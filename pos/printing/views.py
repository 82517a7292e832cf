"""printing/views.py — the print queue as the manager sees it."""

from flask import Blueprint, Flask, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from hardware.slips import picture
from hardware.slips.slip import Slip

from ..kernel.actor import Role
from ..kernel.database import open_reading, unit_of_work
from ..kernel.errors import NotFound, Refused
from ..web.context import current_time
from ..web.menu import add_to_menu
from ..web.reasons import render_reason
from ..web.rights import current_actor, requires_role
from .queue import discard_job, get_job, list_recent, retry_job
from .send import wake_printers

blueprint = Blueprint("printing", __name__)
JOB_KINDS = {
    "sale": _l("Receipt"),
    "packing": _l("Packing list"),
    "tags": _l("Price tag or label"),
    "lot": _l("Label of a lot"),
    "drawer": _l("Open the drawer"),
    "test": _l("Test"),
    "voucher": _l("Gift voucher"),
    "taking": _l("A debt is paid"),
}


@blueprint.get("/printing")
@requires_role(Role.MANAGER)
def list_jobs() -> ResponseReturnValue:
    with open_reading() as session:
        return render_template("printing/jobs.html", kinds=JOB_KINDS, jobs=list_recent(session))


@blueprint.post("/printing/<int:job_id>/retry")
@requires_role(Role.MANAGER)
def try_again(job_id: int) -> ResponseReturnValue:
    with unit_of_work() as session:
        retry_job(get_job(session, job_id), at=current_time())
    flash(_("It is tried again now."))
    return redirect(url_for("printing.list_jobs"))


@blueprint.post("/printing/<int:job_id>/discard")
@requires_role(Role.MANAGER)
def discard(job_id: int) -> ResponseReturnValue:
    """A slip that nobody wants on paper any more."""
    try:
        with unit_of_work() as session:
            job = get_job(session, job_id)
            discard_job(session, job, request.form.get("reason", ""), by=current_actor(), at=current_time())
    except Refused as no:
        with open_reading() as session:
            faults = {job_id: render_reason(no.reasons[0]).sentence}
            return render_template(
                "printing/jobs.html", kinds=JOB_KINDS, jobs=list_recent(session), faults=faults
            ), no.status
    flash(_("Discarded."))
    return redirect(url_for("printing.list_jobs"))


@blueprint.get("/printing/<int:job_id>.png")
@requires_role(Role.MANAGER)
def job_picture(job_id: int) -> ResponseReturnValue:
    with open_reading() as session:
        job = get_job(session, job_id)
        if job.is_secret:
            raise NotFound.because("job_not_found")
        slip = Slip.decoded(job.slip)
    return Response(picture.render_png(slip, picture.WIDTH_DOTS[80]), mimetype="image/png")


blueprint.after_request(wake_printers)


def register(app: Flask) -> None:
    """Add the room's pages to the application."""
    app.register_blueprint(blueprint)
    add_to_menu(
        app,
        parents={"printing.list_jobs": "station.list_devices"},
    )  # fmt: skip
