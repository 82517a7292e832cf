"""scanning/views.py — a frame from a phone's or the kiosk's camera, read where the decoders are."""

from collections.abc import Callable
from io import BytesIO

from flask import Blueprint, Flask, current_app, jsonify, request
from flask.typing import ResponseReturnValue

from hardware.decode import decode_picture

from ..kernel.actor import Role
from ..kernel.errors import Refused
from ..kernel.slow_work import refuse_inside_unit_of_work
from ..web.context import current_config
from ..web.rights import requires_role

blueprint = Blueprint("scanning", __name__)
MOST_BYTES = 2 * 1024 * 1024
FRAME_MS = 60  # the next frame is a better look than a longer one at this


@blueprint.post("/scanning/read")
@requires_role(Role.CASHIER, Role.MANAGER)
def read_frame() -> ResponseReturnValue:
    """The codes in a picture: text and symbology. Nothing of it is kept. Raises Refused (`file_too_big`, `file_odd`)."""
    refuse_inside_unit_of_work("reading a camera's frame")
    frame = request.get_data(cache=False)
    if len(frame) > MOST_BYTES:
        raise Refused.because("file_too_big")
    try:
        found = decode_picture(
            BytesIO(frame),
            budget_ms=FRAME_MS,
            is_known=_is_known,
            reads_upc_e=current_config().till.read_upc_e,
        )
    except OSError as odd:
        raise Refused.because("file_odd") from odd
    return jsonify([{"text": item.text, "symbology": item.symbology} for item in found])


def _is_known(text: str) -> bool:
    """Do the books have this barcode? Whoever holds the barcodes told the application how to ask (`ocop_is_known_code`)."""
    ask: Callable[[str], bool] = current_app.extensions["ocop_is_known_code"]
    return ask(text)


def register(app: Flask) -> None:
    """Add the room's pages to the application."""
    app.register_blueprint(blueprint)
