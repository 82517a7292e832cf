"""identity/switch_person.py — another person stands at this till from now on: they have typed their PIN already."""

from datetime import datetime

from flask import Response, after_this_request, current_app, g
from flask import session as cookie
from sqlalchemy.orm import Session

from ..web.rights import current_actor
from .attempt_origin import remember_device
from .idle import ActivityTimes
from .people import get_person
from .sign_in import COOKIE_KEY, end_sign_in, hash_token, start_sign_in


def switch_person(session: Session, person_id: int, *, at: datetime) -> None:
    """End the sign-in of this browser and begin one of theirs at the same station; the rest of the request is theirs."""
    station = current_actor().station
    if token := cookie.get(COOKIE_KEY):
        end_sign_in(session, token, at=at)
    person = get_person(session, person_id)
    token = start_sign_in(session, person, station, at=at)
    cookie[COOKIE_KEY] = token
    g.actor = actor = person.actor(station)
    last_seen: ActivityTimes = current_app.extensions["ocop_last_seen"]
    g.seen = hash_token(token)
    last_seen.note(g.seen, is_written=True)

    @after_this_request
    def know_device(response: Response) -> Response:
        remember_device(response, actor)
        return response
