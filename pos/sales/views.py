"""sales/views.py — the manager's list of bags, wrapping and shipping."""

from typing import Any

from flask import Blueprint, Flask, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ..kernel.actor import Role
from ..kernel.database import open_reading, unit_of_work
from ..kernel.errors import ShopError
from ..web.context import current_time
from ..web.menu import add_to_menu
from ..web.rights import current_actor, requires_role
from .extras import get_extra, list_all_extras, save_extra
from .forms import ExtraForm
from .models import Extra

blueprint = Blueprint("sales", __name__)


@blueprint.get("/extras")
@requires_role(Role.MANAGER)
def list_extras() -> ResponseReturnValue:
    with open_reading() as session:
        return render_template("sales/extras.html", rows=list_all_extras(session, archived=True))


@blueprint.route("/extras/new", methods=["GET", "POST"], defaults={"extra_id": None})
@blueprint.route("/extras/<int:extra_id>", methods=["GET", "POST"])
@requires_role(Role.MANAGER)
def edit_extra(extra_id: int | None) -> ResponseReturnValue:
    with open_reading() as session:
        known = get_extra(session, extra_id) if extra_id else None
    form: Any = ExtraForm(obj=known)
    if form.validate_on_submit():
        form.price_vnd.data = form.price_vnd.data or 0
        try:
            with unit_of_work() as session:
                extra = get_extra(session, extra_id) if extra_id else Extra()
                form.populate_obj(extra)
                save_extra(session, extra, by=current_actor(), at=current_time())
        except ShopError as no:
            form.refuse(no, {"name_missing": "name_vi", "amount_odd": "price_vnd"})
        else:
            flash(_("Saved."))
            return redirect(url_for("sales.list_extras"))
    title = known.name_vi if known else _("New extra")
    return render_template("form.html", form=form, title=title, back=url_for("sales.list_extras"))


def register(app: Flask) -> None:
    """Add the room's pages to the application."""
    app.register_blueprint(blueprint)
    add_to_menu(
        app,
        parents={"sales.list_extras": "admission.edit_policy", "sales.edit_extra": "admission.edit_policy"},
    )  # fmt: skip
