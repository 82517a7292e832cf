"""Who is alone agrees with themselves, and verify says so."""

import pytest
from sqlalchemy import select

from pos.identity.people import add_person
from pos.identity.second_person import has_one_approver, require_second
from pos.kernel.actor import Actor, Approval, Role
from pos.kernel.database import open_reading, unit_of_work
from pos.kernel.errors import Refused
from pos.kernel.quantity import ONE
from pos.maintenance.verify import list_notices, verify_books
from pos.stock.models import Lot
from pos.storeroom.move import count_lot
from tests.builders import a_stocked_shop
from tests.conftest import MANAGER, MORNING, STATION, Shop


def test_who_is_alone_agrees_with_themselves_and_verify_says_so(shop: Shop) -> None:
    with unit_of_work() as session:
        person, _pin = add_person(session, "Một mình", Role.MANAGER, by=MANAGER, at=MORNING)
        for other in session.query(type(person)).filter(type(person).id != person.id):
            other.active = False
        alone = Actor(person.id, person.name, Role.MANAGER, STATION)
        own_word = Approval(alone, "", MORNING)
        assert has_one_approver(session, alone)
        require_second(session, alone, own_word)
        product = a_stocked_shop(session)
        lot = session.scalars(select(Lot)).one()
        count_lot(
            session,
            lot,
            product.shelf_place_id or 0,
            9 * ONE,
            reason="vỡ",
            approval=own_word,
            by=alone,
            at=MORNING,
        )
        add_person(session, "Thu ngân", Role.CASHIER, by=MANAGER, at=MORNING)
        with pytest.raises(Refused, match="second_person_needed"):
            require_second(session, alone, own_word)
    with open_reading() as session:
        assert [notice.said for notice in list_notices(session)] == ["counted: Một mình"]
        assert [f for f in verify_books(session) if f.check != "version"] == []
