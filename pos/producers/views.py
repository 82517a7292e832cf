"""producers/views.py — the producers' pages."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ..kernel.actor import Role
from ..kernel.database import reading, unit_of_work
from ..kernel.errors import ShopError
from ..kernel.text import folded
from ..web.now import now, today
from ..web.rights import actor, allowed
from .forms import ProducerForm, TermsForm
from .models import Bearer, Deal, Producer
from .terms import agree, all_terms, get_producer, producers, save_producer, terms_on

pages = Blueprint("producers", __name__)
_FIELDS = ("name", "address", "phone", "story_vi", "story_en", "suspended_on", "suspended_why", "archived")


@pages.get("/producers")
@allowed(Role.MANAGER, Role.VIEWER)
def list_producers() -> ResponseReturnValue:
    words = request.args.get("q", "")
    with reading() as session:
        found = [p for p in producers(session, archived=True) if folded(words) in p.search_key]
        terms = {p.id: terms_on(session, p.id, today()) for p in found}
    return render_template("producers/list.html", producers=found, terms=terms, words=words)


@pages.route("/producers/new", methods=["GET", "POST"], defaults={"producer_id": None})
@pages.route("/producers/<int:producer_id>", methods=["GET", "POST"])
@allowed(Role.MANAGER)
def edit(producer_id: int | None) -> ResponseReturnValue:
    with reading() as session:
        known = get_producer(session, producer_id) if producer_id else None
        agreed = all_terms(session, producer_id) if producer_id else []
    form: Any = ProducerForm(obj=known)
    if form.validate_on_submit():
        try:
            with unit_of_work() as session:
                producer = get_producer(session, producer_id) if producer_id else Producer()
                for field in _FIELDS:
                    setattr(producer, field, form[field].data)
                save_producer(session, producer, by=actor(), at=now())
        except ShopError as no:
            form.refuse(no, {"name_missing": "name", "producer_twice": "name"})
        else:
            flash(_("Saved."))
            return redirect(url_for("producers.edit", producer_id=producer.id))
    return render_template("producers/edit.html", form=form, producer=known, terms=agreed)


@pages.route("/producers/<int:producer_id>/terms", methods=["GET", "POST"])
@allowed(Role.MANAGER)
def new_terms(producer_id: int) -> ResponseReturnValue:
    with reading() as session:
        producer = get_producer(session, producer_id)
    form: Any = TermsForm(starts=today())
    if form.validate_on_submit():
        try:
            with unit_of_work() as session:
                agree(
                    session, get_producer(session, producer_id), starts=form.starts.data, deal=Deal(form.deal.data),
                    commission_bp=form.commission_bp.data, spoilage_borne_by=Bearer(form.spoilage_borne_by.data),
                    markdown_borne_by=Bearer(form.markdown_borne_by.data), by=actor(), at=now(),
                )  # fmt: skip
        except ShopError as no:
            form.refuse(no, {"commission_out_of_range": "commission_bp"})
        else:
            flash(_("Saved."))
            return redirect(url_for("producers.edit", producer_id=producer_id))
    title = _("Terms with %(name)s", name=producer.name)
    return render_template(
        "form.html", form=form, title=title, back=url_for("producers.edit", producer_id=producer_id)
    )
