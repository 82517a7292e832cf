"""producers/views.py — the producers' pages."""

from typing import Any

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from ..kernel.actor import Role
from ..kernel.database import open_reading, unit_of_work
from ..kernel.text import fold_text
from ..web.context import current_day, current_time
from ..web.forms import answer_form
from ..web.menu import READERS, MenuEntry, MenuGroup, add_to_menu
from ..web.rights import current_actor, requires_role
from .forms import ProducerForm
from .models import Producer
from .terms import (
    find_terms_of_all,
    get_producer,
    list_all_producers,
    list_bands_of,
    list_producers_without_terms,
    list_terms,
    save_producer,
)
from .terms_in_words import describe_terms, name_deal

blueprint = Blueprint("producers", __name__)
_FIELDS = ("name", "address", "phone", "story_vi", "story_en", "suspended_on", "suspended_why", "archived")


@blueprint.get("/producers")
@requires_role(Role.MANAGER, Role.VIEWER)
def list_producers() -> ResponseReturnValue:
    words = request.args.get("q", "")
    with open_reading() as session:
        found = [p for p in list_all_producers(session, archived=True) if fold_text(words) in p.search_key]
        agreed = find_terms_of_all(session, current_day())
        bands = list_bands_of(session, [terms.id for terms in agreed.values()])
        terms = {id_: name_deal(each, bands[each.id], _) for id_, each in agreed.items()}
        waiting = len(list_producers_without_terms(session, current_day()))
    return render_template("producers/list.html", producers=found, terms=terms, words=words, waiting=waiting)


@blueprint.route("/producers/new", methods=["GET", "POST"], defaults={"producer_id": None})
@blueprint.route("/producers/<int:producer_id>", methods=["GET", "POST"])
@requires_role(Role.MANAGER)
def edit(producer_id: int | None) -> ResponseReturnValue:
    with open_reading() as session:
        known = get_producer(session, producer_id) if producer_id else None
        agreed = list_terms(session, producer_id) if producer_id else []
        bands = list_bands_of(session, [terms.id for terms in agreed])
    form: Any = ProducerForm(obj=known)

    def save() -> ResponseReturnValue:
        with unit_of_work() as session:
            producer = get_producer(session, producer_id) if producer_id else Producer()
            for field in _FIELDS:
                setattr(producer, field, form[field].data)
            save_producer(session, producer, by=current_actor(), at=current_time())
        flash(_("Saved."))
        return redirect(url_for("producers.edit", producer_id=producer.id))

    if (
        answer := answer_form(
            form,
            save,
            {"name_missing": "name", "producer_twice": "name", "suspension_lifted": "suspended_on"},
        )
    ) is not None:
        return answer
    return render_template(
        "producers/edit.html",
        form=form,
        producer=known,
        terms=[
            (terms, name_deal(terms, bands[terms.id], _), describe_terms(terms, bands[terms.id], _))
            for terms in agreed
        ],
    )


def register(app: Flask) -> None:
    """Add the room's pages and its lines of the menu to the application."""
    app.register_blueprint(blueprint)
    add_to_menu(
        app,
        MenuEntry("producers.list_producers", _l("Producers"), "users", READERS, MenuGroup.MONEY, 1),
    )  # fmt: skip
