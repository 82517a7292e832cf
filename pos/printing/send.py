"""printing/send.py — a slip from a page to the printer of the station where its reader sits."""

from typing import TYPE_CHECKING

from flask import Response, current_app, request
from sqlalchemy.orm import Session

from hardware.slips.slip import Slip

from ..config import Role
from ..web.context import current_config, current_time
from ..web.rights import current_actor
from .queue import queue_print

if TYPE_CHECKING:
    from .worker import PrintWorker


def send_to_printer(
    session: Session, title: str, about: str, slip: Slip, role: Role = "receipt", *, station: str = ""
) -> None:
    """Put a slip in the queue of the station's printer for such slips (this page's own by default); nothing, where it has none."""
    if printer := current_config().printer_of(station or current_actor().station, role):
        queue_print(session, printer, title, about, slip, at=current_time())


def wake_printers(response: Response) -> Response:
    """What was committed may be waiting for paper. For the `after_request` of rooms that print."""
    worker: PrintWorker | None = current_app.extensions.get("ocop_printing")
    if worker is not None and request.method == "POST":
        worker.wake()
    return response
