"""till/device_views.py — what the till hears and sees of its own devices: scans, the scale, how each of them is."""

from flask import jsonify, render_template, request
from flask.typing import ResponseReturnValue

from hardware.ports import Weight

from ..kernel.database import reading
from ..printing.queue import waiting
from ..station.state import devices_of, hub, state_of_station
from ..web.now import config
from ..web.rights import actor, allowed
from .act import AT_TILL, pages

HELD_SECONDS = 15.0  # the page asks again after this; whoever went away is forgotten by then


@pages.get("/scans")
@allowed(*AT_TILL)
def hear_scans() -> ResponseReturnValue:
    """What the station's own scanner said since number `seen`, as soon as it says something, or is pulled or plugged.

    `moved`: another page of this station gets the scans now.
    """
    page, seen = request.args.get("page", "")[:60], request.args.get("seen", 0, type=int)
    heard = hub().take(actor().station, page, seen, wait=HELD_SECONDS)
    return jsonify(moved=heard is None, scans=[{"n": scan.n, "text": scan.text} for scan in heard or ()])


@pages.get("/devices")
@allowed(*AT_TILL)
def devices_now() -> ResponseReturnValue:
    """How this station's devices are, for the foot of the screen: an open cover shows before the next buyer pays."""
    station = actor().station
    with reading() as session:
        return render_template(
            "till/devices.html", printer=state_of_station(config(), station), devices=devices_of(config(), station),
            printing=waiting(session),
        )  # fmt: skip


@pages.get("/weight")
@allowed(*AT_TILL)
def weight() -> ResponseReturnValue:
    """What lies on the scale, if it is otherwise than `seen` (mostly it is not: 204)."""
    lies = hub().weight(actor().station)
    if fingerprint(lies) == request.args.get("seen", ""):
        return "", 204
    return render_template("till/scale.html", weight=lies, fingerprint=fingerprint(lies))


def fingerprint(weight: Weight | None) -> str:
    return f"{weight.state}{weight.net_milli}" if weight else "none"
