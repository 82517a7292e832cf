"""portal/paper_views.py — own papers with how each stands, and new ones sent in for the manager to take over."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from ..admission.dossier import list_covered_names
from ..admission.models import ProposedPaper
from ..admission.proposals import list_proposed_by, propose_paper
from ..files.check import CheckedFile
from ..files.upload import check_upload, store_upload, upload_error_fields
from ..kernel.actor import Role
from ..kernel.database import open_reading, unit_of_work
from ..producers.terms import get_producer
from ..web.context import current_day, current_time
from ..web.forms import answer_form
from ..web.repeated import is_first_request
from ..web.rights import current_actor, requires_role
from .forms import OwnPaperForm
from .own_goods import blueprint, own_producer_id
from .own_papers import list_own_papers
from .terms import find_renewal


@blueprint.route("/papers", methods=["GET", "POST"])
@requires_role(Role.PRODUCER)
def papers() -> ResponseReturnValue:
    form: Any = OwnPaperForm()

    def save() -> ResponseReturnValue:
        checked = check_upload("file")
        with unit_of_work() as session:
            if is_first_request(session):
                propose_paper(
                    session, _read_proposal(session, form, checked), by=current_actor(), at=current_time()
                )
        flash(_("Sent. It counts once the shop has looked at it."))
        return redirect(url_for("portal.papers"))

    places = {
        "number_missing": "number",
        "file_missing": "file",
        "ends_before_start": "ends",
    } | upload_error_fields("file")
    if (answer := answer_form(form, save, places)) is not None:
        return answer
    with open_reading() as session:
        known = list_own_papers(session, own_producer_id(), current_day())
        return render_template(
            "portal/papers.html", form=form, papers=known, covered=list_covered_names(session, [own.paper for own in known]), find_renewal=find_renewal,
            sent=list_proposed_by(session, own_producer_id()), producer=get_producer(session, own_producer_id()),
        )  # fmt: skip


def _read_proposal(session: Session, form: Any, checked: CheckedFile | None) -> ProposedPaper:
    stored = store_upload(session, checked) if checked else None
    return ProposedPaper(
        producer_id=own_producer_id(), kind=form.kind.data, number=form.number.data, issuer=form.issuer.data, issued=form.issued.data,
        ends=form.ends.data, note=form.note.data or "", file_id=stored.id if stored else None,
    )  # fmt: skip
