"""An account made for the occasion is no second person: for a stop's end, a write-off, a count."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from pos.identity.people import add_person, reset_pin, set_active
from pos.identity.second_person import require_second
from pos.kernel.actor import SYSTEM, Actor, Approval, Role
from pos.kernel.database import unit_of_work
from pos.kernel.errors import Refused
from pos.kernel.quantity import ONE
from pos.maintenance.verify import list_notices
from pos.stock.lots import end_hold, place_hold
from pos.stock.models import Lot, OnHand
from pos.storeroom.move import count_lot
from tests.builders import a_stocked_shop
from tests.conftest import MORNING, STATION, Shop

LONG_AGO = MORNING - timedelta(days=30)
Acts = Callable[[Session, Actor, Approval], object]


def release(session: Session, by: Actor, approval: Approval) -> None:
    lot = session.scalars(select(Lot)).first()
    assert lot is not None
    hold = place_hold(session, lot_id=lot.id, reason="phồng", by=by, at=MORNING)
    end_hold(session, hold, reason="ổn", by=by, at=MORNING, approval=approval)


def correct(session: Session, by: Actor, approval: Approval) -> None:
    there = session.scalars(select(OnHand)).first()
    assert there is not None
    count_lot(
        session,
        session.get_one(Lot, there.lot_id),
        there.place_id,
        ONE,
        reason="đếm",
        by=by,
        at=MORNING,
        approval=approval,
    )


@pytest.mark.parametrize("act", [release, correct])
def test_a_new_account_or_pin_agrees_to_nothing_while_another_could(shop: Shop, act: Acts) -> None:
    with unit_of_work() as session:
        me, other = (add_person(session, n, Role.MANAGER, by=SYSTEM, at=LONG_AGO)[0] for n in ("Lan", "Mai"))
        a_stocked_shop(session)
        ghost, _pin = add_person(session, "Ma", Role.CASHIER, by=me.actor(STATION), at=MORNING)
        mine = me.actor(STATION)
        with pytest.raises(Refused) as no:
            act(session, mine, Approval(ghost.actor(STATION), "ừ", MORNING))
        assert [reason.code for reason in no.value.reasons] == ["second_person_new"]
        act(session, mine, Approval(other.actor(STATION), "xem rồi", MORNING))
        reset_pin(session, other, by=mine, at=MORNING)
        with pytest.raises(Refused) as alone:
            require_second(session, mine, Approval(mine, "", MORNING))
        assert [reason.code for reason in alone.value.reasons] == ["second_person_needed"]


def test_where_nobody_else_could_a_new_account_may_and_verify_lists_it(shop: Shop) -> None:
    with unit_of_work() as session:
        me, _pin = add_person(session, "Lan", Role.MANAGER, by=SYSTEM, at=LONG_AGO)
        a_stocked_shop(session)
        mine = me.actor(STATION)
        release(session, mine, Approval(mine, "một mình", MORNING))
        assert len(list_notices(session)) == 1
        ghost, _pin = add_person(session, "Ma", Role.CASHIER, by=mine, at=MORNING)
        correct(session, mine, Approval(ghost.actor(STATION), "ừ", MORNING))
        assert len(list_notices(session)) == 2


def test_whoever_put_the_others_out_of_the_way_is_not_alone(shop: Shop) -> None:
    """Let go for a moment, or given a PIN that the other chose: both were ways round the second person."""
    with unit_of_work() as session:
        me, other = (add_person(session, n, Role.MANAGER, by=SYSTEM, at=LONG_AGO)[0] for n in ("Lan", "Mai"))
        mine = me.actor(STATION)
        set_active(session, other, False, by=mine, at=MORNING)
        with pytest.raises(Refused) as alone:
            require_second(session, mine, Approval(mine, "", MORNING))
        assert [reason.code for reason in alone.value.reasons] == ["second_person_needed"]
        set_active(session, other, True, by=mine, at=MORNING)
        reset_pin(session, other, by=mine, at=MORNING)
        with pytest.raises(Refused) as new:
            require_second(session, mine, Approval(other.actor(STATION), "", MORNING))
        assert [reason.code for reason in new.value.reasons] == ["second_person_new"]
        later = MORNING + timedelta(days=8)
        require_second(session, mine, Approval(other.actor(STATION), "", later))
