"""web/errors.py — what went wrong, as a page or a fragment, with the status that its kind has."""

import logging
from collections.abc import Callable

from flask import Flask, abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from ..kernel.errors import Refused, ShopError
from ..kernel.reason import Reason
from .reasons import render_reason

LONGEST_QUERY = 2_000  # letters of one value in an address
LONGEST_TEXT = 100_000  # letters of one field of a form: a list of five thousand prices fits
log = logging.getLogger(__name__)


def install_error_handlers(app: Flask, on_refused: Callable[[ShopError], None]) -> None:
    """Answer every error of the shop. `on_refused` writes it to the journal, after its unit of work rolled back."""

    @app.errorhandler(ShopError)
    def shop_error(error: ShopError) -> ResponseReturnValue:
        on_refused(error)
        return _render_error_page(error.reasons), error.status

    @app.errorhandler(CSRFError)
    def stale_page(_error: CSRFError) -> ResponseReturnValue:
        return _render_error_page((Reason.make("csrf"),)), 400

    @app.before_request
    def no_address_has_nul() -> None:
        """PostgreSQL's texts have none: what looks for one there isn't a question but an error."""
        if "\x00" in request.path:
            abort(404)

    app.before_request(refuse_endless_text)

    @app.errorhandler(404)
    def no_page(_error: HTTPException) -> ResponseReturnValue:
        return _render_error_page((Reason.make("page_not_found"),)), 404

    @app.errorhandler(413)
    def body_too_large(_error: HTTPException) -> ResponseReturnValue:
        return _render_error_page((Reason.make("body_too_large"),)), 413

    @app.errorhandler(503)
    def too_many_bodies(_error: HTTPException) -> ResponseReturnValue:
        return _render_error_page((Reason.make("bodies_too_many"),)), 503, {"Retry-After": "30"}

    app.register_error_handler(OperationalError, _answer_busy_books)

    @app.errorhandler(500)
    def broken(_error: HTTPException) -> ResponseReturnValue:
        # the traceback is already in the log: Flask writes it before it asks here
        return render_template("web/broken.html"), 500


def _answer_busy_books(error: OperationalError) -> ResponseReturnValue:
    """Somebody else has been writing for longer than anybody waits. Whatever else the database says is a fault."""
    if "locked" not in str(error.orig) and "lock timeout" not in str(error.orig):
        raise error
    log.warning("the books were busy: %s", request.path)
    return _render_error_page((Reason.make("books_busy"),)), 503, {"Retry-After": "5"}


def refuse_endless_text() -> None:
    """What a search box or a form takes is bounded: looking for 50,000 letters takes the square of them."""
    if any(len(value) > LONGEST_QUERY for value in request.args.values()):
        raise Refused.because("text_too_long", most=LONGEST_QUERY)
    has_form = request.mimetype in {"application/x-www-form-urlencoded", "multipart/form-data"}
    if has_form and request.content_length and request.content_length > LONGEST_TEXT:
        lengths = (len(value) for values in request.form.listvalues() for value in values)
        if max(lengths, default=0) > LONGEST_TEXT:
            raise Refused.because("text_too_long", most=LONGEST_TEXT)


def _render_error_page(reasons: tuple[Reason, ...]) -> str:
    template = "web/refusal.html" if request.headers.get("HX-Request") else "web/refusal_page.html"
    return render_template(template, reasons=[render_reason(reason) for reason in reasons])
