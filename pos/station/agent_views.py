"""station/agent_views.py — where the computer of a station apart calls. Its token is its right; it has no person."""

from typing import Any

import msgspec
from flask import Blueprint, Flask, Response, abort, current_app, request
from flask.typing import ResponseReturnValue

from ..kernel.database import open_reading
from ..web.context import current_config
from ..web.rights import open_to_strangers
from .exchange import Exchange
from .key import find_station
from .protocol import Ask

blueprint = Blueprint("station_agent", __name__, url_prefix="/station")
MOST_BYTES = 256 * 1024


def _require_station() -> str:
    """The station whose token came with the request; 401 for none, and for a station whose devices hang here."""
    token = request.headers.get("Authorization", "").removeprefix("Bearer ")
    with open_reading() as session:
        station = find_station(session, token)
    known = current_config().station(station) if station else None
    if known is None or not known.apart:
        abort(401)
    return known.name


def _current_exchange() -> Exchange:
    found: Exchange = current_app.extensions["ocop_exchange"]
    return found


def _as_json(message: Any) -> Response:
    return Response(msgspec.json.encode(message), mimetype="application/json")


@blueprint.get("/settings")
@open_to_strangers
def settings() -> ResponseReturnValue:
    """The devices that it is to drive."""
    return _as_json(_current_exchange().settings(_require_station()))


@blueprint.post("/exchange")
@open_to_strangers
def exchange() -> ResponseReturnValue:
    """What its devices said since; back come the slips to be printed."""
    station = _require_station()
    if (request.content_length or 0) > MOST_BYTES:
        abort(413)
    try:
        ask = msgspec.json.decode(request.get_data(cache=False), type=Ask)
    except msgspec.MsgspecError:
        abort(400)
    return _as_json(_current_exchange().answer(station, ask))


def register(app: Flask) -> None:
    """Add the room's pages to the application."""
    app.register_blueprint(blueprint)
