"""producers/names.py — producers as choices of a form."""

from sqlalchemy.orm import Session

from .terms import list_all_producers


def list_producer_choices(session: Session) -> list[tuple[str, str]]:
    return [(str(producer.id), producer.name) for producer in list_all_producers(session)]
