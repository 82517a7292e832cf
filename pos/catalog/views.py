"""catalog/views.py — the catalogue's blueprint and its line of the menu. The list itself is `admission/product_list_views.py`."""

from flask import Blueprint, Flask
from flask_babel import lazy_gettext as _l

from ..web.menu import READERS, MenuEntry, MenuGroup, add_to_menu

blueprint = Blueprint("catalog", __name__)


def register(app: Flask) -> None:
    """Add the room's pages and its lines of the menu to the application."""
    app.register_blueprint(blueprint)
    add_to_menu(
        app,
        MenuEntry("catalog.list_products", _l("Products"), "package", READERS, MenuGroup.GOODS, 1),
    )  # fmt: skip
