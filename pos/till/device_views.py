"""till/device_views.py — what the till hears and sees of its own devices: scans, the scale, how each of them is."""

from flask import abort, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from hardware.ports import Weight

from ..kernel.database import open_reading
from ..kernel.money import amount_vnd
from ..pricing.prices import find_price
from ..printing.queue import count_waiting
from ..station.state import current_hub, get_station_state, list_device_states
from ..web.context import current_config, current_day
from ..web.numbers import parse_row_id
from ..web.rights import current_actor, requires_role
from .action import AT_TILL, blueprint

HELD_SECONDS = 15.0  # the page asks again after this; whoever went away is forgotten by then


@blueprint.get("/scans")
@requires_role(*AT_TILL)
def hear_scans() -> ResponseReturnValue:
    """What the station's own scanner said since number `seen`, as soon as it says something, or is pulled or plugged.

    `moved`: another page of this station gets the scans now. Numbers are those of this `run` of the shop's computer.
    """
    arguments = request.args
    run, claim = current_hub().run, "claim" in arguments
    last_seen = arguments.get("seen", 0, type=parse_row_id) if arguments.get("run") == run else 0
    heard = current_hub().take(
        current_actor().station, arguments.get("page", "")[:60], last_seen, claim=claim, wait=HELD_SECONDS
    )
    if current_hub().closed:
        abort(503)
    return jsonify(
        run=run, moved=heard is None, scans=[{"n": scan.n, "text": scan.text} for scan in heard or ()]
    )


@blueprint.get("/devices")
@requires_role(*AT_TILL)
def devices_now() -> ResponseReturnValue:
    """How this station's devices are, for the foot of the screen: an open cover shows before the next buyer pays."""
    station = current_actor().station
    with open_reading() as session:
        return render_template(
            "till/devices.html", printer=get_station_state(current_config(), station), devices=list_device_states(current_config(), station),
            printing=count_waiting(session, current_config().printer_of(station)),
        )  # fmt: skip


@blueprint.get("/weight")
@requires_role(*AT_TILL)
def weight() -> ResponseReturnValue:
    """What lies on the scale, if it is otherwise than `seen` (mostly it is not: 204)."""
    lies = current_hub().weight(current_actor().station)
    if fingerprint(lies) == request.args.get("seen", ""):
        return "", 204
    product_id = request.args.get("product_id", type=parse_row_id)
    with open_reading() as session:
        price_vnd = find_price(session, product_id, current_day()) if product_id else None
    return render_template(
        "till/scale.html", weight=lies, fingerprint=fingerprint(lies), product_id=product_id,
        amount_vnd=None if price_vnd is None or lies is None or lies.net_milli < 0 else amount_vnd(price_vnd, lies.net_milli),
    )  # fmt: skip


def fingerprint(weight: Weight | None) -> str:
    return f"{weight.state}{weight.net_milli}" if weight else "none"
