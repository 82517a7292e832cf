"""files/views.py — a stored file as the browser gets it: a picture in place, a PDF as an attachment."""

from pathlib import Path

from flask import Blueprint, Flask, Response, send_file
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import escape
from sqlalchemy.orm import Session

from ..kernel.actor import Role
from ..kernel.database import open_reading
from ..kernel.errors import NotAllowed, NotFound
from ..web.context import current_config
from ..web.rights import current_actor, requires_role
from .models import StoredFile
from .page_pictures import get_stored_pages
from .queries import is_cash_photo, is_product_picture
from .renderer import RendererBusy
from .store import file_path, get_file
from .upload import keep_upload

blueprint = Blueprint("files", __name__)
PAGE_SIDE = 1400


def _refuse_cash_photo(session: Session, file_id: int) -> None:
    """Raises NotAllowed (`not_your_page`): who paid or was paid is the managers' affair alone."""
    if current_actor().role is not Role.MANAGER and is_cash_photo(session, file_id):
        raise NotAllowed.because("not_your_page")


@blueprint.get("/files/<int:file_id>")
@requires_role(Role.CASHIER, Role.MANAGER, Role.VIEWER)
def show(file_id: int) -> ResponseReturnValue:
    with open_reading() as session:
        stored = get_file(session, file_id)
        _refuse_cash_photo(session, file_id)
        if current_actor().role is Role.CASHIER and not is_product_picture(session, file_id):
            raise NotAllowed.because("not_your_page")  # papers and delivery notes are no cashier's affair
    path = file_path(Path(current_config().data.folder), stored.sha256)
    if not path.is_file():
        raise NotFound.because("file_not_found")
    as_attachment = stored.media_type == "application/pdf"
    response = send_file(
        path.resolve(), mimetype=stored.media_type, as_attachment=as_attachment, download_name=stored.name
    )
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, max-age=86400, immutable"
    return response


@blueprint.get("/files/<int:file_id>/page/<int:n>")
@requires_role(Role.MANAGER, Role.VIEWER)
def show_page(file_id: int, n: int) -> ResponseReturnValue:
    """A page of a scan as a picture: a PDF can be looked at without leaving the form beside it."""
    with open_reading() as session:
        stored = get_file(session, file_id)
        _refuse_cash_photo(session, file_id)
    pages = get_stored_pages(Path(current_config().data.folder), stored.sha256, stored.media_type)
    if not pages.path.is_file():
        raise NotFound.because("file_not_found")
    try:
        drawn = pages.picture(n, PAGE_SIDE)
    except RendererBusy:
        return _render_words_as_picture(_("Many pages are being drawn. Load this page again in a moment."))
    if drawn is None:
        return _render_words_as_picture(_("This page can't be shown. Download the file to read it."))
    headers = {"Cache-Control": "private, max-age=86400, immutable"}
    return Response(drawn.read_bytes(), mimetype="image/jpeg", headers=headers)


def _render_words_as_picture(words: str) -> Response:
    """A line of words where a page would be. Not cached: the next look may find the page."""
    drawn = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 700 120" width="700" height="120">'
        '<rect width="700" height="120" fill="#fff"/><text x="350" y="66" text-anchor="middle" '
        f'font-family="sans-serif" font-size="19" fill="#333">{escape(words)}</text></svg>'
    )
    return Response(drawn, mimetype="image/svg+xml", headers={"Cache-Control": "no-store"})


def send_drawn_picture(stored: StoredFile, side: int, cache_control: str) -> Response:
    """A kept picture as a JPEG of at most `side` pixels, for pages that strangers see. Raises NotFound where it can't be drawn now."""
    pages = get_stored_pages(Path(current_config().data.folder), stored.sha256, stored.media_type)
    try:
        drawn = pages.picture(1, side) if pages.path.is_file() else None
    except RendererBusy:
        drawn = None
    if drawn is None:
        raise NotFound.because("file_not_found")
    return Response(drawn.read_bytes(), mimetype="image/jpeg", headers={"Cache-Control": cache_control})


def register(app: Flask) -> None:
    """Add the room's pages to the application."""
    app.register_blueprint(blueprint)
    app.extensions["ocop_keep_upload"] = keep_upload
