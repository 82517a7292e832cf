"""files/views.py — a stored file as the browser gets it: a picture in place, a PDF as an attachment."""

from pathlib import Path

from flask import Blueprint, Response, send_file
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from ..kernel.actor import Role
from ..kernel.database import reading
from ..kernel.errors import NotAllowed, NotFound
from ..web.now import config
from ..web.rights import actor, allowed
from .models import StoredFile
from .store import get_file, page_picture, path_of

pages = Blueprint("files", __name__)
PAGE_SIDE = 1400


def _is_on_a_tile(session: Session, file_id: int) -> bool:
    """A product's picture, asked by the table alone: files stand below the catalogue and know only its name."""
    products = StoredFile.metadata.tables["product"]
    return (
        session.execute(select(products.c.id).where(products.c.picture_id == file_id).limit(1)).first()
        is not None
    )


@pages.get("/files/<int:file_id>")
@allowed(Role.CASHIER, Role.MANAGER, Role.VIEWER)
def show(file_id: int) -> ResponseReturnValue:
    with reading() as session:
        stored = get_file(session, file_id)
        if actor().role is Role.CASHIER and not _is_on_a_tile(session, file_id):
            raise NotAllowed.because("not_your_page")  # papers and delivery notes are no cashier's affair
    path = path_of(Path(config().data.folder), stored.sha256)
    if not path.is_file():
        raise NotFound.because("file_not_found")
    as_attachment = stored.media_type == "application/pdf"
    response = send_file(
        path.resolve(), mimetype=stored.media_type, as_attachment=as_attachment, download_name=stored.name
    )
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, max-age=86400, immutable"
    return response


@pages.get("/files/<int:file_id>/page/<int:n>")
@allowed(Role.MANAGER, Role.VIEWER)
def show_page(file_id: int, n: int) -> ResponseReturnValue:
    """A page of a scan as a picture: a PDF can be looked at without leaving the form beside it."""
    with reading() as session:
        stored = get_file(session, file_id)
    path = path_of(Path(config().data.folder), stored.sha256)
    if not path.is_file():
        raise NotFound.because("file_not_found")
    headers = {"Cache-Control": "private, max-age=86400, immutable"}
    return Response(
        page_picture(path, stored.media_type, n, PAGE_SIDE), mimetype="image/jpeg", headers=headers
    )
