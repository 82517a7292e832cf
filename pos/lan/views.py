"""lan/views.py — how a phone comes in: the guide with its pictures, and the certificate that it is to trust."""

from ipaddress import ip_address
from pathlib import Path

from flask import Blueprint, Flask, abort, g, render_template, request
from flask.typing import ResponseReturnValue

from ..kernel.errors import NotFound
from ..web.address_code import draw_address_code
from ..web.context import current_config
from ..web.download import send_download
from ..web.rights import open_to_strangers
from .certificate import authority_der, fingerprint
from .door import DOOR, PUBLIC_DOOR

blueprint = Blueprint("lan", __name__)
CERTIFICATES = "certificates"
PUBLIC_ROOMS = frozenset({"trace", "portal", "bank_hooks", "invitation"})
PUBLIC_PAGES = frozenset({"static", "identity.sign_in", "identity.sign_out", "identity.set_language"})


def is_public_door() -> bool:
    """Did this request come in by the public door?"""
    return request.environ.get(DOOR) == PUBLIC_DOOR


def is_own_computer() -> bool:
    """Does the request come from the shop's own computer, not by the public door?"""
    address = request.remote_addr
    return not is_public_door() and address is not None and ip_address(address).is_loopback


def keep_public_door() -> None:
    """Before each request: by the public door there are the buyers' and producers' pages, where providers call, and nothing else."""
    g.public_door = is_public_door()
    endpoint = request.endpoint or ""
    if is_public_door() and endpoint not in PUBLIC_PAGES and endpoint.split(".")[0] not in PUBLIC_ROOMS:
        abort(404)


def certificates_folder() -> Path:
    return Path(current_config().data.folder) / CERTIFICATES


@blueprint.get("/phone")
@open_to_strangers
def guide() -> ResponseReturnValue:
    """How Android and iPhone come to trust this shop's computer: read before a phone can sign in safely."""
    der = authority_der(certificates_folder())
    address = f"{request.scheme}://{request.host}/"
    return render_template(
        "lan/guide.html", address=address, qr=draw_address_code(f"{address}phone"),
        fingerprint=fingerprint(der) if der else "", has_certificate=der is not None,
    )  # fmt: skip


@blueprint.get("/phone/ocop-pos.crt")
@open_to_strangers
def certificate() -> ResponseReturnValue:
    """The authority's certificate, for the phone to take in. It is no secret."""
    der = authority_der(certificates_folder())
    if der is None:
        raise NotFound.because("no_certificate_yet")
    return send_download(der, "ocop-pos.crt")


def register(app: Flask) -> None:
    """Add the room's pages to the application."""
    app.register_blueprint(blueprint)
