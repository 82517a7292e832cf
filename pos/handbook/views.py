"""handbook/views.py — the handbook's pages and its search; a card to hang beside the till."""

from flask import Blueprint, Flask, abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from markupsafe import Markup

from ..web.menu import EVERYONE, MenuEntry, MenuGroup, add_to_menu
from ..web.rights import requires_role
from .pages import load_pages as all_pages
from .pages import search_pages

blueprint = Blueprint("handbook", __name__, url_prefix="/handbook")


@blueprint.get("")
@requires_role()
def index() -> ResponseReturnValue:
    words = request.args.get("q", "")
    return render_template(
        "handbook/index.html", pages=all_pages().values(), words=words, hits=search_pages(words)
    )


@blueprint.get("/<page>")
@requires_role()
def show(page: str) -> ResponseReturnValue:
    found = all_pages().get(page)
    if found is None:
        abort(404)
    return render_template("handbook/page.html", page=found, html=Markup(found.html))  # noqa: S704  our own Markdown, without HTML


@blueprint.get("/card")
@requires_role()
def card() -> ResponseReturnValue:
    """One sheet for the till: keys, and what to do when it says no."""
    return render_template("handbook/card.html")


def register(app: Flask) -> None:
    """Add the room's pages and its lines of the menu to the application."""
    app.register_blueprint(blueprint)
    add_to_menu(
        app,
        MenuEntry("handbook.index", _l("Handbook"), "life-buoy", EVERYONE, MenuGroup.SHOP, 6),
    )  # fmt: skip
