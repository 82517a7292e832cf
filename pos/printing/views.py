"""printing/views.py — the print queue as the manager sees it."""

from collections import Counter

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from hardware import picture
from hardware.decode import missing
from hardware.printers.test_page import TEST_PAGE
from hardware.slip import Slip

from ..journal.record import record
from ..kernel.actor import Role
from ..kernel.database import reading, unit_of_work
from ..kernel.errors import NotFound
from ..web.now import config, now
from ..web.pages import wants_fragment
from ..web.rights import actor, allowed
from .devices import printer_states
from .queue import get_job, move_all, queue, recent, retry, waiting
from .send import wake_printers

pages = Blueprint("printing", __name__)


@pages.get("/printing")
@allowed(Role.MANAGER)
def list_jobs() -> ResponseReturnValue:
    with reading() as session:
        return render_template("printing/jobs.html", jobs=recent(session))


@pages.post("/printing/<int:job_id>/retry")
@allowed(Role.MANAGER)
def try_again(job_id: int) -> ResponseReturnValue:
    with unit_of_work() as session:
        retry(get_job(session, job_id), at=now())
    flash(_("It is tried again now."))
    return redirect(url_for("printing.list_jobs"))


@pages.get("/printing/<int:job_id>.png")
@allowed(Role.MANAGER)
def job_picture(job_id: int) -> ResponseReturnValue:
    with reading() as session:
        slip = Slip.decoded(get_job(session, job_id).slip)
    return Response(picture.png(slip, picture.WIDTH_DOTS[80]), mimetype="image/png")


@pages.get("/devices")
@allowed(Role.MANAGER)
def list_devices() -> ResponseReturnValue:
    """Each printer's state as of this moment, with what to do; what decoding lacks on this computer."""
    with reading() as session:
        waits = Counter(job.printer for job in waiting(session))
    states = printer_states(config())
    template = "printing/printers.html" if wants_fragment() else "printing/devices.html"
    return render_template(
        template, states=states, waits=waits, missing=missing(), names=[one.printer.name for one in states]
    )


@pages.post("/devices/test")
@allowed(Role.MANAGER)
def test_page() -> ResponseReturnValue:
    """A page with all letters, stars and codes, on the printer that was named."""
    name = request.form.get("printer", "")
    if name not in {printer.name for printer in config().printers}:
        raise NotFound.because("printer_not_found")
    with unit_of_work() as session:
        queue(session, name, _("Test page"), "test", TEST_PAGE, at=now())
    flash(_("The test page is on its way."))
    return redirect(url_for("printing.list_devices"))


@pages.post("/devices/move")
@allowed(Role.MANAGER)
def move_queue() -> ResponseReturnValue:
    """What waits for a dead printer comes out of another."""
    names = {printer.name for printer in config().printers}
    source, target = request.form.get("from", ""), request.form.get("to", "")
    if not {source, target} <= names or source == target:
        raise NotFound.because("printer_not_found")
    with unit_of_work() as session:
        moved = move_all(session, source, target, at=now())
        record(
            session, "slips_moved", by=actor(), at=now(), from_printer=source, to_printer=target, slips=moved
        )
    flash(ngettext("%(num)s slip goes to %(to)s.", "%(num)s slips go to %(to)s.", moved, to=target))
    return redirect(url_for("printing.list_devices"))


pages.after_request(wake_printers)
