"""An inspector's sign-in ends with its day."""

from datetime import timedelta

from pos.identity.people import add_inspector
from pos.kernel.actor import Role
from pos.kernel.clock import day_end
from pos.kernel.database import unit_of_work
from tests.builders import check_pin
from tests.conftest import MANAGER, MORNING, TODAY, Shop


def test_an_inspectors_day_ends_with_it(shop: Shop) -> None:
    with unit_of_work() as session:
        person, pin = add_inspector(session, by=MANAGER, at=MORNING)
        other, _pin = add_inspector(session, by=MANAGER, at=MORNING)
        assert (person.role, person.until, person.login != other.login) == (Role.VIEWER, day_end(TODAY), True)
        assert check_pin(session, person.login, pin, at=day_end(TODAY) - timedelta(seconds=1)) is person
        assert check_pin(session, person.login, pin, at=day_end(TODAY)) is None
