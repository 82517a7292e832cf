"""station/screen_changes.py — how often something of a station was written, in this process: what its buyers' screen may depend on.

Counted after each commit, from the rows that name the station (baskets, codes, shifts). Whoever trusts a count looks anew now and then:
what is written in bulk, or by another process, counts nothing.
"""

from collections import Counter
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session

_WRITTEN = "stations_written"
_counts: Counter[str] = Counter()


def count_changes(station: str) -> int:
    return _counts[station]


def note_change_of(station: str) -> None:
    """The screen may look otherwise from now on."""
    _counts[station] += 1


@event.listens_for(Session, "after_flush")
def _note_stations(session: Session, _context: Any) -> None:
    rows = (*session.new, *session.dirty, *session.deleted)
    stations = {name for row in rows if isinstance(name := getattr(row, "station", None), str)}
    if stations:
        session.info.setdefault(_WRITTEN, set()).update(stations)


@event.listens_for(Session, "after_commit")
def _count_stations(session: Session) -> None:
    _counts.update(session.info.pop(_WRITTEN, ()))
