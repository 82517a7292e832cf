"""catalog/views.py — the products' pages. What the gate and the price say of them comes from other rooms' fragments."""

from flask import Blueprint, Flask, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from ..kernel.actor import Role
from ..kernel.database import open_reading
from ..producers.names import list_producer_choices
from ..web.menu import READERS, MenuEntry, MenuGroup, add_to_menu
from ..web.numbers import parse_row_id, requested_page
from ..web.rights import requires_role
from .products import list_groups
from .queries import list_products_by_name

blueprint = Blueprint("catalog", __name__)
PAGE = 100


@blueprint.get("/products")
@requires_role(Role.MANAGER, Role.VIEWER)
def list_products() -> ResponseReturnValue:
    asked = {key: request.args.get(key, "") for key in ("q", "group", "producer")}
    page = requested_page()
    producer_id = request.args.get("producer", type=parse_row_id)
    with open_reading() as session:
        rows = list_products_by_name(
            session, words=asked["q"], group_code=asked["group"], producer_id=producer_id,
            offset=(page - 1) * PAGE, limit=PAGE + 1,
        )  # fmt: skip
        return render_template(
            "catalog/list.html", rows=rows[:PAGE], more=len(rows) > PAGE, page=page, asked=asked,
            groups=list_groups(session), producers=list_producer_choices(session),
        )  # fmt: skip


def register(app: Flask) -> None:
    """Add the room's pages and its lines of the menu to the application."""
    app.register_blueprint(blueprint)
    add_to_menu(
        app,
        MenuEntry("catalog.list_products", _l("Products"), "package", READERS, MenuGroup.GOODS, 1),
    )  # fmt: skip
