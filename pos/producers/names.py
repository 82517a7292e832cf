"""producers/names.py — producers as choices of a form."""

from sqlalchemy.orm import Session

from .terms import producers


def producer_choices(session: Session) -> list[tuple[str, str]]:
    return [(str(producer.id), producer.name) for producer in producers(session)]
