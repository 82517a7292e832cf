"""portal/paper_views.py — own papers with how each stands, and new ones sent in for the manager to take over."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from ..admission.models import ProposedPaper
from ..admission.papers import papers_of
from ..admission.proposals import propose, proposed_by
from ..files.check import CheckedFile
from ..files.upload import at_field, check_upload, kept
from ..kernel.actor import Role
from ..kernel.database import reading, unit_of_work
from ..kernel.errors import ShopError
from ..kernel.once import is_first
from ..producers.terms import get_producer
from ..web.now import now, today
from ..web.rights import actor, allowed
from .forms import OwnPaperForm
from .own import own_id, pages


@pages.route("/papers", methods=["GET", "POST"])
@allowed(Role.PRODUCER)
def papers() -> ResponseReturnValue:
    form: Any = OwnPaperForm()
    if form.validate_on_submit():
        try:
            checked = check_upload(form.file.data)
            with unit_of_work() as session:
                if is_first(session, form.once.data or "", now()):
                    propose(session, _typed(session, form, checked), by=actor(), at=now())
        except ShopError as no:
            form.refuse(no, {"number_missing": "number", "file_missing": "file",
                             "ends_before_start": "ends"} | at_field("file"))  # fmt: skip
        else:
            flash(_("Sent. It counts once the shop has looked at it."))
            return redirect(url_for("portal.papers"))
    with reading() as session:
        return render_template(
            "portal/papers.html", form=form, papers=papers_of(session, producer_id=own_id()), on=today(),
            sent=proposed_by(session, own_id()), producer=get_producer(session, own_id()),
        )  # fmt: skip


def _typed(session: Session, form: Any, checked: CheckedFile | None) -> ProposedPaper:
    stored = kept(session, checked) if checked else None
    return ProposedPaper(
        producer_id=own_id(), kind=form.kind.data, number=form.number.data, issuer=form.issuer.data, issued=form.issued.data,
        ends=form.ends.data, note=form.note.data or "", file_id=stored.id if stored else None,
    )  # fmt: skip
