"""web/repeated.py — is this request the same one again? Every form that writes carries a key of its own (`once`)."""

import hashlib

from flask import g, request
from sqlalchemy.orm import Session

from ..kernel.once import find_result, keep_result
from .context import current_time

# Not part of what was asked: they differ between two sendings of the same request, or may not be kept.
_NOT_CONTENT = {"csrf_token", "once", "pin", "mode"}


def _identify_request() -> tuple[str, str]:
    """The request's own key ("": it has none), and the hash of its content."""
    items = sorted(
        (name, value) for name, value in request.form.items(multi=True) if name not in _NOT_CONTENT
    )
    station = g.actor.station if g.actor is not None else ""
    content = repr((request.path, station, items)).encode("utf-8", "surrogatepass")
    return request.form.get("once", ""), hashlib.sha256(content).hexdigest()[:32]


def find_first_result(session: Session) -> str | None:
    """What the first of these requests made; None where this is the first. Raises Stale (`form_sent_already`)."""
    return find_result(session, *_identify_request())


def keep_first_result(session: Session, result: str = "", *, is_money: bool = True) -> None:
    """Note what this request made, in the unit of work that made it."""
    keep_result(session, *_identify_request(), current_time(), result=result, is_money=is_money)


def is_first_request(session: Session, *, is_money: bool = True) -> bool:
    """True the first time this request comes, which is noted. Raises Stale (`form_sent_already`) for another content."""
    key, body_hash = _identify_request()
    if find_result(session, key, body_hash) is not None:
        return False
    keep_result(session, key, body_hash, current_time(), is_money=is_money)
    return True
