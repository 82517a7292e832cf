"""What a cashier does alone counts by till and day: a shift that is closed and opened begins no new limit."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from pos.kernel.database import unit_of_work
from pos.kernel.errors import NotAllowed
from pos.kernel.quantity import ONE
from pos.shifts.drawer import MOVES_ALONE, close_shift, get_open_shift, move_cash, open_shift
from pos.shop.models import get_shop
from tests.builders import an_open_shift
from tests.conftest import CASHIER, MORNING, STATION, Shop
from tests.pos.sales.test_refund import bought, codes, give_back, goods_at

A_DAY = timedelta(days=1)


def change_shifts(session: Session, at: datetime = MORNING, station: str = STATION) -> None:
    close_shift(session, get_open_shift(session, station), 500_000, by=CASHIER, at=at)
    open_shift(session, station, 500_000, by=CASHIER, at=at)


def take_out(session: Session, amount_vnd: int, at: datetime = MORNING, station: str = STATION) -> None:
    move_cash(session, get_open_shift(session, station), -amount_vnd, "mua đá", by=CASHIER, at=at)


def refused_to_take(session: Session, amount_vnd: int, at: datetime = MORNING) -> bool:
    with pytest.raises(NotAllowed) as caught:
        take_out(session, amount_vnd, at)
    return codes(caught) == {"cash_approval_needed"}


def test_a_new_shift_begins_no_new_limit_of_cash_out(any_shop: Shop) -> None:
    with unit_of_work() as session:
        an_open_shift(session)
        an_open_shift(session, "Quầy 2")
        take_out(session, 90_000)
        change_shifts(session)
        assert refused_to_take(session, 20_000)
        take_out(session, 10_000)
        take_out(session, 90_000, station="Quầy 2")  # another till has its own
        change_shifts(session)
        assert refused_to_take(session, 200)
        change_shifts(session, at=MORNING + A_DAY)
        take_out(session, 100_000, at=MORNING + A_DAY)


def test_a_new_shift_gives_no_more_openings_of_the_drawer(any_shop: Shop) -> None:
    with unit_of_work() as session:
        an_open_shift(session)
        for _ in range(MOVES_ALONE):
            take_out(session, 200)
            change_shifts(session)
        assert refused_to_take(session, 200)


def test_midnight_within_a_shift_begins_no_new_limit(any_shop: Shop) -> None:
    with unit_of_work() as session:
        an_open_shift(session)
        take_out(session, 100_000)
        assert refused_to_take(session, 200, at=MORNING + A_DAY)


def test_a_new_shift_begins_no_new_limit_of_refunds(any_shop: Shop) -> None:
    with unit_of_work() as session:
        session.add(shop := get_shop(session))
        shop.refund_limit_vnd, shop.refund_shift_limit_vnd = 100_000, 80_000
        (product,) = goods_at(session, (45_000, "piece"))
        an_open_shift(session)
        sale = bought(session, (product, 2 * ONE))
        give_back(session, sale, {1: ONE}, "a", by=CASHIER)
        change_shifts(session)
        with pytest.raises(NotAllowed) as caught:
            give_back(session, sale, {1: ONE}, "b", by=CASHIER)
        assert codes(caught) == {"approval_needed_shift"}
        change_shifts(session, at=MORNING + A_DAY)
        give_back(session, sale, {1: ONE}, "c", by=CASHIER, at=MORNING + A_DAY)


def test_at_the_till_the_words_say_the_day(village: Shop) -> None:
    till = village.client("cashier")
    out = {"way": "out", "amount": "90.000", "reason": "mua đá"}
    till.post("/till/shift/open", data={"float": "500000"})
    assert till.post("/till/cash", data=out).status_code == 200
    till.post("/till/shift/close", data={"counted": "410000"})
    till.post("/till/shift/open", data={"float": "410000"})
    answer = till.post("/till/cash", data=out)
    assert answer.status_code == 403
    assert "trong ngày ở quầy này" in answer.text
    assert "Trong một ngày ở một quầy" in village.client("manager").get("/policy").text
