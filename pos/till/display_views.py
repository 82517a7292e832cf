"""till/display_views.py — the buyer's screen: a window, tablet or phone turned to the buyer, opened by its key alone. It only looks."""

from flask import Blueprint, Flask, abort, current_app, make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from sqlalchemy.orm import Session

from .. import __version__
from ..catalog.products import get_product
from ..files.store import get_file
from ..files.views import send_drawn_picture
from ..kernel.database import open_reading
from ..kernel.errors import NotFound
from ..shop.models import get_shop
from ..station.customer_display import find_station_of_key
from ..station.screen_changes import count_changes
from ..station.state import current_hub
from ..web.address_limit import AddressLimit
from ..web.context import current_clock, current_config, current_time
from ..web.rights import open_to_strangers
from .buyer_screen import list_pictured_products, read_buyer_screen, read_fingerprint
from .unchanged_screens import KnownScreen, UnchangedScreens

blueprint = Blueprint("customer_display", __name__, url_prefix="/display")
PICTURE_SIDE = 1200
MOST_WRONG_KEYS = (
    60  # a minute and address: a screen whose address was changed asks no longer after the first
)
FINGERPRINT = "X-Fingerprint"
VERSION = "X-Version"  # another one: the page fetches itself anew, with its style and script
DRAWN = ("pictures/hills.svg", "pictures/jars.svg", "pictures/gate.svg")


def _get_station(session: Session, key: str) -> str:
    """The station whose buyers' screen this is. Raises NotFound; whoever was wrong too often isn't looked at (429)."""
    wrong_keys: AddressLimit = current_app.extensions["ocop_wrong_keys"]
    address = request.remote_addr or ""
    if wrong_keys.is_reached(address):
        abort(429)
    station = find_station_of_key(session, key)
    if station is None or current_config().station(station) is None:
        wrong_keys.note(address)
        raise NotFound.because("display_not_found")
    return station


@blueprint.get("/<key>")
@open_to_strangers
def show_display(key: str) -> ResponseReturnValue:
    """The page, which then asks for what it shows by itself."""
    with open_reading() as session:
        station = _get_station(session, key)
        shop = get_shop(session)
    with force_locale(current_config().till.language):
        return render_template(
            "till/customer_display.html", key=key, station=station, shop=shop, version=__version__
        )


@blueprint.get("/<key>/now")
@open_to_strangers
def follow_basket(key: str) -> ResponseReturnValue:
    """What the screen shows, if it is otherwise than it has `seen`; mostly it is not (204)."""
    at, read_at = current_time(), current_clock().monotonic()
    with open_reading() as session:
        station = _get_station(session, key)
        changes = count_changes(station)
        shows_code = current_hub().shows_code(station)
    with (
        open_reading() as session
    ):  # begun after the changes were counted: one that comes meanwhile is looked for anew
        fingerprint = read_fingerprint(session, station, at, shows_code=shows_code)
        screens: UnchangedScreens = current_app.extensions["ocop_unchanged_screens"]
        screens.keep(key, KnownScreen(station, changes, fingerprint, read_at))
        if fingerprint == request.args.get("seen", ""):
            return "", 204
        screen = read_buyer_screen(session, station, at, shows_code=shows_code)
        with force_locale(screen.language or current_config().till.language):
            response = make_response(
                render_template(
                    "till/customer_screen.html", key=key, screen=screen, shop=get_shop(session),
                    pictured=list_pictured_products(session), drawn=DRAWN,
                )
            )  # fmt: skip
    response.headers[FINGERPRINT], response.headers[VERSION] = fingerprint, __version__
    return response


@blueprint.get("/<key>/picture/<int:product_id>.jpg")
@open_to_strangers
def show_picture(key: str, product_id: int) -> ResponseReturnValue:
    """A product's picture, for the pause between two buyers. Raises NotFound."""
    with open_reading() as session:
        _get_station(session, key)
        picture_id = get_product(session, product_id).picture_id
        if picture_id is None:
            raise NotFound.because("file_not_found")
        stored = get_file(session, picture_id)
    return send_drawn_picture(stored, PICTURE_SIDE, "private, max-age=86400")


def install_display(app: Flask) -> None:
    """Add the pages, and what answers for them while nothing changes."""
    app.register_blueprint(blueprint)
    screens = UnchangedScreens(app.wsgi_app, app.extensions["ocop_clock"])
    app.extensions["ocop_unchanged_screens"] = screens
    app.wsgi_app = screens  # type: ignore[assignment, method-assign]
