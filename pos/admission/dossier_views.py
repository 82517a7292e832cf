"""admission/dossier_views.py — the papers desk: a producer's dossier, the calendar, a label checked, papers sent in."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ..catalog.models import GoodsKind
from ..catalog.products import get_product, list_codes
from ..identity.forms import AT_SECOND_PERSON, tell_saved
from ..kernel.actor import Role
from ..kernel.database import open_reading, unit_of_work
from ..producers.names import list_producer_choices
from ..producers.terms import get_producer
from ..web.context import current_day, current_time
from ..web.forms import answer_form
from ..web.rights import current_actor, requires_role
from .change_product import change_product
from .dossier import list_covered_names, list_dossier_rows, list_endings_by_month, list_unreplaced
from .forms import LabelForm, LiftSuspensionForm
from .labels import REQUIRED
from .lift_suspension import lift_suspension
from .papers import list_papers
from .proposals import decline_proposal, get_proposed, list_waiting
from .queries import find_label_picture_id, list_ended_papers
from .views import blueprint


@blueprint.get("/producers/<int:producer_id>/dossier")
@requires_role(Role.MANAGER, Role.VIEWER)
def show_dossier(producer_id: int) -> ResponseReturnValue:
    """Which papers each product needs, and how each stands."""
    return _dossier_page(producer_id, LiftSuspensionForm(formdata=None))


def _dossier_page(producer_id: int, form: Any) -> str:
    with open_reading() as session:
        producer, rows = (
            get_producer(session, producer_id),
            list_dossier_rows(session, producer_id, current_day()),
        )
        kinds = list(dict.fromkeys(cell.kind for _product, cells in rows for cell in cells))
        return render_template(
            "admission/dossier.html", producer=producer, kinds=kinds, papers=list_papers(session, producer_id=producer_id),
            rows=[(product, {cell.kind: cell for cell in cells}) for product, cells in rows], on=current_day(), form=form,
        )  # fmt: skip


@blueprint.post("/producers/<int:producer_id>/lift-suspension")
@requires_role(Role.MANAGER)
def end_suspension(producer_id: int) -> ResponseReturnValue:
    """Their goods may be sold again; a second person agrees."""
    form: Any = LiftSuspensionForm()

    def save() -> ResponseReturnValue:
        agreed = form.second_person()
        with unit_of_work() as session:
            change = lift_suspension(
                session,
                get_producer(session, producer_id),
                by=current_actor(),
                at=current_time(),
                approval=agreed,
            )
        tell_saved(change.due_on)
        return redirect(url_for("admission.show_dossier", producer_id=producer_id))

    if (answer := answer_form(form, save, AT_SECOND_PERSON)) is not None:
        return answer
    return _dossier_page(producer_id, form)


@blueprint.get("/papers/calendar")
@requires_role(Role.MANAGER, Role.VIEWER)
def show_calendar() -> ResponseReturnValue:
    """What ends in which month of the next twelve, and what has ended."""
    with open_reading() as session:
        ended = list_unreplaced(session, list_ended_papers(session, current_day()), current_day())
        months = list_endings_by_month(session, current_day())
        shown = [*ended, *(paper for _first, papers in months for paper in papers)]
        return render_template("admission/calendar.html", months=months, ended=ended, on=current_day(),
                               names=dict(list_producer_choices(session)), goods=list_covered_names(session, shown))  # fmt: skip


@blueprint.route("/products/<int:product_id>/label", methods=["GET", "POST"])
@requires_role(Role.MANAGER)
def check_label(product_id: int) -> ResponseReturnValue:
    """The label's picture beside the list of what must stand on it (decree 37/2026)."""
    with open_reading() as session:
        product = get_product(session, product_id)
        picture_id = find_label_picture_id(session, product)
    form: Any = LabelForm(data={"label_entries": product.label_entries.split()})

    def save() -> ResponseReturnValue:
        agreed = form.second_person()
        with unit_of_work() as session:
            checked = get_product(session, product_id)
            entries = " ".join(form.label_entries.data or [])
            change = change_product(
                session, checked, {"label_entries": entries}, list_codes(checked), recipe=None,
                by=current_actor(), at=current_time(), approval=agreed,
            )  # fmt: skip
        tell_saved(change.due_on if change else None)
        return redirect(url_for("admission.show_product", product_id=product_id))

    if (answer := answer_form(form, save, AT_SECOND_PERSON)) is not None:
        return answer
    return render_template("admission/label.html", product=product, form=form, picture_id=picture_id,
                           required=REQUIRED[GoodsKind(product.kind)])  # fmt: skip


@blueprint.get("/papers/sent-in")
@requires_role(Role.MANAGER)
def list_proposed() -> ResponseReturnValue:
    """What producers sent in and nobody has decided."""
    with open_reading() as session:
        return render_template(
            "admission/proposed.html", rows=list_waiting(session), names=dict(list_producer_choices(session))
        )


@blueprint.post("/papers/sent-in/<int:proposed_id>/decline")
@requires_role(Role.MANAGER)
def decline_proposed(proposed_id: int) -> ResponseReturnValue:
    with unit_of_work() as session:
        decline_proposal(
            session,
            get_proposed(session, proposed_id),
            reason=request.form.get("reason", ""),
            by=current_actor(),
            at=current_time(),
        )
    flash(_("Declined: the producer reads why."))
    return redirect(url_for("admission.list_proposed"))
