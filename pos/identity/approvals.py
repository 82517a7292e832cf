"""identity/approvals.py — somebody's word by name and PIN. Whose word counts: `second_person.py`."""

from datetime import datetime

from ..kernel.actor import Approval, Role
from ..kernel.errors import NotAllowed
from .attempt_origin import PinAttemptOrigin
from .sign_in import explain_wrong_pin, try_pin

MANAGERS = frozenset({Role.MANAGER})


def verify_approval(
    roles: frozenset[Role],
    login: str,
    pin: str,
    reason: str,
    *,
    asker: PinAttemptOrigin,
    station: str,
    at: datetime,
) -> Approval:
    """The word of somebody of these roles, by name and PIN. Raises NotAllowed (`pin_wrong`, `pin_shut`, `not_a_manager`).

    Outside of any unit of work, so that a wrong PIN is counted whatever becomes of the act, and no till waits.
    """
    person = try_pin(login, pin, asker=asker, station=station, at=at)
    if person is None:
        raise NotAllowed(explain_wrong_pin(login, asker=asker, at=at))
    if person.role not in roles:
        # Who asks is signed in, and learns no more than by signing in with that name and PIN, by the same count.
        is_known = asker.signed_in is not None and roles == MANAGERS
        raise (
            NotAllowed.because("not_a_manager", name=person.name)
            if is_known
            else NotAllowed.because("pin_wrong")
        )
    return Approval(by=person, reason=reason, at=at)
