"""A sale undone whole: everything goes back where it was."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from pos.kernel.actor import Approval
from pos.kernel.database import open_reading, unit_of_work
from pos.kernel.errors import NotAllowed, Refused
from pos.kernel.quantity import ONE
from pos.maintenance.verify import verify_books
from pos.sales.refund import refund_sale
from pos.sales.void import WITHIN, undo_sale
from pos.shifts.drawer import expected_cash_vnd, get_open_shift
from pos.stock.models import OnHand
from tests.builders import a_sale, a_stocked_shop
from tests.conftest import CASHIER, MANAGER, MORNING, STATION, Shop

APPROVED = Approval(MANAGER, "đồng ý", MORNING)


def on_hand(session: Session) -> int:
    return sum(session.scalars(select(OnHand.quantity_milli)))


def test_a_void_puts_everything_back_where_it_was(any_shop: Shop) -> None:
    with unit_of_work() as session:
        product = a_stocked_shop(session)
        shift = get_open_shift(session, STATION)
        before = (on_hand(session), expected_cash_vnd(session, shift))
        places = set(session.scalars(select(OnHand.place_id)))
        sale = a_sale(session, product)
        assert (on_hand(session), expected_cash_vnd(session, shift)) == (
            before[0] - 2 * ONE,
            before[1] + 90_000,
        )
        with pytest.raises(NotAllowed, match="manager_needed"):
            undo_sale(session, sale, reason="nhầm", station=STATION, by=CASHIER, at=MORNING, approval=None)
        voided = undo_sale(
            session, sale, reason="nhầm", station=STATION, by=CASHIER, at=MORNING, approval=APPROVED
        )
        assert (voided.is_void, voided.refunds, voided.due_vnd) == (True, sale.number, -90_000)
        assert (on_hand(session), expected_cash_vnd(session, shift)) == before
        assert (
            set(session.scalars(select(OnHand.place_id))) == places
        )  # not in quarantine: they never left the counter
        again = undo_sale(
            session, sale, reason="nhầm", station=STATION, by=CASHIER, at=MORNING, approval=APPROVED
        )
        assert again is voided
        with pytest.raises(Refused):
            refund_sale(
                session, sale, {1: ONE}, reason="x", request="1", station=STATION, by=MANAGER, at=MORNING
            )
    with open_reading() as session:
        assert verify_books(session) == []


@pytest.mark.parametrize("why_not", ["a newer sale", "too late", "a part came back", "no reason"])
def test_only_the_newest_whole_sale_can_be_voided(shop: Shop, why_not: str) -> None:
    with unit_of_work() as session:
        product = a_stocked_shop(session)
        sale, at, reason = a_sale(session, product), MORNING, "nhầm"
        if why_not == "a newer sale":
            a_sale(session, product)
        elif why_not == "too late":
            at += WITHIN + timedelta(seconds=1)
        elif why_not == "a part came back":
            refund_sale(
                session, sale, {1: ONE}, reason="x", request="1", station=STATION, by=MANAGER, at=MORNING
            )
        else:
            reason = " "
        code = "reason_missing" if why_not == "no reason" else "not_last_sale"
        with pytest.raises(Refused, match=code):
            undo_sale(session, sale, reason=reason, station=STATION, by=MANAGER, at=at, approval=None)
