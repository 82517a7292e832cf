"""portal/own_papers.py — a producer's papers by how they stand: a traffic light, the days left, what renews them."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from sqlalchemy.orm import Session

from ..admission.models import Paper
from ..admission.papers import list_papers

RENEWED_WITHIN = timedelta(days=60)  # a new paper takes weeks


class Light(StrEnum):
    """How a paper stands: in force for long, to be renewed now, or worth nothing."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"


@dataclass(frozen=True, slots=True)
class OwnPaper:
    """`days_left`: None where it has no end, or was withdrawn."""

    paper: Paper
    light: Light
    days_left: int | None


def list_own_papers(session: Session, producer_id: int, on: date) -> list[OwnPaper]:
    """A producer's papers, the next that ends first; then those without an end, and those that ended last."""
    found = [read_light(paper, on) for paper in list_papers(session, producer_id=producer_id)]
    return sorted(
        found, key=lambda own: (own.light is Light.RED, own.paper.ends or date.max, own.paper.id or 0)
    )


def read_light(paper: Paper, on: date) -> OwnPaper:
    """A paper is good on its last day."""
    if paper.revoked_on is not None and paper.revoked_on <= on:
        return OwnPaper(paper, Light.RED, None)
    if paper.ends is None:
        return OwnPaper(paper, Light.GREEN, None)
    left = paper.ends - on
    light = Light.RED if left.days < 0 else Light.AMBER if left <= RENEWED_WITHIN else Light.GREEN
    return OwnPaper(paper, light, left.days)


def count_ending_papers(session: Session, producer_id: int, on: date) -> int:
    """How many are to be renewed now: those that are worth nothing already stop goods, and are told there."""
    return sum(own.light is Light.AMBER for own in list_own_papers(session, producer_id, on))
