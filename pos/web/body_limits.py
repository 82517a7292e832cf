"""web/body_limits.py — how much a request may bring: little from strangers, a scan's worth from who is signed in."""

from flask import abort, g, request

LARGEST_BODY = 22 * 1024 * 1024 + 64 * 1024  # a file of 20 MB, others beside it, and the form's own fields
STRANGERS_BODY = 1024 * 1024
NOT_STORED = (
    "OCOP_BODY_NOT_STORED"  # a header of the server's own: why the body did not reach the application
)
TOO_LARGE, TOO_MANY = "too-large", "too-many"


def limit_body() -> None:
    """Before each request: 413 or 503 for a body that was not stored; forms are read no further than allowed."""
    if why := request.environ.get(f"HTTP_{NOT_STORED}"):
        abort(503 if why == TOO_MANY else 413)
    if g.actor is None:
        request.max_content_length = STRANGERS_BODY
    if (request.content_length or 0) > (request.max_content_length or LARGEST_BODY):
        abort(413)
