"""sales/extras.py — the manager's list of what is sold and is no goods."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..journal.record import record
from ..kernel.actor import Actor
from ..kernel.errors import Refused
from ..kernel.tables import get_row
from ..kernel.text import normalize_text
from .models import Extra


def list_all_extras(session: Session, *, archived: bool = False) -> Sequence[Extra]:
    query = select(Extra).order_by(Extra.archived, Extra.id)
    return session.scalars(query if archived else query.where(~Extra.archived)).all()


def get_extra(session: Session, extra_id: int) -> Extra:
    return get_row(session, Extra, extra_id, "extra_not_found")


def save_extra(session: Session, extra: Extra, *, by: Actor, at: datetime) -> Extra:
    """Keep a new or changed extra. Raises Refused (`name_missing`, `amount_odd`)."""
    extra.name_vi = normalize_text(extra.name_vi or "")
    if not extra.name_vi:
        raise Refused.because("name_missing")
    if extra.price_vnd < 0:
        raise Refused.because("amount_odd")
    is_new = extra.id is None
    session.add(extra)
    session.flush()
    record(session, "extra_added" if is_new else "extra_changed", by=by, at=at, subject=extra, facts=[extra])
    return extra
