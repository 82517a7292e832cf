"""Who acts, with which rights, and who approved it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from .errors import NotAllowed


class Role(StrEnum):
    CASHIER = "cashier"
    MANAGER = "manager"
    PRODUCER = "producer"
    VIEWER = "viewer"


@dataclass(frozen=True, slots=True)
class Actor:
    """The person behind an act, and the station they stand at. The shop's own care acts as `SYSTEM`."""

    person_id: int | None
    name: str
    role: Role
    station: str = ""
    producer_id: int | None = None


SYSTEM = Actor(person_id=None, name="ocop-pos", role=Role.MANAGER)


@dataclass(frozen=True, slots=True)
class Approval:
    """A manager's yes to an act beyond the actor's own rights, with the reason given."""

    by: Actor
    reason: str
    at: datetime


def require_manager(by: Actor, approval: Approval | None) -> None:
    """Raises NotAllowed (`manager_needed`) unless a manager acts or has approved."""
    if by.role is not Role.MANAGER and (approval is None or approval.by.role is not Role.MANAGER):
        raise NotAllowed.because("manager_needed")
