"""portal/installed_views.py — the producer's pages as an app on the phone: its manifest, its worker, what it shows without a network."""

import json
from pathlib import Path

from flask import Response, current_app, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from ..kernel.actor import Role
from ..kernel.database import open_reading
from ..producers.terms import get_producer
from ..web.context import current_day, current_time
from ..web.rights import open_to_strangers, requires_role
from .first_page import read_first_page
from .own_goods import blueprint, own_producer_id

ICON_SIDES = (192, 512)


@blueprint.get("/manifest.webmanifest")
@open_to_strangers
def show_manifest() -> ResponseReturnValue:
    """Browsers fetch it without the sign-in, so it says nothing of anybody."""
    home = url_for("portal.home")
    manifest = {
        "name": _("My goods at the shop"), "short_name": _("My goods"), "start_url": home, "scope": home, "id": home, "display": "standalone",
        "background_color": "#fbf7f0", "theme_color": "#a4432a",
        "icons": [
            {"src": url_for("static", filename=f"pictures/mine-{side}.png"), "sizes": f"{side}x{side}", "type": "image/png", "purpose": "any maskable"}
            for side in ICON_SIDES
        ],
    }  # fmt: skip
    return Response(json.dumps(manifest, ensure_ascii=False), mimetype="application/manifest+json")


@blueprint.get("/worker.js")
@open_to_strangers
def send_worker() -> ResponseReturnValue:
    """The service worker, from an address of the portal's own: it may look after no other page."""
    script = Path(current_app.static_folder or "", "mine_worker.js").read_text("utf-8")
    answer = Response(script, mimetype="text/javascript")
    answer.headers["Service-Worker-Allowed"] = url_for("portal.home")
    return answer


@blueprint.get("/offline")
@requires_role(Role.PRODUCER)
def show_offline() -> ResponseReturnValue:
    """The page that the worker keeps: the figures now, and when now was."""
    with open_reading() as session:
        own, on = own_producer_id(), current_day()
        return render_template(
            "portal/offline.html", producer=get_producer(session, own), first=read_first_page(session, own, on), at=current_time(), on=on
        )  # fmt: skip
