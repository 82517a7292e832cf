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


AT_STATIONS = frozenset(
    {Role.CASHIER, Role.MANAGER}
)  # who stands at a till; others read or send in from anywhere


@dataclass(frozen=True, slots=True)
class Actor:
    """The person behind an act, and the station they stand at ("": none). The shop's own care acts as `SYSTEM`."""

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


def has_managers_word(by: Actor, approval: Approval | None) -> bool:
    """Does a manager act, or has one approved?"""
    return by.role is Role.MANAGER or (approval is not None and approval.by.role is Role.MANAGER)


def require_manager(by: Actor, approval: Approval | None) -> None:
    """Raises NotAllowed (`manager_needed`) unless a manager acts or has approved."""
    if not has_managers_word(by, approval):
        raise NotAllowed.because("manager_needed")
